import { Template, testApp } from '../../lib/testing';
import { BootstrapStack, type Environment, Platform, parseEnvironment } from '../../stacks';
import { GOOD } from './environment-text';

const KEY = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const STATE_KEY = KEY.replace('eu-north-1', 'eu-west-1');
const TOPIC = 'arn:aws:sns:eu-north-1:111122223333:alerts';
const SECRET = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf';

/** Sets every key to a value other than its default. */
const FILE = `project: acme
environment: full
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
tags: { cost-center: "42" }
state: { bucket: acme-state, region: eu-west-1, kmsKey: ${STATE_KEY} }
network: { cidr: 10.0.0.0/16, endpoints: [sts], flowLogRetentionDays: 30 }
logs: { accessLogDays: 40 }
lake:
  queryLimitGb: 50
  zones:
    raw: { bucketArn: "arn:aws:s3:::partner", keyArn: "${KEY}", classification: personal }
    curated: { expireAfterDays: 700 }
  tables:
    orders:
      zone: raw
      format: csv
      separator: ";"
      quote: "'"
      header: false
      columns: { id: string, n: string }
      personalColumns: [id]
      columnComments: { n: how many }
      partitions: { day: { type: date, from: "2024-01-01" }, hour: { type: int, min: 0, max: 23 } }
      owner: ads
      classification: confidential
      description: as ordered
    clicks: { zone: raw, format: tsv, header: false, columns: { id: string }, owner: ads }
    typed:
      zone: curated
      format: parquet
      columns: { n: bigint }
      partitions: { day: { type: date, from: "2024-01-01" }, hour: { type: int, min: 0, max: 23 } }
      owner: ads
      convertFrom: orders
      convertSchedule: cron(0 3 * * ? *)
registry:
  database: { instance: db.t4g.micro, engineVersion: "16", backupDays: 5, multiAz: false, storageGb: 30, maxStorageGb: 0 }
  models: { lockDays: 20, writeOnce: true, replacedVersionDays: 50 }
  images: { train: { mutableTags: true, keepImages: 5 } }
  pullThroughCache: { dockerHub: { secretArn: "${SECRET}" } }
training: { instances: [ml.m5.large], maxRuntimeHours: 3, logDays: 60 }
teams: { fraud: { queryLimitGb: 7 }, ads: {} }
`;

/** Two triggers of one DAG, and one of another. */
const DAGS = `scheduler:
  airflow: {}
  triggers:
    drift: { alarm: "arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift", dag: retrain, alarmTopics: ["${TOPIC}-1"] }
    weekly: { cron: "cron(0 3 ? * MON *)", dag: retrain, conf: { mode: full }, alarmTopics: ["${TOPIC}-2", "${TOPIC}-1"] }
    daily: { every: { value: 1, unit: days }, dag: report }
`;

const environment = parseEnvironment(FILE, 'full.yaml');

function synthesized(...environments: Environment[]): Record<string, Template> {
  const app = testApp();
  BootstrapStack.forEach(app, environments);
  for (const one of environments) new Platform(app, one);
  return Template.all(app);
}

const templates = synthesized(environment);
const foundation = templates['acme-full-foundation']!;
const data = templates['acme-full-data']!;
const services = templates['acme-full-services']!;
const bootstrap = templates['acme-111122223333-eu-west-1-bootstrap']!;

const named = (type: string, name: string) => data.all(type).find((resource) => resource.name === name)!;
const lifecycleOf = (template: Template, path: string) =>
  Object.entries(template.resources('aws_s3_bucket_lifecycle_configuration')).find(([address]) =>
    address.includes(`.${path}_`),
  )![1].rule[0];

describe('every layer', () => {
  test('has the tags of the file and managed-by', () => {
    const tags = { project: 'acme', environment: 'full', owner: 'ml@acme.example', 'managed-by': 'cdktf-mlops' };
    for (const template of [foundation, data, services]) {
      expect(template.json.provider.aws[0].default_tags).toEqual([{ tags: { ...tags, 'cost-center': '42' } }]);
    }
  });

  test('keeps its state in the region and with the key of the file', () => {
    expect(data.backend).toMatchObject({ bucket: 'acme-state', region: 'eu-west-1', kms_key_id: STATE_KEY });
  });
});

describe('bootstrap', () => {
  test('is deployed in the region of the state, and keeps replaced states for a year', () => {
    expect(bootstrap.json.provider.aws[0].region).toBe('eu-west-1');
    const { rule } = bootstrap.one('aws_s3_bucket_lifecycle_configuration');
    expect(rule[0].noncurrent_version_expiration).toEqual([{ noncurrent_days: 365 }]);
  });

  test('creates every bucket of the files, and none for an environment without state', () => {
    const { state } = environment;
    const local = { ...environment, environment: 'local', state: undefined, training: undefined };
    const other = {
      ...environment,
      environment: 'other',
      training: undefined,
      state: { ...state!, bucket: 'acme-other', kmsKey: undefined },
    };
    const { 'acme-111122223333-eu-west-1-bootstrap': made } = synthesized(local, environment, other);
    expect(made!.all('aws_s3_bucket').map(({ bucket }) => bucket)).toEqual(['acme-other', 'acme-state']);
  });
});

describe('foundation', () => {
  test('allows CloudWatch Logs to use every key, also without log groups', () => {
    const { lake, registry } = environment;
    const network = {
      vpcId: 'vpc-0a1b2c3d',
      privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      publicSubnetIds: [],
      endpoints: [],
      routeTableIds: [],
    };
    const quiet = { network, lake: { ...lake, tables: {} }, registry: { ...registry, database: undefined } };
    const foundation = synthesized({ ...environment, ...quiet })['acme-full-foundation']!;
    const keys = Object.keys(foundation.resources('aws_kms_key'));
    expect(keys).toHaveLength(4);
    const access = { actions: 'kms:Encrypt', resources: '*', principal: 'logs.eu-north-1.amazonaws.com' };
    expect(keys.filter((key) => !foundation.policyOf(key).allows(access))).toEqual([]);
  });

  test('allows S3 to deliver access logs, and has the retention periods of the file', () => {
    expect(lifecycleOf(foundation, 'AccessLogs').expiration).toEqual([{ days: 40 }]);
    const { policy } = foundation.one('aws_s3_bucket_policy');
    expect(policy).toContain('logging.s3.amazonaws.com');
    const { retention_in_days, kms_key_id } = foundation.one('aws_cloudwatch_log_group');
    expect(retention_in_days).toBe(30);
    expect(kms_key_id).toMatch(/aws_kms_key\.LogsKey_/);
    expect(foundation.all('aws_vpc_endpoint')).toHaveLength(2);
  });
});

describe('data', () => {
  test('is deployed after the foundation', () => {
    const app = testApp();
    const platform = new Platform(app, environment);
    Template.all(app); // references between stacks are found at synthesis
    expect(platform.data.dependencies).toContain(platform.foundation);
  });

  test('reads an existing bucket with its key, and has the expiry of new zones', () => {
    const roles = Object.keys(data.resources('aws_iam_role')).filter((address) => address.includes('Conversions'));
    expect(data.policyOf(roles[0]!).allows({ actions: 'kms:Decrypt', resources: KEY })).toBe(true);
    expect(lifecycleOf(data, 'Lake_curated_Bucket').expiration).toEqual([{ days: 700 }]);
  });

  test('has tables with all properties of the file', () => {
    const orders = named('aws_glue_catalog_table', 'orders');
    expect(orders).toMatchObject({
      description: 'as ordered',
      owner: 'ads',
      parameters: {
        'data-classification': 'confidential',
        'projection.day.range': '2024-01-01,NOW+1DAY',
        'projection.hour.range': '0,23',
      },
      storage_descriptor: {
        columns: [
          { name: 'id', parameters: { 'data-classification': 'personal' } },
          { name: 'n', comment: 'how many' },
        ],
        ser_de_info: { parameters: { separatorChar: ';', quoteChar: "'" } },
      },
    });
    for (const name of ['orders', 'clicks']) {
      expect(named('aws_glue_catalog_table', name).parameters).not.toHaveProperty(['skip.header.line.count']);
    }
  });

  test('converts on schedule', () => {
    expect(data.one('aws_glue_trigger').schedule).toBe('cron(0 3 * * ? *)');
  });

  test('has no resources for conversions without a conversion', () => {
    const { lake } = environment;
    const one = { ...environment, lake: { ...lake, tables: { orders: lake.tables.orders! } } };
    expect(Object.keys(synthesized(one)['acme-full-data']!.resources('aws_s3_bucket')).join()).not.toMatch(
      'Conversions',
    );
  });

  test('limits the queries of a team by its limit, or that of the lake, in GB of 10^9 bytes', () => {
    const limitOf = (team: string) =>
      named('aws_athena_workgroup', `acme-full-${team}`).configuration.bytes_scanned_cutoff_per_query;
    expect([limitOf('fraud'), limitOf('ads')]).toEqual([7e9, 50e9]);
    expect(lifecycleOf(data, 'Workgroups_Results').expiration).toEqual([{ days: 30 }]);
  });

  test('keeps models with the key of the registry, lock and write-once as in the file', () => {
    expect(lifecycleOf(data, 'Models_Bucket').noncurrent_version_expiration).toEqual([{ noncurrent_days: 50 }]);
    const lock = data.one('aws_s3_bucket_object_lock_configuration').rule.default_retention;
    expect(lock).toEqual({ mode: 'GOVERNANCE', days: 20 });
    const [, policy] = Object.entries(data.resources('aws_s3_bucket_policy')).find(([id]) => id.includes('.Models_'))!;
    expect(policy.policy).toContain('WriteOnce');
    const encryption = Object.entries(data.resources('aws_s3_bucket_server_side_encryption_configuration'));
    const [, models] = encryption.find(([id]) => id.includes('.Models_'))!;
    expect(JSON.stringify(models)).toContain('aws_kms_keyRegistryKey');
  });

  test('has repositories, caches and the database as in the file', () => {
    expect(data.one('aws_ecr_repository').image_tag_mutability).toBe('MUTABLE');
    expect(JSON.parse(data.one('aws_ecr_lifecycle_policy').policy).rules[1].selection.countNumber).toBe(5);
    expect(data.one('aws_ecr_pull_through_cache_rule').credential_arn).toBe(SECRET);
    expect(data.one('aws_db_instance')).toMatchObject({
      instance_class: 'db.t4g.micro',
      engine_version: '16',
      backup_retention_period: 5,
      multi_az: false,
      allocated_storage: 30,
      max_allocated_storage: 0,
    });
  });
});

describe('services', () => {
  const platform = new Platform(testApp(), environment);

  test('are deployed after the foundation', () => {
    const app = testApp();
    const { services, foundation } = new Platform(app, environment);
    Template.all(app);
    expect(services!.dependencies).toContain(foundation);
  });

  test('run jobs on the instance types, within the run time and in the subnets of the file', () => {
    const { training } = platform.services!;
    expect(training).toMatchObject({ instanceTypes: ['ml.m5.large'], maxRuntimeMinutes: 180 });
    expect(training!.vpcConfig.Subnets).toEqual(platform.foundation.network.privateSubnetIds);
  });

  test('keep code, models in training and logs with the key of training, logs as long as the file says', () => {
    expect(services.one('aws_s3_bucket').bucket).toBe('acme-full-training-111122223333-eu-north-1');
    expect(JSON.stringify(services.one('aws_s3_bucket_server_side_encryption_configuration'))).toContain('TrainingKey');
    for (const { name, retention_in_days, kms_key_id } of services.all('aws_cloudwatch_log_group')) {
      expect([name, retention_in_days]).toEqual([expect.stringMatching('^/aws/sagemaker/'), 60]);
      expect(kms_key_id).toContain('TrainingKey');
    }
  });
});

describe('triggers of DAGs', () => {
  const { 'acme-dev-services': services } = synthesized(parseEnvironment(`${GOOD}${DAGS}`, 'dev.yaml'));
  const queueOf = (trigger: string) => {
    const { definition } = services!
      .all('aws_sfn_state_machine')
      .find(({ name }) => name === `acme-dev-trigger-${trigger}`)!;
    return JSON.parse(definition as string).States.Start.Parameters;
  };

  test('start a DAG by one queue, which all of its triggers share: its watcher deletes what it reads', () => {
    const queues = services!.all('aws_sqs_queue').filter(({ fifo_queue: isInOrder }) => isInOrder);
    expect(queues.map(({ name }) => name).sort()).toEqual([
      'acme-dev-airflow-report.fifo',
      'acme-dev-airflow-retrain.fifo',
    ]);
    expect(queueOf('drift').QueueUrl).toBe(queueOf('weekly').QueueUrl);
    expect(queueOf('daily').QueueUrl).not.toBe(queueOf('weekly').QueueUrl);
    expect(queueOf('weekly').MessageBody).toMatchObject({ dag_id: 'retrain', conf: { mode: 'full' } });
  });

  test('tell the topics of all triggers of a DAG that it reads nothing', () => {
    const alarms = services!.all('aws_cloudwatch_metric_alarm');
    const unread = alarms.find(({ alarm_name: name }) => name === 'acme-dev-airflow-retrain.fifo-unread');
    expect(unread!.alarm_actions).toEqual([`${TOPIC}-1`, `${TOPIC}-2`]);
  });
});
