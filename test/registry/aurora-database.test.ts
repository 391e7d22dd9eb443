import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { TerraformVariable } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import { Network } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { AURORA_LOGS, AuroraDatabase } from '../../lib/registry/aurora/aurora-database';
import { AURORA_DEFAULTS, AURORA_STORAGE, type AuroraDatabaseProps } from '../../lib/registry/aurora/aurora-props';
import { Database } from '../../lib/registry/database';
import { DATABASE_DEFAULTS } from '../../lib/registry/database-props';
import { DB_CLUSTER, isCapacityStep, READER_LIMITS } from '../../lib/registry/registry-limits';
import { Template, testApp } from '../../lib/testing';
import { ACME, acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

const VPC = 'vpc-0a1b2c3d4e5f60718';
const SUBNETS = ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'];

function databaseIn(s: AwsStack, props: Partial<AuroraDatabaseProps> = {}): AuroraDatabase {
  const network = Network.fromNetworkAttributes(s, 'Network', { vpcId: VPC, privateSubnetIds: SUBNETS });
  return new AuroraDatabase(s, 'Database', { network, encryptionKey: keyIn(s), ...props });
}

function templateWith(props: Partial<AuroraDatabaseProps>, s = acmeStack()): Template {
  databaseIn(s, props);
  return Template.synth(s);
}

function clusterWith(props: Partial<AuroraDatabaseProps>, s = acmeStack()) {
  return templateWith(props, s).one('aws_rds_cluster');
}

const KEY = expect.stringMatching(/^\$\{aws_kms_key\.\w+\.arn\}$/);

describe('a database with all defaults', () => {
  const s = acmeStack();
  const database = databaseIn(s);
  const template = Template.synth(s);
  const cluster = template.one('aws_rds_cluster');
  const instances = template.all('aws_rds_cluster_instance');

  test('runs PostgreSQL 17, whose minor version RDS chooses only on a change, and takes changes in the maintenance window', () => {
    expect(cluster).toMatchObject({
      cluster_identifier: 'acme-dev-database',
      engine: 'aurora-postgresql',
      engine_mode: 'provisioned',
      engine_version: '17',
      allow_major_version_upgrade: true,
      database_name: 'registry',
      apply_immediately: false,
      preferred_maintenance_window: DATABASE_DEFAULTS.maintenanceWindow,
    });
    for (const instance of instances) {
      expect(instance).toMatchObject({
        engine: 'aurora-postgresql',
        auto_minor_version_upgrade: false,
        apply_immediately: false,
        preferred_maintenance_window: DATABASE_DEFAULTS.maintenanceWindow,
        ca_cert_identifier: 'rds-ca-rsa2048-g1',
      });
      expect(instance).not.toHaveProperty('engine_version'); // is the cluster's
    }
  });

  test('scales between 2 and 8 units, and never pauses', () => {
    expect(cluster.serverlessv2_scaling_configuration).toEqual({ min_capacity: 2, max_capacity: 8 });
    expect(instances.map((instance) => instance.instance_class)).toEqual(['db.serverless', 'db.serverless']);
  });

  test('survives the loss of a zone: a reader has the capacity of the writer and takes over', () => {
    expect(instances).toMatchObject([
      { identifier: 'acme-dev-database-1', promotion_tier: 0 },
      { identifier: 'acme-dev-database-2', promotion_tier: 1 },
    ]);
    const [writer] = Object.keys(template.resources('aws_rds_cluster_instance'));
    expect(instances.map((instance) => instance.depends_on)).toEqual([[], [writer]]);
  });

  test('is reached in private subnets only, through a closed security group', () => {
    expect(template.one('aws_db_subnet_group').subnet_ids).toEqual(SUBNETS);
    expect(cluster).toMatchObject({
      port: 5432,
      db_subnet_group_name: expect.stringContaining('aws_db_subnet_group.'),
      vpc_security_group_ids: [expect.stringContaining('aws_security_group.')],
    });
    for (const instance of instances) {
      expect(instance).toMatchObject({
        publicly_accessible: false,
        cluster_identifier: expect.stringContaining('aws_rds_cluster.'),
        db_subnet_group_name: expect.stringContaining('aws_rds_cluster.'),
      });
    }
    expect(template.one('aws_security_group').vpc_id).toBe(VPC);
    for (const direction of ['ingress', 'egress']) {
      expect(template.all(`aws_vpc_security_group_${direction}_rule`)).toEqual([]);
    }
  });

  test('lets RDS create and rotate the master password, encrypted with its key', () => {
    expect(cluster).toMatchObject({
      master_username: 'postgres',
      manage_master_user_password: true,
      master_user_secret_kms_key_id: KEY,
    });
    expect(cluster).not.toHaveProperty('master_password');
  });

  test('accepts IAM tokens', () => {
    expect(cluster.iam_database_authentication_enabled).toBe(true);
  });

  test('forces TLS, and logs connections, DDL and slow statements', () => {
    const group = template.one('aws_rds_cluster_parameter_group');
    expect(group).toMatchObject({ name: 'acme-dev-database-aurora-postgresql17', family: 'aurora-postgresql17' });
    expect(group.parameter).toEqual([
      { name: 'log_connections', value: '1', apply_method: 'immediate' },
      { name: 'log_disconnections', value: '1', apply_method: 'immediate' },
      { name: 'log_min_duration_statement', value: '1000', apply_method: 'immediate' },
      { name: 'log_statement', value: 'ddl', apply_method: 'immediate' },
      { name: 'rds.force_ssl', value: '1', apply_method: 'pending-reboot' },
    ]);
    expect(cluster.db_cluster_parameter_group_name).toMatch(/aws_rds_cluster_parameter_group\./);
  });

  test('keeps its logs a year, encrypted, in groups that are created before it', () => {
    const groups = template.all('aws_cloudwatch_log_group');
    expect(groups.map(({ name }) => name)).toEqual([
      '/aws/rds/cluster/acme-dev-database/iam-db-auth-error',
      '/aws/rds/cluster/acme-dev-database/instance',
      '/aws/rds/cluster/acme-dev-database/postgresql',
    ]);
    for (const group of groups) {
      expect(group).toMatchObject({ retention_in_days: 365, kms_key_id: KEY, lifecycle: { prevent_destroy: true } });
    }
    expect(cluster.enabled_cloudwatch_logs_exports).toEqual(['postgresql', 'iam-db-auth-error']);
    expect([...cluster.depends_on].sort()).toEqual(Object.keys(template.resources('aws_cloudwatch_log_group')).sort());
    expect(template.one('aws_kms_key').policy).toContain('logs.eu-north-1.amazonaws.com');
  });

  test('is encrypted, and can be restored to any second of two weeks', () => {
    expect(cluster).toMatchObject({
      storage_encrypted: true,
      kms_key_id: KEY,
      storage_type: 'aurora',
      backup_retention_period: 14,
      preferred_backup_window: DATABASE_DEFAULTS.backupWindow,
      copy_tags_to_snapshot: true,
    });
  });

  test('keeps Performance Insights a week, encrypted, set once for all instances', () => {
    expect(cluster).toMatchObject({
      performance_insights_enabled: true,
      performance_insights_kms_key_id: KEY,
      performance_insights_retention_period: 7,
      database_insights_mode: 'standard',
    });
    for (const instance of instances) expect(instance).not.toHaveProperty('performance_insights_enabled');
  });

  test('samples the operating system of each instance every minute', () => {
    expect(cluster).not.toHaveProperty('monitoring_interval'); // RDS refuses one of the cluster and one of an instance
    for (const instance of instances) {
      expect(instance).toMatchObject({
        monitoring_interval: 60,
        monitoring_role_arn: expect.stringContaining('aws_iam_role.'),
      });
    }
    expect(template.one('aws_iam_role_policy_attachment').policy_arn).toBe(
      'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    );
  });

  test('cannot be destroyed, and keeps its backups and a final snapshot; its instances hold no data', () => {
    expect(cluster).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: expect.stringMatching(
        /^acme-dev-database-final-\$\{replace\(aws_security_group\.\w+\.id, "sg-", ""\)\}$/,
      ),
      delete_automated_backups: false,
      lifecycle: { prevent_destroy: true },
    });
    for (const instance of instances) expect(instance).not.toHaveProperty('lifecycle');
  });

  test('publishes its addresses and the ARN of its password', () => {
    const address = template.resolve(database.address);
    expect(address).toMatch(/^\$\{aws_rds_cluster\.\w+\.endpoint\}$/);
    expect(template.resolve(database.endpoint)).toBe(`${address}:5432`);
    expect(template.resolve(database.readerAddress)).toMatch(/^\$\{aws_rds_cluster\.\w+\.reader_endpoint\}$/);
    expect(template.resolve(database.secretArn)).toMatch(/master_user_secret\[0\]\.secret_arn\}$/);
    expect(database).toMatchObject({ port: 5432, databaseName: 'registry' });
    expect(database.instances).toHaveLength(2);
  });

  test('waives what scanners look for on another resource', () => {
    expect(waiversOf(s).map(({ check, address, reason }) => `${check} ${address.split('.')[0]}: ${reason}`)).toEqual([
      'CKV2_AWS_8 aws_rds_cluster: Aurora keeps its own backups, which can be restored to any second',
      ...instances.flatMap(() =>
        ['CKV_AWS_353', 'AWS-0133'].map(
          (check) => `${check} aws_rds_cluster_instance: Performance Insights is on for the whole cluster`,
        ),
      ),
    ]);
  });
});

describe('each property', () => {
  test.each<[string, Partial<AuroraDatabaseProps>, object]>([
    [
      'name',
      { name: 'models' },
      {
        cluster_identifier: 'acme-dev-models',
        final_snapshot_identifier: expect.stringMatching(/^acme-dev-models-final-/),
      },
    ],
    ['databaseName', { databaseName: 'mlflow' }, { database_name: 'mlflow' }],
    ['masterUsername', { masterUsername: 'owner' }, { master_username: 'owner' }],
    ['version', { version: '16' }, { engine_version: '16' }],
    [
      'iamAuthentication',
      { iamAuthentication: false },
      { iam_database_authentication_enabled: false, enabled_cloudwatch_logs_exports: ['postgresql'] },
    ],
    [
      'minCapacityAcu',
      { minCapacityAcu: 0.5 },
      { serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 8 } },
    ],
    [
      'minCapacityAcu of 0',
      { minCapacityAcu: 0 },
      {
        serverlessv2_scaling_configuration: { min_capacity: 0, max_capacity: 8, seconds_until_auto_pause: 300 },
        enabled_cloudwatch_logs_exports: ['postgresql', 'instance', 'iam-db-auth-error'],
      },
    ],
    [
      'maxCapacityAcu',
      { maxCapacityAcu: 256 },
      { serverlessv2_scaling_configuration: { min_capacity: 2, max_capacity: 256 } },
    ],
    [
      'pauseAfterSeconds',
      { minCapacityAcu: 0, pauseAfterSeconds: 3600 },
      { serverlessv2_scaling_configuration: { min_capacity: 0, max_capacity: 8, seconds_until_auto_pause: 3600 } },
    ],
    ['storage', { storage: 'io-optimized' }, { storage_type: 'aurora-iopt1' }],
    ['backupRetentionDays', { backupRetentionDays: 35 }, { backup_retention_period: 35 }],
    ['backupWindow', { backupWindow: '23:45-00:30' }, { preferred_backup_window: '23:45-00:30' }],
    [
      'maintenanceWindow',
      { maintenanceWindow: 'sun:23:30-mon:00:30' },
      { preferred_maintenance_window: 'sun:23:30-mon:00:30' },
    ],
    [
      'insights',
      { insights: 'advanced' },
      { performance_insights_retention_period: 465, database_insights_mode: 'advanced' },
    ],
  ])('%s reaches the cluster', (_, props, expected) => {
    expect(clusterWith(props)).toMatchObject(expected);
  });

  test('readers creates instances, each with its promotion tier', () => {
    const tiersWith = (readers: number) =>
      templateWith({ readers })
        .all('aws_rds_cluster_instance')
        .map(({ promotion_tier }) => promotion_tier);
    expect(tiersWith(0)).toEqual([0]);
    expect(tiersWith(READER_LIMITS.max).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 16 }, (_, tier) => tier),
    );
  });

  test('maintenanceWindow and monitoringIntervalSeconds reach each instance', () => {
    const props = { maintenanceWindow: 'mon:04:00-mon:05:00', monitoringIntervalSeconds: 1 } as const;
    for (const instance of templateWith(props).all('aws_rds_cluster_instance')) {
      expect(instance).toMatchObject({
        preferred_maintenance_window: 'mon:04:00-mon:05:00',
        monitoring_interval: 1,
      });
    }
  });

  test('monitoringIntervalSeconds of 0 creates no role', () => {
    const template = templateWith({ monitoringIntervalSeconds: 0 });
    for (const instance of template.all('aws_rds_cluster_instance')) {
      expect(instance.monitoring_interval).toBe(0);
      expect(instance).not.toHaveProperty('monitoring_role_arn');
    }
    expect(template.all('aws_iam_role')).toEqual([]);
  });

  test('version has its own parameter group, created before the old one is deleted', () => {
    expect(templateWith({ version: '16' }).one('aws_rds_cluster_parameter_group')).toMatchObject({
      name: 'acme-dev-database-aurora-postgresql16',
      family: 'aurora-postgresql16',
      lifecycle: { create_before_destroy: true },
    });
  });

  test('parameters override the defaults, immediately or at the next restart', () => {
    const { parameter } = templateWith({
      parameters: { log_min_duration_statement: '250' },
      parametersAtRestart: { max_connections: '200' },
    }).one('aws_rds_cluster_parameter_group');
    expect(parameter).toEqual([
      { name: 'log_connections', value: '1', apply_method: 'immediate' },
      { name: 'log_disconnections', value: '1', apply_method: 'immediate' },
      { name: 'log_min_duration_statement', value: '250', apply_method: 'immediate' },
      { name: 'log_statement', value: 'ddl', apply_method: 'immediate' },
      { name: 'max_connections', value: '200', apply_method: 'pending-reboot' },
      { name: 'rds.force_ssl', value: '1', apply_method: 'pending-reboot' },
    ]);
  });

  test('logRetentionDays applies to each log group, and less than a year is waived', () => {
    const s = acmeStack();
    const groups = templateWith({ logRetentionDays: 30 }, s).all('aws_cloudwatch_log_group');
    expect(groups.map(({ retention_in_days }) => retention_in_days)).toEqual(AURORA_LOGS.map(() => 30));
    expect(waiversOf(s).filter(({ check }) => check === 'CKV_AWS_338')).toHaveLength(AURORA_LOGS.length);
  });

  test('what is turned off is waived, with the property as the reason', () => {
    const s = acmeStack();
    const off = { iamAuthentication: false, monitoringIntervalSeconds: 0, backupRetentionDays: 1, readers: 0 } as const;
    databaseIn(s, off);
    const always = ['CKV2_AWS_8', 'CKV_AWS_353', 'AWS-0133'];
    const waived = waiversOf(s).filter(({ check }) => !always.includes(check));
    expect(waived.map(({ check, reason }) => `${check}: ${reason}`)).toEqual([
      "CKV_AWS_162: users log in by password: 'iamAuthentication' is false",
      "AWS-0077: one day of backups is enough here: 'backupRetentionDays' is 1",
      "CKV_AWS_118: metrics of the operating system are off: 'monitoringIntervalSeconds' is 0",
    ]);
  });
});

describe('removal', () => {
  test('leaves no snapshot and no backup if construct and stack both allow it', () => {
    const s = acmeStack({ removal: 'destroy' });
    const template = templateWith({ removal: 'destroy', readers: 0 }, s);
    const cluster = template.one('aws_rds_cluster');
    expect(cluster).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
    });
    expect(cluster.lifecycle).not.toHaveProperty('prevent_destroy');
    expect(cluster).not.toHaveProperty('final_snapshot_identifier');
    for (const group of template.all('aws_cloudwatch_log_group')) expect(group).not.toHaveProperty('lifecycle');
    expect(waiversOf(s).map(({ check }) => check)).toEqual([
      'CKV2_AWS_8',
      'CKV_AWS_139',
      'AWS-0343',
      'CKV_AWS_353',
      'AWS-0133',
    ]);
  });

  test.each(TWO_KEYS)('stack: %s, database: %s: it can be destroyed: %s', (ofStack, removal, may) => {
    const template = templateWith({ removal }, acmeStack({ removal: ofStack }));
    const cluster = template.one('aws_rds_cluster');
    expect(cluster).toMatchObject({
      deletion_protection: !may,
      skip_final_snapshot: may,
      delete_automated_backups: may,
    });
    expect(cluster.lifecycle?.prevent_destroy ?? false).toBe(!may);
  });
});

describe('grants', () => {
  test('connecting is for one user of this cluster', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const database = databaseIn(s);
    database.grantConnect(role, 'mlflow');
    const access = {
      actions: 'rds-db:connect',
      resources: `arn:aws:rds-db:eu-north-1:111122223333:dbuser:${database.resource.clusterResourceId}/mlflow`,
    };
    const policy = Template.synth(s).policyOf(role);
    expect(policy.allows(access)).toBe(true);
    expect(policy.beyond([access])).toEqual([]);
  });

  test('connecting is refused if IAM authentication is off, and for a wildcard', () => {
    const s = acmeStack();
    const database = databaseIn(s, { iamAuthentication: false });
    expect(() => database.grantConnect(roleIn(s), '*')).toThrow(
      [
        'test/Database: 2 invalid properties',
        "  - 'user' must be the name of one user, without wildcards, got '*'",
        "  - 'grantConnect' requires IAM authentication: set 'iamAuthentication: true', or use 'grantReadSecret'",
      ].join('\n'),
    );
  });

  test('reading the secret includes its key', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const database = databaseIn(s);
    database.grantReadSecret(role);
    const secret = {
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: database.secretArn,
    };
    const key = { actions: ['kms:Decrypt', 'kms:DescribeKey'] };
    const policy = Template.synth(s).policyOf(role);
    expect(policy.allows(secret) && policy.allows(key)).toBe(true);
    expect(policy.beyond([secret, key])).toEqual([]);
  });

  test('a peer can connect to the port of PostgreSQL only', () => {
    const s = acmeStack();
    databaseIn(s).allowConnectionsFrom(SecurityGroup.fromSecurityGroupId(s, 'AppGroup', 'sg-1'));
    const port = { ip_protocol: 'tcp', from_port: 5432, to_port: 5432 };
    const template = Template.synth(s);
    expect(template.one('aws_vpc_security_group_ingress_rule')).toMatchObject({
      ...port,
      referenced_security_group_id: 'sg-1',
    });
    expect(template.one('aws_vpc_security_group_egress_rule')).toMatchObject(port);
  });
});

test('an existing cluster is imported like any database', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const database = AuroraDatabase.fromAttributes(s, 'Database', {
    address: 'db.cluster-x.acme.example',
    readerAddress: 'db.cluster-ro-x.acme.example',
    databaseName: 'mlflow',
    securityGroup: SecurityGroup.fromSecurityGroupId(s, 'Group', 'sg-1'),
    resourceId: 'cluster-ABC',
  });
  database.grantConnect(role, 'mlflow');
  expect(AuroraDatabase.fromAttributes).toBe(Database.fromAttributes);
  expect(database).toMatchObject({
    endpoint: 'db.cluster-x.acme.example:5432',
    readerAddress: 'db.cluster-ro-x.acme.example',
  });
  expect(
    Template.synth(s)
      .policyOf(role)
      .beyond([
        { actions: 'rds-db:connect', resources: 'arn:aws:rds-db:eu-north-1:111122223333:dbuser:cluster-ABC/mlflow' },
      ]),
  ).toEqual([]);
});

test('only what RDS generates reaches another stack by remote state', () => {
  const app = testApp();
  const [own, other] = ['own', 'other'].map((id) => new AwsStack(app, id, ACME)) as [AwsStack, AwsStack];
  const database = databaseIn(own);
  const value = [database.endpoint, database.readerAddress, database.databaseName, String(database.port)].join(' ');
  new SsmParameter(other, 'Place', { name: '/registry', type: 'String', value });
  const role = roleIn(other);
  database.grantConnect(role, 'mlflow');
  database.grantReadSecret(role);
  const { own: producer } = Template.all(app);
  const crossing = Object.values<{ value: string }>(producer!.json.output).map((output) => output.value);
  expect(crossing.map((reference) => /\w+\.\w+\.([^}]+)\}$/.exec(reference)?.[1]).sort()).toEqual([
    'arn', // of the key, which decrypts the secret
    'cluster_resource_id',
    'endpoint',
    'master_user_secret[0].secret_arn',
    'reader_endpoint',
  ]);
});

test('numbers known only at deploy time pass every limit', () => {
  const s = acmeStack();
  const number = new TerraformVariable(s, 'number', { type: 'number' }).numberValue;
  const props = { minCapacityAcu: number, maxCapacityAcu: number, pauseAfterSeconds: number };
  const cluster = clusterWith({ ...props, backupRetentionDays: number }, s);
  const token = '${var.number}';
  expect(cluster).toMatchObject({
    serverlessv2_scaling_configuration: { min_capacity: token, max_capacity: token, seconds_until_auto_pause: token },
    backup_retention_period: token,
  });
  expect(() => databaseIn(acmeStack(), { minCapacityAcu: 4, maxCapacityAcu: number })).not.toThrow();
});

describe('wrong properties', () => {
  test('are all reported at once, with the limit and the value', () => {
    expect(() =>
      databaseIn(acmeStack(), {
        readers: 16,
        storage: 'gp3' as never,
        minCapacityAcu: 300.2,
        maxCapacityAcu: 0.75,
        pauseAfterSeconds: 60,
        name: 'Model--Registry',
        databaseName: '1st',
        masterUsername: 'a-very-long-name-of-a-user',
        version: '12',
        backupRetentionDays: 0,
        backupWindow: '2:00-3:00',
        maintenanceWindow: 'Sunday',
        insights: 'premium' as never,
        monitoringIntervalSeconds: 2 as never,
        logRetentionDays: 8,
        parameters: { 'rds.force_ssl': '0', work_mem: '1' },
        parametersAtRestart: { work_mem: '2' },
      }),
    ).toThrow(
      new Error(
        [
          'test/Database: 21 invalid properties',
          "  - 'readers' must be between 0 and 15, got 16",
          "  - 'storage' must be one of standard, io-optimized, got 'gp3'",
          "  - 'minCapacityAcu' must be between 0 and 256, got 300.2",
          "  - 'minCapacityAcu' must be a multiple of 0.5, got 300.2",
          "  - 'maxCapacityAcu' must be between 1 and 256, got 0.75",
          "  - 'maxCapacityAcu' must be a multiple of 0.5, got 0.75",
          "  - 'maxCapacityAcu' must be at least 'minCapacityAcu' (300.2), got 0.75",
          "  - 'pauseAfterSeconds' must be between 300 and 86400, got 60",
          "  - 'pauseAfterSeconds' has no effect with 'minCapacityAcu' 300.2, which never pauses; set 'minCapacityAcu' to 0, or remove 'pauseAfterSeconds'",
          "  - 'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Model--Registry'",
          "  - 'databaseName' must be 1 to 63 letters, digits and underscores, beginning with a letter, got '1st'",
          "  - 'masterUsername' must be 1 to 16 letters, digits and underscores, beginning with a letter, got 'a-very-long-name-of-a-user'",
          '  - \'version\' must be a version of PostgreSQL from 14 to 18 such as "17", or "17.6" for a minor version, got \'12\'',
          "  - 'backupRetentionDays' must be between 1 and 35, got 0",
          "  - 'insights' must be one of standard, advanced, got 'premium'",
          "  - 'monitoringIntervalSeconds' must be one of 0, 1, 5, 10, 15, 30, 60, got '2'",
          "  - 'logRetentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got '8'",
          "  - 'backupWindow' must be daily hours in UTC such as '02:00-03:00', got '2:00-3:00'",
          "  - 'maintenanceWindow' must be weekly hours in UTC such as 'sun:03:30-sun:04:30', got 'Sunday'",
          "  - 'rds.force_ssl' cannot be set: every connection must use TLS; remove it",
          "  - 'parameters' and 'parametersAtRestart' must not share a name, got work_mem; remove it from one of them",
        ].join('\n'),
      ),
    );
  });

  const only = (error: string) => new Error(`test/Database: 1 invalid property\n  - ${error}`);

  test.each<[Partial<AuroraDatabaseProps>, string]>([
    [{ readers: 1.5 }, "'readers' must be a whole number, got 1.5"],
    [
      { minCapacityAcu: 16 },
      `'maxCapacityAcu' must be at least 'minCapacityAcu' (16), got ${AURORA_DEFAULTS.maxCapacityAcu}`,
    ],
    [
      { pauseAfterSeconds: 600 },
      "'pauseAfterSeconds' has no effect with 'minCapacityAcu' 2, which never pauses; set 'minCapacityAcu' to 0, or remove 'pauseAfterSeconds'",
    ],
    [{ minCapacityAcu: 0, pauseAfterSeconds: 300.5 }, "'pauseAfterSeconds' must be a whole number, got 300.5"],
    [
      { backupWindow: '02:00-03:00', maintenanceWindow: 'sun:02:30-sun:03:30' },
      "'maintenanceWindow' must not overlap 'backupWindow' (02:00-03:00), got 'sun:02:30-sun:03:30'",
    ],
  ])('%j is refused', (props, error) => {
    expect(() => databaseIn(acmeStack(), props)).toThrow(only(error));
  });

  test('the number of readers must be known before deployment', () => {
    const s = acmeStack();
    const readers = new TerraformVariable(s, 'readers', { type: 'number' }).numberValue;
    expect(() => databaseIn(s, { readers })).toThrow(
      only("'readers' must be a number that is known before deployment, got a token"),
    );
  });

  test('the minimum and maximum of each limit pass', () => {
    const least = { minCapacityAcu: 0, maxCapacityAcu: 1, pauseAfterSeconds: 300, readers: 0 };
    const greatest = { minCapacityAcu: 256, maxCapacityAcu: 256, readers: 15 };
    expect(() => databaseIn(acmeStack(), least)).not.toThrow();
    expect(() => databaseIn(acmeStack(), { ...least, pauseAfterSeconds: 86_400 })).not.toThrow();
    expect(() => databaseIn(acmeStack(), greatest)).not.toThrow();
  });

  test('a name is short enough for the number of an instance', () => {
    const name = 'x'.repeat(DB_CLUSTER.maxLength - 'acme-dev-'.length);
    const template = templateWith({ name, readers: 15 });
    const identifiers = template.all('aws_rds_cluster_instance').map(({ identifier }) => identifier.length);
    expect(Math.max(...identifiers)).toBe(63);
    expect(() => databaseIn(acmeStack(), { name: `${name}x` })).toThrow(
      `test/Database: name 'acme-dev-${name}x' has 61 characters, the limit is 60; shorten '${name}x' by 1`,
    );
  });

  test('an RDS instance with the name of one of its instances is refused', () => {
    const s = acmeStack();
    const network = Network.fromNetworkAttributes(s, 'Other', { vpcId: VPC, privateSubnetIds: SUBNETS });
    new Database(s, 'Instance', {
      network,
      encryptionKey: keyIn(s, 'OtherKey'),
      instanceClass: 'db.t4g.small',
      name: 'models-1',
    });
    expect(() => databaseIn(s, { name: 'models' })).toThrow(
      "test/Database: the RDS instance name 'acme-dev-models-1' is already taken by test/Instance; rename one of them",
    );
  });
});

test('valid capacities are known without a construct', () => {
  expect([0, 0.5, 1, 128.5].every(isCapacityStep)).toBe(true);
  expect([0.25, 1.1].some(isCapacityStep)).toBe(false);
  expect(AURORA_DEFAULTS).toEqual({
    minCapacityAcu: 2,
    maxCapacityAcu: 8,
    pauseAfterSeconds: 300,
    readers: 1,
    storage: 'standard',
  });
  expect(AURORA_STORAGE).toEqual({ standard: 'aurora', 'io-optimized': 'aurora-iopt1' });
});

describe('a version that Aurora would refuse', () => {
  const refused = (props: Partial<AuroraDatabaseProps>) => () => databaseIn(acmeStack(), props);

  test('because it began later than RDS', () => {
    expect(refused({ version: '17.2' })).toThrow(
      "test/Database: 1 invalid property\n  - 'version' must be a version that Aurora has, got '17.2'; the first of 17 is \"17.4\"",
    );
  });

  test('because it cannot pause', () => {
    expect(refused({ version: '16.2', minCapacityAcu: 0 })).toThrow(
      "test/Database: 1 invalid property\n  - 'version' must be a version that can pause, as minCapacityAcu 0 asks, got '16.2'; write \"16.3\" or later, or raise minCapacityAcu",
    );
    expect(refused({ version: '16.2' })).not.toThrow();
    expect(refused({ version: '16.3', minCapacityAcu: 0 })).not.toThrow();
  });
});
