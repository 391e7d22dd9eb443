import { TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { deployedName } from '../core/kept/deployed-name';
import { claimName, nameOf } from '../core/names';
import { Aws } from './aws';
import type { AwsNameKind } from './name-kind';

/**
 * The physical name of a resource: `<prefix>-<name>`, made by `nameOf` and reserved, so that no other resource of its
 * kind gets the same name. A construct that was moved keeps its deployed name.
 *
 * @param name the part after the stack's prefix, by default from the construct's path
 * @param suffix the last part, never shortened
 * @throws InputError if the name is too long, or another resource of the kind has it
 */
export function physicalName(scope: IConstruct, kind: AwsNameKind, name?: string, suffix?: string): string {
  const end = suffix === undefined || Token.isUnresolved(suffix) ? undefined : suffix;
  const make = (): string => {
    const joined = nameOf(scope, kind, name, suffix);
    return kind.separator === '_' ? joined.replaceAll('-', '_') : joined;
  };
  return claimPhysicalName(scope, kind, deployedName(scope, kind.kind, make, end));
}

/**
 * Reserves a complete physical name.
 *
 * @returns the name
 * @throws InputError if another resource of the kind has it
 */
export function claimPhysicalName(
  scope: IConstruct,
  { kind, uniqueIn, ignoresCase }: AwsNameKind,
  name: string,
): string {
  const { partition, account, region } = Aws.of(scope).known;
  const place = { partition: [partition], account: [account], region: [account, region] }[uniqueIn];
  // what is known only at deploy time may differ between stacks: there a name is compared within its own stack
  const isKnown = !Token.isUnresolved(name) && !place.includes(undefined);
  const realm = isKnown ? place.join('/') : TerraformStack.of(scope).node.path;
  claimName(scope, kind, ignoresCase ? name.toLowerCase() : name, realm);
  return name;
}
