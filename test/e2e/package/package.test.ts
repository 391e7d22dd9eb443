import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../../support/command';
import { ROOT, Sources } from '../../support/house/source';
import { describeWith } from '../../support/machine';
import { Document } from '../../support/readme/document';

/** A fifth more than it has, so that a file that nobody needs is noticed. */
const MAX_BYTES = 1_450_000;
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
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/(\w+\.md|pictures\/[\w-]+\.svg)|environments\/environment\.schema\.json|dist\/(lib|stacks|rehearsal|cli)\/.+(\.js|\.d\.ts|\.py|\/requirements\.txt)|dist\/cli\/template\/.+)$/;
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !needed.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/cli/main.js']));
  });

  test('has the files that its code reads, where it looks for them', () => {
    const read = Sources.ofRepository()
      .files.map(({ path }) => path)
      // the locked packages are read, not what they were locked from
      .filter((path) => /^(lib|stacks|rehearsal|cli)\/.+(?<!\.ts|\.in)$|^cli\/template\//.test(path));
    expect(read).toContain('lib/data-lake/conversion/parquet_conversion.py');
    const paths = packed.files.map(({ path }) => path);
    expect(read.filter((path) => !paths.includes(`dist/${path}`))).toEqual([]);
  });
});

test('the package has each document that its code names', () => {
  const texts = Sources.ofRepository().files.filter(({ path }) => /^(lib|stacks|README)/.test(path));
  const named = texts.flatMap(({ text }) => text.match(/\bdocs\/\w+\.md/g) ?? []);
  expect(named).toContain('docs/evaluation.md');
  expect(packed.files.map(({ path }) => path)).toEqual(expect.arrayContaining(named));
});

/** The commands of a document, in its first block that has one like `first`. */
function commandsOf(path: string, first: RegExp): string[] {
  const document = new Document(path, readFileSync(path, 'utf8'));
  const lines = document.blocksIn('sh').map(({ text }) => text.split('\n').map((line) => line.replace(/ +#.*/, '')));
  return lines.find((block) => block.some((line) => first.test(line)))!.filter(Boolean);
}

/** As a person types it: the person's machine is no CI, where snapshots would not be written. */
const typed = (folder: string, command: string) => run(folder, 'sh', ['-c', command], { CI: undefined });

interface Repository {
  readonly name: string;
  /** Makes the repository, and installs what it depends on. */
  make(folder: string): Promise<void>;
  /** Rehearses it, and returns what is printed. */
  rehearse(folder: string): Promise<string>;
  /** What is printed of a rehearsal that holds. */
  readonly held: RegExp;
}

/** Repositories around the package; the longest rehearsal is first, because it runs while the others are tested. */
const REPOSITORIES: readonly Repository[] = [
  { name: 'examples/platform-repo', make: copyExample, rehearse: asJson('dev'), held: /"held": true/ },
  { name: 'examples/training-repo', make: copyExample, rehearse: asJson('dev'), held: /"held": true/ },
  { name: 'examples/serving-repo', make: copyExample, rehearse: asJson('dev'), held: /"held": true/ },
  { name: 'made by init', make: followReadme, rehearse: followOwnReadme, held: /│ no-op +│/ },
  { name: 'examples/snapshot-tests', make: copyExample, rehearse: asJson(), held: /"held": true/ },
];

async function copyExample(folder: string): Promise<void> {
  const example = folder.slice(scratch.length);
  cpSync(join(ROOT, example), folder, { recursive: true });
  await run(folder, 'npm', ['install', '--prefer-offline', tarball]);
}

function asJson(...environment: string[]) {
  return (folder: string) => run(folder, 'npx', ['cdktf-mlops', 'rehearse', ...environment, '--json']);
}

/** The commands of our README, after `npm pack`; then the tarball is gone, as on the machine of a colleague. */
async function followReadme(folder: string): Promise<void> {
  const [pack, init] = commandsOf(join(ROOT, 'README.md'), / init /);
  expect([pack, init]).toEqual([
    'npm pack',
    expect.stringMatching(/^npx \.\/cdktf-mlops-[\d.]+\.tgz init \.\.\/ml-platform --/),
  ]);
  const sources = join(scratch, 'sources');
  mkdirSync(sources);
  cpSync(tarball, join(sources, packed.filename));
  await typed(sources, init!.replace('npx', 'npx --yes').replace('../ml-platform', `'${folder}'`));
  rmSync(sources, { recursive: true });
  const [install] = commandsOf(join(folder, 'README.md'), /^npm install/);
  await typed(folder, install!);
}

async function followOwnReadme(folder: string): Promise<string> {
  const commands = commandsOf(join(folder, 'README.md'), /^npm install/);
  expect(commands).toEqual(['npm install', 'npm test', 'npm run record', 'npm run rehearse -- dev']);
  const [, , record, rehearse] = commands;
  await typed(folder, record!);
  return typed(folder, rehearse!);
}

describeWith(['registry', 'terraform', 'python'], 'installed in an empty folder', () => {
  const rehearsals = new Map<string, Promise<string>>();

  describe.each(REPOSITORIES)('$name', ({ name, make, rehearse }) => {
    const folder = join(scratch, name);

    test('is installed, with all that it depends on', async () => {
      await make(folder);
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
      if (!existsSync(join(folder, 'test/__snapshots__'))) await typed(folder, 'npm test'); // writes them
      await run(folder, 'npm', ['test', '--', '--ci']);
    });

    test('synthesizes by the command that cdktf runs', async () => {
      await run(folder, 'npm', ['run', 'synth']);
      expect(readdirSync(join(folder, 'cdktf.out/stacks')).length).toBeGreaterThan(0);
      const rehearsal = rehearse(folder);
      rehearsal.catch(() => {}); // reported by the test that awaits it
      rehearsals.set(name, rehearsal);
    });
  });

  describe('the repository made by init', () => {
    const folder = join(scratch, 'made by init');
    const written = () => readFileSync(join(folder, 'environments/dev.yaml'), 'utf8');

    test('has the package itself, so that it needs neither the tarball nor a registry that has it', () => {
      const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
      expect(lock.packages['node_modules/cdktf-mlops'].resolved).toBe(`file:vendor/${packed.filename}`);
      expect(readFileSync(join(folder, 'vendor', packed.filename))).toEqual(readFileSync(tarball));
    });

    test.each([
      [
        'a wrong key',
        'zones: {',
        'zone: {',
        /dev\.yaml:\d+:\d+ lake\.zone: is not a known key; did you mean 'zones'\?/,
      ],
      [
        'a wrong value',
        'size: small',
        'size: smal',
        /dev\.yaml:\d+:\d+ size: must be one of .*; did you mean 'small'\?/,
      ],
      [
        'a zone that a table is in, removed',
        'raw: { expireAfterDays: 90 }, ',
        '',
        /dev\.yaml:\d+:\d+ lake\.tables\.events\.zone: /,
      ],
    ])('says at which line what is wrong with %s, and starts nothing', async (_, right, wrong, message) => {
      const broken = mkdtempSync(join(folder, 'broken-'));
      expect(written()).toContain(right);
      writeFileSync(join(broken, 'dev.yaml'), written().replace(right, wrong));
      const failure = typed(folder, `npm run rehearse -- ${basename(broken)}/dev.yaml`);
      const said = await failure.then(
        () => 'it did not fail',
        (error: Error) => error.message,
      );
      expect(said).toMatch(message);
      expect(said).not.toMatch(/^\s+at |emulator:/m);
    });
  });

  test.each(REPOSITORIES)('$name rehearses', async ({ name, held }) => {
    expect(await rehearsals.get(name)!).toMatch(held);
  });
});
