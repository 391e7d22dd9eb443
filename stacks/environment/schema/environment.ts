import * as z from 'zod';
import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../../../lib/storage/bucket-limits';
import { choice, days, NAME, NAME_MEANING, named, removal, text } from './fields';
import { LakeSchema, queryLimit } from './lake';
import { NetworkSchema } from './network';
import { RegistrySchema } from './registry';

/** Long enough to be told apart, short enough to leave a bucket name of 63 characters room for a zone, account and region. */
export const MAX_PROJECT_LENGTH = 16;
export const MAX_ENVIRONMENT_LENGTH = 10;

/** Partition, area, direction, number: eu-north-1, us-gov-west-1, eusc-de-east-1. */
const REGION = /^(af|ap|ca|cn|eu|eusc-de|il|me|mx|sa|us|us-gov)-(central|(north|south)(east|west)?|east|west)-[1-9]$/;

/** Known in November 2026; a newer one is taken by its form. */
const REGIONS = [
  ...['eu-north-1', 'eu-central-1', 'eu-central-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-south-1', 'eu-south-2'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['ap-east-1', 'ap-east-2', 'ap-south-1', 'ap-south-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'af-south-1', 'il-central-1', 'me-central-1', 'me-south-1', 'cn-north-1', 'cn-northwest-1'],
  ...['us-gov-east-1', 'us-gov-west-1', 'eusc-de-east-1'],
];
const region = () => text(REGION, 'an AWS region such as eu-north-1').meta({ examples: REGIONS });

const shortName = (max: number) => {
  const must = `up to ${max} ${NAME_MEANING}`;
  return text(NAME, must).max(max, must);
};

const StateSchema = z
  .strictObject({
    bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '3 to 63 lower-case letters, digits, dots and hyphens')
      .describe('Bucket of the state files; the bootstrap stack makes it.')
      .meta({ examples: ['acme-terraform-state'] }),
    kmsKey: text(
      /^(alias\/(?!aws\/)[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
      'a key alias such as alias/acme-terraform, or the ARN of a key or alias',
    )
      .describe("Key that encrypts the state, which holds secrets. Default: the bucket's own encryption.")
      .optional(),
    region: region().describe("Region of the bucket. Default: the environment's.").optional(),
    removal: removal('the states and their key when the bootstrap stack is destroyed'),
  })
  .describe(
    'Where Terraform keeps its state, locked by conditional writes. Default: local files, for trying things out alone.',
  );

/** A year of who read what: a leak is found months later, and the audit asks for it. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

const LogsSchema = z
  .strictObject({
    accessLogDays: days()
      .default(DEFAULT_ACCESS_LOG_DAYS)
      .describe(
        `Days that the record of every request to a bucket is kept; for ${DEFAULT_NONCURRENT_VERSION_DAYS} more it can be brought back. A leak is found months later: a year.`,
      ),
    removal: removal('logs'),
  })
  .describe('The records of who did what.');

const TeamSchema = z
  .strictObject({
    queryLimitGb: queryLimit()
      .describe("Gigabytes one query of the team may scan. Default: the lake's queryLimitGb.")
      .optional(),
  })
  .describe('A team: a query workgroup, and owner of tables.');

/** An environment file as it is written. */
export const EnvironmentSchema = z
  .strictObject({
    project: shortName(MAX_PROJECT_LENGTH)
      .describe('What is deployed, e.g. the company or product: the first part of every physical name.')
      .meta({ examples: ['acme'] }),
    environment: shortName(MAX_ENVIRONMENT_LENGTH)
      .describe("Which copy of it: the second part of every physical name, and this file's name.")
      .meta({ examples: ['dev'] }),
    account: text(/^\d{12}$/, '12 digits in quotes')
      .describe('AWS account, in quotes. A deployment with credentials of another account is refused.')
      .meta({ examples: ['111122223333'] }),
    region: region().describe('AWS region.'),
    owner: text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'a mail address')
      .describe('Whom to ask about this environment: a mail address, better of a team than of a person.')
      .meta({ examples: ['ml-platform@acme.example'] }),
    size: choice(['small', 'medium', 'large'])
      .default('small')
      .describe('Chooses defaults only: small to try things, medium to stage them, large to serve users.'),
    removal: choice(['retain', 'destroy'])
      .default('retain')
      .describe(
        'One of two keys to stored data: it can be destroyed only where the part that holds it (lake, registry, logs, state) says destroy too.',
      ),
    tags: named(
      z.string().min(1),
      z.string('a string in quotes').max(256, 'at most 256 characters').describe("A tag's value."),
    )
      .default({})
      .describe('Further tags of every resource, e.g. a cost centre.'),
    state: StateSchema.optional(),
    network: NetworkSchema.meta({ examples: [{ cidr: '10.20.0.0/16' }] }),
    logs: LogsSchema.prefault({}),
    lake: LakeSchema.prefault({}),
    registry: RegistrySchema.prefault({}),
    teams: named(text(NAME, NAME_MEANING), TeamSchema).default({}).describe('Teams that work here.'),
  })
  .describe('One environment of the platform.');

/** An environment file as it is written: what has a default may be left out. */
export type EnvironmentInput = z.input<typeof EnvironmentSchema>;
export type ValidEnvironment = z.output<typeof EnvironmentSchema>;
