import { basename, extname } from 'node:path';
import { quote } from '../../../lib/core/text-pattern';
import { ALIAS } from '../../../lib/encryption/key-limits';
import { type Draft, ownOf } from '../draft';
import { error, type FileError, keyPath } from '../errors';
import type { AnySection, DeclaredName } from '../section';

interface Claim {
  readonly section: string;
  readonly name: DeclaredName;
}

/** Physical names from the file: each must be within its service's limit, and unique among names of its kind. */
export function* nameRules(draft: Draft, sections: readonly AnySection[]): Iterable<FileError> {
  const claimed = new Map<string, Claim>();
  const told = new Set<string>();
  let longest: { readonly excess: number; readonly found: FileError } | undefined;
  for (const section of sections) {
    for (const name of namesOf(section, draft)) {
      const whole = wholeName(name, draft);
      if (whole === undefined) continue;
      const excess = whole.length - name.kind.maxLength;
      if (excess > 0 && name.path) yield tooLong(name, whole, excess);
      // the platform's own names can be shortened only by their prefix: report one error for all of them
      else if (excess > (longest?.excess ?? 0))
        longest = { excess, found: tooLong({ ...name, path: ['project'] }, whole, excess) };
      const key = `${name.kind.kind} ${name.kind.separator === '_' ? whole.replaceAll('-', '_') : whole}`;
      const other = claimed.get(key);
      if (!other) claimed.set(key, { section: section.name, name });
      else yield* takenOnce({ section: section.name, name }, other, whole, told);
    }
  }
  if (longest) yield longest.found;
}

/** The names that a section declares, and the alias of the new key of its data. */
export function* namesOf(section: AnySection, draft: Draft): Iterable<DeclaredName> {
  if (isAbsent(section, draft)) return;
  const own: object = ownOf(section, draft);
  if (section.domain && !('keyArn' in own)) yield { kind: ALIAS, name: section.domain.name, form: 'prefixed' };
  yield* section.names?.(ownOf(section, draft) as never, draft) ?? [];
}

/** Whether the file has no such section, and nothing is made without it. */
function isAbsent({ name, schema }: AnySection, draft: Draft): boolean {
  return !(name in draft) && schema.safeParse(undefined).data === undefined;
}

/** `<project>-<environment>-<name>`; for buckets also `-<account>-<region>`, which makes the name unique worldwide. */
export function wholeName(
  { form, name }: DeclaredName,
  { project, environment, account, region }: Draft,
): string | undefined {
  const parts: readonly (string | undefined)[] = {
    whole: [name],
    prefixed: [project, environment, name],
    located: [project, environment, name, account, region],
  }[form];
  return parts.includes(undefined) ? undefined : parts.join('-');
}

function tooLong({ kind, path = [] }: DeclaredName, whole: string, excess: number): FileError {
  return error(
    path,
    `makes the ${kind.kind} name ${quote(whole)} of ${whole.length} characters, the limit is ${kind.maxLength}; shorten it by ${excess}`,
    typeof path.at(-1) === 'number' ? 'value' : 'key',
  );
}

/** Two keys with one name often make several names that are the same: the first says what to do. */
function* takenOnce(one: Claim, other: Claim, whole: string, told: Set<string>): Iterable<FileError> {
  const pair = JSON.stringify([one, other].map(({ section, name }) => name.path ?? section));
  if (told.has(pair)) return;
  told.add(pair);
  yield* taken(one, other, whole);
}

/** Reports the later of two equal names; of a name of the platform and a name of the file, the name of the file. */
function* taken(one: Claim, other: Claim, whole: string): Iterable<FileError> {
  const [reported, cause] = one.name.path ? [one, other] : [other, one];
  const { kind, path } = reported.name;
  if (!path) return;
  const owner = cause.name.path ? `${keyPath(cause.name.path)} also makes` : `the platform makes for ${cause.section}`;
  yield error(path, `makes the ${kind.kind} name ${quote(whole)}, which ${owner}; choose another name`, 'key');
}

/**
 * The file must have the name of its environment, or of its project and environment. Otherwise a copied file with the
 * same `environment` would change the resources of the original.
 */
export function* fileNameRule(file: string, { project, environment }: Draft): Iterable<FileError> {
  const name = basename(file, extname(file));
  if (environment === undefined || name === environment || name === `${project}-${environment}`) return;
  yield error(
    ['environment'],
    `must be the name of the file, got '${environment}'; write '${name}', or rename the file to ${environment}${extname(file)}: two files with one environment would change the same resources`,
  );
}
