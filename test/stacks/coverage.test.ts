import { TerraformElement } from 'cdktf';
import { testApp } from '../../lib/testing';
import { BootstrapStack, Platform, parseEnvironment } from '../../stacks';
import { FORMAT } from '../../stacks/environment/platform-format';
import type { JsonSchema } from '../../stacks/environment/schema/json-schema';
import { rendered } from '../support/stack';

/*
 * Every key of the schema changes the synthesized stacks. The keys come from the schema: a new key fails here if it is
 * in none of the files below, or if no construct uses it.
 */

type Json = Record<string, any>;

const key = (id: string, region = 'eu-north-1') =>
  `arn:aws:kms:${region}:111122223333:key/${id}234abcd-12ab-34cd-56ef-1234567890ab`;
const secret = (name: string) =>
  `arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/${name}-AbCdEf`;

const GENERAL = {
  project: 'acme',
  environment: 'full',
  account: '111122223333',
  region: 'eu-north-1',
  owner: 'ml@acme.example',
  tags: { team: 'ml' },
};
const TEAMS = { ads: { queryLimitGb: 7 }, fraud: {} };

const SCALED = {
  min: 1,
  max: 4,
  initial: 2,
  target: 100,
  schedules: { day: { cron: 'cron(0 7 * * ? *)', zone: 'Europe/Stockholm', min: 2, max: 4 } },
};
const pipelineOf = (packages: string) => ({
  team: 'ads',
  framework: 'scikit-learn',
  frameworkVersion: '1.9-0',
  instance: 'ml.m5.xlarge',
  inputs: { train: { zone: 'curated', prefix: 'train' } },
  testData: { zone: 'curated', prefix: 'test' },
  task: 'classification',
  target: 'churned',
  metrics: { auc: { min: 0.8 } },
  packages,
});
const CHAT = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/chat-AbCdEf';
const alerts = (name: string) => `arn:aws:sns:eu-north-1:111122223333:${name}`;

/** Files that together contain every key. */
const FILES: Record<string, Json> = {
  general: {
    ...GENERAL,
    size: 'small',
    profile: 'managed',
    removal: 'destroy',
    state: { bucket: 'acme-state', region: 'eu-west-1', kmsKey: key('1', 'eu-west-1'), removal: 'destroy' },
    network: {
      cidr: '10.0.0.0/16',
      zones: 2,
      nat: 'single',
      endpoints: ['sts'],
      flowLogRetentionDays: 30,
      peers: ['10.1.0.0/16'],
    },
    iam: { permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess', path: '/ml/' },
    logs: { accessLogDays: 40, removal: 'destroy' },
    registry: {
      database: { engine: 'rds' },
      images: ['train', 'serve'],
    },
    teams: TEAMS,
  },
  monitored: {
    ...GENERAL,
    removal: 'destroy',
    network: { cidr: '10.0.0.0/16' },
    lake: { zones: { raw: {} }, tables: {} },
    registry: { database: { engine: 'rds' } },
    teams: TEAMS,
    monitoring: {
      receivers: {
        email: ['a@acme.example'],
        slack: CHAT,
        teams: CHAT.replace('chat', 'teams'),
        pagerDuty: CHAT.replace('chat', 'pager'),
        eventBus: 'arn:aws:events:eu-north-1:444455556666:event-bus/operations',
        topics: [alerts('a')],
      },
      alarms: {
        database: {
          'high-cpu': { threshold: 70, severity: 'warning', periods: 4, badPeriods: 2, runbook: 'Look.' },
          'slow-disk': false,
        },
      },
      stormThings: 2,
      dashboards: true,
      keyArn: key('a'),
      removal: 'destroy',
    },
  },
  features: {
    ...GENERAL,
    removal: 'destroy',
    network: { cidr: '10.0.0.0/16' },
    features: {
      removal: 'destroy',
      groups: {
        cards: {
          name: 'cards',
          version: 2,
          team: 'ads',
          readers: ['fraud'],
          columns: { card: 'string', name: 'string', at: 'string', created: 'string' },
          id: 'card',
          eventTime: 'at',
          online: { storage: 'standard', ttlDays: 30 }, // in memory there is neither zone nor format
        },
        shops: {
          team: 'ads',
          columns: { shop: 'string', at: 'string' },
          id: 'shop',
          eventTime: 'at',
          zone: 'features',
          format: 'iceberg',
        },
      },
    },
    teams: { ...TEAMS, shop: {} },
  },
  training: {
    ...GENERAL,
    removal: 'destroy',
    network: { cidr: '10.0.0.0/16', zones: 2 },
    registry: { images: ['train', 'serve'] },
    teams: TEAMS,
    tracking: { size: 'small', version: '3.0', maintenance: 'Sun:03:00', removal: 'destroy' },
    training: {
      removal: 'destroy',
      logDays: 30,
      tensorBoardDays: 30,
      fileSystems: {
        archive: { type: 'lustre', zone: 'features', prefix: 'archive', deployment: 'persistent' },
        fast: { type: 'lustre', zone: 'features', prefix: 'churn', capacityGib: 1200, throughput: 125 },
        files: { type: 'efs', plainReads: true, infrequentAfterDays: 30 },
        more: { type: 'efs' },
      },
      pretrained: {
        licences: ['MIT'],
        models: {
          bert: {
            source: 'https://huggingface.co/acme/bert',
            revision: '1'.repeat(40),
            licence: 'MIT',
            sha256: 'a'.repeat(64),
            layout: 'files',
            teams: ['ads'],
          },
        },
      },
      notebooks: {
        auth: 'IAM',
        instances: ['ml.t3.medium'],
        idleMinutes: 90,
        spaceGb: 10,
        maxSpaceGb: 50,
        teams: { ads: { members: ['ada'], instances: ['ml.m5.large'] }, fraud: {} },
      },
    },
  },
  batch: {
    ...GENERAL,
    network: { cidr: '10.0.0.0/16', zones: 2 },
    registry: { images: ['train', 'serve'] },
    teams: TEAMS,
    tracking: {},
    training: {
      fileSystems: { files: { type: 'efs' }, more: { type: 'efs' } },
      batch: {
        base: { capacity: 'on-demand', instances: ['m5.xlarge'], maxVcpus: 8 },
        gpu: {
          capacity: 'spot',
          instances: ['g5.12xlarge'],
          maxVcpus: 64,
          fallbackVcpus: 8,
          shares: { ads: 1, fraud: 2 },
          queues: { fast: 5 },
          volumeGb: 100,
          maxWaitMinutes: 60,
          logDays: 30,
          jobs: {
            train: {
              team: 'ads',
              image: 'train',
              tag: '1',
              vcpus: 4,
              memoryMib: 9000,
              gpus: 1,
              command: ['a'],
              inputs: {
                objects: { zone: 'features', prefix: 'a' },
                files: { fileSystem: 'files', directory: 'a' },
              },
              environment: { A: '1' },
              timeoutMinutes: 60,
              attempts: 2,
              sharedMemoryMib: 64,
              tracked: true,
              readOnlyRoot: false,
            },
          },
        },
        small: {
          capacity: 'fargate',
          maxVcpus: 8,
          jobs: { serve: { team: 'ads', image: 'serve', tag: '1', vcpus: 1, memoryMib: 2048, diskGb: 30 } },
        },
      },
    },
  },
  scheduler: {
    ...GENERAL,
    removal: 'destroy',
    network: { cidr: '10.0.0.0/16' },
    scheduler: {
      removal: 'destroy',
      airflow: {
        version: '3.0.6',
        class: 'small',
        dags: 10,
        maxWorkers: 3,
        requirements: ['acme-tools==1.4.0'],
        plugins: 'a1B2',
        secretsPrefix: 'acme/flow',
        configuration: { 'core.parallelism': '64' },
        webAccess: ['10.8.0.0/16'],
        logLevel: 'WARNING',
        logDays: 30,
        maintenanceWindow: 'TUE:21:30',
      },
    },
  },
  schedulerKey: { ...GENERAL, network: { cidr: '10.0.0.0/16' }, scheduler: { keyArn: key('9'), airflow: {} } },
  awake: {
    ...GENERAL,
    logs: { keyArn: key('5') },
    state: { bucket: 'acme-state', account: '999900001111', role: 'arn:aws:iam::999900001111:role/state' },
    network: { cidr: '10.0.0.0/16', nat: 'none', resourceAccounts: ['444455556666'] },
    registry: {
      database: { engine: 'aurora', minCapacityAcu: 2 },
      packages: {
        churn: {
          team: 'ads',
          metadata: ['ticket'],
          accounts: ['777788889999', '444455556666'],
          approvers: ['arn:aws:iam::111122223333:role/reviewers'],
          promoteTo: 'arn:aws:events:eu-north-1:444455556666:event-bus/acme-next-approvals',
        },
      },
      approvalsFrom: ['444455556666'],
    },
    teams: TEAMS,
    tracking: { awake: { from: '07:00', to: '19:00', days: 'daily', zone: 'UTC' }, keyArn: key('9') },
    training: { instances: ['ml.m5.xlarge'], maxRuntimeHours: 5, ownsLogGroups: false, keyArn: key('8') },
  },
  aurora: {
    ...GENERAL,
    network: { cidr: '10.0.0.0/16' },
    registry: {
      database: {
        engine: 'aurora',
        minCapacityAcu: 0,
        maxCapacityAcu: 6,
        pauseAfterSeconds: 400,
        readers: 1,
        storage: 'standard',
      },
    },
  },
  existing: {
    ...GENERAL,
    network: {
      vpcId: 'vpc-0a1b2c3d',
      privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      publicSubnetIds: ['subnet-0a1b2c3f'],
      routeTableIds: ['rtb-0a1b2c3d'],
    },
    removal: 'destroy',
    lake: {
      removal: 'destroy',
      keyArn: key('6'),
      queryLimitGb: 50,
      zones: {
        curated: { tierAfterDays: 10, archiveAfterDays: 60, expireAfterDays: 700, classification: 'confidential' },
        raw: { bucketArn: 'arn:aws:s3:::partner', keyArn: key('2') },
      },
      tables: {
        orders: {
          zone: 'raw',
          format: 'csv',
          separator: ';',
          quote: "'",
          header: false,
          columns: { id: 'string', n: 'string' },
          personalColumns: ['id'],
          columnComments: { n: 'how many' },
          partitions: {
            hour: { type: 'int', min: 0, max: 23, digits: 2 },
            day: { type: 'date', from: '2024-01-01' },
            shop: { type: 'string', values: ['a', 'b'] },
            place: 'string',
          },
          partitionDiscovery: 'projection',
          owner: 'ads',
          classification: 'confidential',
          description: 'as ordered',
          prefix: 'shop/orders',
        },
        other: { zone: 'raw', format: 'json', columns: { n: 'bigint' }, owner: 'ads' },
        typed: {
          zone: 'curated',
          format: 'parquet',
          columns: { n: 'bigint' },
          owner: 'ads',
          convertFrom: 'other',
          convertSchedule: 'cron(0 3 * * ? *)',
        },
        versions: { zone: 'raw', format: 'iceberg', columns: { n: 'bigint' }, owner: 'ads', snapshotDays: 9 },
        another: { zone: 'raw', format: 'json', columns: { n: 'bigint' }, owner: 'ads' },
      },
    },
    registry: { database: { engine: 'rds' } },
    teams: TEAMS,
  },
  registry: {
    ...GENERAL,
    removal: 'destroy',
    network: { cidr: '10.0.0.0/16' },
    registry: {
      removal: 'destroy',
      keyArn: key('7'),
      database: {
        engine: 'rds',
        instance: 'db.t4g.micro',
        engineVersion: '16',
        backupDays: 5,
        extendedSupport: false,
        multiAz: false,
        storageGb: 30,
        maxStorageGb: 100,
        iamAuthentication: true,
      },
      models: { lockDays: 20, writeOnce: true, replacedVersionDays: 50 },
      images: { train: { mutableTags: true, keepImages: 5 } },
      pullThroughCache: {
        ecrPublic: {},
        kubernetes: {},
        quay: {},
        dockerHub: { secretArn: secret('hub') },
        github: { secretArn: secret('github') },
        gitlab: { secretArn: secret('gitlab') },
      },
    },
    teams: TEAMS,
  },
  quality: {
    ...GENERAL,
    teams: TEAMS,
    network: { cidr: '10.0.0.0/16' },
    lake: {
      tables: {
        orders: {
          zone: 'raw',
          format: 'csv',
          quote: '',
          columns: { id: 'string', n: 'double', at: 'timestamp' },
          owner: 'ads',
          quality: {
            completeness: { id: 0 },
            uniqueness: { id: 0 },
            keys: [['id', 'at']],
            range: { n: { min: 1, max: 9, share: 0, ignoreNull: true } },
            values: { n: { in: [1], share: 0, ignoreNull: true }, id: { in: ['a'] } },
            matches: { id: { pattern: 'a+', share: 0, ignoreNull: true } },
            freshness: { at: { maxHours: 24, everyRow: false } },
            rows: { min: 1, max: 9 },
            custom: { mean: 'Mean "n" > 1' },
            schedule: 'cron(0 3 * * ? *)',
          },
        },
      },
    },
  },
};

/** What every pipeline says. */
const PIPELINE = {
  team: 'ads',
  instance: 'ml.m5.large',
  testData: { zone: 'features', prefix: 'test' },
  task: 'classification',
  target: 'churned',
  metrics: { auc: { min: 0.5 } },
  packages: 'churn',
};

/** The environment with training pipelines that say everything. */
FILES.pipelines = {
  ...GENERAL,
  network: { cidr: '10.0.0.0/16' },
  lake: {
    zones: { curated: {}, features: {} },
    tables: Object.fromEntries(
      ['events', 'others'].map((name) => [
        name,
        {
          zone: 'curated',
          format: 'parquet',
          columns: { id: 'string' },
          owner: 'ads',
          quality: { completeness: { id: 1 } },
        },
      ]),
    ),
  },
  registry: { images: ['train'], packages: { churn: { team: 'ads' }, other: { team: 'ads' } } },
  teams: TEAMS,
  tracking: {},
  training: {
    fileSystems: { hot: { type: 'express', zoneId: 'eun1-az1' } }, // not in the file whose region changes
    pipelines: {
      churn: {
        team: 'ads',
        framework: 'scikit-learn',
        frameworkVersion: '1.9-0',
        instance: 'ml.m5.large',
        evaluationInstance: 'ml.m5.large',
        entryPoint: 'train.py',
        inputs: { train: { zone: 'features', prefix: 'churn/train', mode: 'File' } },
        testData: { zone: 'features', prefix: 'churn/test' },
        format: 'parquet',
        task: 'classification',
        target: 'churned',
        identifiers: ['id'],
        metrics: { auc: { min: 0.5, max: 1 } },
        champion: { metric: 'auc', maxLoss: 0.1 },
        packages: 'churn',
        quality: 'events',
        hyperparameters: { depth: '4' },
        logMetrics: { auc: 'auc: (.*)', loss: 'loss: (.*)' },
        tuning: {
          strategy: 'Bayesian',
          metric: 'auc',
          goal: 'Maximize',
          ranges: { kind: ['a'], rate: { min: 1, max: 9, integer: false, logarithmic: false } },
          maxJobs: 9,
          parallelJobs: 2,
          maxInstanceHours: 5,
        },
        spot: false,
        tracked: true,
        tensorBoard: true,
        maxRuntimeHours: 4,
        servingImage: 'acme.example/serve:1',
        servingProgram: 'serve.py',
      },
    },
  },
};

/** What trains in an image of its own, and what its pipeline reads. */
FILES.images = {
  ...FILES.pipelines,
  lake: { zones: { curated: {}, features: {} } },
  tracking: undefined,
  training: {
    fileSystems: {
      files: { type: 'efs', plainReads: true },
      more: { type: 'efs', plainReads: true },
      hot: { type: 'express', zoneId: 'eun1-az1' },
      warm: { type: 'express', zoneId: 'eun1-az1' },
    },
    pretrained: {
      models: Object.fromEntries(
        ['bert', 'bart'].map((name) => [
          name,
          { source: `https://acme.example/${name}`, revision: '1', licence: 'MIT', sha256: 'a'.repeat(64) },
        ]),
      ),
    },
    pipelines: {
      bare: {
        ...PIPELINE,
        framework: 'custom',
        image: `train@sha256:${'1'.repeat(64)}`,
        scriptMode: false,
        servingImage: 'acme.example/serve:1',
        inputs: { train: { zone: 'features', prefix: 'bare' } },
      },
      own: {
        ...PIPELINE,
        framework: 'custom',
        image: `train@sha256:${'1'.repeat(64)}`,
        scriptMode: true,
        servingImage: 'acme.example/serve:1',
        inputs: { files: { fileSystem: 'files', directory: 'own' }, hot: { fileSystem: 'hot', prefix: 'own' } },
        preparation: {
          entryPoint: 'prepare.py',
          arguments: ['a'],
          inputs: { raw: { zone: 'curated', prefix: 'own' }, hot: { fileSystem: 'hot', prefix: 'raw' } },
          channels: ['train'],
          instance: 'ml.m5.large',
          cacheDays: 7,
        },
        baseModel: 'bert',
      },
    },
  },
};

const POOL = {
  capacity: 'fargate',
  maxVcpus: 8,
  queues: { low: 1, high: 2 },
  jobs: Object.fromEntries(
    ['score', 'load'].map((name) => [name, { team: 'ads', image: 'train', tag: '1', vcpus: 1, memoryMib: 2048 }]),
  ),
};
const SAML_METADATA = '<EntityDescriptor entityID="https://idp.acme.example/saml">one</EntityDescriptor>';

/** What must succeed in time. */
FILES.watched = {
  ...FILES.pipelines,
  training: { pipelines: { churn: pipelineOf('churn') } },
  monitoring: {
    receivers: { email: ['a@acme.example'] },
    succeedsEvery: { churn: 24 },
    graphs: {
      network: {
        'Open orders': { namespace: 'Acme', metric: 'Open', statistic: 'Average', dimensions: { Shop: 'a' } },
      },
    },
  },
};

/** Logs that can be searched. */
FILES.searched = {
  ...FILES.pipelines,
  training: {},
  logs: {
    engine: 'opensearch',
    version: '2.17',
    days: 14,
    instance: 'm6g.large.search',
    nodes: 2,
    storageGb: 50,
    master: 'm6g.large.search',
    sources: ['jobs'],
    readers: ['engineers'],
    administrators: ['platform'],
    from: ['10.8.0.0/16'],
    saml: {
      entityId: 'https://idp.acme.example/saml',
      metadata: SAML_METADATA,
      rolesKey: 'Groups',
    },
    refusedDays: 14,
  },
};

/** What starts runs. */
FILES.triggers = {
  ...FILES.pipelines,
  training: { batch: { both: POOL }, pipelines: { churn: pipelineOf('churn'), other: pipelineOf('other') } },
  scheduler: {
    airflow: {},
    triggers: {
      weekly: {
        cron: 'cron(0 3 ? * MON *)',
        zone: 'Europe/Stockholm',
        pipeline: 'churn',
        parameters: { CodeUri: 's3://acme-code/churn/sourcedir.tar.gz' },
        cooldownHours: 48,
        maxRunHours: 24,
        retries: 5,
        alarmTopics: ['arn:aws:sns:eu-north-1:111122223333:alerts'],
      },
      often: { every: { value: 6, unit: 'hours' }, job: 'both.score', queue: 'low' },
      files: { objects: { zone: 'curated', prefix: 'a/', suffix: '.csv' }, pipeline: 'churn' },
      data: { table: Object.keys((FILES.pipelines!.lake as Json).tables)[0], pipeline: 'churn' },
      drift: {
        alarm: 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift',
        machine: 'arn:aws:states:eu-north-1:111122223333:stateMachine:a',
      },
      approved: { approved: 'churn', pipeline: 'churn' },
      deploy: { approved: 'churn', dag: 'deploy_model', conf: { mode: 'full' } },
      finished: { finished: 'churn', job: 'both.score', queue: 'low' },
    },
  },
};

const poolOf = (name: string) => `arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_${name}`;
const aclOf = (name: string) => `arn:aws:wafv2:eu-north-1:111122223333:regional/webacl/${name}/1234abcd-12ab`;

const RANKED = { column: 'bought', kind: 'mean', effect: 0.01, aggregate: 'sum', missing: 'zero', better: 'lower' };

/** What answers. The keys of training are those of the files before. */
FILES.models = {
  ...GENERAL,
  network: { cidr: '10.0.0.0/16' },
  teams: TEAMS,
  lake: { zones: { raw: {}, curated: {} } },
  registry: { packages: { churn: { team: 'ads' }, other: { team: 'ads' } } },
  training: { pipelines: { churn: pipelineOf('churn'), other: pipelineOf('other') } },
  models: {
    'by-package': {
      team: 'ads',
      package: 'churn',
      version: 1,
      weight: 50,
      instance: 'ml.m5.large',
      instances: SCALED,
      challenger: { version: 1, weight: 10, instance: 'ml.m5.large', instances: SCALED },
      rollout: {
        canary: 10,
        bakeMinutes: 5,
        finalBakeMinutes: 5,
        rollback: { errorPercent: 1, minRequests: 10, latencyMs: 300, alarms: ['orders'] },
      },
      smoke: { samples: 'churn/smoke.json', latencyMs: 500 },
      batch: {
        input: { zone: 'raw', prefix: 'churn/requests' },
        output: { zone: 'raw', prefix: 'churn/answers' },
        cron: 'cron(0 3 * * ? *)',
        timezone: 'Europe/Stockholm',
        instance: 'ml.m5.xlarge',
        count: 2,
        contentType: 'text/csv',
        accept: 'text/csv',
        join: false,
        maxRunHours: 12,
        inputFilter: '$[1:]',
        outputFilter: '$[0,-1]',
      },
      door: {
        callers: ['arn:aws:iam::444455556666:role/shop'],
        vpcEndpoints: ['vpce-0a1b2c3d'],
        clients: { shop: { requestsPerSecond: 20, requestsPerDay: 1000 } },
        requestsPerSecond: 100,
        logDays: 30,
      },
      capture: { zone: 'raw', sampling: 10, days: 30 },
      classification: 'internal',
      isolated: true,
      logDays: 30,
    },
  },
};

/** What is compared with its challenger. */
FILES.tried = {
  ...GENERAL,
  network: { cidr: '10.0.0.0/16' },
  teams: TEAMS,
  lake: { zones: { raw: {}, curated: {} } },
  registry: { images: ['serve', 'train'] },
  training: {},
  models: {
    tried: {
      team: 'ads',
      store: 'churn',
      image: `serve@sha256:${'1'.repeat(64)}`,
      version: 1,
      instance: 'ml.m5.large',
      challenger: { version: 2, weight: 0 },
      capture: { sampling: 100 },
      experiment: {
        name: 'ranking',
        start: '2026-11-02T00:00:00Z',
        end: '2026-11-16T00:00:00Z',
        maturityHours: 48,
        share: 10,
        unit: 'customer',
        hashed: true,
        outcomes: { zone: 'raw', prefix: 'orders', format: 'parquet', key: 'customer', time: 'at' },
        design: 'fixed',
        primary: { ...RANKED, name: 'conversion' },
        guards: [{ ...RANKED, name: 'refund' }],
        level: 0.05,
        power: 0.8,
        minUnits: 100,
        balanceLevel: 0.001,
        instance: 'ml.m5.large',
        cron: 'cron(0 7 * * ? *)',
      },
    },
  },
};

/** What answers with models of elsewhere, or without a package. */
FILES.served = {
  ...GENERAL,
  network: { cidr: '10.0.0.0/16' },
  teams: TEAMS,
  registry: { images: ['serve', 'train'] },
  models: {
    elsewhere: {
      team: 'ads',
      from: {
        group: 'arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/churn',
        bucketArn: 'arn:aws:s3:::acme-models',
        prefix: 'churn/*',
        keyArn: key('3'),
        repositoryArn: 'arn:aws:ecr:eu-north-1:444455556666:repository/serve',
      },
      version: 1,
      instance: 'ml.m5.large',
      shadow: { version: 2, percent: 20, instance: 'ml.m5.large' },
      rollout: { linear: 30 },
    },
    stored: {
      team: 'ads',
      store: 'churn',
      image: `serve@sha256:${'1'.repeat(64)}`,
      variables: { MODE: 'fast' },
      version: 1,
      instance: 'ml.m5.large',
      asynchronous: {
        concurrency: 2,
        successTopic: 'arn:aws:sns:eu-north-1:111122223333:answers',
        errorTopic: 'arn:aws:sns:eu-north-1:111122223333:failures',
        days: 7,
      },
      rollout: { rolling: 50 },
    },
    small: {
      team: 'ads',
      image: `serve@sha256:${'1'.repeat(64)}`,
      serverless: { memoryMib: 2048, maxConcurrency: 5, provisionedConcurrency: 1 },
      rollout: { allAtOnce: true },
      door: { cognito: { pools: [poolOf('a')], scopes: ['models/ask'] }, webAcl: aclOf('a') },
    },
  },
};

/** What is compared with a baseline. */
const CAPTURED = (FILES.models.models as Json)['by-package'];
const { weight: _, ...RETRAINED } = CAPTURED as Json;
FILES.drifting = {
  ...FILES.models,
  training: {
    pipelines: {
      churn: { ...pipelineOf('churn'), baseline: { instance: 'ml.m5.large', categories: ['c'] } },
      again: { ...pipelineOf('churn'), baseline: {} },
    },
  },
  models: { first: RETRAINED, second: CAPTURED, third: CAPTURED },
  monitoring: {
    receivers: { email: ['a@acme.example'] },
    drift: {
      first: {
        baseline: { zone: 'curated', prefix: 'a', format: 'csv' },
        instance: 'ml.m5.xlarge',
        cron: 'cron(0 4 * * ? *)',
        windowHours: 12,
        minRows: 100,
        features: ['a'],
        predictions: ['p'],
        ignored: ['i'],
        categories: ['c'],
        thresholds: { psi: 0.2, missing: 0.1, newCategories: 0.1 },
        retrain: {
          pipeline: 'churn',
          parameters: { CodeUri: 's3://acme-code/churn/sourcedir.tar.gz' },
          alarm: 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:business',
          cooldownHours: 48,
          maxRunHours: 6,
          budget: { runs: 2, per: 'day' },
          share: 5,
          watchHours: 12,
          trialDays: 3,
        },
      },
      second: { instance: 'ml.m5.xlarge', baseline: { profile: 'a.json' } },
      third: { instance: 'ml.m5.xlarge', baseline: { pipeline: 'churn' } },
    },
  },
};

/** Other values for keys whose other value cannot be derived from the schema. */
const OTHERS: Record<string, unknown> = {
  project: 'acme2',
  environment: 'other',
  account: '444455556666',
  region: 'eu-north-2',
  owner: 'other@acme.example',
  'tags.*': 'other',
  'state.bucket': 'acme-other',
  'state.kmsKey': key('3', 'eu-west-1'),
  'state.region': 'eu-west-1',
  'state.role': 'arn:aws:iam::999900001111:role/other',
  'iam.permissionsBoundary': 'arn:aws:iam::111122223333:policy/other',
  'iam.path': '/other/',
  'network.cidr': '10.8.0.0/16',
  'network.zones': 3,
  'network.nat': 'per-zone',
  'network.endpoints.*': 'kms',
  'network.flowLogRetentionDays': 60,
  'network.resourceAccounts.*': '777788889999',
  'network.routeTableIds.*': 'rtb-0a1b2c3e',
  'network.vpcId': 'vpc-0a1b2c3e',
  'network.privateSubnetIds.*': 'subnet-0a1b2c4d',
  'lake.zones.*.bucketArn': 'arn:aws:s3:::other',
  'lake.tables.*.quality.keys.*.*': 'n',
  'lake.tables.*.quality.matches.*.pattern': 'b+',
  'lake.tables.*.quality.values.*.in.*': 5,
  'lake.tables.*.quality.custom.*': 'Mean "n" > 2',
  'lake.tables.*.quality.schedule': 'cron(0 5 * * ? *)',
  'lake.zones.*.keyArn': key('4'),
  'lake.keyArn': key('4'),
  'logs.keyArn': key('4'),
  'registry.keyArn': key('4'),
  'models.*.team': 'fraud',
  'models.*.package': 'other',
  'models.*.from.group': 'arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/other',
  'models.*.from.bucketArn': 'arn:aws:s3:::acme-others',
  'models.*.from.prefix': 'other/*',
  'models.*.from.keyArn': key('4'),
  'models.*.from.repositoryArn': 'arn:aws:ecr:eu-north-1:444455556666:repository/other',
  'models.*.store': 'other',
  'models.*.image': `train@sha256:${'1'.repeat(64)}`,
  'models.*.variables.*': 'slow',
  'models.*.instance': 'ml.m5.xlarge',
  'models.*.instances.schedules.*.cron': 'cron(0 8 * * ? *)',
  'models.*.instances.schedules.*.zone': 'Europe/Paris',
  'models.*.challenger.instance': 'ml.m5.xlarge',
  'models.*.challenger.instances.schedules.*.cron': 'cron(0 8 * * ? *)',
  'models.*.challenger.instances.schedules.*.zone': 'Europe/Paris',
  'models.*.shadow.instance': 'ml.m5.xlarge',
  'models.*.serverless.memoryMib': 4096,
  'models.*.asynchronous.successTopic': 'arn:aws:sns:eu-north-1:111122223333:others',
  'models.*.asynchronous.errorTopic': 'arn:aws:sns:eu-north-1:111122223333:others',
  'models.*.rollout.rolling': 25,
  'models.*.rollout.rollback.alarms.*': 'others',
  'models.*.batch.input.zone': 'curated',
  'models.*.batch.input.prefix': 'churn/others',
  'models.*.batch.output.zone': 'curated',
  'models.*.batch.output.prefix': 'churn/others',
  'models.*.batch.instance': 'ml.m5.large',
  'models.*.batch.contentType': 'application/jsonlines',
  'models.*.batch.accept': 'application/jsonlines',
  'models.*.batch.cron': 'cron(0 4 * * ? *)',
  'models.*.batch.timezone': 'Europe/Paris',
  'models.*.batch.inputFilter': '$[2:]',
  'models.*.batch.outputFilter': '$[1,-1]',
  'models.*.smoke.samples': 'churn/other.json',
  'models.*.door.callers.*': 'arn:aws:iam::444455556666:user/shop',
  'models.*.door.cognito.pools.*': poolOf('b'),
  'models.*.door.cognito.scopes.*': 'models/other',
  'models.*.door.vpcEndpoints.*': 'vpce-0a1b2c3e',
  'models.*.door.webAcl': aclOf('b'),
  'models.*.door.logDays': 60,
  'models.*.experiment.name': 'ranking-again',
  'models.*.experiment.start': '2026-11-02T12:00:00Z',
  'models.*.experiment.end': '2026-11-16T12:00:00Z',
  'models.*.experiment.unit': 'client',
  'models.*.experiment.outcomes.zone': 'curated',
  'models.*.experiment.outcomes.prefix': 'others',
  'models.*.experiment.outcomes.key': 'client',
  'models.*.experiment.outcomes.time': 'since',
  'models.*.experiment.primary.name': 'other',
  'models.*.experiment.primary.column': 'other',
  'models.*.experiment.guards.*.name': 'other',
  'models.*.experiment.guards.*.column': 'other',
  'models.*.experiment.level': 0.1,
  'models.*.experiment.power': 0.9,
  'models.*.experiment.balanceLevel': 0.01,
  'models.*.experiment.instance': 'ml.m5.xlarge',
  'models.*.experiment.cron': 'cron(0 8 * * ? *)',
  'models.*.capture.zone': 'curated',
  'models.*.logDays': 60,
  'scheduler.triggers.*.cron': 'cron(0 4 ? * MON *)',
  'scheduler.triggers.*.zone': 'Europe/Paris',
  'scheduler.triggers.*.table': Object.keys((FILES.pipelines!.lake as Json).tables)[1],
  'scheduler.triggers.*.objects.zone': 'features',
  'scheduler.triggers.*.objects.prefix': 'b/',
  'scheduler.triggers.*.objects.suffix': '.tsv',
  'scheduler.triggers.*.alarm': 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:other',
  'scheduler.triggers.*.approved': 'other',
  'scheduler.triggers.*.finished': 'other',
  'scheduler.triggers.*.pipeline': 'other',
  'scheduler.triggers.*.parameters.*': 'quick',
  'scheduler.triggers.*.job': 'both.load',
  'scheduler.triggers.*.queue': 'high',
  'scheduler.triggers.*.dag': 'other_model',
  'scheduler.triggers.*.conf.*': 'quick',
  'scheduler.triggers.*.machine': 'arn:aws:states:eu-north-1:111122223333:stateMachine:b',
  'scheduler.triggers.*.alarmTopics.*': 'arn:aws:sns:eu-north-1:111122223333:others',
  'training.keyArn': key('4'),
  'scheduler.keyArn': key('4'),
  'scheduler.airflow.version': '2.11.0',
  'scheduler.airflow.class': 'medium',
  'scheduler.airflow.requirements.*': 'acme-tools==1.5.0',
  'scheduler.airflow.plugins': 'other',
  'scheduler.airflow.secretsPrefix': 'other',
  'scheduler.airflow.configuration.*': '65',
  'scheduler.airflow.webAccess.*': '10.9.0.0/16',
  'scheduler.airflow.logDays': 60,
  'scheduler.airflow.maintenanceWindow': 'SAT:03:00',
  'training.logDays': 60,
  'training.fileSystems.*.zone': 'curated',
  'training.fileSystems.*.prefix': 'other',
  'training.fileSystems.*.capacityGib': 2400,
  'training.fileSystems.*.throughput': 250,
  'training.fileSystems.*.infrequentAfterDays': 60,
  'training.fileSystems.*.zoneId': 'eun1-az2',
  'training.batch.*.instances.*': 'c7i.xlarge',
  'training.batch.*.logDays': 60,
  'training.batch.*.jobs.*.team': 'fraud',
  'training.batch.*.jobs.*.image': 'serve',
  'training.batch.*.jobs.*.tag': '2',
  'training.batch.*.jobs.*.command.*': 'b',
  'training.batch.*.jobs.*.inputs.*.zone': 'curated',
  'training.batch.*.jobs.*.inputs.*.prefix': 'b',
  'training.batch.*.jobs.*.inputs.*.fileSystem': 'more',
  'training.batch.*.jobs.*.inputs.*.directory': 'b',
  'training.batch.*.jobs.*.environment.*': 'other',
  'training.pipelines.*.team': 'fraud',
  'training.pipelines.*.instance': 'ml.m5.xlarge',
  'training.pipelines.*.evaluationInstance': 'ml.m5.xlarge',
  'training.pipelines.*.entryPoint': 'main.py',
  'training.pipelines.*.inputs.*.zone': 'curated',
  'training.pipelines.*.inputs.*.prefix': 'churn/other',
  'training.pipelines.*.inputs.*.fileSystem': 'more',
  'training.pipelines.*.inputs.*.directory': 'other',
  'training.pipelines.*.image': `train@sha256:${'2'.repeat(64)}`,
  'training.pipelines.*.preparation.entryPoint': 'other.py',
  'training.pipelines.*.preparation.arguments.*': 'b',
  'training.pipelines.*.preparation.inputs.*.zone': 'features',
  'training.pipelines.*.preparation.inputs.*.prefix': 'other',
  'training.pipelines.*.preparation.inputs.*.fileSystem': 'warm',
  'training.pipelines.*.preparation.channels.*': 'other',
  'training.pipelines.*.preparation.instance': 'ml.m5.xlarge',
  'training.pipelines.*.baseModel': 'bart',
  'training.pipelines.*.testData.zone': 'curated',
  'training.pipelines.*.testData.prefix': 'churn/held-out',
  'training.pipelines.*.target': 'left',
  'training.pipelines.*.identifiers.*': 'key',
  'training.pipelines.*.metrics.*.min': 0.6,
  'training.pipelines.*.metrics.*.max': 0.9,
  'training.pipelines.*.champion.metric': 'f1',
  'training.pipelines.*.packages': 'other',
  'training.pipelines.*.baseline.instance': 'ml.m5.xlarge',
  'training.pipelines.*.baseline.categories.*': 'd',
  'training.pipelines.*.quality': 'others',
  'training.pipelines.*.hyperparameters.*': '5',
  'training.pipelines.*.logMetrics.*': 'AUC: (.*)',
  'training.pipelines.*.tuning.strategy': 'Random',
  'training.pipelines.*.tuning.metric': 'loss',
  'training.pipelines.*.tuning.ranges.*.*': 'b',
  'training.pipelines.*.servingImage': 'acme.example/serve:2',
  'training.pipelines.*.servingProgram': 'other.py',
  'training.pretrained.models.*.source': 'https://huggingface.co/acme/bart',
  'training.pretrained.models.*.revision': '2'.repeat(40),
  'training.pretrained.models.*.sha256': 'b'.repeat(64),
  'training.pretrained.models.*.teams.*': 'fraud',
  'training.notebooks.instances.*': 'ml.m5.xlarge',
  'training.notebooks.teams.*.members.*': 'grace',
  'training.notebooks.teams.*.instances.*': 'ml.m5.xlarge',
  'lake.zones.*.classification': 'personal',
  'lake.tables.*.zone': 'curated',
  'lake.tables.*.format': 'tsv',
  'lake.tables.*.separator': '|',
  'lake.tables.*.quote': '"',
  'lake.tables.*.description': 'otherwise',
  'lake.tables.*.columns.*': 'boolean',
  'lake.tables.*.partitions.*': 'date',
  'lake.tables.*.partitions.*.from': '2025-01-01',
  'lake.tables.*.partitions.*.values.*': 'c',
  'lake.tables.*.columnComments.*': 'otherwise',
  'lake.tables.*.personalColumns.*': 'n',
  'lake.tables.*.owner': 'fraud',
  'lake.tables.*.classification': 'internal',
  'lake.tables.*.prefix': 'elsewhere',
  'lake.tables.*.convertFrom': 'another',
  'lake.tables.*.convertSchedule': 'cron(0 4 * * ? *)',
  'features.groups.*.name': 'payments',
  'features.groups.*.team': 'shop',
  'features.groups.*.readers.*': 'shop',
  'features.groups.*.columns.*': 'fractional',
  'features.groups.*.id': 'name',
  'features.groups.*.eventTime': 'created',
  'features.groups.*.zone': 'curated',
  'tracking.version': '3.1',
  'tracking.maintenance': 'Mon:04:00',
  'tracking.awake.from': '06:00',
  'tracking.awake.to': '20:00',
  'tracking.awake.zone': 'Europe/Stockholm',
  'logs.nodes': 4,
  'logs.sources.*': 'connections',
  'logs.readers.*': 'others',
  'logs.administrators.*': 'others',
  'logs.from.*': '10.9.0.0/16',
  'logs.saml.metadata': SAML_METADATA.replace('one', 'two'),
  'logs.saml.rolesKey': 'Teams',
  'monitoring.receivers.email.*': 'b@acme.example',
  'monitoring.receivers.slack': CHAT.replace('chat', 'other'),
  'monitoring.receivers.teams': CHAT.replace('chat', 'other'),
  'monitoring.receivers.pagerDuty': CHAT.replace('chat', 'other'),
  'monitoring.receivers.eventBus': 'arn:aws:events:eu-north-1:444455556666:event-bus/other',
  'monitoring.receivers.topics.*': alerts('b'),
  'monitoring.graphs.*.*.namespace': 'Acme/Shop',
  'monitoring.graphs.*.*.metric': 'Closed',
  'monitoring.graphs.*.*.dimensions.*': 'b',
  'monitoring.drift.*.baseline.pipeline': 'again',
  'monitoring.drift.*.baseline.profile': 'b.json',
  'monitoring.drift.*.baseline.zone': 'raw',
  'monitoring.drift.*.baseline.prefix': 'b',
  'monitoring.drift.*.instance': 'ml.m5.large',
  'monitoring.drift.*.cron': 'cron(0 5 * * ? *)',
  'monitoring.drift.*.features.*': 'b',
  'monitoring.drift.*.predictions.*': 'q',
  'monitoring.drift.*.ignored.*': 'j',
  'monitoring.drift.*.categories.*': 'd',
  'monitoring.drift.*.thresholds.psi': 0.3,
  'monitoring.drift.*.thresholds.missing': 0.2,
  'monitoring.drift.*.thresholds.newCategories': 0.2,
  'monitoring.drift.*.retrain.pipeline': 'again',
  'monitoring.drift.*.retrain.parameters.*': 's3://acme-code/churn/other.tar.gz',
  'monitoring.drift.*.retrain.alarm': 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:refunds',
  'monitoring.alarms.*.*': {}, // as it is, in place of none
  'monitoring.alarms.*.*.runbook': 'Look again.',
  'registry.packages.*.team': 'fraud',
  'registry.packages.*.metadata.*': 'review',
  'registry.packages.*.accounts.*': '999988887777',
  'registry.packages.*.approvers.*': 'arn:aws:iam::111122223333:role/others',
  'registry.packages.*.promoteTo': 'arn:aws:events:eu-north-1:444455556666:event-bus/other',
  'registry.approvalsFrom.*': '777788889999',
  'registry.database.engine': 'aurora',
  'registry.database.minCapacityAcu': 0,
  'registry.database.instance': 'db.t4g.large',
  'registry.database.engineVersion': '17',
  'registry.images.*': 'serve',
  'registry.pullThroughCache.dockerHub.secretArn': secret('other'),
  'registry.pullThroughCache.github.secretArn': secret('other'),
  'registry.pullThroughCache.gitlab.secretArn': secret('other'),
};

/** Keys without an effect on the stacks here, each with the reason. */
const MAKES_NOTHING: Record<string, string> = {
  'network.peers.*': 'only checked for overlapping addresses',
  'network.publicSubnetIds.*': 'only offered to stacks with load balancers',
  'state.region': 'must be the region of the state key',
  'state.account': 'must be the account of the state role; without it a bootstrap stack is made',
  'lake.tables.*.partitions.*.type': 'changes with other keys, which are tested',
  'lake.tables.*.format': 'changes with other columns, which are tested',
  'training.fileSystems.*.type': 'changes with other keys, which are tested',
  'training.pipelines.*.frameworkVersion': 'one version only has patches; the image is tested with the framework',
  'training.pipelines.*.unsupportedBecause': 'in a warning, which is tested',
  'training.pipelines.*.framework': 'changes with its version, which is tested',
  'training.pipelines.*.tuning.rounds.min': 'changes with the strategy, in the tests of the pipelines',
  'training.pipelines.*.tuning.rounds.max': 'changes with the strategy, in the tests of the pipelines',
  'training.pipelines.*.task': 'changes with the metrics, which are tested',
  'training.instances.*': 'the policy of what starts jobs, in the tests of its keys',
  'training.pretrained.licences.*': 'decides what a file may have',
  'training.pretrained.models.*.licence': 'must be one of the licences',
  'training.notebooks.auth': 'changes with members, which are tested',
  'training.maxRuntimeHours': 'the policy of what starts jobs, in the tests of its keys',
  'scheduler.airflow.dags': 'judged by the class',
  'logs.engine': 'changes with other keys, which are tested',
  'logs.saml.entityId': 'must be that of the metadata, which is tested',
  'registry.images.*': 'a list of names, tested by the tests of the registry',
};

interface Leaf {
  readonly pattern: string;
  readonly schema: JsonSchema;
}

/** Every scalar of the schema, with `*` for names and items. */
function leavesOf(schema: JsonSchema, pattern = ''): Leaf[] {
  const within = (part: string) => (pattern ? `${pattern}.${part}` : part);
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => leavesOf(one, pattern));
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => leavesOf(one, within(name)));
  const items = [schema.items, schema.additionalProperties].flatMap((one) => (one ? leavesOf(one, within('*')) : []));
  const inner = [...parts, ...properties, ...items];
  const isLeaf = ['string', 'integer', 'number', 'boolean'].includes(schema.type ?? '') || schema.enum !== undefined;
  return isLeaf && inner.length === 0 && pattern ? [{ pattern, schema }] : inner;
}

/** The paths in a file that match a pattern. */
function placesOf(value: any, [part, ...rest]: string[]): string[][] {
  if (part === undefined) return typeof value === 'object' ? [] : [[]];
  if (typeof value !== 'object' || value === null) return [];
  const names = part === '*' ? Object.keys(value) : part in value ? [part] : [];
  return names.flatMap((name) => placesOf(value[name], rest).map((place) => [name, ...place]));
}

function otherThan(value: unknown, { pattern, schema }: Leaf): unknown {
  if (pattern in OTHERS) return OTHERS[pattern];
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return schema.enum?.find((word) => word !== value);
}

function changed(file: any, [part, ...rest]: string[], change: (value: unknown) => unknown): any {
  if (part === undefined) return change(file);
  const copy = Array.isArray(file) ? [...file] : { ...file };
  copy[part] = changed(file[part], rest, change);
  return copy;
}

/** What the stacks of a file are made of, by path, each as text when it is asked for: hundreds of platforms are made here. */
function elementsOf(file: Json): ReadonlyMap<string, () => string> {
  const environment = parseEnvironment(JSON.stringify(file), `${file.environment}.yaml`);
  const app = testApp();
  BootstrapStack.forEach(app, [environment]);
  new Platform(app, environment);
  const elements = app.node.findAll().filter(TerraformElement.isTerraformElement);
  return new Map(elements.map((element) => [element.node.path, once(() => JSON.stringify(rendered(element)))]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const leaves = [...new Map(leavesOf(FORMAT.jsonSchema).map((leaf) => [leaf.pattern, leaf])).values()];
const unchanged = new Map(Object.entries(FILES).map(([name, file]) => [name, once(() => elementsOf(file))]));

const NOTHING = () => '{}';
/** By section, the path of what its last key changed: the next one is likely to change that too, or what is near it. */
const lastChanged = new Map<string, string>();

/** The path of something that differs in a changed file. */
function changedPath(name: string, file: Json, section: string): string | undefined {
  const before = unchanged.get(name)!();
  const after = elementsOf(file);
  const likely = lastChanged.get(section) ?? '';
  const distance = (path: string) => (path === likely ? 0 : path.split('/')[0] === likely.split('/')[0] ? 1 : 2);
  const found = [...new Set([...after.keys(), ...before.keys()])]
    .sort((one, other) => distance(one) - distance(other))
    .find((path) => (after.get(path) ?? NOTHING)() !== (before.get(path) ?? NOTHING)());
  if (found !== undefined) lastChanged.set(section, found);
  return found;
}

test('all keys of the schema are found', () => {
  expect(leaves.length).toBeGreaterThan(70);
});

test('the exceptions are keys of the schema', () => {
  const known = leaves.map(({ pattern }) => pattern);
  expect([...Object.keys(MAKES_NOTHING), ...Object.keys(OTHERS)].filter((pattern) => !known.includes(pattern))).toEqual(
    [],
  );
});

test.each(leaves.filter(({ pattern }) => !(pattern in MAKES_NOTHING)))('$pattern changes the stacks', (leaf) => {
  const found = Object.entries(FILES).flatMap(([name, file]) =>
    placesOf(file, leaf.pattern.split('.')).map((place) => ({ name, file, place })),
  );
  expect(found).not.toEqual([]); // add the key to one of the files above
  const [{ name, file, place }] = found as [(typeof found)[number]];
  const other = changed(file, place, (value) => otherThan(value, leaf));
  expect(changedPath(name, other, place[0]!)).toBeDefined();
});
