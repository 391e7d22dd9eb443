import { TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { claimName, nameOf } from '../core/names';
import { Aws } from './aws';
import type { AwsNameKind } from './name-kind';

/**
 * The physical name of a resource: `<prefix>-<name>`, made by `nameOf` and reserved, so that no other resource of its
 * kind gets the same name.
 *
 * @param name the part after the stack's prefix, by default from the construct's path
 * @param suffix the last part, never shortened
 * @throws InputError if the name is too long, or another resource of the kind has it
 */
export function physicalName(scope: IConstruct, kind: AwsNameKind, name?: string, suffix?: string): string {
  const joined = nameOf(scope, kind, name, suffix);
  return claimPhysicalName(scope, kind, kind.separator === '_' ? joined.replaceAll('-', '_') : joined);
}

/**
 * Reserves a complete physical name.
 *
 * @returns the name
 * @throws InputError if another resource of the kind has it
 */
export function claimPhysicalName(scope: IConstruct, { kind, uniqueIn }: AwsNameKind, name: string): string {
  const { account, region } = Aws.of(scope).known;
  // a value known only at deploy time may differ between stacks: compare such a name within its own stack only
  const isKnown = !Token.isUnresolved(name) && (uniqueIn === 'world' || account !== undefined);
  const place = { world: [], account: [account], region: [account, region] }[uniqueIn];
  claimName(scope, kind, name, isKnown ? place.join('/') : TerraformStack.of(scope).node.path);
  return name;
}
