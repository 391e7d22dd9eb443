import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devDependencies } from '../../package.json';
import { run } from '../support/command';
import { ROOT, Sources } from '../support/house/source';
import { describeWith } from '../support/machine';

const CDKTN = '0.24.0';

/** Replacements for development dependencies, as arguments of `npm install`. */
const VARIANTS: Record<string, Record<string, string>> = {
  'with the last @cdktf/provider-aws': { '@cdktf/provider-aws': '21.22.1' },
  'with cdktn in the place of cdktf': { cdktf: `npm:cdktn@${CDKTN}` },
};

/** Tests of the sources' text, which is the same; or of versions changed here. */
const ELSEWHERE = ['test/house.test.ts', 'test/readme.test.ts', 'test/examples.test.ts'];

const scratch = mkdtempSync(join(tmpdir(), 'matrix-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The sources in their own folder, with other packages. */
async function install(folder: string, replaced: Record<string, string>): Promise<void> {
  for (const { path } of Sources.ofRepository().files) cpSync(join(ROOT, path), join(folder, path));
  await run(folder, 'git', ['init', '--quiet']); // tests list the sources by Git
  rmSync(join(folder, 'package-lock.json'));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  Object.assign(manifest.devDependencies, replaced);
  manifest.overrides = Object.fromEntries(Object.keys(replaced).map((name) => [name, `$${name}`])); // for their peers
  delete manifest.devDependencies['cdktf-cli']; // it depends on cdktf
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run(folder, 'npm', ['install', '--prefer-offline']);
}

/** Synthesizes every environment. */
async function synthesize(folder: string, outdir: string): Promise<Record<string, string>> {
  await run(folder, 'npm', ['run', 'synth'], { CDKTF_OUTDIR: outdir });
  const stacks = readdirSync(join(outdir, 'stacks'));
  return Object.fromEntries(
    stacks.map((stack) => [stack, readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')]),
  );
}

describeWith(['registry'], 'the same sources', () => {
  describe.each(Object.entries(VARIANTS))('%s', (name, replaced) => {
    const folder = join(scratch, name);
    const outdir = join(scratch, `${name}.out`);
    let stacks: Record<string, string>;

    beforeAll(() => install(folder, replaced));

    test('type-check', async () => {
      await run(folder, 'npx', ['tsc']);
    });

    test('synthesize every environment', async () => {
      stacks = await synthesize(folder, outdir);
      for (const environment of ['dev', 'staging', 'prod']) {
        expect(Object.keys(stacks)).toEqual(
          expect.arrayContaining(['foundation', 'data', 'services'].map((layer) => `acme-${environment}-${layer}`)),
        );
      }
      // S3 returns it for every new bucket; the provider from 6.22 to 6.39 plans to remove what is not set
      const encryption = JSON.parse(stacks['acme-dev-data']!).resource
        .aws_s3_bucket_server_side_encryption_configuration;
      for (const { rule } of Object.values<{ rule: { blocked_encryption_types?: string[] }[] }>(encryption)) {
        expect(rule[0]!.blocked_encryption_types).toEqual('cdktf' in replaced ? undefined : ['SSE-C']);
      }
    });

    test('pass the unit tests', async () => {
      const config = require('../../jest.config.js');
      const ignored = [...config.testPathIgnorePatterns, ...ELSEWHERE];
      await run(folder, 'npx', ['jest', '--ci', '--testPathIgnorePatterns', ...ignored]);
    });

    if ('cdktf' in replaced) {
      test('synthesize to the same bytes', async () => {
        const ours = await synthesize(ROOT, join(scratch, 'cdktf.out'));
        for (const [stack, text] of Object.entries(ours)) expect(stacks[stack]).toBe(asCdktnWritesIt(text));
        expect(Object.keys(stacks)).toEqual(Object.keys(ours));
      });
    }
  });
});

/**
 * Two differences have no effect: the version of the library, in a comment; and cdktf's JSON printer breaks
 * the line inside an empty list or object. A string in JSON has no line break, so the second replacement changes
 * nothing else.
 */
function asCdktnWritesIt(text: string): string {
  const version = (library: string) => `"version": "${library}"`;
  return text.replace(version(devDependencies.cdktf), version(CDKTN)).replace(/([[{])\n *([\]}])/g, '$1$2');
}
