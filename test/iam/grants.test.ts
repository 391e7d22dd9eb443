import type { Node } from '@babel/types';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { ParquetConversion } from '../../lib/data-lake/parquet-conversion';
import { DataQualityGate } from '../../lib/data-lake/quality/data-quality-gate';
import { QueryWorkgroup } from '../../lib/data-lake/query-workgroup';
import { Table } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import { FeatureGroup } from '../../lib/features/feature-group';
import { FeatureType } from '../../lib/features/feature-type';
import { OnlineStore } from '../../lib/features/online-store';
import type { Role } from '../../lib/iam/role';
import { SearchDomain } from '../../lib/logging/search/search-domain';
import { ApprovedBaseline } from '../../lib/monitoring/drift/approved-baseline';
import { Baseline } from '../../lib/monitoring/drift/baseline';
import { DriftMonitor } from '../../lib/monitoring/drift/drift-monitor';
import { ModelMonitor } from '../../lib/monitoring/drift/model-monitor';
import { RetrainingLoop } from '../../lib/monitoring/loop/retraining-loop';
import { SecurityGroup } from '../../lib/network/security-group';
import { Database } from '../../lib/registry/database';
import { ImageRepository } from '../../lib/registry/image-repository';
import { ModelStore } from '../../lib/registry/model-store';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { PullThroughCache } from '../../lib/registry/pull-through-cache';
import { UpstreamRegistry } from '../../lib/registry/upstream-registry';
import { DagQueue } from '../../lib/scheduler/airflow/dag-queue';
import { ManagedAirflow } from '../../lib/scheduler/airflow/managed-airflow';
import { Trigger } from '../../lib/scheduler/trigger/trigger';
import { TriggerHistory } from '../../lib/scheduler/trigger/trigger-history';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { BatchInference } from '../../lib/serving/batch/batch-inference';
import { CaptureSource } from '../../lib/serving/captured/capture-source';
import { EndpointDoor } from '../../lib/serving/door/endpoint-door';
import { CapturedData } from '../../lib/serving/endpoint/capture';
import { Invocation } from '../../lib/serving/endpoint/invocation';
import { ExperimentReport } from '../../lib/serving/experiment/experiment-report';
import { ModelSource } from '../../lib/serving/model/model-source';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { MlflowTracking } from '../../lib/tracking/mlflow-tracking';
import { TensorBoardLogs } from '../../lib/tracking/tensorboard-logs';
import { BatchJob } from '../../lib/training/batch/batch-job';
import { DataVersion } from '../../lib/training/data/data-version';
import { ElasticFileSystem } from '../../lib/training/data/elastic-file-system';
import { ExpressBucket } from '../../lib/training/data/express-bucket';
import { Framework } from '../../lib/training/framework/framework';
import { Notebooks } from '../../lib/training/notebooks/notebooks';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { RegisteredModels } from '../../lib/training/pipeline/training/registered-models';
import { PretrainedModels } from '../../lib/training/pretrained/pretrained-models';
import { ProgramJob } from '../../lib/training/processing/program-job';
import { SageMakerTraining } from '../../lib/training/sagemaker/sagemaker-training';
import { BASES } from '../support/bases';
import { Sources } from '../support/house/source';
import { lintPolicies } from '../support/iam-lint';
import { lakeIn } from '../support/lake';
import { endpointIn, modelIn } from '../support/serving';
import { ACME, acmeStack, keyIn, roleIn } from '../support/stack';
import { trainingPropsIn } from '../support/training';

/*
 * The doc of each grant names the actions that it allows, and the grants that it includes: "as `IKey.grantDecrypt` does",
 * "what {@link grantRead} does". A security review reads the doc; these tests compare it with the policy of a role.
 */

/** What declares a grant, or implements an interface of one. */
const LIB = Sources.ofRepository().files.filter(
  ({ module, text }) => module !== undefined && /\bgrant[A-Z]|\bimplements\b/.test(text),
);

const IMPLEMENTED = new Set(
  LIB.flatMap((source) => source.nodesOf('ClassDeclaration'))
    .flatMap((node) => node.implements ?? [])
    .flatMap((base) => ('expression' in base && base.expression.type === 'Identifier' ? [base.expression.name] : [])),
);

/** The docs of all grants of lib, by `<interface or class>.<method>`; an interface that no class implements grants nothing. */
const DOCS = new Map<string, string>(
  LIB.flatMap((source) =>
    [...source.nodesOf('TSMethodSignature'), ...source.nodesOf('ClassMethod')].flatMap((node): [string, string][] => {
      const name = node.key.type === 'Identifier' ? node.key.name : '';
      const doc = node.leadingComments?.at(-1)?.value;
      if (!/^grant[A-Z]/.test(name) || doc === undefined) return [];
      const [owner] = source.ancestors(node).flatMap((above) => nameOf(above));
      if (/^I[A-Z]/.test(owner!) && !IMPLEMENTED.has(owner!)) return [];
      return [[`${owner}.${name}`, doc.replace(/\s*\n\s*\*\s*/g, ' ')]];
    }),
  ),
);

function nameOf(node: Node): string[] {
  return 'id' in node && node.id?.type === 'Identifier' ? [node.id.name] : [];
}

function documented(grant: string): string[] {
  const [owner] = grant.split('.');
  const doc = DOCS.get(grant);
  if (doc === undefined) throw new Error(`${grant} has no doc`);
  const own = [...doc.matchAll(/`([a-z0-9-]+:\w+)`/g)].map(([, action]) => action!);
  const included = [
    ...[...doc.matchAll(/`(I[A-Z]\w+\.grant\w+)`/g)].map(([, other]) => other!),
    ...[...doc.matchAll(/what \{@link (grant\w+)\} does/g)].map(([, other]) => `${owner}.${other}`),
  ];
  return [...own, ...included.flatMap(documented)];
}

const tableIn = (
  s: AwsStack,
  name = 'orders',
  format = TableFormat.parquet(),
  lake = lakeIn(s, { zones: { raw: {} } }),
) => new Table(s, name, { zone: lake.zone('raw'), name, format, columns: { id: 'string' }, owner: 'fraud' });
const bucketIn = (s: AwsStack) => new Bucket(s, 'Bucket', { encryptionKey: keyIn(s) });
const modelsIn = (s: AwsStack) => new ModelStore(s, 'Models', { encryptionKey: keyIn(s) });
const featuresIn = (s: AwsStack) =>
  new FeatureGroup(s, 'Customers', {
    name: 'customers',
    features: { id: FeatureType.string, at: FeatureType.string },
    recordIdentifier: 'id',
    eventTime: 'at',
    zone: lakeIn(s, { zones: { features: {} } }).zone('features'),
    online: OnlineStore.standard(),
  });
/** The properties without which a construct cannot be made. */
const baseOf = (name: string, s: AwsStack) => BASES[name]!(s) as never;
const pretrainedIn = (s: AwsStack) => new PretrainedModels(s, 'It', baseOf('new PretrainedModels', s));
const gateIn = (s: AwsStack) => new DataQualityGate(s, 'It', baseOf('new DataQualityGate', s));
const trackingIn = (s: AwsStack) => new MlflowTracking(s, 'It', { bucket: bucketIn(s) });
const boardIn = (s: AwsStack) => new TensorBoardLogs(s, 'It', baseOf('new TensorBoardLogs', s));
const airflowIn = (s: AwsStack) => new ManagedAirflow(s, 'Airflow', baseOf('new ManagedAirflow', s));
const monitorIn = (s: AwsStack) => new DriftMonitor(s, 'It', baseOf('new DriftMonitor', s));
const experimentIn = (s: AwsStack) => new ExperimentReport(s, 'It', baseOf('new ExperimentReport', s));
const filesIn = (s: AwsStack) => new ElasticFileSystem(s, 'It', baseOf('new ElasticFileSystem', s));
const expressIn = (s: AwsStack) => new ExpressBucket(s, 'It', baseOf('new ExpressBucket', s));
const packagesIn = (s: AwsStack) => new ModelPackageGroup(s, 'Churn', { name: 'churn' });
const imagesIn = (s: AwsStack) => new ImageRepository(s, 'Train', { encryptionKey: keyIn(s) });
const databaseIn = (s: AwsStack) =>
  Database.fromAttributes(s, 'Database', {
    address: 'db.acme.example',
    databaseName: 'mlflow',
    securityGroup: SecurityGroup.fromSecurityGroupId(s, 'Group', 'sg-1'),
    resourceId: 'db-ABC',
    secretArn: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:rds!db-1',
    encryptionKey: keyIn(s),
  });

const GRANTS: Record<string, (s: AwsStack, role: Role) => void> = {
  'IKey.grantDecrypt': (s, role) => keyIn(s).grantDecrypt(role),
  'IKey.grantEncrypt': (s, role) => keyIn(s).grantEncrypt(role),
  'IBucket.grantRead': (s, role) => bucketIn(s).grantRead(role, 'daily/*'),
  'IBucket.grantWrite': (s, role) => bucketIn(s).grantWrite(role, 'daily/*'),
  'IBucket.grantDelete': (s, role) => bucketIn(s).grantDelete(role, 'daily/*'),
  'IBucket.grantPurge': (s, role) => bucketIn(s).grantPurge(role, 'daily/*'),
  'IZone.grantRead': (s, role) => lakeIn(s).zone('raw').grantRead(role, 'daily/*'),
  'IZone.grantWrite': (s, role) => lakeIn(s).zone('raw').grantWrite(role, 'daily/*'),
  'ITable.grantRead': (s, role) => tableIn(s).grantRead(role),
  'ITable.grantWrite': (s, role) => tableIn(s).grantWrite(role),
  'IQueryWorkgroup.grantQuery': (s, role) =>
    new QueryWorkgroup(s, 'Queries', { team: 'fraud', encryptionKey: keyIn(s) }).grantQuery(role),
  'ParquetConversion.grantStart': (s, role) => {
    const lake = lakeIn(s, { zones: { raw: {} } });
    const source = tableIn(s, 'orders', TableFormat.json(), lake);
    const target = tableIn(s, 'typed', TableFormat.parquet(), lake);
    new ParquetConversion(s, 'Convert', { source, target }).grantStart(role);
  },
  'IModelStore.grantPublish': (s, role) => modelsIn(s).grantPublish(role, 'fraud'),
  'IModelStore.grantServe': (s, role) => modelsIn(s).grantServe(role, 'fraud'),
  'IFeatureGroup.grantIngest': (s, role) => featuresIn(s).grantIngest(role),
  'IFeatureGroup.grantReadOnline': (s, role) => featuresIn(s).grantReadOnline(role),
  'IFeatureGroup.grantReadOffline': (s, role) => featuresIn(s).grantReadOffline(role),
  'IModelPackageGroup.grantRegister': (s, role) => packagesIn(s).grantRegister(role),
  'IModelPackageGroup.grantRead': (s, role) => packagesIn(s).grantRead(role),
  'IModelPackageGroup.grantApprove': (s, role) => packagesIn(s).grantApprove(role),
  'IImageRepository.grantPull': (s, role) => imagesIn(s).grantPull(role),
  'IImageRepository.grantPush': (s, role) => imagesIn(s).grantPush(role),
  'PullThroughCache.grantPull': (s, role) =>
    new PullThroughCache(s, 'Cache', { upstream: UpstreamRegistry.quay(), encryptionKey: keyIn(s) }).grantPull(role),
  'Framework.grantPull': (_, role) =>
    Framework.custom({
      image: `111122223333.dkr.ecr.${ACME.region}.amazonaws.com/train@sha256:${'0'.repeat(64)}`,
    }).grantPull(role),
  'RegisteredModels.grantPull': (s, role) =>
    new RegisteredModels('churn', {
      training: new SageMakerTraining(s, 'It', trainingPropsIn(s)),
      packages: new ModelPackageGroup(s, 'Group', { name: 'churn' }),
    }).grantPull(role),
  'SageMakerTraining.grantReadCode': (s, role) =>
    new SageMakerTraining(s, 'It', trainingPropsIn(s)).grantReadCode(role),
  'SageMakerTraining.grantStart': (s, role) => new SageMakerTraining(s, 'It', trainingPropsIn(s)).grantStart(role),
  'IPipeline.grantStart': (s, role) => new Pipeline(s, 'It', baseOf('new Pipeline', s)).grantStart(role),
  'BatchJob.grantSubmit': (s, role) => new BatchJob(s, 'It', baseOf('new BatchJob', s)).grantSubmit(role),
  'IManagedAirflow.grantRead': (s, role) => airflowIn(s).grantRead(role),
  'IManagedAirflow.grantOperate': (s, role) => airflowIn(s).grantOperate(role),
  'ManagedAirflow.grantDeploy': (s, role) => airflowIn(s).grantDeploy(role),
  'IDagQueue.grantSend': (s, role) =>
    new DagQueue(s, 'It', { airflow: airflowIn(s), dagId: 'deploy_model' }).grantSend(role),
  'Trigger.grantStart': (s, role) => new Trigger(s, 'It', baseOf('new Trigger', s)).grantStart(role),
  'ITransformJob.grantStart': (s, role) =>
    new BatchInference(s, 'It', baseOf('new BatchInference', s)).grantStart(role),
  'IProgramJob.grantStart': (s, role) => new ProgramJob(s, 'It', baseOf('new ProgramJob', s)).grantStart(role),
  'CaptureSource.grantRead': (s, role) => CaptureSource.folder(bucketIn(s), 'captured/a', ['b']).grantRead(role),
  'Baseline.grantRead': (s, role) => Baseline.profile(bucketIn(s), 'baselines/a.json').grantRead(role),
  'ModelMonitor.grantReadReports': (s, role) =>
    new ModelMonitor(s, 'It', baseOf('new ModelMonitor', s)).grantReadReports(role),
  'ApprovedBaseline.grantStart': (s, role) =>
    new ApprovedBaseline(s, 'It', baseOf('new ApprovedBaseline', s)).grantStart(role),
  'DriftMonitor.grantStart': (s, role) => monitorIn(s).grantStart(role),
  'DriftMonitor.grantReadReports': (s, role) => monitorIn(s).grantReadReports(role),
  'RetrainingLoop.grantStart': (s, role) =>
    new RetrainingLoop(s, 'It', baseOf('new RetrainingLoop', s)).grantStart(role),
  'ExperimentReport.grantStart': (s, role) => experimentIn(s).grantStart(role),
  'ExperimentReport.grantReadReports': (s, role) => experimentIn(s).grantReadReports(role),
  'TriggerHistory.grantDeliver': (s, role) =>
    new TriggerHistory(s, 'It', { encryptionKey: keyIn(s) }).grantDeliver(role),
  'TriggerTable.grantLock': (s, role) => new TriggerTable(s, 'It').grantLock(role, 'pipeline/churn'),
  'TriggerTable.grantBudget': (s, role) => new TriggerTable(s, 'It').grantBudget(role, 'pipeline/churn'),
  'ISearchDomain.grantSearch': (s, role) => new SearchDomain(s, 'It', baseOf('new SearchDomain', s)).grantSearch(role),
  'ISearchDomain.grantWrite': (s, role) => new SearchDomain(s, 'It', baseOf('new SearchDomain', s)).grantWrite(role),
  'IEndpoint.grantInvoke': (s, role) => {
    const asynchronous = Invocation.asynchronous({ instanceType: 'ml.m5.large', bucket: bucketIn(s) });
    for (const props of [{}, { name: 'later', invocation: asynchronous }]) {
      endpointIn(s, props, `It-${props.name}`).grantInvoke(role);
    }
  },
  'EndpointDoor.grantAsk': (s, role) => new EndpointDoor(s, 'It', baseOf('new EndpointDoor', s)).grantAsk(role),
  'IEndpoint.grantRead': (s, role) => endpointIn(s).grantRead(role),
  'CapturedData.grantCapture': (s, role) => new CapturedData(s, 'It', baseOf('new CapturedData', s)).grantCapture(role),
  'ModelSource.grantContract': (s, role) =>
    ModelSource.fromPackageArn({
      packageArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/churn/1',
      artifacts: [{ bucket: bucketIn(s) }],
      images: [],
    }).grantContract(role),
  'ModelSource.grantJudge': (s, role) =>
    ModelSource.fromPackageArn({
      packageArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/churn/1',
      artifacts: [{ bucket: bucketIn(s) }],
      images: [],
    }).grantJudge(role),
  'ModelSource.grantLoad': (s, role) => modelIn(s).grantLoad(role),
  'INotebooks.grantOpen': (s, role) => new Notebooks(s, 'It', baseOf('new Notebooks', s)).grantOpen(role, 'fraud'),
  'IPretrainedModels.grantImport': (s, role) => pretrainedIn(s).grantImport(role),
  'IPretrainedModels.grantRead': (s, role) => pretrainedIn(s).grantRead(role),
  'IPretrainedModels.grantTeam': (s, role) => pretrainedIn(s).grantTeam(role, 'fraud'),
  'IDataQualityGate.grantEvaluate': (s, role) => gateIn(s).grantEvaluate(role),
  'IDataQualityGate.grantRun': (s, role) => gateIn(s).grantRun(role),
  'IDatabase.grantConnect': (s, role) => databaseIn(s).grantConnect(role, 'mlflow'),
  'IElasticFileSystem.grantRead': (s, role) => filesIn(s).grantRead(role, 'fraud'),
  'IElasticFileSystem.grantWrite': (s, role) => filesIn(s).grantWrite(role, 'fraud'),
  'IExpressBucket.grantRead': (s, role) => expressIn(s).grantRead(role),
  'IExpressBucket.grantWrite': (s, role) => expressIn(s).grantWrite(role),
  'ExpressVersion.grantCompute': (s, role) => DataVersion.express(expressIn(s), 'churn/train').grantCompute(role),
  'ObjectsVersion.grantCompute': (s, role) => DataVersion.objects(bucketIn(s), 'churn/train').grantCompute(role),
  'SnapshotVersion.grantCompute': (s, role) =>
    DataVersion.table(tableIn(s, 'churn', TableFormat.iceberg())).grantCompute(role),
  'IMlflowTracking.grantTrack': (s, role) => trackingIn(s).grantTrack(role),
  'IMlflowTracking.grantRead': (s, role) => trackingIn(s).grantRead(role),
  'IMlflowTracking.grantManage': (s, role) => trackingIn(s).grantManage(role),
  'IMlflowTracking.grantOpen': (s, role) => trackingIn(s).grantOpen(role),
  'ITensorBoardLogs.grantRead': (s, role) => boardIn(s).grantRead(role, 'churn'),
  'ITensorBoardLogs.grantWrite': (s, role) => boardIn(s).grantWrite(role, 'churn'),
  'IDatabase.grantReadSecret': (s, role) => databaseIn(s).grantReadSecret(role),
};

test('every grant is compared with its doc', () => {
  expect([...DOCS.keys()].sort()).toEqual(Object.keys(GRANTS).sort());
});

describe.each(Object.entries(GRANTS))('%s', (grant, give) => {
  const s = acmeStack();
  const role = roleIn(s, 'Grantee');
  give(s, role);
  const template = Template.synth(s);
  const granted = template.policyOf(role).statements.flatMap(({ actions }) => actions ?? []);

  test('allows exactly the actions in its doc', () => {
    expect([...new Set(granted)].sort()).toEqual([...new Set(documented(grant))].sort());
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});
