import { createHash } from 'node:crypto';
import { TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from './input-error';
import { Surroundings } from './surroundings';

/** Limits of a service on names. */
export interface NameLimits {
  readonly maxLength: number;
  /** @default - a hyphen */
  readonly separator?: '-' | '_';
  /** Property that sets the name, for error messages. @default name */
  readonly property?: string;
}

const HASH_LENGTH = 8;

/**
 * The physical name of a construct: `<prefix>-<name>`; without `name`, `<prefix>-<path of ids>`.
 *
 * A name from the path that is too long is shortened and ends in a hash. A given name is never shortened.
 *
 * @param suffix the last part, never shortened, e.g. the account of a bucket
 * @param suffixLength the fewest characters of `suffix`, if it is a token. @default - its length
 * @throws InputError if a given name is too long with its prefix, or the prefix leaves no room
 */
export function nameOf(
  scope: IConstruct,
  { maxLength, separator = '-', property = 'name' }: NameLimits,
  name?: string,
  suffix?: string,
  suffixLength?: number,
): string {
  const { namePrefix } = Surroundings.of(scope);
  const join = (...parts: (string | undefined)[]) => parts.filter((part) => part !== undefined).join(separator);
  const start = join(namePrefix, name ?? pathName(scope, separator));
  const whole = join(start, suffix);
  if (Token.isUnresolved(start) || (Token.isUnresolved(suffix) && suffixLength === undefined)) return whole;
  const rest = suffix === undefined ? 0 : separator.length + (suffixLength ?? suffix.length);
  const excess = start.length + rest - maxLength;
  if (excess <= 0) return whole;

  const room = maxLength - rest - HASH_LENGTH - separator.length;
  if (name === undefined && room > 0) {
    const hash = createHash('sha256')
      .update(Token.isUnresolved(suffix) ? start : whole)
      .digest('hex');
    return join(start.slice(0, room).replace(/[-_]+$/, ''), hash.slice(0, HASH_LENGTH), suffix); // RDS refuses two hyphens in a row
  }
  const isShortEnough = name !== undefined && excess < name.length;
  const fix = isShortEnough ? `shorten '${name}' by ${excess}` : `shorten the stack's 'namePrefix'`;
  const [shown, atLeast] = suffixLength === undefined ? [whole, ''] : [join(start, '...'), 'at least '];
  throw new InputError(
    `${scope.node.path}: ${property} '${shown}' has ${atLeast}${maxLength + excess} characters, the limit is ${maxLength}; ${fix}`,
  );
}

/** Reserved names with the construct that has each, by the root of the construct tree. */
const claimed = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Reserves a physical name for a construct. Of two resources with the same name, the second to be deployed fails or
 * changes the first.
 *
 * @param kind kind of resource, e.g. `S3 bucket`; names of different kinds are independent
 * @param realm where the name must be unique, e.g. an account and region; `''` for worldwide
 * @param property property that sets the name, for the error message
 * @throws InputError that names the construct that already has the name
 */
export function claimName(owner: IConstruct, kind: string, name: string, realm: string, property?: string): void {
  const { root } = owner.node;
  const names = claimed.get(root) ?? new Map<string, IConstruct>();
  claimed.set(root, names);
  const key = [kind, realm, name].join('\n');
  const other = names.get(key);
  if (other && isInTree(other)) {
    throw new InputError(
      `${owner.node.path}: the ${kind} name '${name}' is already taken by ${other.node.path}; rename one of them${property ? ` (its '${property}')` : ''}`,
    );
  }
  names.set(key, owner);
}

/** The part of a name after the stack's prefix that a construct has by default: `DataLake/RawZone` becomes `data-lake-raw-zone`. */
export function pathName(scope: IConstruct, separator = '-'): string {
  const stack = TerraformStack.of(scope);
  return scope.node.scopes
    .slice(stack.node.scopes.length)
    .map(({ node }) => node.id.replace(/([a-z0-9])(?=[A-Z])/g, '$1-').toLowerCase())
    .join('-')
    .replace(/[^a-z0-9]+/g, separator);
}

/** Whether a construct is still where it was made: `tryRemoveChild` takes it out. */
function isInTree(construct: IConstruct): boolean {
  return construct.node.scopes.every(
    ({ node }) => node.scope === undefined || node.scope.node.tryFindChild(node.id)?.node === node,
  );
}
