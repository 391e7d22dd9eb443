import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import { Key } from '../../lib/encryption/key';
import { Network } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { Database } from '../../lib/registry/database';
import { DatabaseLogs } from '../../lib/registry/database-logs';
import { DATABASE_DEFAULTS, type DatabaseProps } from '../../lib/registry/database-props';
import { brokenInstanceClassRules } from '../../lib/registry/postgresql/instance-class-limits';
import { Template } from '../../lib/testing';
import { acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

const VPC = 'vpc-0a1b2c3d4e5f60718';
const SUBNETS = ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'];

function databaseIn(s: AwsStack, props: Partial<DatabaseProps> = {}): Database {
  const network = Network.fromNetworkAttributes(s, 'Network', { vpcId: VPC, privateSubnetIds: SUBNETS });
  return new Database(s, 'Database', {
    network,
    encryptionKey: keyIn(s),
    instanceClass: 'db.t4g.small',
    ...props,
  });
}

function instanceWith(props: Partial<DatabaseProps>, s = acmeStack()) {
  databaseIn(s, props);
  return Template.synth(s).one('aws_db_instance');
}

const KEY = expect.stringMatching(/^\$\{aws_kms_key\.\w+\.arn\}$/);

describe('a database with all defaults', () => {
  const s = acmeStack();
  const database = databaseIn(s);
  const template = Template.synth(s);
  const instance = template.one('aws_db_instance');

  test('runs the newest minor version of PostgreSQL 17, and takes changes in the maintenance window', () => {
    expect(instance).toMatchObject({
      identifier: 'acme-dev-database',
      engine: 'postgres',
      engine_version: '17',
      auto_minor_version_upgrade: true,
      allow_major_version_upgrade: true,
      instance_class: 'db.t4g.small',
      db_name: 'registry',
      apply_immediately: false,
      maintenance_window: DATABASE_DEFAULTS.maintenanceWindow,
      ca_cert_identifier: 'rds-ca-rsa2048-g1',
    });
  });

  test('survives the loss of a zone', () => {
    expect(instance.multi_az).toBe(true);
  });

  test('is reached in private subnets only, through a closed security group', () => {
    expect(template.one('aws_db_subnet_group').subnet_ids).toEqual(SUBNETS);
    expect(instance).toMatchObject({ publicly_accessible: false, port: 5432 });
    expect(instance.vpc_security_group_ids).toEqual([expect.stringContaining('aws_security_group.')]);
    expect(template.one('aws_security_group').vpc_id).toBe(VPC);
    for (const direction of ['ingress', 'egress']) {
      expect(template.all(`aws_vpc_security_group_${direction}_rule`)).toEqual([]);
    }
  });

  test('lets RDS create and rotate the master password, encrypted with its key', () => {
    expect(instance).toMatchObject({
      username: 'postgres',
      manage_master_user_password: true,
      master_user_secret_kms_key_id: KEY,
    });
    expect(instance).not.toHaveProperty('password');
  });

  test('accepts IAM tokens', () => {
    expect(instance.iam_database_authentication_enabled).toBe(true);
  });

  test('forces TLS, and logs connections, DDL and slow statements', () => {
    const group = template.one('aws_db_parameter_group');
    expect(group).toMatchObject({ name: 'acme-dev-database-postgres17', family: 'postgres17' });
    expect(group.parameter).toEqual([
      { name: 'log_connections', value: '1', apply_method: 'immediate' },
      { name: 'log_disconnections', value: '1', apply_method: 'immediate' },
      { name: 'log_min_duration_statement', value: '1000', apply_method: 'immediate' },
      { name: 'log_statement', value: 'ddl', apply_method: 'immediate' },
      { name: 'rds.force_ssl', value: '1', apply_method: 'pending-reboot' },
    ]);
    expect(instance.parameter_group_name).toMatch(/aws_db_parameter_group\./);
  });

  test('keeps its logs a year, encrypted, in groups that are created before it', () => {
    const groups = template.all('aws_cloudwatch_log_group');
    expect(groups.map(({ name }) => name)).toEqual([
      '/aws/rds/instance/acme-dev-database/postgresql',
      '/aws/rds/instance/acme-dev-database/upgrade',
    ]);
    for (const group of groups) {
      expect(group).toMatchObject({ retention_in_days: 365, kms_key_id: KEY, lifecycle: { prevent_destroy: true } });
    }
    expect(instance.enabled_cloudwatch_logs_exports).toEqual(['postgresql', 'upgrade']);
    expect(instance.depends_on).toEqual(Object.keys(template.resources('aws_cloudwatch_log_group')));
    expect(template.one('aws_kms_key').policy).toContain('logs.eu-north-1.amazonaws.com');
  });

  test('is encrypted, grows up to five times its size, and can be restored to any second of two weeks', () => {
    expect(instance).toMatchObject({
      storage_encrypted: true,
      kms_key_id: KEY,
      storage_type: 'gp3',
      allocated_storage: 20,
      max_allocated_storage: 100,
      backup_retention_period: 14,
      backup_window: DATABASE_DEFAULTS.backupWindow,
      copy_tags_to_snapshot: true,
    });
  });

  test('keeps Performance Insights a week, encrypted, and samples the operating system every minute', () => {
    expect(instance).toMatchObject({
      performance_insights_enabled: true,
      performance_insights_kms_key_id: KEY,
      performance_insights_retention_period: 7,
      database_insights_mode: 'standard',
      monitoring_interval: 60,
    });
    expect(template.one('aws_iam_role_policy_attachment').policy_arn).toBe(
      'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    );
    expect(JSON.parse(template.one('aws_iam_role').assume_role_policy).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'monitoring.rds.amazonaws.com' },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
  });

  test('cannot be destroyed, and keeps its backups and a final snapshot', () => {
    expect(instance).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: expect.stringMatching(
        /^acme-dev-database-final-\$\{replace\(aws_security_group\.\w+\.id, "sg-", ""\)\}$/,
      ),
      delete_automated_backups: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('publishes its address and the ARN of its password', () => {
    const address = template.resolve(database.address);
    expect(address).toMatch(/^\$\{aws_db_instance\.\w+\.address\}$/);
    expect(template.resolve(database.endpoint)).toBe(`${address}:5432`);
    expect(template.resolve(database.secretArn)).toMatch(/master_user_secret\[0\]\.secret_arn\}$/);
    expect(database).toMatchObject({ port: 5432, databaseName: 'registry', readerAddress: undefined });
  });

  test('needs no waiver', () => {
    expect(waiversOf(s)).toEqual([]);
  });
});

describe('each property', () => {
  test.each<[string, Partial<DatabaseProps>, object]>([
    [
      'name',
      { name: 'models' },
      { identifier: 'acme-dev-models', final_snapshot_identifier: expect.stringMatching(/^acme-dev-models-final-/) },
    ],
    ['databaseName', { databaseName: 'mlflow' }, { db_name: 'mlflow' }],
    ['masterUsername', { masterUsername: 'owner' }, { username: 'owner' }],
    ['version', { version: '18' }, { engine_version: '18' }],
    ['multiAz', { multiAz: false }, { multi_az: false }],
    ['iamAuthentication', { iamAuthentication: false }, { iam_database_authentication_enabled: false }],
    ['storageGb', { storageGb: 400 }, { allocated_storage: 400, max_allocated_storage: 2000 }],
    ['storageGb, near the largest', { storageGb: 59_000 }, { max_allocated_storage: 65_536 }],
    ['storageGb, too near the largest to grow', { storageGb: 60_000 }, { max_allocated_storage: 0 }],
    ['maxStorageGb', { maxStorageGb: 22 }, { allocated_storage: 20, max_allocated_storage: 22 }],
    ['maxStorageGb of 0', { maxStorageGb: 0 }, { max_allocated_storage: 0 }],
    ['backupRetentionDays', { backupRetentionDays: 35 }, { backup_retention_period: 35 }],
    ['backupWindow', { backupWindow: '23:45-00:30' }, { backup_window: '23:45-00:30' }],
    ['maintenanceWindow', { maintenanceWindow: 'sun:23:30-mon:00:30' }, { maintenance_window: 'sun:23:30-mon:00:30' }],
    [
      'insights',
      { insights: 'advanced' },
      { performance_insights_retention_period: 465, database_insights_mode: 'advanced' },
    ],
    ['monitoringIntervalSeconds', { monitoringIntervalSeconds: 1 }, { monitoring_interval: 1 }],
  ])('%s is heard', (_, props, expected) => {
    expect(instanceWith(props)).toMatchObject(expected);
  });

  test('monitoringIntervalSeconds of 0 creates no role', () => {
    const instance = instanceWith({ monitoringIntervalSeconds: 0 });
    expect(instance.monitoring_interval).toBe(0);
    expect(instance).not.toHaveProperty('monitoring_role_arn');
  });

  test('version has its own parameter group, created before the old one is deleted', () => {
    const s = acmeStack();
    databaseIn(s, { version: '18' });
    expect(Template.synth(s).one('aws_db_parameter_group')).toMatchObject({
      name: 'acme-dev-database-postgres18',
      family: 'postgres18',
      lifecycle: { create_before_destroy: true },
    });
  });

  test('parameters override the defaults, immediately or at the next restart', () => {
    const s = acmeStack();
    databaseIn(s, {
      parameters: { log_min_duration_statement: '250', work_mem: '65536' },
      parametersAtRestart: { max_connections: '200', log_statement: 'all' },
    });
    expect(Template.synth(s).one('aws_db_parameter_group').parameter).toEqual([
      { name: 'log_connections', value: '1', apply_method: 'immediate' },
      { name: 'log_disconnections', value: '1', apply_method: 'immediate' },
      { name: 'log_min_duration_statement', value: '250', apply_method: 'immediate' },
      { name: 'work_mem', value: '65536', apply_method: 'immediate' },
      { name: 'max_connections', value: '200', apply_method: 'pending-reboot' },
      { name: 'log_statement', value: 'all', apply_method: 'pending-reboot' },
      { name: 'rds.force_ssl', value: '1', apply_method: 'pending-reboot' },
    ]);
  });

  test('logRetentionDays applies to the log groups, and less than a year is waived', () => {
    const s = acmeStack();
    databaseIn(s, { logRetentionDays: 30 });
    expect(Template.synth(s).all('aws_cloudwatch_log_group')).toMatchObject([
      { retention_in_days: 30 },
      { retention_in_days: 30 },
    ]);
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV_AWS_338', 'CKV_AWS_338']);
  });

  test('what is turned off is waived, with the property as the reason', () => {
    const s = acmeStack();
    databaseIn(s, { multiAz: false, iamAuthentication: false, monitoringIntervalSeconds: 0 });
    expect(waiversOf(s).map(({ check, reason }) => `${check}: ${reason}`)).toEqual([
      "CKV_AWS_157: one zone is enough here: 'multiAz' is false",
      "CKV_AWS_161: users log in by password: 'iamAuthentication' is false",
      "AWS-0176: users log in by password: 'iamAuthentication' is false",
      "CKV_AWS_118: metrics of the operating system are off: 'monitoringIntervalSeconds' is 0",
    ]);
  });
});

describe('removal', () => {
  test('leaves no snapshot and no backup if construct and stack both allow it', () => {
    const s = acmeStack({ removal: 'destroy' });
    const instance = instanceWith({ removal: 'destroy' }, s);
    expect(instance).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
    });
    expect(instance.lifecycle).not.toHaveProperty('prevent_destroy');
    expect(instance).not.toHaveProperty('final_snapshot_identifier');
    expect(Template.synth(s).all('aws_cloudwatch_log_group')[0]).not.toHaveProperty('lifecycle');
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV_AWS_293', 'AWS-0177']);
  });

  test.each(TWO_KEYS)('stack: %s, database: %s: it can be destroyed: %s', (ofStack, removal, may) => {
    const instance = instanceWith({ removal }, acmeStack({ removal: ofStack }));
    expect(instance).toMatchObject({
      deletion_protection: !may,
      skip_final_snapshot: may,
      delete_automated_backups: may,
    });
    expect(instance.lifecycle?.prevent_destroy ?? false).toBe(!may);
  });
});

describe('grants', () => {
  test('connecting is for one user of this database', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const database = databaseIn(s);
    database.grantConnect(role, 'mlflow');
    const access = {
      actions: 'rds-db:connect',
      resources: `arn:aws:rds-db:eu-north-1:111122223333:dbuser:${database.resource.resourceId}/mlflow`,
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
    const database = databaseIn(s);
    const app = SecurityGroup.fromSecurityGroupId(s, 'AppGroup', 'sg-1');
    database.allowConnectionsFrom(app);
    const port = { ip_protocol: 'tcp', from_port: 5432, to_port: 5432 };
    const template = Template.synth(s);
    expect(template.one('aws_vpc_security_group_ingress_rule')).toMatchObject({
      ...port,
      referenced_security_group_id: 'sg-1',
    });
    expect(template.one('aws_vpc_security_group_egress_rule')).toMatchObject(port);
  });
});

describe('an existing database', () => {
  test('has the connections and grants of a new one', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const database = Database.fromAttributes(s, 'Database', {
      address: 'db.acme.example',
      readerAddress: 'readers.acme.example',
      databaseName: 'mlflow',
      securityGroup: SecurityGroup.fromSecurityGroupId(s, 'Group', 'sg-1'),
      resourceId: 'db-ABC',
      secretArn: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:rds!db-1',
      encryptionKey: Key.fromKeyArn(s, 'Key', 'arn:aws:kms:eu-north-1:111122223333:key/1'),
    });
    const app = SecurityGroup.fromSecurityGroupId(s, 'App2', 'sg-2');
    database.allowConnectionsFrom(app);
    database.grantConnect(role, 'mlflow');
    database.grantReadSecret(role);
    const template = Template.synth(s);
    expect(database.endpoint).toBe('db.acme.example:5432');
    expect(database.readerAddress).toBe('readers.acme.example');
    expect(template.one('aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: 'sg-1',
      to_port: 5432,
    });
    expect(
      template.policyOf(role).beyond([
        { actions: 'rds-db:connect', resources: 'arn:aws:rds-db:eu-north-1:111122223333:dbuser:db-ABC/mlflow' },
        {
          actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          resources: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:rds!db-1',
        },
        { actions: ['kms:Decrypt', 'kms:DescribeKey'], resources: 'arn:aws:kms:eu-north-1:111122223333:key/1' },
      ]),
    ).toEqual([]);
  });

  test('refuses grants whose attributes are missing', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const database = Database.fromAttributes(s, 'Database', {
      address: 'db.acme.example',
      port: 6432,
      databaseName: 'mlflow',
      securityGroup: SecurityGroup.fromSecurityGroupId(s, 'Group', 'sg-1'),
    });
    expect(database.endpoint).toBe('db.acme.example:6432');
    expect(() => database.grantConnect(role, 'mlflow')).toThrow(
      "test/Database: 1 invalid property\n  - 'grantConnect' requires 'resourceId'; add it to the attributes of this import",
    );
    expect(() => database.grantReadSecret(role)).toThrow(
      "test/Database: 1 invalid property\n  - 'grantReadSecret' requires 'secretArn'; add it to the attributes of this import",
    );
  });
});

test('numbers known only at deploy time pass every limit', () => {
  const s = acmeStack();
  const size = new TerraformVariable(s, 'size', { type: 'number' }).numberValue;
  expect(instanceWith({ storageGb: size, backupRetentionDays: size }, s)).toMatchObject({
    allocated_storage: '${var.size}',
    backup_retention_period: '${var.size}',
  });
  expect(Template.synth(s).one('aws_db_instance')).not.toHaveProperty('max_allocated_storage');
});

describe('wrong properties', () => {
  test('are all reported at once, with the limit and the value', () => {
    expect(() =>
      databaseIn(acmeStack(), {
        instanceClass: 't4g.small',
        name: 'Model--Registry',
        databaseName: '1st',
        masterUsername: 'a-very-long-name-of-a-user',
        version: '12',
        storageGb: 10,
        maxStorageGb: 10,
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
      [
        'test/Database: 15 invalid properties',
        "  - 'instanceClass' must be an instance class of RDS for PostgreSQL such as db.t4g.small, got 't4g.small'; the nearest is db.t4g.small",
        "  - 'storageGb' must be between 20 and 65536, got 10",
        "  - 'maxStorageGb' must be 0 or at least 11, a tenth above 'storageGb' (10), got 10",
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
    );
  });

  test.each([
    ['sun:02:30-sun:03:30', '02:00-03:00'],
    ['sun:23:30-mon:00:30', '00:00-00:30'],
    ['mon:00:10-mon:00:40', '23:45-00:15'],
    ['sat:12:00-sun:12:30', '02:00-03:00'],
  ])('a restart %s during the snapshot %s is refused', (maintenanceWindow, backupWindow) => {
    expect(() => databaseIn(acmeStack(), { maintenanceWindow, backupWindow })).toThrow(
      `test/Database: 1 invalid property\n  - 'maintenanceWindow' must not overlap 'backupWindow' (${backupWindow}), got '${maintenanceWindow}'`,
    );
  });

  test('the maintenance window may begin when the backup window ends', () => {
    const windows = { backupWindow: '02:00-03:00', maintenanceWindow: 'sun:03:00-sun:03:30' };
    expect(() => databaseIn(acmeStack(), windows)).not.toThrow();
  });

  test('the longest names of PostgreSQL and RDS pass, and TLS stays forced at a restart', () => {
    const longest = { databaseName: 'x'.repeat(63), masterUsername: 'x'.repeat(16) };
    expect(() => databaseIn(acmeStack(), longest)).not.toThrow();
    const wrong = {
      databaseName: 'x'.repeat(64),
      masterUsername: 'x'.repeat(17),
      parametersAtRestart: { 'rds.force_ssl': '0' },
    };
    expect(() => databaseIn(acmeStack(), wrong)).toThrow(
      [
        'test/Database: 3 invalid properties',
        `  - 'databaseName' must be 1 to 63 letters, digits and underscores, beginning with a letter, got '${'x'.repeat(60)}…'`,
        `  - 'masterUsername' must be 1 to 16 letters, digits and underscores, beginning with a letter, got '${wrong.masterUsername}'`,
        "  - 'rds.force_ssl' cannot be set: every connection must use TLS; remove it",
      ].join('\n'),
    );
  });

  test('windows under half an hour are refused', () => {
    expect(() =>
      databaseIn(acmeStack(), { backupWindow: '02:00-02:29', maintenanceWindow: 'sun:05:00-sun:05:15' }),
    ).toThrow(
      [
        'test/Database: 2 invalid properties',
        "  - 'backupWindow' must be at least 30 minutes long, got '02:00-02:29' (29)",
        "  - 'maintenanceWindow' must be at least 30 minutes long, got 'sun:05:00-sun:05:15' (15)",
      ].join('\n'),
    );
  });
});

describe('storage', () => {
  const performance = ({ iops, storage_throughput }: Record<string, unknown>) => ({ iops, storage_throughput });
  const FAST = { iops: 12_000, storage_throughput: 500 };

  test.each<[number, number | undefined, object]>([
    [20, undefined, {}],
    [100, 500, {}], // grows past 400 by itself: RDS sets the IOPS, and no plan sends them
    [399, undefined, {}],
    [400, undefined, FAST],
    [500, 0, FAST],
    [65_536, 0, FAST],
  ])(
    'of %i GiB, growing to %s, has the IOPS and throughput %j: RDS refuses others',
    (storageGb, maxStorageGb, expected) => {
      expect(performance(instanceWith({ storageGb, maxStorageGb }))).toEqual({
        iops: undefined,
        storage_throughput: undefined,
        ...expected,
      });
    },
  );

  test('of a size known only at deploy time leaves the choice to Terraform', () => {
    const s = acmeStack();
    const storageGb = new TerraformVariable(s, 'size', { type: 'number' }).numberValue;
    expect(performance(instanceWith({ storageGb }, s))).toEqual({
      iops: '${(var.size >= 400) ? 12000 : null}',
      storage_throughput: '${(var.size >= 400) ? 500 : null}',
    });
  });
});

describe('what RDS would refuse', () => {
  const refused = (props: Partial<DatabaseProps>) => () => databaseIn(acmeStack(), props);

  test.each([
    ['db.t4g.smal', 'the nearest is db.t4g.small'],
    ['db.t4g.8xlarge', 'the nearest is db.t4g.xlarge'],
    ['db.m7gg.large', 'the nearest is db.m7g.large'],
    ['db.t2.micro', 'the nearest is db.t3.micro'],
    ['db.serverless', 'db.serverless is a class of Aurora: use an Aurora database'],
    ['db.constructor.large', expect.anything()],
    [
      'ml.p4d.24xlarge',
      'the families are t3, t4g, m6g, m6gd, m7g, r6g, r6gd, r7g, x2g, m5, m5d, r5, r5b, r5d, m6i, m6id, m6idn, m6in, r6i, r6id, r6idn, r6in, m7i, m8a, m8g, m8gd, m9g, r7i, r8a, r8g, r8gd, x2idn, x2iedn',
    ],
  ])('the class %s', (instanceClass, fix) => {
    const must = "'instanceClass' must be an instance class of RDS for PostgreSQL such as db.t4g.small";
    const rules = brokenInstanceClassRules(instanceClass);
    expect(rules).toEqual([{ must: must.replace("'instanceClass' ", ''), fix }]);
    expect(refused({ instanceClass })).toThrow(`${must}, got '${instanceClass}'; ${rules[0]!.fix}`);
  });

  test.each([
    'db.t3.micro',
    'db.m5.24xlarge',
    'db.r8gd.48xlarge',
    'db.x2iedn.32xlarge',
    'db.t5g.small',
    'db.m10g.metal',
  ])('not the class %s, of the list or of a newer generation', (instanceClass) => {
    const isMetal = instanceClass.endsWith('metal');
    expect(brokenInstanceClassRules(instanceClass)).toHaveLength(isMetal ? 1 : 0);
  });

  test.each(['admin', 'rdsadmin', 'RDS_superuser', 'pg_dba', 'user', 'public', 'table'])(
    'the master user %s',
    (masterUsername) => {
      expect(refused({ masterUsername })).toThrow(
        `test/Database: 1 invalid property\n  - 'masterUsername' must not be a name that PostgreSQL or RDS reserves, got '${masterUsername}'; rename the user, for example to postgres`,
      );
    },
  );

  test.each(['admin', 'rdsadmin', 'template1', 'db', 'database', 'catalog', 'default', 'Select'])(
    'the database %s',
    (databaseName) => {
      expect(refused({ databaseName })).toThrow(
        `test/Database: 1 invalid property\n  - 'databaseName' must not be a name that PostgreSQL or RDS reserves, got '${databaseName}'; rename the database, for example to registry`,
      );
    },
  );

  test('not the names postgres, which are those of PostgreSQL itself', () => {
    expect(refused({ databaseName: 'postgres', masterUsername: 'postgres' })).not.toThrow();
  });

  test('a minor version that RDS never had; a newer one than is known passes', () => {
    expect(refused({ version: '15.1' })).toThrow(
      "test/Database: 1 invalid property\n  - 'version' must be a version that RDS has, got '15.1'; the first of 15 is \"15.2\"",
    );
    expect(refused({ version: '17.40' })).not.toThrow();
  });

  test('static parameters that should apply at once', () => {
    const parameters = { max_connections: '200', work_mem: '65536', 'rds.logical_replication': '1' };
    expect(refused({ parameters })).toThrow(
      "test/Database: 1 invalid property\n  - 'parameters' must not have static parameters, which apply at a restart only, got max_connections, rds.logical_replication; move them to 'parametersAtRestart'",
    );
  });

  test.each(['cron.host', 'cron.log_run', 'cron.log_statement', 'apg_plan_mgmt.max_databases'])(
    'the static parameter %s of an extension that should apply at once',
    (name) => expect(refused({ parameters: { [name]: '1' } })).toThrow(`restart only, got ${name};`),
  );

  test('a parameter that became dynamic in PostgreSQL 18, before that version', () => {
    const parameters = { autovacuum_max_workers: '5' };
    expect(refused({ parameters, version: '17' })).toThrow('autovacuum_max_workers');
    expect(refused({ parameters, version: '18.4' })).not.toThrow();
  });
});

test.each([
  [undefined, 'open-source-rds-extended-support'],
  [true, 'open-source-rds-extended-support'],
  [false, 'open-source-rds-extended-support-disabled'],
])('extended support is chosen when a database is created: %s', (extendedSupport, expected) => {
  expect(instanceWith({ extendedSupport })).toMatchObject({
    engine_lifecycle_support: expected,
    lifecycle: { ignore_changes: ['engine_lifecycle_support'] },
  });
});

test('another minor version does not change the description of the parameter group, which would replace it', () => {
  const groupOf = (version: string) => {
    const s = acmeStack();
    databaseIn(s, { version });
    return Template.synth(s).one('aws_db_parameter_group');
  };
  expect(groupOf('17.6').description).toBe(groupOf('17').description);
  expect(groupOf('17').lifecycle).toEqual({ create_before_destroy: true, ignore_changes: ['description'] });
});

test('the log groups of a database work without it', () => {
  const s = acmeStack();
  const encryptionKey = keyIn(s);
  new DatabaseLogs(s, 'Logs', { identifier: 'other', encryptionKey });
  Template.synth(s).hasResource('aws_cloudwatch_log_group', { name: '/aws/rds/instance/other/upgrade' });
});
