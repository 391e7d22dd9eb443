import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { InputError } from '../lib/core/input-error';
import { EnvironmentFileError, parseEnvironment } from '../stacks/environment';
import { recordFileOf } from '../stacks/record/record';
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

type Option = keyof typeof OPTIONS;
type Answers = Readonly<Partial<Record<Option, string>>>;

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
    .addHelpText(
      'after',
      `
Exit code: 0 written, 2 wrong usage or bad input; nothing is written.

Example:
  $ cdktf-mlops init platform --project acme --account 111122223333 --region eu-north-1 --owner ml@acme.example`,
    )
    .action((folder: string, answers: Answers) => {
      const files = withRecord(repository(folder, answers), answers);
      writeAll(folder, files);
      terminal.out(nextSteps(folder, answers, files.has(RECORD_FILE)));
    });
}

/** The files of the new repository, by path. */
function repository(folder: string, answers: Answers): ReadonlyMap<string, string> {
  const name = packageName(folder);
  const files = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => {
      const path = relative(TEMPLATE, file).replace(/^gitignore$/, GIT_IGNORE);
      return [path, filledIn(path, readFileSync(file, 'utf8'), name, answers)];
    }),
  );
}

/** Adds the record of the environment, if all values are known. */
function withRecord(files: ReadonlyMap<string, string>, answers: Answers): ReadonlyMap<string, string> {
  if (unanswered(answers).length > 0) return files;
  const record = firstRecord(ENVIRONMENT_FILE, files.get(ENVIRONMENT_FILE)!);
  return record === undefined ? files : new Map([...files, [RECORD_FILE, record]]);
}

function filledIn(path: string, text: string, name: string, answers: Answers): string {
  if (path === 'package.json') return withVersions(text, name);
  if (path === 'cdktf.json' || path === 'README.md') return text.replace('platform', name);
  if (path === ENVIRONMENT_FILE) return withAnswers(text, answers);
  return text;
}

/** @throws InputError with every value that an environment cannot have */
function withAnswers(template: string, answers: Answers): string {
  const given = replaceValues(template, answers);
  try {
    parseEnvironment(given, ENVIRONMENT_FILE); // other values are still the template's, which are valid
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    throw new InputError(error.errors.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
  }
  return replaceValues(given, Object.fromEntries(unanswered(answers).map((option) => [option, `<${option}>`])));
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

function withVersions(template: string, name: string): string {
  const own: Package = require('cdktf-mlops/package.json');
  const versions: Readonly<Record<string, string>> = { ...own.devDependencies, [own.name]: own.version };
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
function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  refuseUnlessEmpty(folder);
  let made: string | undefined;
  try {
    made = mkdirSync(folder, { recursive: true });
    for (const [path, text] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
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

function nextSteps(folder: string, answers: Answers, isRecorded: boolean): string {
  const open = unanswered(answers);
  const fill = open.length > 0 ? [`fill in ${ENVIRONMENT_FILE}: ${open.join(', ')}`, ''] : [];
  return [
    `${folder}: written`,
    '',
    ...fill,
    `  cd ${folder} && npm install`,
    '  npm test',
    ...(isRecorded ? [] : ['  npx cdktf-mlops record']),
    '  npx cdktf-mlops rehearse dev',
    '',
  ].join('\n');
}
