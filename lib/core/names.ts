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
}

const HASH_LENGTH = 8;

/**
 * The physical name of a construct: `<prefix>-<name>`, and without a given name, `<prefix>-<path of ids>`.
 *
 * A name that follows from the path is shortened by a hash where a service allows less; a given name is not.
 *
 * @param suffix comes last and is never cut, e.g. the account of a bucket
 * @throws InputError when a given name is too long with its prefix
 */
export function nameOf(
  scope: IConstruct,
  { maxLength, separator = '-' }: NameLimits,
  name?: string,
  suffix?: string,
): string {
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

/** Names that constructs have claimed, by the root of the construct tree, each with who claimed it. */
const claimed = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Claims a physical name for a construct. Two resources with one name would be one resource to the service: the second to be
 * deployed fails, or changes the first.
 *
 * @param kind what has the name, e.g. `S3 bucket`; names of different kinds are independent
 * @param realm within what the name is unique, e.g. an account and region; `''` for the whole world
 * @throws InputError naming the construct that has claimed it already
 */
export function claimName(owner: IConstruct, kind: string, name: string, realm: string): void {
  const { root } = owner.node;
  const names = claimed.get(root) ?? new Map<string, IConstruct>();
  claimed.set(root, names);
  const key = [kind, realm, name].join('\n');
  const other = names.get(key);
  if (other) {
    throw new InputError(
      `${owner.node.path}: the ${kind} name '${name}' is that of ${other.node.path} already; give one of them another name`,
    );
  }
  names.set(key, owner);
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
