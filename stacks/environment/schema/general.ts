import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { PROFILES, SIZES } from './choices';
import { choice, named, text } from './fields';

/** Long enough to be told apart, short enough to leave a bucket name of 63 characters room for a zone, account and region. */
export const MAX_PROJECT_LENGTH = 16;
export const MAX_ENVIRONMENT_LENGTH = 10;

/** Partition, area, direction, number: eu-north-1, us-gov-west-1, eusc-de-east-1. */
const REGION = {
  pattern: /^(af|ap|ca|cn|eu|eusc-de|il|me|mx|sa|us|us-gov)-(central|(north|south)(east|west)?|east|west)-[1-9]$/,
  meaning: 'an AWS region such as eu-north-1',
};

/** Known in November 2026; a newer one is taken by its form. */
const REGIONS = [
  ...['eu-north-1', 'eu-central-1', 'eu-central-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-south-1', 'eu-south-2'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['ap-east-1', 'ap-east-2', 'ap-south-1', 'ap-south-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'af-south-1', 'il-central-1', 'me-central-1', 'me-south-1', 'cn-north-1', 'cn-northwest-1'],
  ...['us-gov-east-1', 'us-gov-west-1', 'eusc-de-east-1'],
];
/** The name of an AWS region. */
export const region = () => text(REGION).meta({ examples: REGIONS });

const shortName = (max: number) => {
  const must = `up to ${max} ${NAME.meaning}`;
  return text({ ...NAME, meaning: must }).max(max, must);
};

/** What an environment file says of the environment as a whole, before its sections. */
export const GENERAL = {
  project: shortName(MAX_PROJECT_LENGTH)
    .describe('What is deployed, e.g. the company or product: the first part of every physical name.')
    .meta({ examples: ['acme'] }),
  environment: shortName(MAX_ENVIRONMENT_LENGTH)
    .describe("Which copy of it: the second part of every physical name, and this file's name.")
    .meta({ examples: ['dev'] }),
  account: text({ pattern: /^\d{12}$/, meaning: '12 digits in quotes' })
    .describe('AWS account, in quotes. A deployment with credentials of another account is refused.')
    .meta({ examples: ['111122223333'] }),
  region: region().describe('AWS region.'),
  owner: text({ pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, meaning: 'a mail address' })
    .describe('Whom to ask about this environment: a mail address, better of a team than of a person.')
    .meta({ examples: ['ml-platform@acme.example'] }),
  size: choice(SIZES)
    .default('small')
    .describe('Chooses defaults only: small to try things, medium to stage them, large to serve users.'),
  profile: choice(PROFILES)
    .default('managed')
    .describe('Chooses defaults only: managed for services of AWS, kubernetes for workloads in a cluster.'),
  removal: choice(['retain', 'destroy'])
    .default('retain')
    .describe(
      'One of two keys to stored data: it can be destroyed only where the section that holds it (lake, registry, logs, state) says destroy too.',
    ),
  tags: named(
    z.string().min(1),
    z.string('a string in quotes').max(256, 'at most 256 characters').describe("A tag's value."),
  )
    .default({})
    .describe('Further tags of every resource, e.g. a cost centre.'),
};

const GeneralSchema = z.strictObject(GENERAL);

export type GeneralInput = z.input<typeof GeneralSchema>;
export type General = z.output<typeof GeneralSchema>;
