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
}

const HASH_LENGTH = 8;

/**
 * The physical name of a construct: `<prefix>-<name>`; without `name`, `<prefix>-<path of ids>`.
 *
 * A name from the path that is too long is shortened and ends in a hash. A given name is never shortened.
 *
 * @param suffix the last part, never shortened, e.g. the account of a bucket
 * @throws InputError if a given name is too long with its prefix
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
      `${scope.node.path}: name '${whole}' has ${whole.length} characters, the limit is ${maxLength}; shorten '${name}' by ${whole.length - maxLength}`,
    );
  }
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH);
  const room = maxLength - join('', hash, suffix).length;
  const start = join(namePrefix, pathName(scope, separator)).slice(0, room);
  return join(start.replace(/[-_]+$/, ''), hash, suffix); // RDS refuses two hyphens in a row
}

/** Reserved names with the construct that has each, by the root of the construct tree. */
const claimed = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Reserves a physical name for a construct. Of two resources with the same name, the second to be deployed fails or
 * changes the first.
 *
 * @param kind kind of resource, e.g. `S3 bucket`; names of different kinds are independent
 * @param realm where the name must be unique, e.g. an account and region; `''` for worldwide
 * @throws InputError that names the construct that already has the name
 */
export function claimName(owner: IConstruct, kind: string, name: string, realm: string): void {
  const { root } = owner.node;
  const names = claimed.get(root) ?? new Map<string, IConstruct>();
  claimed.set(root, names);
  const key = [kind, realm, name].join('\n');
  const other = names.get(key);
  if (other && isInTree(other)) {
    throw new InputError(
      `${owner.node.path}: the ${kind} name '${name}' is already taken by ${other.node.path}; rename one of them`,
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

/** Whether a construct is still where it was made: `tryRemoveChild` takes it out. */
function isInTree(construct: IConstruct): boolean {
  return construct.node.scopes.every(
    ({ node }) => node.scope === undefined || node.scope.node.tryFindChild(node.id)?.node === node,
  );
}
