import type { Place } from '../place';

/** A resource that stands in for one of the account. */
export interface Made {
  readonly type: string;
  readonly block: Readonly<Record<string, unknown>>;
  /** Attribute that replaces the text that names the real one. @default - the stand-in has the same name */
  readonly replaces?: string;
}

/** How what exists only in the account is found in a stack, and made in the emulator. */
export interface Kind {
  /** Matches the id or ARN wherever a stack has it: nothing but the account makes such a text. A pattern is none. */
  readonly literal?: RegExp;
  /** Attribute of a data source or resource with the name, by its type. */
  readonly named?: Readonly<Record<string, string>>;
  /** Resource type whose attribute creates the name in the app itself, and needs no stand-in then. */
  readonly own?: readonly [type: string, attribute: string];
  /** Names that AWS itself has. */
  readonly except?: RegExp;
  /** @param index of the stand-in among those of its kind */
  make(name: string, index: number, place: Place): Made;
}

const id = (prefix: string): RegExp => new RegExp(`\\b${prefix}-(?:[0-9a-f]{17}|[0-9a-f]{8})\\b`, 'g');

/** What the others of a network are in: one VPC of a rehearsal, whose own stand-in may not be asked for. */
export const NETWORK = { type: 'aws_vpc', name: 'network', block: { cidr_block: '10.255.0.0/16' } } as const;
const vpc_id = `\${${NETWORK.type}.${NETWORK.name}.id}`;

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** Everything that a rehearsal can make. A new kind is an entry here. */
export const KINDS: readonly Kind[] = [
  {
    literal: id('vpc'),
    make: () => ({ type: NETWORK.type, block: NETWORK.block, replaces: 'id' }),
  },
  {
    literal: id('subnet'),
    make: (_, index, { region }) => ({
      type: 'aws_subnet',
      block: {
        vpc_id,
        cidr_block: `10.255.${index}.0/24`,
        availability_zone: region + 'abc'[index % 3], // databases need two zones
      },
      replaces: 'id',
    }),
  },
  {
    literal: id('sg'),
    make: (name) => ({ type: 'aws_security_group', block: { vpc_id, name: `stand-in ${name}` }, replaces: 'id' }),
  },
  {
    literal: id('rtb'),
    make: () => ({ type: 'aws_route_table', block: { vpc_id }, replaces: 'id' }),
  },
  {
    literal: /\barn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+(?![\w*?$-])/g,
    make: () => ({ type: 'aws_kms_key', block: {}, replaces: 'arn' }),
  },
  {
    named: { 'data.aws_kms_alias': 'name', 'data.aws_kms_key': 'key_id' },
    own: ['aws_kms_alias', 'name'],
    except: /^(?!alias\/)|^alias\/aws\//,
    make: (name) => ({
      type: 'aws_kms_alias',
      block: { name, target_key_id: '${aws_kms_key.key.key_id}' },
    }),
  },
  {
    named: {
      'data.aws_s3_bucket': 'bucket',
      aws_s3_bucket_notification: 'bucket',
      aws_s3_bucket_policy: 'bucket',
      aws_s3_object: 'bucket',
    },
    own: ['aws_s3_bucket', 'bucket'],
    make: (name) => ({ type: 'aws_s3_bucket', block: { bucket: name, force_destroy: true } }),
  },
  {
    named: { 'data.aws_secretsmanager_secret': 'name', 'data.aws_secretsmanager_secret_version': 'secret_id' },
    own: ['aws_secretsmanager_secret', 'name'],
    except: /^arn:/,
    make: (name) => ({ type: 'aws_secretsmanager_secret', block: { name, recovery_window_in_days: 0 } }),
  },
  {
    literal: /\barn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@!-]+(?![\w/+=.@!*?$-])/g,
    make: (arn) => ({
      type: 'aws_secretsmanager_secret',
      block: { name: arn.split(':secret:')[1], recovery_window_in_days: 0 },
      replaces: 'arn',
    }),
  },
  {
    named: { 'data.aws_ssm_parameter': 'name' },
    own: ['aws_ssm_parameter', 'name'],
    except: /^\/aws\//,
    make: (name) => ({ type: 'aws_ssm_parameter', block: { name, type: 'String', value: 'rehearsal' } }),
  },
  {
    named: { 'data.aws_iam_role': 'name' },
    own: ['aws_iam_role', 'name'],
    make: (name) => ({ type: 'aws_iam_role', block: { name, assume_role_policy: TRUST } }),
  },
  {
    named: { 'data.aws_ecr_repository': 'name' },
    own: ['aws_ecr_repository', 'name'],
    make: (name) => ({ type: 'aws_ecr_repository', block: { name, force_delete: true } }),
  },
  {
    named: { 'data.aws_route53_zone': 'name' },
    own: ['aws_route53_zone', 'name'],
    make: (name) => ({ type: 'aws_route53_zone', block: { name, force_destroy: true } }),
  },
];
