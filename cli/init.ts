import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { InputError } from '../lib/core/input-error';
import { EnvironmentFileError, parseEnvironment } from '../stacks/environment';
import { recordFileOf } from '../stacks/record/record';
import { type Origin, originOf, VENDOR } from './installation/package';
import { firstRecord } from './record';
import type { Terminal } from './terminal';

const TEMPLATE = join(__dirname, 'template');
const ENVIRONMENT_FILE = join('environments', 'dev.yaml');
const RECORD_FILE = recordFileOf(ENVIRONMENT_FILE);
/** The folder of Git: an empty repository counts as an empty folder. */
const GIT_FOLDER = '.git';
/** npm does not pack a file of this name, so the template has it without the dot. */
const GIT_IGNORE = '.gitignore';

/** Required keys of the environment file, with the descriptions of their options. */
const OPTIONS = {
  project: 'project name, e.g. acme: the first part of every resource name',
  account: 'AWS account: 12 digits',
  region: 'AWS region, e.g. eu-north-1',
  owner: 'mail address of the owner',
} as const;

/** Lines of the template that an existing VPC and a shared state replace. */
const NETWORK_LINE = /^network: .*$/m;
const STATE_LINES = /^# State .*\n# state: .*$/m;

type Option = keyof typeof OPTIONS;
type Answers = Readonly<Partial<Record<Option, string>>>;

/** Options for what exists in the account already. */
interface Existing {
  readonly existingVpc?: string;
  readonly subnets?: string;
  readonly state?: string;
}

/** The option that gives the value of a key, where it is not named after it. */
const OPTION_OF: Readonly<Record<string, string>> = {
  network: 'existing-vpc',
  'network.vpcId': 'existing-vpc',
  'network.privateSubnetIds': 'subnets',
  state: 'state',
  'state.bucket': 'state',
};

/** The package's own metadata; a new repository gets the same versions. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function initCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .summary('create a repository for a new platform')
    .description(
      'Creates a repository with one environment file, the program that reads it, a test that guards its ' +
        'resources, and a workflow for CI. Values without an option become placeholders in the environment file.',
    )
    .argument('<folder>', 'a new or empty folder');
  for (const [option, what] of Object.entries(OPTIONS)) command.option(`--${option} <${option}>`, what);
  return command
    .option('--existing-vpc <vpcId>', 'use this VPC instead of a new one; needs --subnets')
    .option('--subnets <ids>', 'private subnets of the existing VPC, at least two, with commas between them')
    .option(
      '--state <bucket>',
      'keep the state in this bucket, which the bootstrap stack creates (default: local files)',
    )
    .addHelpText(
      'after',
      `
Exit code: 0 written, 2 wrong usage or bad input; nothing is written.

Example:
  $ cdktf-mlops init platform --project acme --account 111122223333 --region eu-north-1 --owner ml@acme.example
  $ cdktf-mlops init platform --existing-vpc vpc-0a1b2c3d --subnets subnet-0a1b2c3d,subnet-4e5f6a7b --state acme-state`,
    )
    .action((folder: string, options: Answers & Existing) => {
      if (folder.trim() === '') throw new InputError("<folder>: must be a new or empty folder, got ''; name one");
      const origin = originOf(dirname(require.resolve('cdktf-mlops/package.json')), ownPackage());
      const files = withRecord(repository(folder, options, origin), options);
      writeAll(folder, files);
      terminal.out(nextSteps(folder, options, origin, files.has(RECORD_FILE)));
    });
}

/** The files of a repository, by path. */
type Files = ReadonlyMap<string, string | Buffer>;

/** The files of the new repository, by path. */
function repository(folder: string, options: Answers & Existing, { dependency, tarball }: Origin): Files {
  const name = packageName(folder);
  const files = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const written = new Map<string, string | Buffer>(
    files.map((file) => {
      const path = relative(TEMPLATE, file).replace(/^gitignore$/, GIT_IGNORE);
      const text = readFileSync(file, 'utf8');
      return [
        path,
        path === 'package.json' ? withVersions(text, name, dependency) : filledIn(path, text, name, options),
      ];
    }),
  );
  return tarball ? written.set(tarball.path, tarball.bytes) : written;
}

/** Adds the record of the environment, if all values are known. */
function withRecord(files: Files, answers: Answers): Files {
  if (unanswered(answers).length > 0) return files;
  const record = firstRecord(ENVIRONMENT_FILE, String(files.get(ENVIRONMENT_FILE)));
  return record === undefined ? files : new Map([...files, [RECORD_FILE, record]]);
}

function filledIn(path: string, text: string, name: string, answers: Answers & Existing): string {
  if (path === 'cdktf.json' || path === 'README.md') return text.replace('platform', name);
  if (path === ENVIRONMENT_FILE) return withAnswers(text, answers);
  return text;
}

/** @throws InputError with every value that an environment cannot have */
function withAnswers(template: string, { existingVpc, subnets, state, ...answers }: Answers & Existing): string {
  const given = withExisting(replaceValues(template, answers), { existingVpc, subnets, state });
  try {
    parseEnvironment(given, ENVIRONMENT_FILE); // other values are still the template's, which are valid
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    throw new InputError(error.errors.map(({ path, message }) => `${optionOf(path)}: ${asOption(message)}`).join('\n'));
  }
  const open = unanswered(answers).map((option) => [option, `<${option}>`] as const);
  return replaceValues(given, Object.fromEntries(open)).replace(/^account: <account>/m, 'account: "<account>"');
}

function withExisting(text: string, { existingVpc, subnets, state }: Existing): string {
  const network = { vpcId: existingVpc, privateSubnetIds: subnets?.split(',').map((id) => id.trim()) };
  let result = text;
  if (existingVpc !== undefined || subnets !== undefined) {
    result = result.replace(NETWORK_LINE, () => `network: ${flow(network)} # an existing VPC`);
  }
  if (state !== undefined) {
    const line = `state: ${flow({ bucket: state })} # created once for each account, by the bootstrap stack`;
    result = result.replace(STATE_LINES, () => line);
  }
  return result;
}

/** The value in one line of YAML, whatever characters it has. */
function flow(value: object): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false, keepUndefined: false }).trimEnd();
}

function optionOf(path: readonly (string | number)[]): string {
  const key = path.slice(0, 2).join('.');
  return `--${OPTION_OF[key] ?? key}`;
}

/** An option is text without quotes, and names other options where the file names keys. */
function asOption(message: string): string {
  return message
    .replace(' in quotes', '')
    .replace(/"(\d+)"$/, '$1')
    .replaceAll('privateSubnetIds', '--subnets')
    .replaceAll('vpcId', '--existing-vpc');
}

function replaceValues(text: string, values: Answers): string {
  return Object.entries(values).reduce(
    (result, [key, value]) =>
      result.replace(new RegExp(`^(${key}: )("[^"]*"|\\S+)`, 'm'), (_, start) => start + scalar(value)),
    text,
  );
}

function scalar(value: string): string {
  return stringify(value, { blockQuote: false, lineWidth: 0 }).trimEnd();
}

function unanswered(answers: Answers): Option[] {
  return (Object.keys(OPTIONS) as Option[]).filter((option) => answers[option] === undefined);
}

function ownPackage(): Package {
  return require('cdktf-mlops/package.json');
}

function withVersions(template: string, name: string, dependency: string): string {
  const own = ownPackage();
  const versions: Readonly<Record<string, string>> = { ...own.devDependencies, [own.name]: dependency };
  const json = { ...JSON.parse(template), name };
  for (const dependencies of [json.dependencies, json.devDependencies]) {
    for (const dependency of Object.keys(dependencies)) dependencies[dependency] = versions[dependency];
  }
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Name of the folder, changed to a valid npm package name. */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'platform' : name;
}

/** @throws InputError if the folder is not empty or cannot be written; the folder is then unchanged */
function writeAll(folder: string, files: Files): void {
  refuseUnlessEmpty(folder);
  let made: string | undefined;
  try {
    made = mkdirSync(folder, { recursive: true });
    for (const [path, content] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { flag: 'wx' });
    }
  } catch (error) {
    const written = made === undefined ? contentOf(folder).map((name) => join(folder, name)) : [made];
    for (const path of written) rmSync(path, { recursive: true, force: true });
    throw new InputError(`${folder}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

function refuseUnlessEmpty(folder: string): void {
  const content = contentOf(folder);
  if (content.length === 0) return;
  const shown = content.slice(0, 5).join(', ') + (content.length > 5 ? `, … (${content.length} in all)` : '');
  throw new InputError(`${folder}: must be a new or empty folder, but contains ${shown}; choose another`);
}

function contentOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name !== GIT_FOLDER);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new InputError(
      `${folder}: ${code === 'ENOTDIR' ? 'is a file or below a file; choose a folder' : `cannot be read (${code})`}`,
    );
  }
}

function nextSteps(folder: string, answers: Answers, { checkout }: Origin, isRecorded: boolean): string {
  const open = unanswered(answers);
  const vendor = resolve(folder, VENDOR);
  const pack = `mkdir -p ${quoted(vendor)} && npm pack ${quoted(checkout ?? '')} --pack-destination ${quoted(vendor)}`;
  return [
    `${folder}: written`,
    '',
    ...(open.length > 0 ? [`fill in ${ENVIRONMENT_FILE}: ${open.join(', ')}`, ''] : []),
    ...(checkout === undefined ? [] : [`  ${pack}`]),
    `  cd ${quoted(folder)} && npm install`,
    '  npm test',
    ...(isRecorded ? [] : ['  npm run record']),
    '  npm run rehearse -- dev',
    '',
  ].join('\n');
}

/** As a shell reads it as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
