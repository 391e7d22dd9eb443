import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { partitionOf } from '../../lib/aws/arns';
import { InputError } from '../../lib/core/input-error';
import type { EnvironmentOf } from './environment';
import { EnvironmentFileError, error, type FileError } from './errors';
import type { EnvironmentFormat } from './format';
import { namesOf, wholeName } from './rules/names';
import type { General } from './schema/general';
import type { AnySection, DeclaredName } from './section';

/** Folder of the environment files in the working directory. */
export const ENVIRONMENTS = 'environments';

/** Variable with the day by which the support of images is judged, `YYYY-MM-DD`, for programs that read files. */
export const DAY_VARIABLE = 'CDKTF_MLOPS_DAY';

/** The environment files of the folder, without hidden ones, such as the `._dev.yaml` that macOS adds on foreign disks. */
export function environmentFiles(): string[] {
  try {
    const files = readdirSync(ENVIRONMENTS).filter((file) => /^[^.].*\.ya?ml$/.test(file));
    return files.sort().map((file) => join(ENVIRONMENTS, file));
  } catch {
    return []; // no folder
  }
}

/**
 * The file of an environment that is named as `dev` for `environments/dev.yaml`, or by its file.
 *
 * @throws InputError for a path that is neither, such as that of a folder or of a record
 */
export function environmentFile(name: string): string {
  if (/\.ya?ml$/.test(name)) return name;
  const [file, short] = ['yaml', 'yml'].map((ending) => join(ENVIRONMENTS, `${name}.${ending}`)) as [string, string];
  const isName = name !== '' && !/[\\/]/.test(name);
  if (isName && existsSync(file)) return file;
  if (isName && existsSync(short)) return short;
  if (isName && !existsSync(name)) return file; // its reader says that it does not exist
  throw new InputError(
    `'${name}' must be a name, as in ${ENVIRONMENTS}/<name>.yaml, or a file that ends in .yaml or .yml`,
  );
}

/** The errors of several files. The message is complete; a program prints it as it is. */
export class EnvironmentFilesError extends InputError {
  public override readonly name = 'EnvironmentFilesError';

  constructor(public readonly errors: readonly EnvironmentFileError[]) {
    super(errors.map(({ message }) => message).join('\n'));
  }
}

/** A file with its environment. */
interface Loaded {
  readonly file: string;
  readonly environment: General;
}

/**
 * Reads the files of environments that exist side by side: no two may make the same thing.
 *
 * @throws EnvironmentFilesError with all errors of all files
 */
export function loadEnvironments<S extends AnySection>(
  files: readonly string[],
  format: EnvironmentFormat<S>,
): EnvironmentOf<S>[] {
  const errors: EnvironmentFileError[] = [];
  const loaded: Loaded[] = [];
  for (const file of files) {
    try {
      loaded.push({ file, environment: format.load(file) });
    } catch (found) {
      if (!(found instanceof EnvironmentFileError)) throw found;
      errors.push(found);
    }
  }
  for (const one of loaded) {
    const found = loaded.flatMap((other) =>
      other === one ? [] : [...collisions(one, other, loaded, format.sections)],
    );
    if (found.length > 0) errors.push(format.errorIn(one.file, found));
  }
  if (errors.length > 0) throw new EnvironmentFilesError(errors);
  return loaded.map(({ environment }) => environment as EnvironmentOf<S>);
}

/** Errors in `one` because of `other`: each is told once, in the later file, or in that which can choose another name. */
function* collisions(
  one: Loaded,
  other: Loaded,
  all: readonly Loaded[],
  sections: readonly AnySection[],
): Iterable<FileError> {
  const isLater = all.indexOf(one) > all.indexOf(other);
  const [name, otherName] = [one, other].map(
    ({ environment: { project, environment } }) => `${project}-${environment}`,
  );
  if (name === otherName) {
    const message = `must differ from that of ${other.file}, got '${name}' in both; rename one of them`;
    if (isLater) yield error(['environment'], message);
    return;
  }
  const taken = claimsOf(other, sections);
  for (const [claim, { path, form }] of claimsOf(one, sections)) {
    const cause = taken.get(claim);
    if (!cause || cause.form === form || form !== 'whole' || !path) continue; // both whole: shared, see `collisions`
    const [kind, whole] = claim.split('\n');
    const message = `makes the ${kind} name '${whole}', which ${other.file} also makes; choose another name`;
    yield error(path, message, 'key');
  }
  if (!isLater) return;
  for (const section of sections) {
    yield* section.collisions?.(one.environment as never, other.environment as never, other.file) ?? [];
  }
}

/** The names that an environment makes, each with where it must be unique. */
function claimsOf({ environment }: Loaded, sections: readonly AnySection[]): Map<string, DeclaredName> {
  const claims = new Map<string, DeclaredName>();
  for (const section of sections) {
    for (const name of namesOf(section, environment as never)) {
      if (name.existing) continue;
      const { kind, uniqueIn } = name.kind;
      const region = name.region ?? environment.region;
      const realms = {
        partition: partitionOf(region),
        account: environment.account,
        region: `${environment.account} ${region}`,
      };
      claims.set([kind, wholeName(name, environment as never), realms[uniqueIn]].join('\n'), name);
    }
  }
  return claims;
}
