import type { StackConfiguration } from '../source/manifest';
import type { Place } from '../source/place';

/**
 * Attributes of a resource that other parts of its stack read and that must look like ARNs: what Terraform makes up
 * for them is eight random letters, which the readers' own validation refuses.
 *
 * @returns attribute to value; attributes that the resource itself sets are left out
 */
export function madeUpArns(
  configuration: StackConfiguration,
  type: string,
  name: string,
  { account, region }: Place,
): Record<string, string> {
  const reference = new RegExp(`\\b${type}\\.${name}(?:\\[[^\\]]*\\])?\\.(arn|\\w+_arn)\\b`, 'g');
  const own = configuration.resource?.[type]?.[name] ?? {};
  const read = [...JSON.stringify(configuration).matchAll(reference)].map(([, attribute]) => attribute!);
  const service = type.split('_')[1];
  const arn = `arn:aws:${service}:${region}:${account}:${type}/${name}`;
  return Object.fromEntries(
    read.filter((attribute) => own[attribute] === undefined).map((attribute) => [attribute, arn]),
  );
}
