import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsStack } from '../../lib/aws/aws-stack';
import { DataLake } from '../../lib/data-lake/data-lake';
import { ParquetConversion } from '../../lib/data-lake/parquet-conversion';
import { QueryWorkgroup } from '../../lib/data-lake/query-workgroup';
import { Table } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import { Key } from '../../lib/encryption/key';
import { Role } from '../../lib/iam/role';
import type { IGrantable } from '../../lib/iam/statement';
import { SearchDomain } from '../../lib/logging/search/search-domain';
import { LogShipping } from '../../lib/logging/shipping/log-shipping';
import { AlarmActions } from '../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../lib/monitoring/actions/alarm-receiver';
import { Network } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { Database } from '../../lib/registry/database';
import { ImageRepository } from '../../lib/registry/image-repository';
import { ModelStore } from '../../lib/registry/model-store';
import { PullThroughCache } from '../../lib/registry/pull-through-cache';
import { UpstreamRegistry } from '../../lib/registry/upstream-registry';
import { DagQueue } from '../../lib/scheduler/airflow/dag-queue';
import { ManagedAirflow } from '../../lib/scheduler/airflow/managed-airflow';
import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import { Trigger } from '../../lib/scheduler/trigger/trigger';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { DoorAuth, DoorReach } from '../../lib/serving/door/door-access';
import { EndpointDoor } from '../../lib/serving/door/endpoint-door';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { ModelSource } from '../../lib/serving/model/model-source';
import { Rollout } from '../../lib/serving/rollout/rollout';
import { SmokeTest } from '../../lib/serving/smoke/smoke-test';
import { Bucket } from '../../lib/storage/bucket';
import { ObjectLock } from '../../lib/storage/object-lock';
import { Template, testApp } from '../../lib/testing';
import { NO_SETTINGS } from '../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../rehearsal/environment';
import { run } from '../../rehearsal/process';
import { SUBNETS } from '../support/bases';
import { describeWith } from '../support/machine';
import { ACME, roleIn } from '../support/stack';

/*
 * Every grant, and every role of a program that we ship, against an emulator that evaluates identity and bucket policies over TLS: the
 * calls that its users make are allowed, and the calls next to them are refused. Of services that the emulator does not have, or whose
 * resources it does not know, its policy simulator is asked.
 *
 * Of our conditions, the emulator knows `aws:SecureTransport`, `s3:prefix` and `s3:x-amz-server-side-encryption`; requests
 * never carry the other keys. The unit tests judge the statements with `s3:TlsVersion`, the key of an upload, SSE-C,
 * `s3:object-lock-remaining-retention-days`, `s3:if-none-match`, `dynamodb:LeadingKeys` and `cloudwatch:namespace`; that a grant names the catalog,
 * the database and the table, of which the emulator asks for one; `IDatabase.grantConnect`, which a database evaluates; and
 * what people do in Airflow, for which the emulator knows no resources.
 */

type Call = readonly [operation: string, parameters: Readonly<Record<string, unknown>>];

interface Case {
  /** Gives it to a new role, or is the role that a construct makes. */
  readonly give: ((grantee: IGrantable) => void) | Role;
  readonly allowed: readonly Call[];
  readonly refused: readonly Call[];
}

/** These stand for what the emulator makes. */
const KEY = `arn:aws:kms:${ACME.region}:${ACME.account}:key/00000000-0000-0000-0000-000000000000`;
const SECRET = `arn:aws:secretsmanager:${ACME.region}:${ACME.account}:secret:database-AbCdEf`;
const [DATA, LOCKED, MODELS] = ['acme-data', 'acme-locked', 'acme-models'] as const;
const RAW = 'acme-dev-raw-111122223333-eu-north-1';
const RESULTS = 'acme-dev-fraud-queries-111122223333-eu-north-1';
const TABLE = { DatabaseName: 'acme_dev_raw', Name: 'orders' };
const WORKGROUP = 'acme-dev-fraud';
const REPOSITORY = 'acme-dev-train';
const CACHED = 'acme-dev-quay/prometheus/prometheus';
const JOB = 'acme-dev-convert';
const DAGS = 'acme-dev-airflow-bucket-111122223333-eu-north-1';
const QUEUE = 'acme-dev-airflow-deploy.fifo';
const LOCKS = 'acme-dev-locks';
const MACHINE = 'acme-dev-trigger-retrain';
const SMOKE_MACHINE = 'acme-dev-fraud-smoke';
const UNTOLD = 'acme-dev-alarms-relay';
const ENDPOINT = 'acme-dev-fraud';

/** Objects that exist before the calls. */
const OBJECTS: Record<string, readonly string[]> = {
  [DATA]: ['daily/a', 'other/a', 'gone/a', 'asked/outputs/a', 'asked/failures/a', 'asked/inputs/a'],
  [LOCKED]: ['a'],
  [MODELS]: ['fraud/1/model.tar.gz', 'ads/1/model.tar.gz', 'fraud/smoke.json', 'contracts/fraud/1'],
  [RAW]: ['orders/a', 'clicks/a'],
  [RESULTS]: ['fraud/a.csv', 'ads/a.csv'],
  [DAGS]: ['dags/a.py', 'requirements.txt'],
};

const app = testApp();
const [owners, users] = ['owners', 'users'].map((id) => new AwsStack(app, id, ACME)) as [AwsStack, AwsStack];
const encryptionKey = Key.fromKeyArn(owners, 'Key', KEY);
const data = new Bucket(owners, 'Data', { bucketName: DATA, encryptionKey });
const locked = new Bucket(owners, 'Locked', { bucketName: LOCKED, objectLock: ObjectLock.governance(30) });
const models = new ModelStore(owners, 'Models', { bucketName: MODELS, encryptionKey });
const zone = new DataLake(owners, 'Lake', { encryptionKey, zones: { raw: {} } }).zone('raw');
const tableIn = (name: string, format: TableFormat) =>
  new Table(owners, name, { zone, name, format, columns: { id: 'string' }, owner: 'fraud' });
const table = tableIn('orders', TableFormat.parquet());
const conversion = new ParquetConversion(owners, 'Convert', {
  source: tableIn('events', TableFormat.json()),
  target: table,
});
const workgroup = new QueryWorkgroup(owners, 'Queries', { team: 'fraud', encryptionKey });
const images = new ImageRepository(owners, 'Train', { encryptionKey });
const cache = new PullThroughCache(owners, 'Cache', { upstream: UpstreamRegistry.quay(), encryptionKey });
const database = Database.fromAttributes(owners, 'Database', {
  address: 'db.acme.example',
  databaseName: 'mlflow',
  securityGroup: SecurityGroup.fromSecurityGroupId(owners, 'Group', 'sg-1'),
  secretArn: SECRET,
  encryptionKey,
});
const network = Network.fromNetworkAttributes(owners, 'Network', { vpcId: 'vpc-11111111', privateSubnetIds: SUBNETS });
const airflow = new ManagedAirflow(owners, 'Airflow', { network, encryptionKey });
const queue = new DagQueue(owners, 'Queue', { airflow, dagId: 'deploy' });
const locks = new TriggerTable(owners, 'Locks');
const trigger = new Trigger(owners, 'Retrain', { on: Source.rate(1, 'days'), start: Target.airflowDag(queue), locks });
const endpoint = SageMakerEndpoint.fromEndpointAttributes(owners, 'Endpoint', { endpointName: ENDPOINT });
const asynchronous = SageMakerEndpoint.fromEndpointAttributes(owners, 'Later', {
  endpointName: `${ENDPOINT}-later`,
  invocation: 'asynchronous',
  requests: { bucket: data, inputs: 'asked/inputs', outputs: 'asked/outputs', failures: 'asked/failures' },
});
const door = new EndpointDoor(owners, 'Door', {
  name: 'fraud',
  endpoint,
  auth: DoorAuth.iam(),
  reach: DoorReach.vpc('vpce-0a1b2c3d'),
  encryptionKey,
});
const smoke = new SmokeTest(owners, 'Smoke', {
  name: 'fraud',
  endpointName: ENDPOINT,
  models: {
    champion: ModelSource.fromPackageArn({
      packageArn: `arn:aws:sagemaker:${ACME.region}:${ACME.account}:model-package/fraud/1`,
      artifacts: [{ bucket: models.bucket, prefix: 'fraud/*' }],
      contracts: [{ bucket: models.bucket, prefix: 'contracts/fraud/*' }],
      images: [],
    }),
  },
  rollout: Rollout.canary(),
  bucket: models.bucket,
  samples: 'fraud/smoke.json',
  encryptionKey,
});
const shipping = new LogShipping(owners, 'Shipping', {
  network,
  domain: new SearchDomain(owners, 'Search', { network, encryptionKey, bucket: data, name: 'logs' }),
  bucket: data,
  encryptionKey,
  name: 'logs',
});
const { relay } = new AlarmActions(owners, 'Actions', {
  receivers: [AlarmReceiver.chat(SECRET, 'slack', { secretKey: encryptionKey })],
  encryptionKey,
  bucket: data,
  name: 'alarms',
});

/** An action on a resource of which the simulator is asked. */
const asked = (action: string, resource: string): Call => [action, { resource }];
const arnOf = (service: string, resource: string) => `arn:aws:${service}:${ACME.region}:${ACME.account}:${resource}`;
const s3 = (operation: string, Bucket: string, more: object = {}): Call => [`s3.${operation}`, { Bucket, ...more }];
const on =
  (operation: string) =>
  (bucket: string, Key: string, more: object = {}) =>
    s3(operation, bucket, { Key, ...more });
const head = (bucket: string) => s3('head_bucket', bucket);
const list = (bucket: string, Prefix?: string) => s3('list_objects_v2', bucket, Prefix === undefined ? {} : { Prefix });
const listVersions = (bucket: string, Prefix: string) => s3('list_object_versions', bucket, { Prefix });
const get = on('get_object');
const put = (bucket: string, key: string, more: object = {}) => on('put_object')(bucket, key, { Body: 'x', ...more });
const remove = on('delete_object');
const version = { VersionId: 'FIRST' };
const retain = (bucket: string, key: string) =>
  on('put_object_retention')(bucket, key, { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2030-01-01' } });
const hold = (bucket: string, key: string) =>
  on('put_object_legal_hold')(bucket, key, { LegalHold: { Status: 'OFF' } });

const describeTable: Call = ['glue.get_table', TABLE];
const changeTable: Call = ['glue.update_table', { DatabaseName: TABLE.DatabaseName, TableInput: { Name: TABLE.Name } }];
const deleteTable: Call = ['glue.delete_table', TABLE];
const kms = (operation: string, more: object = {}): Call => [`kms.${operation}`, { KeyId: KEY, ...more }];
const encrypt = kms('encrypt', { Plaintext: 'x' });
const dataKey = kms('generate_data_key', { KeySpec: 'AES_256' });
const decrypt = kms('decrypt', { CiphertextBlob: 'x' });
const describeKey = kms('describe_key');
const disableKey = kms('disable_key');
const ecr = (operation: string, more: object = {}): Call => [
  `ecr.${operation}`,
  { repositoryName: REPOSITORY, ...more },
];
const cached = (operation: string, more: object = {}): Call => [
  `ecr.${operation}`,
  { repositoryName: CACHED, ...more },
];
const imageIds = [{ imageTag: '1' }];
const secret = (operation: string, more: object = {}): Call => [
  `secretsmanager.${operation}`,
  { SecretId: SECRET, ...more },
];
const job = (operation: string, more: object = {}): Call => [`glue.${operation}`, { JobName: JOB, ...more }];
const sqs = (operation: string, name: string, more: object = {}): Call => [
  `sqs.${operation}`,
  { QueueUrl: `https://sqs.${ACME.region}.amazonaws.com/${ACME.account}/${name}`, ...more },
];
const message = { MessageBody: '{}', MessageGroupId: 'deploy' };
const machine = (operation: string, more: object = {}, name: string = MACHINE): Call => [
  `stepfunctions.${operation}`,
  { stateMachineArn: `arn:aws:states:${ACME.region}:${ACME.account}:stateMachine:${name}`, ...more },
];
const execution = (operation: string): Call => [
  `stepfunctions.${operation}`,
  { executionArn: `arn:aws:states:${ACME.region}:${ACME.account}:execution:${MACHINE}:first` },
];
const lock = (operation: string, more: object = {}): Call => [`dynamodb.${operation}`, { TableName: LOCKS, ...more }];
const lockKey = { Key: { target: { S: 'dag/deploy' } } };
const login: Call = ['ecr.get_authorization_token', {}];
const layers = ecr('batch_check_layer_availability', { layerDigests: [`sha256:${'0'.repeat(64)}`] });
const pull = ecr('batch_get_image', { imageIds });
const startLayer = ecr('initiate_layer_upload');
const push = ecr('put_image', { imageManifest: '{"schemaVersion":2}', imageTag: '2' });
const deleteImage = ecr('batch_delete_image', { imageIds });

const CASES: Record<string, Case> = {
  'reading a prefix: KServe asks for the bucket first, and a DAG bundle of Airflow lists the parent': {
    give: (grantee) => data.grantRead(grantee, 'daily/*'),
    allowed: [
      head(DATA),
      list(DATA, 'daily/'),
      list(DATA, ''),
      list(DATA), // as HeadBucket: the names of all objects can be read
      get(DATA, 'daily/a'),
      on('head_object')(DATA, 'daily/a'),
      on('get_object_tagging')(DATA, 'daily/a'),
      s3('get_bucket_location', DATA),
    ],
    refused: [
      get(DATA, 'other/a'),
      get(DATA, 'daily/a', version),
      listVersions(DATA, 'daily/'),
      put(DATA, 'daily/b'),
      remove(DATA, 'daily/a'),
      s3('get_bucket_policy', DATA),
    ],
  },
  'writing a prefix, with the key of the bucket only': {
    give: (grantee) => data.grantWrite(grantee, 'daily/*'),
    allowed: [
      put(DATA, 'daily/b'),
      on('create_multipart_upload')(DATA, 'daily/big'),
      on('put_object_tagging')(DATA, 'daily/a', { Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }),
    ],
    refused: [
      put(DATA, 'other/b'),
      put(DATA, 'daily/c', { ServerSideEncryption: 'AES256' }),
      put(DATA, 'daily/c', { ServerSideEncryption: 'aws:kms' }), // S3 would take the account's key
      on('create_multipart_upload')(DATA, 'daily/big', { ServerSideEncryption: 'AES256' }),
      list(DATA, 'daily/'),
      get(DATA, 'daily/a'),
      remove(DATA, 'daily/a'),
      retain(DATA, 'daily/a'),
      hold(DATA, 'daily/a'),
      on('put_object_acl')(DATA, 'daily/a', { ACL: 'private' }),
    ],
  },
  'deleting below a prefix, so that it can be restored': {
    give: (grantee) => data.grantDelete(grantee, 'gone/*'),
    allowed: [
      remove(DATA, 'gone/a'),
      s3('delete_objects', DATA, { Delete: { Objects: [{ Key: 'gone/a' }, { Key: 'gone/b' }] } }),
    ],
    refused: [
      remove(DATA, 'gone/a', version),
      remove(DATA, 'daily/a'),
      s3('delete_objects', DATA, { Delete: { Objects: [{ Key: 'daily/a' }] } }),
    ],
  },
  'purging below a prefix': {
    give: (grantee) => data.grantPurge(grantee, 'gone/*'),
    allowed: [listVersions(DATA, 'gone/'), remove(DATA, 'gone/a', version)],
    refused: [
      listVersions(DATA, 'daily/'),
      s3('list_object_versions', DATA),
      remove(DATA, 'daily/a', version),
      remove(DATA, 'gone/a'),
    ],
  },
  'writing and purging where objects are locked, even with a permission to bypass': {
    give: (grantee) => {
      locked.grantWrite(grantee);
      locked.grantPurge(grantee);
      grantee.addToPolicy({ actions: ['s3:BypassGovernanceRetention'], resources: [`${locked.bucketArn}/*`] });
    },
    allowed: [put(LOCKED, 'b')],
    refused: [
      remove(LOCKED, 'a', { ...version, BypassGovernanceRetention: true }),
      retain(LOCKED, 'a'),
      hold(LOCKED, 'a'),
    ],
  },
  'publishing a model': {
    give: (grantee) => models.grantPublish(grantee, 'fraud'),
    allowed: [put(MODELS, 'fraud/2/model.tar.gz'), on('create_multipart_upload')(MODELS, 'fraud/2/big')],
    refused: [
      put(MODELS, 'ads/2/model.tar.gz'),
      put(MODELS, 'fraud/2/a', { ServerSideEncryption: 'aws:kms' }), // as SageMaker without a KmsKeyId
      remove(MODELS, 'fraud/1/model.tar.gz'),
    ],
  },
  'serving a model, as the storage initializer of KServe does': {
    give: (grantee) => models.grantServe(grantee, 'fraud'),
    allowed: [head(MODELS), list(MODELS, 'fraud/1/'), get(MODELS, 'fraud/1/model.tar.gz')],
    refused: [get(MODELS, 'ads/1/model.tar.gz'), put(MODELS, 'fraud/1/model.tar.gz')],
  },
  'reading a table': {
    give: (grantee) => table.grantRead(grantee),
    allowed: [head(RAW), list(RAW, 'orders/'), get(RAW, 'orders/a'), describeTable],
    refused: [get(RAW, 'clicks/a'), put(RAW, 'orders/a'), changeTable],
  },
  'writing a table, without destroying versions': {
    give: (grantee) => table.grantWrite(grantee),
    allowed: [get(RAW, 'orders/a'), put(RAW, 'orders/b'), remove(RAW, 'orders/b'), describeTable, changeTable],
    refused: [put(RAW, 'clicks/b'), remove(RAW, 'clicks/a'), remove(RAW, 'orders/a', version), deleteTable],
  },
  'reading a zone': {
    give: (grantee) => zone.grantRead(grantee),
    allowed: [head(RAW), list(RAW), get(RAW, 'clicks/a'), describeTable],
    refused: [put(RAW, 'clicks/b'), changeTable],
  },
  'writing a part of a zone': {
    give: (grantee) => zone.grantWrite(grantee, 'clicks/*'),
    allowed: [put(RAW, 'clicks/b'), changeTable],
    refused: [put(RAW, 'orders/b'), remove(RAW, 'clicks/a')],
  },
  querying: {
    give: (grantee) => workgroup.grantQuery(grantee),
    allowed: [
      ['athena.get_work_group', { WorkGroup: WORKGROUP }],
      s3('get_bucket_location', RESULTS),
      put(RESULTS, 'fraud/b.csv'),
      get(RESULTS, 'fraud/a.csv'),
    ],
    refused: [
      get(RESULTS, 'ads/a.csv'),
      put(RESULTS, 'ads/b.csv'),
      ['athena.delete_work_group', { WorkGroup: WORKGROUP }],
    ],
  },
  'encrypting with a key': {
    give: (grantee) => encryptionKey.grantEncrypt(grantee),
    allowed: [encrypt, dataKey, describeKey],
    refused: [decrypt, disableKey],
  },
  'decrypting with a key': {
    give: (grantee) => encryptionKey.grantDecrypt(grantee),
    allowed: [decrypt, describeKey],
    refused: [encrypt, dataKey, disableKey],
  },
  'pulling images': {
    give: (grantee) => images.grantPull(grantee),
    allowed: [login, layers, pull],
    refused: [push, startLayer, deleteImage],
  },
  'pushing images': {
    give: (grantee) => images.grantPush(grantee),
    allowed: [login, layers, pull, startLayer, push],
    refused: [deleteImage],
  },
  'pulling through a cache': {
    give: (grantee) => cache.grantPull(grantee),
    allowed: [login, cached('batch_get_image', { imageIds })],
    refused: [pull, cached('initiate_layer_upload'), cached('batch_delete_image', { imageIds })],
  },
  'reading the secret of a database': {
    give: (grantee) => database.grantReadSecret(grantee),
    allowed: [secret('get_secret_value'), secret('describe_secret'), decrypt],
    refused: [secret('put_secret_value', { SecretString: 'y' }), secret('delete_secret'), encrypt],
  },
  'starting a conversion': {
    give: (grantee) => conversion.grantStart(grantee),
    allowed: [job('start_job_run'), job('get_job_runs'), job('batch_stop_job_run', { JobRunIds: ['x'] })],
    refused: [job('start_job_run', { JobName: 'other' }), job('delete_job'), put(RAW, 'orders/a')],
  },
  'deploying DAGs': {
    give: (grantee) => airflow.grantDeploy(grantee),
    allowed: [list(DAGS, 'dags/'), put(DAGS, 'dags/b.py'), put(DAGS, 'plugins.zip'), remove(DAGS, 'dags/a.py')],
    refused: [put(DAGS, 'requirements.txt'), remove(DAGS, 'requirements.txt'), remove(DAGS, 'dags/a.py', version)],
  },
  'starting a DAG by its queue': {
    give: (grantee) => queue.grantSend(grantee),
    allowed: [sqs('send_message', QUEUE, message), dataKey, decrypt],
    refused: [
      sqs('send_message', 'acme-dev-airflow-other.fifo', message),
      sqs('receive_message', QUEUE),
      sqs('purge_queue', QUEUE),
      sqs('delete_queue', QUEUE),
    ],
  },
  'starting a trigger by hand, and seeing what it does': {
    give: (grantee) => trigger.grantStart(grantee),
    allowed: [
      machine('start_execution', { name: 'second', input: '{"cause": "manual:ada"}' }),
      machine('list_executions'),
      machine('describe_state_machine'),
      execution('describe_execution'),
      execution('get_execution_history'),
    ],
    refused: [
      machine('start_execution', {}, 'acme-dev-trigger-other'),
      machine('update_state_machine', { definition: '{}' }),
      machine('delete_state_machine'),
      execution('stop_execution'),
      lock('get_item', lockKey),
      sqs('send_message', QUEUE, message),
    ],
  },
  'taking and releasing a lock': {
    give: (grantee) => locks.grantLock(grantee, 'dag/deploy'),
    allowed: [
      lock('put_item', { Item: lockKey.Key }),
      lock('get_item', lockKey),
      lock('update_item', lockKey),
      lock('delete_item', lockKey),
    ],
    refused: [
      lock('get_item', { ...lockKey, TableName: 'acme-dev-other' }),
      lock('scan'),
      lock('query', {
        KeyConditionExpression: 'target = :a',
        ExpressionAttributeValues: { ':a': { S: 'dag/deploy' } },
      }),
      lock('delete_table'),
    ],
  },
  'asking an endpoint': {
    give: (grantee) => endpoint.grantInvoke(grantee),
    allowed: [
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:InvokeEndpointWithResponseStream', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
    ],
    refused: [
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}-later`)),
      asked('sagemaker:InvokeEndpointAsync', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:UpdateEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:UpdateEndpointWeightsAndCapacities', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:DeleteEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
    ],
  },
  'asking an asynchronous endpoint: a request goes in by a bucket, an answer comes out by it': {
    give: (grantee) => asynchronous.grantInvoke(grantee),
    allowed: [
      asked('sagemaker:InvokeEndpointAsync', arnOf('sagemaker', `endpoint/${ENDPOINT}-later`)),
      put(DATA, 'asked/inputs/b'),
      get(DATA, 'asked/outputs/a'),
      get(DATA, 'asked/failures/a'),
    ],
    refused: [
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}-later`)),
      get(DATA, 'asked/inputs/a'), // of other clients
      put(DATA, 'asked/outputs/b'),
      remove(DATA, 'asked/outputs/a'),
      get(DATA, 'daily/a'),
    ],
  },
  'looking at the state of an endpoint': {
    give: (grantee) => endpoint.grantRead(grantee),
    allowed: [
      asked('sagemaker:DescribeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:DescribeEndpointConfig', arnOf('sagemaker', `endpoint-config/${ENDPOINT}-0a1b2c3d`)),
    ],
    refused: [
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:DescribeEndpointConfig', arnOf('sagemaker', 'endpoint-config/acme-dev-ads-0a1b2c3d')),
      asked('sagemaker:DeleteEndpointConfig', arnOf('sagemaker', `endpoint-config/${ENDPOINT}-0a1b2c3d`)),
    ],
  },
  'API Gateway, which asks an endpoint for others': {
    give: door.role,
    allowed: [asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`))],
    refused: [
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}-later`)),
      asked('sagemaker:InvokeEndpointAsync', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:DescribeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
    ],
  },
  'what asks an endpoint after a deployment': {
    give: smoke.function.role,
    allowed: [
      get(MODELS, 'fraud/smoke.json'),
      get(MODELS, 'contracts/fraud/1'),
      asked('sagemaker:DescribeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:DescribeModelPackage', arnOf('sagemaker', 'model-package/fraud/1')),
      machine('list_executions', {}, SMOKE_MACHINE),
      asked('logs:PutLogEvents', arnOf('logs', `log-group:/aws/lambda/${SMOKE_MACHINE}:log-stream:a`)),
    ],
    refused: [
      put(MODELS, 'fraud/smoke.json'),
      get(MODELS, 'ads/1/model.tar.gz'),
      get(MODELS, 'fraud/1/model.tar.gz'),
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', 'endpoint/acme-dev-ads')),
      asked('sagemaker:UpdateEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('sagemaker:UpdateModelPackage', arnOf('sagemaker', 'model-package/fraud/1')), // it approves nothing
      machine('start_execution', {}, SMOKE_MACHINE),
      machine('list_executions'),
      asked('logs:PutLogEvents', arnOf('logs', 'log-group:/aws/lambda/other:log-stream:a')),
      asked('cloudwatch:PutMetricData', '*'), // its state machine counts
    ],
  },
  'the state machine of a test after a deployment': {
    give: smoke.role,
    allowed: [asked('lambda:InvokeFunction', arnOf('lambda', `function:${SMOKE_MACHINE}`))],
    refused: [
      asked('lambda:InvokeFunction', arnOf('lambda', 'function:acme-dev-alarms-relay')),
      asked('lambda:UpdateFunctionCode', arnOf('lambda', `function:${SMOKE_MACHINE}`)),
      asked('sagemaker:InvokeEndpoint', arnOf('sagemaker', `endpoint/${ENDPOINT}`)),
      asked('cloudwatch:PutMetricData', '*'), // into another namespace
    ],
  },
  'what makes documents of lines of logs': {
    give: shipping.splitter.role,
    allowed: [
      asked('firehose:PutRecordBatch', arnOf('firehose', 'deliverystream/acme-dev-logs')),
      list(DATA), // whether the bucket is there
      put(DATA, 'aws/lambda/async/acme-dev-logs-splitter/a'),
      asked('logs:PutLogEvents', arnOf('logs', 'log-group:/aws/lambda/acme-dev-logs-splitter:log-stream:a')),
    ],
    refused: [
      asked('firehose:PutRecordBatch', arnOf('firehose', 'deliverystream/acme-dev-other')),
      asked('firehose:DeleteDeliveryStream', arnOf('firehose', 'deliverystream/acme-dev-logs')),
      put(DATA, 'refused/a'),
      get(DATA, 'daily/a'),
      asked('es:ESHttpPost', arnOf('es', 'domain/acme-dev-logs/_bulk')),
      asked('logs:FilterLogEvents', arnOf('logs', 'log-group:/aws/lambda/acme-dev-logs-splitter')),
    ],
  },
  'Firehose, which delivers them': {
    give: shipping.role,
    allowed: [
      asked('es:ESHttpPost', arnOf('es', 'domain/acme-dev-logs/_bulk')),
      asked('es:ESHttpPut', arnOf('es', 'domain/acme-dev-logs/logs-2026-11-27')),
      asked('es:ESHttpGet', arnOf('es', 'domain/acme-dev-logs/_cluster/stats')),
      put(DATA, 'refused/a'),
      decrypt,
      dataKey,
    ],
    refused: [
      asked('es:ESHttpPut', arnOf('es', 'domain/acme-dev-logs/_plugins/_security/api/roles/all')),
      asked('es:ESHttpGet', arnOf('es', 'domain/acme-dev-logs/logs-2026-11-27/_search')),
      asked('es:ESHttpPost', arnOf('es', 'domain/acme-dev-other/_bulk')),
      asked('es:ESHttpDelete', arnOf('es', 'domain/acme-dev-logs/logs-2026-11-27')),
      put(DATA, 'daily/b'),
      get(DATA, 'refused/a'),
    ],
  },
  'what tells chats of alarms': {
    give: relay!.role,
    allowed: [
      secret('get_secret_value'),
      decrypt,
      sqs('send_message', UNTOLD, { MessageBody: '{}' }),
      asked('logs:PutLogEvents', arnOf('logs', `log-group:/aws/lambda/${UNTOLD}:log-stream:a`)),
    ],
    refused: [
      secret('put_secret_value', { SecretString: 'y' }),
      asked('secretsmanager:GetSecretValue', arnOf('secretsmanager', 'secret:other-AbCdEf')),
      encrypt,
      sqs('receive_message', UNTOLD),
      sqs('send_message', QUEUE, message),
      asked('sns:Publish', arnOf('sns', 'acme-dev-alarms-critical')), // it would tell itself
      asked('cloudwatch:DisableAlarmActions', arnOf('cloudwatch', 'alarm:acme-dev-churn-errors')),
    ],
  },
};

/** Refused calls first: an allowed one may delete what they name. */
const callsOf = ({ allowed, refused }: Case): readonly Call[] => [...refused, ...allowed];

/** The statements of a role, with what Terraform would fill in: as its resource says, or as the emulator makes it. */
function policyOf(template: Template, role: Role): string {
  const { policy } = template
    .all('aws_iam_role_policy')
    .find(({ role: name }) => name === template.resolve(role.roleName))!;
  return String(policy).replace(/\$\{(aws_(\w+)\.\w+)\.(\w+)\}/g, (reference, address, type, attribute) => {
    const { bucket, name } = template.resources(`aws_${type}`)[address] ?? {};
    const made: Record<string, unknown> = {
      's3_bucket.arn': `arn:aws:s3:::${bucket}`,
      'sqs_queue.arn': arnOf('sqs', String(name)),
      'security_group.id': 'sg-11111111',
    };
    return String(made[`${type}.${attribute}`] ?? (attribute === 'name' ? name : reference));
  });
}

/** The buckets with the policies as synthesized. */
function buckets(template: Template): Record<string, object> {
  const attached = template.all('aws_s3_bucket_policy');
  const all = Object.entries(template.resources('aws_s3_bucket')).map(([address, { bucket }]) => {
    const { policy } = attached.find((one) => one.bucket === `\${${address}.bucket}`)!;
    const text = String(policy).replaceAll(`\${${address}.arn}`, `arn:aws:s3:::${bucket}`);
    return [bucket, { policy: text, objects: OBJECTS[String(bucket)] ?? [], locked: bucket === LOCKED }];
  });
  return Object.fromEntries(all);
}

describeWith(['python'], 'the emulated account allows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'grants-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let answers: string[][];

  beforeAll(async () => {
    const roles = Object.values(CASES).map(({ give }, index) => {
      if (give instanceof Role) return give;
      const role = roleIn(users, `Role${index}`);
      give(role);
      return role;
    });
    const [own, used] = [Template.synth(owners), Template.synth(users)];
    const cases = Object.values(CASES).map((one, index) => {
      const policy = policyOf(one.give instanceof Role ? own : used, roles[index]!);
      expect(policy).not.toMatch(/(?<!\$)\$\{/); // the emulator would take it for a variable of IAM
      return { policy, calls: callsOf(one) };
    });
    const repositories = [REPOSITORY, CACHED];
    const started = { queues: [QUEUE, UNTOLD], locks: LOCKS, machines: [MACHINE, SMOKE_MACHINE] };
    const names = { key: KEY, secret: SECRET, table: TABLE, workgroup: WORKGROUP, repositories, job: JOB, ...started };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...ACME, ...names, buckets: buckets(own), cases }));

    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      ...blockedProxies(),
      ...NO_SETTINGS,
      PYTHONWARNINGS: 'ignore', // of the emulator's own certificate
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
    };
    const program = join(__dirname, '../iam/granted_calls.py');
    const args = [program, join(folder, 'plan.json'), EMULATORS.ministack.serve(0)];
    const { code, stdout, stderr } = await run(python, args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    answers = JSON.parse(stdout);
  });

  test.each(Object.keys(CASES))('%s', (name) => {
    const one = CASES[name]!;
    const got = answers[Object.keys(CASES).indexOf(name)]!;
    const shown = callsOf(one).map(([operation, parameters]) => `${operation} ${JSON.stringify(parameters)}`);
    expect(shown.map((call, index) => `${got[index]}: ${call}`)).toEqual(
      shown.map((call, index) => `${index < one.refused.length ? 'refused' : 'allowed'}: ${call}`),
    );
  });
});
