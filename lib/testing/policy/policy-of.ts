import type { Attributes } from '../attributes';
import { Policy, type PolicyOptions } from './policy';
import { PolicyReader, type PolicySource, type Read, together, unreadable } from './reader';

/** Resources that hold the policy of another one: their type, and the attribute that names the other one. */
const HOLDERS: Readonly<Record<string, readonly [type: string, attribute: string]>> = {
  aws_ecr_repository: ['aws_ecr_repository_policy', 'repository'],
  aws_efs_file_system: ['aws_efs_file_system_policy', 'file_system_id'],
  aws_kms_key: ['aws_kms_key_policy', 'key_id'],
  aws_s3_bucket: ['aws_s3_bucket_policy', 'bucket'],
  aws_secretsmanager_secret: ['aws_secretsmanager_secret_policy', 'secret_arn'],
  aws_sns_topic: ['aws_sns_topic_policy', 'arn'],
  aws_sqs_queue: ['aws_sqs_queue_policy', 'queue_url'],
  aws_vpc_endpoint: ['aws_vpc_endpoint_policy', 'vpc_endpoint_id'],
};

/**
 * The policy of a resource. For an IAM role, user or group: its inline and managed policies, and its boundary; for a
 * bucket, key, queue and others: the resource policy; otherwise the policy in its attribute.
 *
 * @throws Error if there is none
 */
export function policyOf(
  source: PolicySource,
  attribute: string | undefined,
  resolve: PolicyOptions['resolve'],
): Policy {
  const { address, attributes, resources } = source;
  const reader = new PolicyReader(resources);
  const kind = /^aws_iam_(role|user|group)\./.exec(address)?.[1];
  if (kind && attribute === undefined) {
    const boundary = attributes.permissions_boundary;
    return Policy.of(ofIdentity(source, reader, kind), {
      name: `what ${address} may do`,
      resolve,
      boundary:
        boundary === undefined ? undefined : Policy.of(reader.managed(boundary), { name: 'the boundary', resolve }),
    });
  }
  const texts = textsOf(source, attribute);
  const reads = Object.entries(texts).map(([name, text]) => reader.text(text, name));
  return Policy.of(together(reads), { name: Object.keys(texts).join(', '), resolve });
}

/** The texts of a resource's policy, by the name of each. */
function textsOf({ address, attributes, resources }: PolicySource, attribute: string | undefined): Attributes {
  const [type, reference] = HOLDERS[address.split('.')[0]!] ?? [];
  if (attribute === undefined && type !== undefined && reference !== undefined) {
    const isOurs = matcherOf(address, attributes[reference]);
    const held = Object.entries(resources(type)).filter(([, holder]) => isOurs(holder[reference]));
    const own = attributes.policy === undefined ? [] : [[`policy of ${address}`, attributes.policy] as const];
    const texts = [...own, ...held.map(([of, { policy }]) => [`policy of ${of}`, policy] as const)];
    if (texts.length > 0) return Object.fromEntries(texts);
  }
  const holders = Object.entries(attributes).filter(
    ([, value]) => typeof value === 'string' && value.includes('"Statement"'),
  );
  const named = attribute ?? (holders.length === 1 ? holders[0]![0] : 'policy');
  if (typeof attributes[named] === 'string') return { [`${named} of ${address}`]: attributes[named] };
  const elsewhere = type === undefined ? '' : `, and there is no ${type} of it`;
  throw new Error(`${address} has no '${named}'; it has ${Object.keys(attributes).join(', ')}${elsewhere}`);
}

/** Everything that gives a role, user or group permissions, as far as the template says it. */
function ofIdentity({ address, attributes, resources }: PolicySource, reader: PolicyReader, kind: string): Read {
  const isOurs = matcherOf(address, attributes.name);
  const ours = (type: string, attribute: string) =>
    Object.entries(resources(type)).filter(([, holder]) => [holder[attribute]].flat().some(isOurs));

  const own = Object.entries(listOf(attributes.inline_policy)).map(
    ([, { name, policy }]) => [`inline policy '${name}' of ${address}`, policy, name] as const,
  );
  const separate = ours(`aws_iam_${kind}_policy`, kind).map(([of, { name, policy }]) => [of, policy, name] as const);
  const inline = [...own, ...separate];
  const missing = ours(`aws_iam_${kind}_policies_exclusive`, `${kind}_name`)
    .flatMap(([of, { policy_names }]) => listOf(policy_names ?? `names of ${of}`))
    .filter((name) => !inline.some(([of, , known]) => known === name || String(name).includes(`\${${of}.`)))
    .map((name) => `inline policy '${name}' of ${address}`);

  const arns = [
    ...listOf(attributes.managed_policy_arns),
    ...ours(`aws_iam_${kind}_policy_attachment`, kind).map(([, { policy_arn }]) => policy_arn),
    ...ours('aws_iam_policy_attachment', `${kind}s`).map(([, { policy_arn }]) => policy_arn),
    ...ours(`aws_iam_${kind}_policy_attachments_exclusive`, `${kind}_name`).flatMap(([, { policy_arns }]) =>
      listOf(policy_arns),
    ),
  ];
  return together([
    ...inline.map(([of, policy]) => reader.text(policy, of)),
    ...[...new Set(arns)].map((arn) => reader.managed(arn)),
    unreadable(...missing, ...unknownAttachments(resources, `${kind}s`)),
    ...(kind === 'user' ? groupsOf(isOurs, resources, reader) : []),
  ]);
}

/** What the groups of a user may do. */
function groupsOf(isOurs: (value: unknown) => boolean, resources: PolicySource['resources'], reader: PolicyReader) {
  const groups = [
    ...Object.values(resources('aws_iam_user_group_membership'))
      .filter(({ user }) => isOurs(user))
      .flatMap(({ groups }) => listOf(groups)),
    ...Object.values(resources('aws_iam_group_membership'))
      .filter(({ users }) => listOf(users).some(isOurs))
      .map(({ group }) => group),
  ];
  const known = Object.entries(resources('aws_iam_group'));
  return groups.map((group): Read => {
    const [address, attributes] = known.find(([of, { name }]) => matcherOf(of, name)(group)) ?? [];
    if (!address || !attributes) return unreadable(`group ${group}`);
    return ofIdentity({ address, attributes, resources }, reader, 'group');
  });
}

/** Attachments to a list that is known only at deploy time: each may be to this identity. */
function unknownAttachments(resources: PolicySource['resources'], attribute: string): string[] {
  return Object.entries(resources('aws_iam_policy_attachment'))
    .filter(([, holder]) => typeof holder[attribute] === 'string')
    .map(([of, { policy_arn }]) => `${policy_arn}, which ${of} attaches to unknown ${attribute}`);
}

/** Whether a value refers to a resource, by its address in an expression or by its name. */
function matcherOf(address: string, name: unknown): (value: unknown) => boolean {
  const reference = new RegExp(`(^|[^\\w.-])${address.replaceAll('.', '\\.')}(?![\\w-])`);
  return (value) => typeof value === 'string' && ((name !== undefined && value === name) || reference.test(value));
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of what Terraform's JSON contains is unknown
function listOf(value: any): any[] {
  return value === undefined ? [] : [value].flat();
}
