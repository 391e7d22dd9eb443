import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RehearsalResult } from '../../rehearsal';
import { run } from '../support/command';
import { ROOT, Sources } from '../support/house/source';
import { describeWith } from '../support/machine';

const MAX_BYTES = 1_000_000;
const ANSWERS = [
  '--project',
  'acme',
  '--account',
  '111122223333',
  '--region',
  'eu-north-1',
  '--owner',
  'ml@acme.example',
];

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const scratch = mkdtempSync(join(tmpdir(), 'package-'));
let packed: Packed;
let tarball: string;

beforeAll(async () => {
  [packed] = JSON.parse(await run(ROOT, 'npm', ['pack', '--json', '--silent', '--pack-destination', scratch]));
  tarball = join(scratch, packed.filename);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the package', () => {
  test(`has less than ${MAX_BYTES / 1e6} MB`, () => {
    expect(packed.size).toBeLessThan(MAX_BYTES);
  });

  test('has what users need, and nothing else', () => {
    const needed =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|environments\/environment\.schema\.json|dist\/(lib|stacks|rehearsal|cli)\/.+(\.js|\.d\.ts|\.py)|dist\/cli\/template\/.+)$/;
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !needed.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/cli/main.js']));
  });

  test('has the files that its code reads, where it looks for them', () => {
    const read = Sources.ofRepository()
      .files.map(({ path }) => path)
      .filter((path) => /^(lib|stacks|rehearsal|cli)\/.+(?<!\.ts)$|^cli\/template\//.test(path));
    expect(read).toContain('lib/data-lake/conversion/parquet_conversion.py');
    const paths = packed.files.map(({ path }) => path);
    expect(read.filter((path) => !paths.includes(`dist/${path}`))).toEqual([]);
  });
});

/** Repositories around the package; the longest rehearsal is first, because it runs while the others are tested. */
const REPOSITORIES: [string, string[], (folder: string) => Promise<void>][] = [
  ['examples/platform-repo', ['dev'], copyExample],
  ['made by init', ['dev'], makeByInit],
  ['examples/snapshot-tests', [], copyExample],
];

async function copyExample(folder: string): Promise<void> {
  const example = folder.slice(scratch.length);
  cpSync(join(ROOT, example), folder, { recursive: true });
}

async function makeByInit(folder: string): Promise<void> {
  await run(scratch, 'npm', ['exec', '--yes', '--package', tarball, '--', 'cdktf-mlops', 'init', folder, ...ANSWERS]);
}

describeWith(['registry', 'terraform', 'python'], 'installed in an empty folder', () => {
  const rehearsals = new Map<string, Promise<RehearsalResult>>();

  describe.each(REPOSITORIES)('%s', (name, environment, make) => {
    const folder = join(scratch, name);

    test('is installed, with all that it depends on', async () => {
      await make(folder);
      await run(folder, 'npm', ['install', '--prefer-offline', tarball]);
      await run(folder, 'npm', ['ls']); // fails if a peer is missing or has another version
      const providers = await run(folder, 'npm', ['ls', '--all', '--parseable']);
      // of the command line of cdktf are the schema and the generator of providers
      const bindings = providers.match(/@cdktf\/provider-(?!schema$|generator$)[a-z-]+$/gm);
      expect(bindings).toEqual(['@cdktf/provider-aws']); // no other is required
    });

    test('type-checks, the declarations of the package too', async () => {
      await run(folder, 'npm', ['run', 'check']);
      await run(folder, 'npx', ['tsc', '--skipLibCheck', 'false']);
    });

    test('passes its tests, with the committed snapshots', async () => {
      if (!existsSync(join(folder, 'test/__snapshots__'))) await run(folder, 'npm', ['test', '--', '--ci=false']);
      await run(folder, 'npm', ['test', '--', '--ci']);
    });

    test('synthesizes by the command that cdktf runs', async () => {
      await run(folder, 'npm', ['run', 'synth']);
      expect(readdirSync(join(folder, 'cdktf.out/stacks')).length).toBeGreaterThan(0);
      const rehearsal = run(folder, 'npx', ['cdktf-mlops', 'rehearse', ...environment, '--json']).then(JSON.parse);
      rehearsal.catch(() => {}); // reported by the test that awaits it
      rehearsals.set(name, rehearsal);
    });
  });

  test.each(REPOSITORIES)('%s rehearses', async (name) => {
    const { held, stacks } = await rehearsals.get(name)!;
    expect(held).toBe(true);
    expect(stacks.length).toBeGreaterThan(0);
  });
});
