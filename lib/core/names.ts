import { createHash } from 'node:crypto';
import { TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from './input-error';
import { Surroundings } from './surroundings';

/** What a service accepts as a name. */
export interface NameLimits {
  readonly maxLength: number;
  /** @default - a hyphen */
  readonly separator?: '-' | '_';
  /** Comes last and is never cut, e.g. the account of a bucket. @default - none */
  readonly suffix?: string;
}

const HASH_LENGTH = 8;

/**
 * The physical name of a construct: `<prefix>-<name>`, and where no name was said, `<prefix>-<path of ids>`.
 *
 * A name that follows from the path is shortened by a hash where a service allows less; a name that the user said is not.
 *
 * @throws InputError when a said name is too long with its prefix.
 */
export function nameOf(scope: IConstruct, { maxLength, separator = '-', suffix }: NameLimits, name?: string): string {
  const { namePrefix } = Surroundings.of(scope);
  const join = (...parts: (string | undefined)[]) => parts.filter((part) => part !== undefined).join(separator);
  const whole = join(namePrefix, name ?? pathName(scope, separator), suffix);
  if (Token.isUnresolved(whole) || whole.length <= maxLength) return whole;
  if (name !== undefined) {
    throw new InputError(
      `${scope.node.path}: name '${whole}' has ${whole.length} characters, the limit is ${maxLength}: shorten '${name}' by ${whole.length - maxLength}`,
    );
  }
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH);
  const room = maxLength - join('', hash, suffix).length;
  const start = join(namePrefix, pathName(scope, separator)).slice(0, room);
  return join(start.replace(/[-_]+$/, ''), hash, suffix); // RDS refuses two hyphens in a row
}

/** `DataLake/RawZone` becomes `data-lake-raw-zone`. */
function pathName(scope: IConstruct, separator: string): string {
  const stack = TerraformStack.of(scope);
  return scope.node.scopes
    .slice(stack.node.scopes.length)
    .map(({ node }) => node.id.replace(/([a-z0-9])(?=[A-Z])/g, '$1-').toLowerCase())
    .join('-')
    .replace(/[^a-z0-9]+/g, separator);
}
