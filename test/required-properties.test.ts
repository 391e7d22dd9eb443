import type { AwsStack } from '../lib/aws/aws-stack';
import { InputError } from '../lib/core/input-error';
import { StateBackend } from '../lib/core/state-backend';
import { Surroundings } from '../lib/core/surroundings';
import { DataLake } from '../lib/data-lake/data-lake';
import { Partition } from '../lib/data-lake/partition';
import { Key } from '../lib/encryption/key';
import { Principal } from '../lib/iam/principal';
import { Role } from '../lib/iam/role';
import { Port } from '../lib/network/port';
import { SecurityGroup } from '../lib/network/security-group';
import { Database } from '../lib/registry/database';
import { ImageRepository } from '../lib/registry/image-repository';
import { ModelStore } from '../lib/registry/model-store';
import { UpstreamRegistry } from '../lib/registry/upstream-registry';
import { ObjectLock } from '../lib/storage/object-lock';
import { testApp } from '../lib/testing';
import { BASES, existing } from './support/bases';
import { SIGNATURES } from './support/signatures';
import { acmeStack, testStack } from './support/stack';

/** No argument, where a type asks for one. */
const NOTHING = [] as unknown as [never];

type Call = (argument?: unknown) => unknown;

const calls = SIGNATURES.map(({ name, properties, isList, call }): [string, string[], Call] => [
  name,
  properties.flatMap((property) => (property.required ? [property.name] : [])),
  (argument) => call(acmeStack(), isList ? [argument] : argument),
]).filter(([, required]) => required.length > 0);

/** Calls with other parameters; a program in JavaScript can leave each of them out. */
const others: [string, string[], Call][] = [
  ['Partition.enum', ['values'], () => Partition.enum(...NOTHING)],
  ['Partition.integer', ['min', 'max'], (options) => Partition.integer(...[options as never])],
  ['Port.tcp', ['port'], () => Port.tcp(...NOTHING)],
  ['Port.udp', ['port'], () => Port.udp(...NOTHING)],
  ['Port.tcpRange', ['from', 'to'], () => Port.tcpRange(...(NOTHING as unknown as [number, number]))],
  ['ObjectLock.governance', ['days'], () => ObjectLock.governance(...NOTHING)],
  ['ObjectLock.compliance', ['days'], () => ObjectLock.compliance(...NOTHING)],
  ['Principal.service', ['service'], () => Principal.service(...NOTHING)],
  ['Principal.arn', ['arn'], () => Principal.arn(...NOTHING)],
  ['Principal.arns', ['arns'], () => Principal.arns(...NOTHING)],
  [
    'Principal.webIdentity',
    ['providerArn', 'conditions'],
    () => Principal.webIdentity(...(NOTHING as unknown as [never, never])),
  ],
  ['StateBackend.s3', ['bucket', 'region'], (props) => StateBackend.s3(props as never)],
  ['UpstreamRegistry.dockerHub', ['credentialsArn'], () => UpstreamRegistry.dockerHub(...NOTHING)],
  ['UpstreamRegistry.github', ['credentialsArn'], () => UpstreamRegistry.github(...NOTHING)],
  ['UpstreamRegistry.gitlab', ['credentialsArn'], () => UpstreamRegistry.gitlab(...NOTHING)],
  [
    'UpstreamRegistry.azure',
    ['registry', 'credentialsArn'],
    () => UpstreamRegistry.azure(...(NOTHING as unknown as [never, never])),
  ],
  ['Key.fromKeyArn', ['keyArn'], () => Key.fromKeyArn(acmeStack(), 'It', ...NOTHING)],
  ['Role.fromRoleArn', ['roleArn'], () => Role.fromRoleArn(acmeStack(), 'It', ...NOTHING)],
  [
    'SecurityGroup.fromSecurityGroupId',
    ['securityGroupId'],
    () => SecurityGroup.fromSecurityGroupId(acmeStack(), 'It', ...NOTHING),
  ],
  [
    'ImageRepository.fromRepositoryArn',
    ['repositoryArn'],
    () => ImageRepository.fromRepositoryArn(acmeStack(), 'It', ...NOTHING),
  ],
  ['ModelStore.fromBucket', ['bucket'], () => ModelStore.fromBucket(acmeStack(), 'It', ...NOTHING)],
  [
    'DataLake.fromZoneAttributes without a list',
    ['attributes'],
    () => DataLake.fromZoneAttributes(acmeStack(), 'It', ...NOTHING),
  ],
];

test('every kind of construct is tried', () => {
  const names = calls.map(([name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'new DataLake',
      'new AuroraDatabase',
      'Bucket.fromBucketAttributes',
      'Database.fromAttributes',
      'DataLake.fromZoneAttributes',
    ]),
  );
  expect(names.length).toBeGreaterThan(22);
});

test.each([...calls, ...others])(
  '%s without properties, as from JavaScript, names each that is missing: %p',
  (_, required, call) => {
    for (const argument of [undefined, {}]) {
      let error: unknown;
      try {
        call(argument);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(InputError);
      for (const missing of required)
        expect((error as Error).message).toContain(`'${missing}' must be set, got undefined`);
      expect((error as Error).message).toMatch(/^(test\/It|[A-Z]\w+\.\w+): /); // the construct or the factory
    }
  },
);

// `Destroy` once meant retain, silently
test.each(
  SIGNATURES.filter(({ properties }) => properties.some(({ name }) => name === 'removal')).map(
    (signature) => [signature.name, signature] as const,
  ),
)('%s refuses a removal that is neither retain nor destroy', (name, signature) => {
  const stack = acmeStack();
  const props = { ...BASES[name]?.(stack), removal: 'Destroy' };
  const scope = /Stack$/.test(name) ? testApp() : stack;
  expect(() => signature.call(scope, signature.isList ? [props] : props)).toThrow(
    "'removal' must be one of retain, destroy, got 'Destroy'",
  );
});

test('the surroundings of a plain stack have the same two choices', () => {
  expect(() => Surroundings.declare(testStack(), { removal: 'Destroy' as never })).toThrow(
    "'removal' must be one of retain, destroy, got 'Destroy'",
  );
});

test.each<[string, (stack: AwsStack) => unknown, string]>([
  [
    'the name of a security group',
    (stack) => SecurityGroup.fromSecurityGroupId(stack, 'It', 'trainers'),
    "'securityGroupId' must be a security group id such as sg-0a1b2c3d4e5f60718, not its name, got 'trainers'",
  ],
  [
    'the name of a secret',
    (stack) => Database.fromAttributes(stack, 'It', { ...existing(stack), secretArn: 'registry' }),
    "'secretArn' must be the ARN of a secret such as",
  ],
  [
    'the name of an instance',
    (stack) => Database.fromAttributes(stack, 'It', { ...existing(stack), resourceId: 'acme-dev' }),
    "'resourceId' must be the resource id of an instance (db-...) or a cluster (cluster-...), not its name, got 'acme-dev'",
  ],
  [
    'an endpoint with its port',
    (stack) => Database.fromAttributes(stack, 'It', { ...existing(stack), address: 'db.acme.example:5432' }),
    "'address' must be a host name, without a scheme or port, got 'db.acme.example:5432'",
  ],
  [
    'the name of a key of a state',
    () => StateBackend.s3({ bucket: 'acme-state', region: 'eu-north-1', kmsKeyId: 'state' }),
    "StateBackend.s3: 1 invalid property\n  - 'kmsKeyId' must be the ARN, the id or an alias of a KMS key, got 'state'",
  ],
])('%s is refused where an id is needed', (_, make, message) => {
  expect(() => make(acmeStack())).toThrow(message);
});
