import type { StackConfiguration } from '../../source/manifest';
import type { Place } from './place';

/**
 * ARNs of a resource that other parts of its stack read: their validation refuses values that Terraform generates.
 *
 * @returns ARN by attribute, without those that the resource itself sets
 */
export function computedArns(
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
