import { Fn, TerraformStack, Token } from 'cdktf';
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
 * @param suffixLength the fewest characters of `suffix`, if it is a token
 * @throws InputError if the name is too long, or another resource of the kind has it
 */
export function physicalName(
  scope: IConstruct,
  kind: AwsNameKind,
  name?: string,
  suffix?: string,
  suffixLength?: number,
): string {
  const end = suffix === undefined || Token.isUnresolved(suffix) ? undefined : suffix;
  const make = (): string => {
    const joined = nameOf(scope, kind, name, suffix, suffixLength);
    if (kind.separator !== '_') return joined;
    return Token.isUnresolved(joined) ? Fn.replace(joined, '-', '_') : joined.replaceAll('-', '_');
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
  { kind, uniqueIn, ignoresCase, property = 'name' }: AwsNameKind,
  name: string,
): string {
  // a stack that does not say where it is deployed is in no partition of its own: almost all are in `aws`
  const { partition = 'aws', account, region } = Aws.of(scope).known;
  const place: readonly (string | undefined)[] = {
    partition: [partition],
    account: [account],
    region: [account, region],
  }[uniqueIn];
  // what is known only at deploy time may differ between stacks: there a name is compared within its own stack
  const isKnown = !Token.isUnresolved(name) && !place.includes(undefined);
  const realm = isKnown ? place.join('/') : TerraformStack.of(scope).node.path;
  claimName(scope, kind, ignoresCase ? name.toLowerCase() : name, realm, property);
  return name;
}
