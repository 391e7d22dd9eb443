import { readFileSync } from 'node:fs';
import { withDefaults } from './environment/defaults';
import { Document } from './environment/document';
import { type Draft, draftOf } from './environment/draft';
import { EnvironmentFileError, type Fault } from './environment/faults';
import { generalRules } from './environment/rules/general';
import { lakeRules } from './environment/rules/lake';
import { fileNameRule, nameRules } from './environment/rules/names';
import { networkRules } from './environment/rules/network';
import { registryRules } from './environment/rules/registry';
import { EnvironmentSchema } from './environment/schema/environment';
import { translate } from './environment/translate';

export { EnvironmentFileError, type PlacedFault } from './environment/faults';
export type { EnvironmentInput } from './environment/schema/environment';
export type { ExistingNetwork, NewNetwork } from './environment/schema/network';

/** An environment file with every default filled in. */
export type Environment = ReturnType<typeof withDefaults>;

const UNREADABLE: Record<string, string> = {
  ENOENT: 'does not exist; copy environments/dev.yaml to begin one',
  EISDIR: 'is a folder; name a file in it',
  EACCES: 'may not be read; change its permissions',
};

/**
 * Reads an environment file.
 *
 * @throws EnvironmentFileError with everything that is wrong, each with line and column
 */
export function loadEnvironment(file: string): Environment {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw refusal(file, UNREADABLE[code] ?? `cannot be read (${code})`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(file, 'is not text in UTF-8; save it as such');
  }
  return parseEnvironment(text, file);
}

/**
 * Reads the text of an environment file.
 *
 * @param file name that stands in faults; its last part must be the environment's name
 * @throws EnvironmentFileError with everything that is wrong, each with line and column
 */
export function parseEnvironment(text: string, file: string): Environment {
  const document = new Document(text);
  if (!document.readable) throw new EnvironmentFileError(file, document.faults);
  if (document.data === null) throw refusal(file, 'is empty; copy environments/dev.yaml to begin one');

  const parsed = EnvironmentSchema.safeParse(document.data);
  const typeFaults = translate(parsed.error?.issues ?? [], document);
  const faults = [...typeFaults, ...rules(file, draftOf(document.data, typeFaults))];
  if (!parsed.success || faults.length > 0 || document.faults.length > 0) {
    throw new EnvironmentFileError(file, [...document.faults, ...faults.map((fault) => document.place(fault))]);
  }
  return withDefaults(parsed.data);
}

function* rules(file: string, draft: Draft): Iterable<Fault> {
  yield* fileNameRule(file, draft);
  for (const rule of [generalRules, nameRules, networkRules, lakeRules, registryRules]) yield* rule(draft);
}

function refusal(file: string, message: string): EnvironmentFileError {
  return new EnvironmentFileError(file, [{ line: 1, column: 1, path: [], message }]);
}
