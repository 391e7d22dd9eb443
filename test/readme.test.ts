import { dirname, join } from 'node:path';
import { testApp } from '../lib/testing/synthesis';
import { scripts } from '../package.json';
import { Platform } from '../stacks';
import { parseEnvironment } from '../stacks/environment';
import { Sources } from './support/house/source';
import { type Block, Document } from './support/readme/document';
import { isEnvironment, linkFaults, moduleFaults, scriptFaults, yamlFaults } from './support/readme/faults';
import { isApp, run } from './support/readme/snippets';

const repository = Sources.ofRepository();
const documents = repository.files
  .filter(({ path }) => path.endsWith('.md'))
  .map(({ path, text }) => new Document(path, text));
const readme = documents.find(({ path }) => path === 'README.md') ?? new Document('README.md', '');
const modules = [...new Set(repository.files.flatMap(({ module }) => module ?? []))];

const code = (document: Document) => document.blocksIn('ts', 'typescript');
/** Environment files and parts of one: a block that begins with the name of another file is that file. */
const data = (document: Document) =>
  document.blocksIn('yaml', 'yml').filter(({ text }) => !/^# \.git\S*\.yml\b/.test(text));

/** Everything that can be wrong with a document, at least once. */
const sample = new Document(
  'SAMPLE.md',
  [
    '# A sample: of it',
    '[good](README.md), [web](https://acme.example/x), [here](#a-sample-of-it), [gone](docs/gone.md), [lost](#lost)',
    '```sh',
    'npm ci && npm run rehearse -- dev && npm run rehears',
    '```',
    '```ts',
    "import { App } from 'cdktf';",
    "import { AwsStack } from 'cdktf-mlops/aws';",
    'const app = new App();',
    "new AwsStack(app, 'acme', { region: 'eu-north-1' });",
    'app.synth();',
    '```',
    '```ts',
    "import { AwsStack } from 'cdktf-mlops/aws';",
    'const app: AwsStack = 1;',
    '```',
    '```yaml',
    'project: acme',
    'environment: dev',
    'colour: green',
    '```',
    '```yaml',
    'lake: [',
    '```',
    '| Module | What |',
    '|---|---|',
    '| [`core`](lib/core) | words |',
    '| `attic` | old things |',
  ].join('\n'),
);

const [whole, wrong] = code(sample) as [Block, Block];

describe('every document', () => {
  test('quotes environment files that load, and parts of one', () => {
    const [whole] = data(readme).filter(isEnvironment);
    const faults = documents.map(data).flatMap((blocks) => {
      const own = blocks.find(isEnvironment) ?? whole; // the file that the parts of this document go with
      return blocks.flatMap((block) => yamlFaults(block, own?.text));
    });
    expect(faults).toEqual([]);
  });

  test('quotes environment files of which a platform can be made', () => {
    const made = documents
      .flatMap(data)
      .filter(isEnvironment)
      .map(({ path, text }) => {
        const app = testApp();
        new Platform(app, parseEnvironment(text, 'dev.yaml'));
        return [path, app.node.children.map(({ node }) => node.id)];
      });
    const layers = ['foundation', 'data', 'services', 'models', 'monitoring'].map((layer) => `acme-dev-${layer}`);
    for (const [path, ids] of made) expect([path, layers.filter((id) => ids!.includes(id))]).toEqual([path, ids]);
    expect(made.find(([path]) => path === 'README.md')).toEqual(['README.md', layers]); // the README shows all
  });

  test('names scripts that there are', () => {
    expect(documents.flatMap((document) => scriptFaults(document, scriptsAround(document)))).toEqual([]);
  });

  test('links to files and headings that there are', () => {
    expect(documents.flatMap((document) => linkFaults(document, repository))).toEqual([]);
  });
});

describe('the README', () => {
  test.each([
    ['the commands of a newcomer, in a ```sh block', readme.blocksIn('sh', 'bash').length],
    ['an environment file, in a ```yaml block that has `project:`', data(readme).filter(isEnvironment).length],
    ['an app, in a ```ts block that ends in `app.synth();` or calls `main(`', code(readme).filter(isApp).length],
    ['a test, in a ```ts block that imports cdktf-mlops/testing', code(readme).filter(isTest).length],
  ])('has %s', (_, count) => {
    expect(count).toBeGreaterThan(0);
  });

  test('has a table of all modules', () => {
    expect(moduleFaults(readme, modules)).toEqual([]);
  });
});

describe('a document with faults', () => {
  test('has its whole apps run', () => {
    expect(
      [whole, wrong, { ...whole, text: "import { main } from 'cdktf-mlops/platform';\nmain();" }].map(isApp),
    ).toEqual([true, false, true]);
    expect(run(whole)).toEqual(['acme']);
  });

  test('is told what the loader says of its environment file, and what is no YAML at all', () => {
    const [environment = '', broken = ''] = data(sample).flatMap((block) => yamlFaults(block));
    expect(environment).toContain('SAMPLE.md/dev.yaml:20:1 colour:');
    expect(broken).toContain('SAMPLE.md:23: Flow sequence');
    const [part] = new Document('PART.md', '```yaml\nlake: { zone: {} }\n```').blocks as [Block];
    const [whole] = data(readme).filter(isEnvironment);
    expect(yamlFaults(part, whole?.text).join()).toMatch(/^PART.md:2: .*lake.zone: is not a known key/s);
  });

  test('is told which script is none', () => {
    expect(scriptFaults(sample, ['rehearse', 'test'])).toEqual([
      "SAMPLE.md:4: no script 'rehears' in package.json: it has rehearse, test",
    ]);
  });

  test('is told which links lead nowhere', () => {
    const sources = new Sources({ 'README.md': '', 'SAMPLE.md': sample.text, 'lib/core/index.ts': '' });
    expect(linkFaults(sample, sources)).toEqual([
      "SAMPLE.md:2: 'docs/gone.md' leads to no file",
      "SAMPLE.md:2: '#lost' leads to no heading of SAMPLE.md",
    ]);
  });

  test('is told which modules its table lacks, and which are none', () => {
    expect(moduleFaults(sample, ['core', 'iam'])).toEqual([
      "SAMPLE.md:28: 'attic' is no folder of lib/",
      "SAMPLE.md: the table of modules lacks 'iam'",
    ]);
    expect(moduleFaults(new Document('README.md', ''), ['core'])).toEqual([
      "README.md: no table of modules: its header begins with '| Module |'",
    ]);
  });
});

/** Scripts of the `package.json` beside a document, as in an example, or of the repository. */
function scriptsAround({ path }: Document): string[] {
  const own = repository.get(join(dirname(path), 'package.json'));
  return Object.keys(own ? JSON.parse(own.text).scripts : scripts);
}

function isTest({ text }: Block): boolean {
  return text.includes("'cdktf-mlops/testing'");
}
