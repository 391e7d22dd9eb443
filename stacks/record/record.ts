import { readFileSync } from 'node:fs';
import { InputError } from '../../lib/core/input-error';

/** A resource that is kept. */
export interface KeptResource {
  /** Terraform address. */
  readonly address: string;
  /** In the user's words: `bucket 'acme-prod-raw'`. */
  readonly is: string;
  /** Whether its loss loses data; otherwise it is an outage. */
  readonly holdsData: boolean;
  /** Attributes whose change replaces it, `null` where they are not set. */
  readonly replacedBy: Readonly<Record<string, unknown>>;
}

/** A construct with the resources that are kept directly below it. Keys are paths below the construct. */
export interface KeptConstruct {
  readonly kept: Readonly<Record<string, KeptResource>>;
  /** Addresses of its other resources: without them, what is kept would lose its policy, its encryption or its use. */
  readonly companions: Readonly<Record<string, string>>;
}

/** A construct was renamed or moved within its stack; paths are below the stack. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** What is kept in one stack. Keys are paths of constructs below the stack. */
export interface StackRecord {
  /** Values of `FixedChoice`s, by their names. */
  readonly choices: Readonly<Record<string, string>>;
  readonly kept: Readonly<Record<string, KeptConstruct>>;
  /** Names of resources that cannot change, by kind. A moved construct keeps them. */
  readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** In the order of their deployment. */
  readonly moved: readonly Move[];
  /** Addresses that Terraform forgets without destroying. */
  readonly released: readonly string[];
}

/** What is kept in the stacks of one environment, by stack. */
export type Stacks = Readonly<Record<string, StackRecord>>;

/** The ending of a record's file, in place of the environment file's. */
const RECORD_ENDING = '.record.json';

/** The record beside an environment file: `environments/dev.record.json`. */
export function recordFileOf(environmentFile: string): string {
  return environmentFile.replace(/\.ya?ml$/, '') + RECORD_ENDING;
}

/**
 * Reads a record.
 *
 * @returns `undefined` if there is none
 * @throws InputError if it is not a record
 */
export function readRecord(file: string): Stacks | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InputError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const { stacks } = JSON.parse(text) as { stacks: Stacks };
    for (const { kept, names, choices, moved, released } of Object.values(stacks)) {
      const groups = Object.values(kept).flatMap((one) => [one.kept, one.companions]);
      for (const group of [...groups, names, choices]) Object.entries(group);
      if (!Array.isArray(moved) || !Array.isArray(released)) throw new TypeError('not lists');
    }
    return stacks;
  } catch {
    throw new InputError(
      `${file}: is not a record; restore the committed version, as with 'git checkout -- ${file}' after a conflict`,
    );
  }
}

/** The text of a record: sorted, one line a value. */
export function recordText(stacks: Stacks): string {
  const about =
    "Resources that must not be lost. 'cdktf-mlops record' writes this file; commit it with the environment.";
  return `${JSON.stringify({ about, stacks: sorted(stacks) }, null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

/** Whether a path is another, or below it. Everything of a stack is below the empty path. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);
}
