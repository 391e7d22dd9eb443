import { TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { claimName, nameOf } from '../core/names';
import { Aws } from './aws';
import type { AwsNameKind } from './name-kind';

/**
 * The physical name of a resource, `<prefix>-<name>` as `nameOf` makes it, claimed so that no other resource of its kind gets
 * the same.
 *
 * @param name the part after the stack's prefix, by default from the construct's path
 * @param suffix comes last and is never cut
 * @throws InputError when the name is too long, or another resource of the kind has it
 */
export function physicalName(scope: IConstruct, kind: AwsNameKind, name?: string, suffix?: string): string {
  const joined = nameOf(scope, kind, name, suffix);
  return claimPhysicalName(scope, kind, kind.separator === '_' ? joined.replaceAll('-', '_') : joined);
}

/**
 * Claims a name that was given whole.
 *
 * @returns the name
 * @throws InputError when another resource of the kind has it
 */
export function claimPhysicalName(scope: IConstruct, { kind, uniqueIn }: AwsNameKind, name: string): string {
  const { account, region } = Aws.of(scope).known;
  // what is known only at deploy time may differ between stacks: there a name is compared within its own stack
  const isKnown = !Token.isUnresolved(name) && (uniqueIn === 'world' || account !== undefined);
  const place = { world: [], account: [account], region: [account, region] }[uniqueIn];
  claimName(scope, kind, name, isKnown ? place.join('/') : TerraformStack.of(scope).node.path);
  return name;
}
