import type { TerraformStack } from 'cdktf';
import { DataLake } from '../../lib/data-lake/data-lake';
import { DataQualityGate } from '../../lib/data-lake/quality/data-quality-gate';
import { Expectation } from '../../lib/data-lake/quality/expectation';
import { Table, type TableProps } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import { FeatureType } from '../../lib/features/feature-type';
import { Principal } from '../../lib/iam/principal';
import { AlarmActions } from '../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../lib/monitoring/actions/alarm-receiver';
import { pipelineAlarms } from '../../lib/monitoring/kinds/pipeline-alarms';
import { Network } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { ImageRepository } from '../../lib/registry/image-repository';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { UpstreamRegistry } from '../../lib/registry/upstream-registry';
import { ManagedAirflow } from '../../lib/scheduler/airflow/managed-airflow';
import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { Bucket } from '../../lib/storage/bucket';
import { WorkingHours } from '../../lib/tracking/working-hours';
import { BatchTraining } from '../../lib/training/batch/batch-training';
import { Capacity } from '../../lib/training/batch/capacity';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { FailStep } from '../../lib/training/pipeline/steps/flow-steps';
import {
  approvedBaselinePropsIn,
  baselinePropsIn,
  driftPropsIn,
  experimentPropsIn,
  modelMonitorPropsIn,
  programJobPropsIn,
} from './drift';
import { loggingBases } from './logging';
import { loopPropsIn } from './loop';
import { churnPropsIn } from './pipeline/churn';
import { servingBases } from './serving';
import { ACME, keyIn } from './stack';
import { trainingPropsIn, workspaceIn } from './training';

export const SUBNETS = ['subnet-11111111', 'subnet-22222222'];
const network = (stack: TerraformStack) =>
  Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: SUBNETS,
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
const lake = (stack: TerraformStack) => new DataLake(stack, 'Lake', { encryptionKey: keyIn(stack, 'LakeKey') });
const table = (stack: TerraformStack, id: string, props: Partial<TableProps> = {}) => {
  const zone = ((stack.node.tryFindChild('Lake') as DataLake | undefined) ?? lake(stack)).zone('curated');
  return new Table(stack, id, {
    zone,
    name: id.toLowerCase(),
    owner: 'shop',
    format: TableFormat.parquet(),
    columns: { id: 'string' },
    ...props,
  });
};
const gate = (stack: TerraformStack) =>
  new DataQualityGate(stack, 'Gate', {
    table: table(stack, 'Orders'),
    expectations: [Expectation.completeness('id')],
  });
const database = (stack: TerraformStack) => ({ network: network(stack), encryptionKey: keyIn(stack) });
const securityGroup = (stack: TerraformStack) => SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-11111111');
export const existing = (stack: TerraformStack) => ({
  address: 'db.acme.example',
  databaseName: 'registry',
  securityGroup: securityGroup(stack),
});

const pool = (stack: TerraformStack) => ({
  network: network(stack),
  encryptionKey: keyIn(stack, 'PoolKey'),
  capacity: [Capacity.spot({ instanceTypes: ['g5.xlarge'], maxVcpus: 64 })],
  shares: { fraud: 1 },
});

const TOPIC = 'arn:aws:sns:eu-north-1:111122223333:alerts';
const SECRET = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/slack-AbCdEf';
const ALARM_SPEC = pipelineAlarms({ pipelineName: 'churn' })[0]!;
const alarmActions = (stack: TerraformStack) =>
  AlarmActions.fromTopicArns(stack, 'Actions', { critical: [TOPIC], warning: [TOPIC] });

/** Properties without which a construct cannot be made. */
export const BASES: Readonly<Record<string, (stack: TerraformStack) => Record<string, unknown>>> = {
  'new AwsStack': () => ACME,
  'new FixedChoice': () => ({ name: 'engine', value: 'rds', instead: 'Make another' }),
  'DataLake.fromZoneAttributes': (stack) => ({
    zoneName: 'raw',
    bucket: new Bucket(stack, 'Raw'),
    databaseName: 'raw',
  }),
  'new DataLake': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new IcebergRetention': (stack) => ({
    table: table(stack, 'Orders', { format: TableFormat.iceberg() }),
    snapshotDays: 5,
  }),
  'new ParquetConversion': (stack) => ({
    source: table(stack, 'Source', { format: TableFormat.tsv() }),
    target: table(stack, 'Target'),
  }),
  'new DataQualityGate': (stack) => ({ table: table(stack, 'Orders'), expectations: [Expectation.completeness('id')] }),
  'new GlueEvaluation': (stack) => ({ gate: gate(stack) }),
  'new QualityProgram': (stack) => ({ gate: gate(stack) }),
  'new PretrainedModels': (stack) => ({
    encryptionKey: keyIn(stack),
    models: {
      bert: {
        source: 'https://huggingface.co/distilbert/distilbert-base-uncased',
        revision: '12040accade4e8a0f71eabdb258fecc2e7e948be',
        licence: 'Apache-2.0',
        sha256: 'a'.repeat(64),
      },
    },
  }),
  'new QueryWorkgroup': (stack) => ({ team: 'fraud', encryptionKey: keyIn(stack) }),
  'Table.fromTableAttributes': (stack) => ({ zone: lake(stack).zone('raw'), tableName: 'orders' }),
  'new Table': (stack) => ({
    zone: lake(stack).zone('curated'),
    name: 'orders',
    owner: 'shop',
    format: TableFormat.parquet(),
    columns: { id: 'string' },
  }),
  'FeatureGroup.fromFeatureGroupAttributes': () => ({
    featureGroupArn: 'arn:aws:sagemaker:eu-north-1:111122223333:feature-group/acme-customers-v1',
  }),
  'new FeatureGroup': (stack) => ({
    name: 'customers',
    features: { id: FeatureType.string, at: FeatureType.string },
    recordIdentifier: 'id',
    eventTime: 'at',
    zone: lake(stack).zone('features'),
  }),
  'new Key': () => ({ description: 'test' }),
  'new Role': () => ({ assumedBy: Principal.service('glue.amazonaws.com') }),
  'new Endpoints': (stack) => ({
    network: network(stack),
    services: ['sts'],
    routeTableIds: ['rtb-11111111'],
    isolated: true,
  }),
  'new FlowLog': (stack) => ({ vpcId: 'vpc-11111111', encryptionKey: keyIn(stack) }),
  'Network.fromNetworkAttributes': () => ({ vpcId: 'vpc-11111111', privateSubnetIds: SUBNETS }),
  'new Network': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new SecurityGroup': (stack) => ({ network: network(stack), description: 'trainers' }),
  'new AuroraDatabase': database,
  'AuroraDatabase.fromAttributes': existing,
  'new DatabaseLogs': (stack) => ({ identifier: 'acme-dev-registry', encryptionKey: keyIn(stack) }),
  'new Database': (stack) => ({ ...database(stack), instanceClass: 'db.t4g.small' }),
  'Database.fromAttributes': existing,
  'new ImageRepository': (stack) => ({ encryptionKey: keyIn(stack) }),
  'ModelPackageGroup.fromModelPackageGroupAttributes': () => ({
    packageGroupArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/acme-churn',
  }),
  'new PackageInbox': () => ({ accounts: ['444455556666'] }),
  'new PackagePromotion': (stack) => ({
    packages: new ModelPackageGroup(stack, 'Promoted', { name: 'promoted' }),
    eventBusArn: 'arn:aws:events:eu-north-1:444455556666:event-bus/acme-approvals',
  }),
  'new ModelPackageGroup': () => ({ name: 'churn' }),
  'new ModelStore': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new PullThroughCache': (stack) => ({ upstream: UpstreamRegistry.quay(), encryptionKey: keyIn(stack) }),
  'new ManagedAirflow': (stack) => ({ network: network(stack), encryptionKey: keyIn(stack) }),
  'new DagQueue': (stack) => ({
    airflow: new ManagedAirflow(stack, 'Airflow', { network: network(stack), encryptionKey: keyIn(stack) }),
    dagId: 'deploy_model',
  }),
  'new JobLogs': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new Notebooks': (stack) => ({ workspace: workspaceIn(stack), teams: { fraud: {} } }),
  'new Pipeline': (stack) => ({ workspace: workspaceIn(stack), steps: [new FailStep('Stop', { message: 'no' })] }),
  'new TrainingPipeline': (stack) => ({ ...churnPropsIn(stack) }),
  'new SageMakerTraining': (stack) => ({ ...trainingPropsIn(stack) }),
  'new TrainingWorkspace': (stack) => ({
    network: network(stack),
    encryptionKey: keyIn(stack),
    instanceTypes: ['ml.m5.xlarge'],
  }),
  'MlflowTracking.fromTrackingServerAttributes': () => ({
    trackingServerArn: 'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/acme',
  }),
  'new MlflowTracking': (stack) => ({ bucket: new Bucket(stack, 'Artifacts') }),
  'new AwakeSchedule': () => ({
    trackingServerName: 'acme',
    trackingServerArn: 'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/acme',
    hours: WorkingHours.daily('07:00', '19:00', 'UTC'),
  }),
  'new TensorBoardLogs': (stack) => ({ workspace: workspaceIn(stack) }),
  'new BatchTraining': pool,
  'new BatchJob': (stack) => ({
    training: new BatchTraining(stack, 'Pool', pool(stack)),
    team: 'fraud',
    repository: new ImageRepository(stack, 'Images', { encryptionKey: keyIn(stack) }),
    image: '1.0',
    vcpus: 4,
    memoryMib: 15_000,
  }),
  ...servingBases,
  'new TriggerTable': () => ({}),
  'new ProgramJob': (stack) => ({ ...programJobPropsIn(stack) }),
  'new ApprovedBaseline': (stack) => ({ ...approvedBaselinePropsIn(stack) }),
  'new DriftMonitor': (stack) => ({ ...driftPropsIn(stack) }),
  'new ModelMonitor': (stack) => ({ ...modelMonitorPropsIn(stack) }),
  'new RetrainingLoop': (stack) => ({ ...loopPropsIn(stack) }),
  'new DriftBaseline': (stack) => ({ ...baselinePropsIn(stack) }),
  'new ExperimentReport': (stack) => ({ ...experimentPropsIn(stack) }),
  'new TriggerHistory': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new Trigger': (stack) => ({
    on: Source.rate(1, 'days'),
    start: Target.pipeline(
      Pipeline.fromPipelineArn(stack, 'Started', 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn'),
    ),
    locks: new TriggerTable(stack, 'Locks'),
  }),
  'new Alarm': () => ({ thing: 'churn', spec: ALARM_SPEC }),
  'new AlarmActions': (stack) => ({
    receivers: [AlarmReceiver.email(['a@acme.example'])],
    encryptionKey: keyIn(stack),
  }),
  'AlarmActions.fromTopicArns': () => ({ critical: [TOPIC], warning: [TOPIC] }),
  'new AlarmRelay': (stack) => ({
    topics: new Map(),
    receivers: [{ kind: 'relay', format: 'slack', secretArn: SECRET, from: 'warning' }],
    bucket: new Bucket(stack, 'Programs'),
    encryptionKey: keyIn(stack),
  }),
  'new CountedEvent': () => ({
    eventPattern: { source: ['aws.glue'] },
    logGroupArn: 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/events/acme-dev',
  }),
  'new Dashboard': () => ({ sections: () => [] }),
  'new Deployment': () => ({ thing: 'churn', endpointName: 'acme-dev-churn', holdMinutes: 30 }),
  'new EventLog': (stack) => ({ encryptionKey: keyIn(stack) }),
  'new Monitoring': (stack) => ({ actions: alarmActions(stack), encryptionKey: keyIn(stack) }),
  'new Storm': (stack) => ({ critical: () => [], actions: alarmActions(stack), name: 'monitoring' }),
  'new Watch': (stack) => ({ thing: 'churn', specs: [ALARM_SPEC], actions: alarmActions(stack) }),
  ...loggingBases(network),
  'new ElasticFileSystem': (stack) => ({ network: network(stack), encryptionKey: keyIn(stack), teams: ['fraud'] }),
  'new ExpressBucket': () => ({ zoneId: 'eun1-az1' }),
  'new LustreFileSystem': (stack) => ({
    network: network(stack),
    encryptionKey: keyIn(stack),
    bucket: new Bucket(stack, 'Data', { encryptionKey: keyIn(stack, 'DataKey') }),
    prefix: 'churn/train',
  }),
  'new Instances': (stack) => ({
    encryptionKey: keyIn(stack),
    volumeGb: 100,
    logGroupArn: 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/batch/acme-dev-pool',
  }),
  'new JobQueue': () => ({
    priority: 1,
    environmentArns: ['arn:aws:batch:eu-north-1:111122223333:compute-environment/a'],
    schedulingPolicyArn: 'arn:aws:batch:eu-north-1:111122223333:scheduling-policy/a',
  }),
  'Bucket.fromBucketAttributes': () => ({ bucketArn: 'arn:aws:s3:::acme-raw' }),
  'new Bucket': () => ({}),
};
