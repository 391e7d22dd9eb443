import type { StackConfiguration } from '../../source/manifest';
import type { Cloud, CloudFactory } from '../cloud';
import { computedArns } from './arns';
import { startAws } from './emulator/service';
import { GUARDS } from './guards';
import { OVERRIDES } from './overrides';
import { type Place, placeOf } from './place';
import { standInsFor } from './stand-ins/stand-ins';

/** Settings of the provider without an environment variable. */
const SETTINGS = {
  max_retries: 2, // the emulator answers an unsupported action with 500; the default of 25 retries takes minutes
};

/** Settings that read credentials of the user's machine. */
const IDENTITY = [
  'access_key',
  'assume_role_with_web_identity',
  'profile',
  'secret_key',
  'shared_config_files',
  'shared_credentials_files',
  'token',
];

/** Settings that name another way to the services: they precede the environment, which leads to the emulators. */
const WAY = [
  'custom_ca_bundle',
  'ec2_metadata_service_endpoint',
  'ec2_metadata_service_endpoint_mode',
  'endpoints',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'sts_region',
  'use_dualstack_endpoint',
  'use_fips_endpoint',
];

/** AWS, by emulators on this machine. */
export const aws: CloudFactory = (stacks) => {
  const place = placeOf(stacks);
  return {
    provider: 'aws',
    overrides: OVERRIDES,
    guards: GUARDS,
    mockData: mockData(place),
    adapt: adaptProviders,
    computed: (configuration, type, name) => computedArns(configuration, type, name, place),
    standIns: (configurations) => standInsFor(configurations, place),
    start: (options) => startAws({ ...options, ...place }),
  } satisfies Cloud;
};

function adaptProviders({ provider }: StackConfiguration): void {
  for (const block of provider?.aws ?? []) {
    for (const key of [...IDENTITY, ...WAY]) delete block[key];
    Object.assign(block, SETTINGS);
  }
}

/** Results of the data sources for account, region and the like. */
function mockData({ account, region }: Place): Record<string, Record<string, unknown>> {
  return {
    aws_caller_identity: { account_id: account, arn: `arn:aws:iam::${account}:root` },
    aws_region: { name: region },
    aws_partition: { partition: 'aws', dns_suffix: 'amazonaws.com' },
    aws_availability_zones: { names: ['a', 'b', 'c'].map((zone) => region + zone) },
    aws_iam_policy_document: { json: '{"Version":"2012-10-17","Statement":[]}' },
  };
}
