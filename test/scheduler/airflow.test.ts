import '../../lib/testing/jest';
import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { choiceOf } from '../../lib/core/fixed-choice';
import { Network } from '../../lib/network/network';
import { HTTPS } from '../../lib/network/port';
import { SecurityGroup } from '../../lib/network/security-group';
import { AIRFLOW_LOGS } from '../../lib/scheduler/airflow/airflow-limits';
import type { ManagedAirflowProps } from '../../lib/scheduler/airflow/airflow-props';
import { AIRFLOW_CLASS_NAMES } from '../../lib/scheduler/airflow/class-limits';
import { DagQueue, type DagQueueProps } from '../../lib/scheduler/airflow/dag-queue';
import { MAX_DAG_ID_LENGTH } from '../../lib/scheduler/airflow/dag-queue-limits';
import { ManagedAirflow, requirementsFile } from '../../lib/scheduler/airflow/managed-airflow';
import { AIRFLOW_VERSIONS } from '../../lib/scheduler/airflow/version-limits';
import { Template } from '../../lib/testing';
import { acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

const networkIn = (s: AwsStack, subnets = 2) =>
  Network.fromNetworkAttributes(s, `Net${subnets}`, {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222', 'subnet-33333333'].slice(0, subnets),
    availabilityZones: ['eu-north-1a', 'eu-north-1b', 'eu-north-1c'].slice(0, subnets),
  });
const airflowIn = (s: AwsStack, props: Partial<ManagedAirflowProps> = {}) =>
  new ManagedAirflow(s, 'Airflow', {
    ...props,
    network: props.network ?? networkIn(s),
    encryptionKey: props.encryptionKey ?? keyIn(s),
  });
const environmentOf = (props: Partial<ManagedAirflowProps> = {}) => {
  const s = acmeStack();
  airflowIn(s, props);
  return Template.synth(s).one('aws_mwaa_environment');
};

describe('a managed Airflow with all defaults', () => {
  const s = acmeStack();
  const airflow = airflowIn(s);
  const template = Template.synth(s);
  const environment = template.one('aws_mwaa_environment');
  const role = template.policyOf(airflow.role);

  test('is an environment of class small in two subnets, with a web server that only the VPC reaches', () => {
    expect(environment).toMatchObject({
      name: 'acme-dev-airflow',
      airflow_version: '3.0.6',
      environment_class: 'mw1.small',
      webserver_access_mode: 'PRIVATE_ONLY',
      endpoint_management: 'SERVICE',
      kms_key: expect.stringContaining('aws_kms_key.'),
      network_configuration: { subnet_ids: ['subnet-11111111', 'subnet-22222222'] },
      schedulers: 2,
      min_webservers: 2,
      max_webservers: 2,
      min_workers: 1,
      max_workers: 4,
      weekly_maintenance_window_start: 'SUN:03:00',
    });
  });

  test('writes all five logs, which MWAA leaves off, to groups with a retention and the key', () => {
    expect(environment.logging_configuration).toEqual(
      Object.fromEntries(
        ['dag_processing', 'scheduler', 'task', 'webserver', 'worker'].map((kind) => [
          `${kind}_logs`,
          { enabled: true, log_level: 'INFO' },
        ]),
      ),
    );
    const groups = template.all('aws_cloudwatch_log_group');
    expect(groups.map(({ name }) => name).sort()).toEqual(
      Object.values(AIRFLOW_LOGS)
        .map((end) => `airflow-acme-dev-airflow-${end}`)
        .sort(),
    );
    for (const group of groups) {
      expect(group).toMatchObject({ retention_in_days: 365, kms_key_id: expect.stringContaining('aws_kms_key.') });
    }
  });

  test('has a versioned, private bucket, which MWAA requires, with the module that triggers need', () => {
    expect(template.one('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(template.one('aws_s3_bucket_public_access_block')).toMatchObject({ restrict_public_buckets: true });
    expect(template.all('aws_s3_object')).toContainEqual(
      expect.objectContaining({
        key: 'dags/platform_triggers.py',
        content: expect.stringContaining('SqsSensorTrigger'),
      }),
    );
    expect(environment).toMatchObject({ dag_s3_path: 'dags/' });
  });

  test('reads a file of requirements also without packages: with the last package, only its text changes', () => {
    expect(template.all('aws_s3_object')).toContainEqual(
      expect.objectContaining({ key: 'requirements.txt', content: '# no packages beside those of the image\n' }),
    );
    expect(environment).toMatchObject({
      requirements_s3_path: expect.stringContaining('.key'),
      requirements_s3_object_version: expect.stringContaining('.version_id'),
    });
  });

  test('uploads files once the bucket has versions, which MWAA asks for', () => {
    const versioned = expect.arrayContaining([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
    expect(template.all('aws_s3_object').map((one) => one.depends_on)).toEqual([versioned, versioned]);
  });

  test('keeps the version of plugins.zip that it uses for years after a newer one was uploaded', () => {
    const { rule } = template.one('aws_s3_bucket_lifecycle_configuration') as { rule: Record<string, unknown>[] };
    expect(rule.map((one) => one.noncurrent_version_expiration)).toEqual([[{ noncurrent_days: 3650 }]]);
  });

  test('is made after what MWAA checks: the bucket, the role with its policy, the group with its rules, the log groups', () => {
    const types = new Set((environment.depends_on as string[]).map((address) => address.split('.')[0]));
    expect([...types]).toEqual(
      expect.arrayContaining([
        'aws_s3_bucket_versioning',
        'aws_s3_bucket_public_access_block',
        'aws_iam_role_policy',
        'aws_vpc_security_group_ingress_rule',
        'aws_cloudwatch_log_group',
      ]),
    );
  });

  test('lets its members reach one another, and no one else', () => {
    const rules = template.all('aws_vpc_security_group_ingress_rule');
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ ip_protocol: '-1' });
    expect(rules[0]!.referenced_security_group_id).toBe(rules[0]!.security_group_id);
  });

  test('has a role that both services of MWAA assume, on behalf of the account only', () => {
    const trust = JSON.stringify(template.one('aws_iam_role').assume_role_policy);
    expect(trust).toContain('airflow.amazonaws.com');
    expect(trust).toContain('airflow-env.amazonaws.com');
    expect(trust).toContain('aws:SourceAccount');
  });

  test('has a role that reads its files, and writes none', () => {
    const { bucketArn } = airflow.bucket;
    expect(role.allows({ actions: 's3:GetObjectVersion', resources: `${bucketArn}/*` })).toBe(true);
    const actions = role.statements.flatMap(({ actions: names }) => names ?? []);
    expect(actions.filter((action) => /^s3:(Put|Delete)/.test(action))).toEqual([]);
  });

  test('has a role that writes logs below its own groups, and finds those of deferred tasks', () => {
    const group = 'arn:aws:logs:eu-north-1:111122223333:log-group:airflow-acme-dev-airflow-Task';
    for (const actions of [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:DescribeLogStreams',
    ]) {
      expect(role.allows({ actions, resources: group })).toBe(true);
      expect(role.allows({ actions, resources: group.replace('airflow-acme', 'sagemaker-acme') })).toBe(false);
    }
  });

  test('reaches the queue of its workers, which is in an account of AWS', () => {
    const resources = 'arn:aws:sqs:eu-north-1:*:airflow-celery-*';
    expect(role.allows({ actions: 'sqs:SendMessage', resources })).toBe(true);
  });

  test('uses its key through S3, SQS and Secrets Manager only', () => {
    const [statement] = role.statements.filter(({ actions }) => actions?.includes('kms:GenerateDataKey'));
    expect(statement?.conditions).toEqual({
      StringEquals: {
        'kms:ViaService': ['sqs', 's3', 'secretsmanager'].map((service) => `${service}.eu-north-1.amazonaws.com`),
      },
    });
  });

  test('reads connections and variables below its prefix in Secrets Manager, and looks for aws_default nowhere', () => {
    const options = environment.airflow_configuration_options as Record<string, string>;
    expect(options['secrets.backend']).toContain('SecretsManagerBackend');
    expect(JSON.parse(options['secrets.backend_kwargs']!)).toEqual({
      connections_prefix: 'acme-dev-airflow/connections',
      connections_lookup_pattern: '^(?!aws_default$).*$',
      variables_prefix: 'acme-dev-airflow/variables',
      config_prefix: null,
    });
    const secret = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:acme-dev-airflow';
    expect(role.statements).toContainEqual(
      expect.objectContaining({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [`${secret}/connections/*`, `${secret}/variables/*`],
      }),
    );
  });

  test('keeps its major version: the provider would replace the environment, with the history of runs', () => {
    expect(choiceOf(airflow.node.findChild('Major'))).toMatchObject({ name: 'major version of Airflow', value: '3' });
  });
});

describe('a managed Airflow', () => {
  test('takes each of its settings', () => {
    const s = acmeStack();
    const secretsKey = keyIn(s, 'SecretsKey');
    const airflow = airflowIn(s, {
      name: 'flow',
      version: '2.11.0',
      class: 'large',
      dagCount: 900,
      maxWorkers: 25,
      requirements: ['acme-tools==1.4.0'],
      pluginsVersion: 'a1B2',
      secretsPrefix: 'acme/flow',
      secretsKey,
      configuration: { 'core.parallelism': '64' },
      logLevel: 'WARNING',
      logRetentionDays: 30,
      maintenanceWindow: 'TUE:21:30',
    });
    const template = Template.synth(s);
    const environment = template.one('aws_mwaa_environment');
    expect(environment).toMatchObject({
      name: 'acme-dev-flow',
      airflow_version: '2.11.0',
      environment_class: 'mw1.large',
      max_workers: 25,
      plugins_s3_path: 'plugins.zip',
      plugins_s3_object_version: 'a1B2',
      requirements_s3_path: expect.stringContaining('.key'),
      requirements_s3_object_version: expect.stringContaining('.version_id'),
      weekly_maintenance_window_start: 'TUE:21:30',
    });
    expect(environment.airflow_configuration_options).toMatchObject({ 'core.parallelism': '64' });
    expect(JSON.stringify(environment.logging_configuration)).not.toContain('INFO');
    expect(template.all('aws_cloudwatch_log_group').map((group) => group.retention_in_days)).toEqual(Array(5).fill(30));
    // the module of triggers needs Airflow 3
    expect(template.all('aws_s3_object').map(({ key }) => key)).toEqual(['requirements.txt']);
    const keys = template.policyOf(airflow.role).statements.filter(({ actions }) => actions?.includes('kms:Decrypt'));
    expect(keys.map(({ conditions }) => JSON.stringify(conditions).includes('secretsmanager'))).toEqual([false, true]);
  });

  test('stays in its two subnets when the network gets a third zone', () => {
    const s = acmeStack();
    const { network_configuration } = environmentOf({ network: networkIn(s, 3) });
    expect(network_configuration).toMatchObject({ subnet_ids: ['subnet-11111111', 'subnet-22222222'] });
  });

  test('of class micro has one of everything', () => {
    expect(environmentOf({ class: 'micro' })).toMatchObject({
      ...{ schedulers: 1, min_webservers: 1, max_webservers: 1, min_workers: 1, max_workers: 1 },
    });
  });

  test.each(Object.keys(AIRFLOW_VERSIONS))('can be of version %s', (version) => {
    expect(environmentOf({ version })).toMatchObject({ airflow_version: version });
  });

  test.each(AIRFLOW_CLASS_NAMES)('can be of class %s', (name) => {
    expect(environmentOf({ class: name })).toMatchObject({ environment_class: `mw1.${name}` });
  });

  test('opens its web server for who may connect', () => {
    const s = acmeStack();
    const group = new SecurityGroup(s, 'Vpn', { network: networkIn(s, 3), description: 'People' });
    airflowIn(s).connections.allowFrom(group, HTTPS);
    const ports = Template.synth(s)
      .all('aws_vpc_security_group_ingress_rule')
      .map(({ from_port }) => from_port);
    expect(ports).toEqual(expect.arrayContaining([443]));
  });

  test('is read as Viewer and operated as Op, so that no one is its administrator', () => {
    const s = acmeStack();
    const airflow = airflowIn(s);
    const [reader, operator] = [roleIn(s, 'Reader'), roleIn(s, 'Operator')];
    airflow.grantRead(reader);
    airflow.grantOperate(operator);
    const template = Template.synth(s);
    for (const [who, name] of [
      [reader, 'Viewer'],
      [operator, 'Op'],
    ] as const) {
      const policy = JSON.stringify(template.policyOf(who).statements);
      expect(policy).toMatch(new RegExp(`role/[^"]*/${name}"`));
      expect(policy).not.toContain('/Admin');
    }
  });

  test('has requirements without an index where the network has no internet access', () => {
    expect(requirementsFile(['acme-tools==1.4.0'], true)).toBe(
      '--find-links /usr/local/airflow/plugins\n--no-index\nacme-tools==1.4.0\n',
    );
    expect(requirementsFile(['acme-tools==1.4.0'], false)).toBe('acme-tools==1.4.0\n');
  });

  test.each(TWO_KEYS)('stack %s, construct %s: is destroyed with its history: %s', (ofStack, removal, goes) => {
    const s = acmeStack({ removal: ofStack });
    const airflow = airflowIn(s, { removal });
    const template = Template.synth(s);
    const { lifecycle } = template.one('aws_mwaa_environment');
    expect(lifecycle).toEqual(goes ? undefined : { prevent_destroy: true });
    expect(template.one('aws_s3_bucket').force_destroy).toBe(goes);
    expect(template.all('aws_cloudwatch_log_group').map((group) => group.skip_destroy)).toEqual(Array(5).fill(!goes));
    expect(choiceOf(airflow.node.findChild('Major')) === undefined).toBe(goes);
  });
});

describe('a managed Airflow refuses', () => {
  const refuses = (title: string, props: Partial<ManagedAirflowProps>, ...messages: string[]) =>
    test(title, () => {
      const s = acmeStack();
      const failed = `test/Airflow: ${messages.length} invalid ${messages.length === 1 ? 'property' : 'properties'}`;
      expect(() => airflowIn(s, props)).toThrow([failed, ...messages].join('\n  - '));
    });
  const OFFERED =
    'must be a version that MWAA offered on 2026-11-27: 2.7.2, 2.8.1, 2.9.2, 2.10.1, 2.10.3, 2.11.0, 3.0.6';

  refuses('a version that is not offered', { version: '3.1.0' }, `'version' ${OFFERED}, got '3.1.0'; use 3.0.6`);
  refuses(
    'a version that has ended, with the day',
    { version: '2.6.3' },
    `'version' ${OFFERED} (MWAA ended 2.6.3 on 2025-12-30), got '2.6.3'; use 2.11.0`,
  );
  refuses('a version of the next minor one', { version: '2.10.5' }, `'version' ${OFFERED}, got '2.10.5'; use 2.10.3`);
  refuses(
    'more DAGs than the class holds',
    { class: 'micro', dagCount: 26 },
    "'dagCount' must be at most 25 in class micro, got 26; use class small",
  );
  refuses(
    'more DAGs than any class holds',
    { class: '2xlarge', dagCount: 4001 },
    "'dagCount' must be at most 4000 in class 2xlarge, got 4001; split them into several environments",
  );
  refuses(
    'more workers than micro has',
    { class: 'micro', maxWorkers: 2 },
    "'maxWorkers' must be between 1 and 1, got 2",
  );
  refuses(
    'requirements that are not one version each, Airflow itself and a package twice',
    { requirements: ['pandas', 'apache-airflow==3.0.6', 'Acme_Tools==1.0', 'acme-tools==1.1'] },
    "'requirements[0]' must be a package in one version such as apache-airflow-providers-cncf-kubernetes==10.7.0, got 'pandas'",
    "'requirements[1]' must not be Airflow itself, whose version is that of the environment, got 'apache-airflow==3.0.6'; remove it",
    "'requirements[3]' must be the only version of acme-tools, got 'acme-tools==1.1'; remove one",
  );
  refuses(
    'wheels without plugins.zip, which has them',
    { requirements: ['acme-tools==1.4.0'], wheels: true },
    "'pluginsVersion' must be set with 'wheels': the packages of 'requirements' are wheels in plugins.zip; upload it, and set its version id",
  );
  refuses(
    'wheels without requirements',
    { wheels: true },
    "'wheels' has no effect without 'requirements'; remove it, or name the packages",
  );
  refuses(
    'options that MWAA or the platform sets, and what is no option',
    {
      configuration: {
        'core.executor': 'LocalExecutor',
        'metrics.statsd_host': 'localhost',
        'metrics.metrics_allow_list': 'scheduler',
        'secrets.backend': 'x',
        'mlops.mine': 'x',
        Core: 'x',
      },
    },
    "'configuration' must not be an option that MWAA sets itself, got 'core.executor'; remove it",
    "'configuration' must not be an option that MWAA sets itself, got 'metrics.statsd_host'; remove it",
    "'configuration' must not be an option that the platform sets itself, got 'secrets.backend'; remove it",
    "'configuration' must not be an option that the platform sets itself, got 'mlops.mine'; remove it",
    "'configuration' must be an option in lower case such as core.parallelism, up to 64 characters, got 'Core'",
  );
  refuses(
    'a window between the half hours',
    { maintenanceWindow: 'SUN:03:15' },
    "'maintenanceWindow' must be a day and a half hour in UTC such as SUN:03:00 or TUE:21:30, got 'SUN:03:15'",
  );
  refuses(
    'a prefix of secrets that ends in a slash',
    { secretsPrefix: 'acme/' },
    "'secretsPrefix' must be words of letters, digits and _+=.@- with slashes between them, such as acme/airflow, got 'acme/'",
  );

  test('a name that is too long with the prefix', () => {
    const name = 'a'.repeat(73);
    expect(() => airflowIn(acmeStack(), { name })).toThrow(
      /name '.*' has 82 characters, the limit is 80; shorten '.*' by 2/,
    );
  });

  test('a version that is not known before deployment', () => {
    const s = acmeStack();
    const version = new TerraformVariable(s, 'Version', {}).stringValue;
    expect(() => airflowIn(s, { version })).toThrow("'version' must be known before deployment, got a token");
  });
});

describe('a queue that starts a DAG', () => {
  const queueIn = (s: AwsStack, props: Partial<DagQueueProps> = {}, ofAirflow: Partial<ManagedAirflowProps> = {}) => {
    const airflow = airflowIn(s, ofAirflow);
    return { airflow, queue: new DagQueue(s, 'Queue', { airflow, dagId: 'deploy_model', ...props }) };
  };

  test('keeps the order, drops repetitions, and is encrypted with the key of the environment', () => {
    const s = acmeStack();
    queueIn(s);
    expect(Template.synth(s).one('aws_sqs_queue')).toMatchObject({
      name: 'acme-dev-airflow-deploy_model.fifo',
      fifo_queue: true,
      content_based_deduplication: true,
      kms_master_key_id: expect.stringContaining('aws_kms_key.'),
      message_retention_seconds: 1_209_600,
    });
  });

  test('has the address that the module makes of the option of the environment and the id of the DAG', () => {
    const s = acmeStack();
    queueIn(s);
    const template = Template.synth(s);
    const { airflow_configuration_options: options } = template.one('aws_mwaa_environment');
    const prefix = (options as Record<string, string>)['mlops.dag_queues']!;
    expect(prefix).toBe('https://sqs.eu-north-1.amazonaws.com/111122223333/acme-dev-airflow-');
    const { name } = template.one('aws_sqs_queue');
    expect(`${prefix}deploy_model.fifo`.split('/').at(-1)).toBe(name);
  });

  test('is read by the environment, written by who was granted, and answers no one without TLS', () => {
    const s = acmeStack();
    const { airflow, queue } = queueIn(s);
    const sender = roleIn(s, 'Sender');
    queue.grantSend(sender);
    const template = Template.synth(s);
    const read = { actions: 'sqs:ReceiveMessage', resources: queue.queueArn };
    expect(template.policyOf(airflow.role).allows(read)).toBe(true);
    expect(template.policyOf(sender).allows(read)).toBe(false);
    expect(template.policyOf(sender).allows({ ...read, actions: 'sqs:SendMessage' })).toBe(true);
    expect(JSON.stringify(template.one('aws_sqs_queue_policy'))).toContain('aws:SecureTransport');
  });

  test('tells the topics when nobody reads it', () => {
    const s = acmeStack();
    const topic = 'arn:aws:sns:eu-north-1:111122223333:alarms';
    queueIn(s, { unreadMinutes: 10, alarmTopicArns: [topic] });
    expect(Template.synth(s).one('aws_cloudwatch_metric_alarm')).toMatchObject({
      metric_name: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: 'acme-dev-airflow-deploy_model.fifo' },
      threshold: 600,
      treat_missing_data: 'notBreaching',
      alarm_actions: [topic],
    });
  });

  test('is refused with a topic by its name, and with more topics than an alarm tells', () => {
    expect(() => queueIn(acmeStack(), { alarmTopicArns: ['alerts'] })).toThrow(
      "'alarmTopicArns[0]' must be the ARN of a topic such as arn:aws:sns:eu-north-1:111122223333:alerts, got 'alerts'",
    );
    const many = [0, 1, 2, 3, 4, 5].map((index) => `arn:aws:sns:eu-north-1:111122223333:a${index}`);
    expect(() => queueIn(acmeStack(), { alarmTopicArns: many })).toThrow(
      "'alarmTopicArns' must have at most 5 entries, got 6",
    );
  });

  test('is refused for a DAG whose path the API does not take, and for one that no queue can be named after', () => {
    const dagId = 'd'.repeat(MAX_DAG_ID_LENGTH + 1);
    expect(`/dags/${dagId}/dagRuns`).toHaveLength(65); // RestApiPath of the MWAA API: 64
    expect(() => queueIn(acmeStack(), { dagId })).toThrow(
      `'dagId' must have at most 50 characters, because a path of the API of MWAA has at most 64, got '${dagId}' of 51; shorten it by 1`,
    );
    expect(() => queueIn(acmeStack(), { dagId: 'deploy.model' })).toThrow(
      "'dagId' must be the id of a DAG of letters, digits, hyphens and underscores such as deploy_model, got 'deploy.model'",
    );
    expect(() => queueIn(acmeStack(), { dagId: 'd'.repeat(50) }, { name: 'a'.repeat(30) })).toThrow(
      /makes the queue '.*' of 95 characters, the limit is 80, got 'd{50}'; shorten it, the name of the environment or the prefix by 15/,
    );
  });

  test('is refused with Airflow 2, whose private web server nothing outside the VPC can call', () => {
    expect(() => queueIn(acmeStack(), {}, { version: '2.11.0' })).toThrow(
      "'version of airflow' must be 3 or newer where a trigger starts a DAG",
    );
  });
});
