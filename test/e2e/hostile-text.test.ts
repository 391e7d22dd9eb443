import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerraformStack } from 'cdktf';
import { parse, stringify } from 'yaml';
import { dqdlText } from '../../lib/data-lake/quality/dqdl';
import { testApp, validate } from '../../lib/testing';
import { Platform, parseEnvironment } from '../../stacks';
import { FORMAT } from '../../stacks/environment/platform-format';
import type { JsonSchema } from '../../stacks/environment/schema/json-schema';
import { changed, errorOf, GOOD } from '../stacks/environment-text';
import { describeWith } from '../support/machine';

/** Each would be evaluated, or would break Terraform's syntax, if it were not escaped. */
const HOSTILE = [
  '${file("/etc/hostname")}',
  '%{ if true }yes%{ endif }',
  'Amount in ${currency}',
  '100 %{ of rows }',
  '$${a} $$${b} %%{c}',
  'C:\\data\\"new" ${"x"} \\${y}',
];
/** Only in a description: it has several lines. */
const LINES = 'first "line"\nEOF\n${file("/etc/hostname")}\n\\n \\';

const REFERENCE = /\b(aws_\w+|data\.\w+)\./;

/** Keys with free text below a table: every text of the schema that could be hostile, and a table that has it. */
const FREE: Record<string, (text: string) => object> = {
  'lake.tables.*.description': (description) => ({ description }),
  'lake.tables.*.columnComments.*': (text) => ({ columnComments: { id: text } }),
  'lake.tables.*.quality.values.*.in.*': (text) => ({ quality: { values: { id: { in: [asValue(text)] } } } }),
};
/** Others, and what a file has beside it. */
const FREE_ELSEWHERE: Record<string, (text: string) => object> = {
  'logs.saml.metadata': (text) => ({
    training: {}, // has logs
    logs: {
      engine: 'opensearch',
      from: ['10.0.0.0/16'],
      readers: ['ml-engineers'],
      saml: { entityId: ENTITY, metadata: `${OPENING}${text}</EntityDescriptor>` },
    },
  }),
};
const ENTITY = 'https://idp.acme.example/saml';
const OPENING = `<EntityDescriptor entityID="${ENTITY}">`;
/** A backslash, which Glue's readers of a value treat differently, is refused there. */
const asValue = (text: string) => text.replaceAll('\\', '/');

/** Keys that are free in the schema, whose rules refuse such text: what a file changes to have it. */
const REFUSED: Record<string, (text: string) => Record<string, string>> = {
  owner: (text) => ({ 'owner: ml@acme.example': `owner: ${JSON.stringify(`a@${text}.example`)}` }),
  'tags.*': (text) => ({ 'owner: ml': `tags: { team: ${JSON.stringify(text)} }\nowner: ml` }),
  'lake.tables.*.columns.*': (text) => ({ 'id: string': `id: ${JSON.stringify(text)}` }),
  'lake.tables.*.convertSchedule': (text) => ({
    'format: parquet': `format: parquet\n      convertSchedule: ${JSON.stringify(`cron(${text})`)}`,
  }),
  'lake.tables.*.quality.matches.*.pattern': (text) => ({
    'format: parquet': `format: parquet\n      quality: { matches: { id: { pattern: ${JSON.stringify(text)} } } }`,
  }),
  'lake.tables.*.quality.custom.*': (text) => ({
    'format: parquet': `format: parquet\n      quality: { custom: { rule: ${JSON.stringify(text)} } }`,
  }),
  'lake.tables.*.quality.schedule': (text) => ({
    'format: parquet': `format: parquet\n      quality: { rows: {}, schedule: ${JSON.stringify(`cron(${text})`)} }`,
  }),
  'registry.database.instance': (text) => ({
    'images: [train]': `database: { instance: ${JSON.stringify(text)} }`,
  }),
};

const TABLE = { zone: 'raw', format: 'parquet', columns: { id: 'string' }, owner: 'fraud' };

function synthesized(texts: readonly string[]) {
  const file = parse(GOOD);
  const tables: Record<string, object> = { source: { ...TABLE, format: 'json' } };
  for (const [index, text] of texts.entries()) {
    for (const [at, of] of Object.values(FREE).entries()) {
      if (at === 0 || !text.includes('\n')) tables[`t${index}_${at}`] = { ...TABLE, ...of(text) };
    }
  }
  file.lake.tables = tables;
  for (const make of Object.values(FREE_ELSEWHERE)) Object.assign(file, make(texts.join('\n')));
  const app = testApp();
  new Platform(app, parseEnvironment(stringify(file, { aliasDuplicateObjects: false, lineWidth: 0 }), 'dev.yaml'));
  return app;
}

test('every key with free text is here', () => {
  const hostile = [
    '${x}',
    'cron(${x})',
    'a@${x}.example',
    'text/csv;${x}',
    '$[${x}]',
    'https://${x}',
    '<EntityDescriptor ${x}>',
  ];
  const free = textsOf(FORMAT.jsonSchema).filter(({ schema: { pattern, maxLength = 99 } }) =>
    hostile.some((text) => text.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(text))),
  );
  expect([...new Set(free.map(({ path }) => path))].sort()).toEqual(
    [FREE, FREE_ELSEWHERE, REFUSED].flatMap((keys) => Object.keys(keys)).sort(),
  );
});

test.each(Object.entries(REFUSED))('%s refuses text that Terraform would evaluate', (key, changes) => {
  const place = key
    .replace('tables.*', 'tables.orders')
    .replace('columns.*', 'columns.id')
    .replace('matches.*', 'matches.id')
    .replace('custom.*', 'custom.rule')
    .replace('tags.*', 'tags.team');
  for (const text of HOSTILE) {
    expect(errorOf(() => parseEnvironment(changed(changes(text)), 'dev.yaml'))).toContain(` ${place}: `);
  }
});

describeWith(['terraform'], 'hostile text', () => {
  test('is text to Terraform: what it evaluates is what the file says', () => {
    const stacks = synthesized([...HOSTILE, LINES])
      .node.findAll()
      .filter(TerraformStack.isStack);
    for (const stack of stacks) stack.prepareStack();
    const json = JSON.parse(JSON.stringify(stacks.map((stack) => stack.toTerraform())));
    const written = [...HOSTILE, LINES];
    const hcl = stacks.map((stack) => stack.toHclTerraform().hcl).join('\n');
    const fromHcl = [...hcl.matchAll(/^ *(?:description|comment|schedule) = (".*")$/gm)]
      .map(([, text]) => text!)
      .filter((text) => !REFERENCE.test(text));
    const fromJson = stringsIn(json);
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    try {
      // what holds no reference: those need the rest of the configuration
      const texts = fromJson.filter((text) => !REFERENCE.test(text));
      writeFileSync(join(folder, 'a.tf.json'), JSON.stringify({ output: { json: { value: texts } } }));
      writeFileSync(join(folder, 'b.tf'), `output "hcl" {\n  value = [${fromHcl.join(',\n')}]\n}\n`);
      const run = (...args: string[]) =>
        execFileSync('terraform', args, {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1' },
        });
      run('init', '-no-color');
      run('apply', '-auto-approve', '-no-color');
      const found = JSON.parse(run('output', '-json'));
      for (const text of written) expect(found.json.value).toContain(text);
      for (const text of written) expect(found.hcl.value).toContain(text);
      expect(found.json.value).toContain(`${OPENING}${written.join('\n')}</EntityDescriptor>`);
      const rulesets = found.json.value.filter((text: string) => text.startsWith('Rules = [')).join('');
      for (const text of HOSTILE) expect(rulesets).toContain(`in [${dqdlText(asValue(text))}]`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('leaves a valid configuration', async () => {
    expect(await validate(synthesized([...HOSTILE, LINES]))).toEqual([]);
  });
});

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function textsOf(schema: JsonSchema, path = ''): { path: string; schema: JsonSchema }[] {
  const within = (part: string) => (path ? `${path}.${part}` : part);
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => textsOf(one, path));
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => textsOf(one, within(name)));
  const parts = [schema.items, schema.additionalProperties].flatMap((one) => (one ? textsOf(one, within('*')) : []));
  const isText = schema.type === 'string' && !schema.enum && schema.const === undefined;
  return [...(isText ? [{ path, schema }] : []), ...inner, ...properties, ...parts];
}
