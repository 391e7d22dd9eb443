import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { PROFILES, SIZES } from './choices';
import { choice, named, text } from './fields';
import type { JsonSchema } from './json-schema';

/** Short enough that a bucket name of 63 characters has room for a zone, account and region. */
export const MAX_PROJECT_LENGTH = 16;
export const MAX_ENVIRONMENT_LENGTH = 10;

/** Partition, area, direction, number: eu-north-1, us-gov-west-1, eusc-de-east-1. */
const REGION = {
  pattern: /^(af|ap|ca|cn|eu|eusc-de|il|me|mx|sa|us|us-gov)-(central|(north|south)(east|west)?|east|west)-[1-9]$/,
  meaning: 'an AWS region such as eu-north-1',
};

/** Regions as of November 2026, for suggestions. Any name that matches the pattern is valid. */
const REGIONS = [
  ...['eu-north-1', 'eu-central-1', 'eu-central-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-south-1', 'eu-south-2'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['ap-east-1', 'ap-east-2', 'ap-south-1', 'ap-south-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'af-south-1', 'il-central-1', 'me-central-1', 'me-south-1', 'cn-north-1', 'cn-northwest-1'],
  ...['us-gov-east-1', 'us-gov-west-1', 'eusc-de-east-1'],
];
/** The name of an AWS region. */
export const region = () => text(REGION).meta({ examples: ['eu-north-1'], known: REGIONS } satisfies JsonSchema);

const OWNER = 'a mail address';

const shortName = (max: number) => {
  const must = `up to ${max} ${NAME.meaning}`;
  return text({ ...NAME, meaning: must }).max(max, must);
};

/** Keys of an environment file outside its sections. */
export const GENERAL = {
  project: shortName(MAX_PROJECT_LENGTH)
    .describe('Name of the company or product: the first part of every physical name.')
    .meta({ examples: ['acme'] }),
  environment: shortName(MAX_ENVIRONMENT_LENGTH)
    .describe('Name of the environment and of this file: the second part of every physical name.')
    .meta({ examples: ['dev'] }),
  account: text({ pattern: /^\d{12}$/, meaning: '12 digits in quotes' })
    .describe('AWS account id, in quotes. Deployment with credentials of another account is refused.')
    .meta({ examples: ['111122223333'] }),
  region: region().describe('AWS region.'),
  owner: z
    .string(OWNER)
    .max(256, { error: 'a mail address of at most 256 characters', abort: true })
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, OWNER)
    .describe('Contact for this environment: an email address, preferably of a team.')
    .meta({ examples: ['ml-platform@acme.example'] }),
  size: choice(SIZES)
    .default('small')
    .describe('Sets defaults only: small for development, medium for staging, large for production. Default: small.'),
  profile: choice(PROFILES)
    .default('managed')
    .describe(
      'Sets defaults only: managed for managed AWS services, kubernetes for workloads in a cluster. Default: managed.',
    ),
  removal: choice(['retain', 'destroy'])
    .default('retain')
    .describe(
      'Whether stored data may be destroyed. Effective only in sections (lake, features, registry, logs, training, state) whose removal is destroy too. Default: retain.',
    ),
  tags: named(
    z.string().meta({ minLength: 1 }), // for editors; `generalRules` checks it, with the characters
    z.string('a string in quotes').max(256, 'at most 256 characters').describe('Value of the tag.'),
  )
    .default({})
    .describe('Additional tags for every resource, e.g. a cost centre. Default: none.'),
};

const GeneralSchema = z.strictObject(GENERAL);

export type GeneralInput = z.input<typeof GeneralSchema>;
export type General = z.output<typeof GeneralSchema>;
