import { join } from 'node:path';
import { KinesisFirehoseDeliveryStream } from '@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream';
import type { TerraformStack } from 'cdktf';
import { Principal } from '../../lib/iam/principal';
import { Role } from '../../lib/iam/role';
import { SearchDomain } from '../../lib/logging/search/search-domain';
import type { INetwork } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { Bucket } from '../../lib/storage/bucket';
import { keyIn } from './stack';

/** Properties with which each construct of the module can be made. */
export const loggingBases = (
  network: (stack: TerraformStack) => INetwork,
): Record<string, (stack: TerraformStack) => object> => ({
  'new DomainLogs': (stack) => ({ domainName: 'acme-dev-logs', encryptionKey: keyIn(stack) }),
  'new DomainSettings': (stack) => ({
    endpoint: 'vpc-logs.eu-north-1.es.amazonaws.com',
    role: new Role(stack, 'Administrator', { assumedBy: Principal.service('lambda.amazonaws.com') }),
    network: network(stack),
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-11111111'),
    bucket: new Bucket(stack, 'Programs'),
    encryptionKey: keyIn(stack),
    settings: () => ({
      days: 30,
      shards: 1,
      replicas: 0,
      administrator: 'arn:aws:iam::111122223333:role/a',
      administrators: [],
      readers: [],
      writers: [],
    }),
  }),
  'new SearchDomain': (stack) => ({
    network: network(stack),
    encryptionKey: keyIn(stack),
    bucket: new Bucket(stack, 'Programs'),
  }),
  'new LogShipping': (stack) => {
    const common = { network: network(stack), encryptionKey: keyIn(stack), bucket: new Bucket(stack, 'Delivery') };
    return { ...common, domain: new SearchDomain(stack, 'Domain', { ...common, name: 'logs' }) };
  },
  'new LogSplitter': (stack) => ({
    stream: new KinesisFirehoseDeliveryStream(stack, 'Stream', { name: 'logs', destination: 'opensearch' }),
    streamArn: 'arn:aws:firehose:eu-north-1:111122223333:deliverystream/logs',
    bucket: new Bucket(stack, 'Delivery'),
    encryptionKey: keyIn(stack),
  }),
  'new ProgramFunction': (stack) => ({
    program: join(__dirname, '../../lib/logging/shipping/log_splitter.py'),
    description: 'test',
    role: new Role(stack, 'FunctionRole', { assumedBy: Principal.service('lambda.amazonaws.com') }),
    bucket: new Bucket(stack, 'Programs'),
    encryptionKey: keyIn(stack),
    environment: {},
    timeoutSeconds: 60,
    memoryMib: 128,
  }),
});
