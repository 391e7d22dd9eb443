import type { TerraformStack } from 'cdktf';
import type { ApprovedBaselineProps } from '../../lib/monitoring/drift/approved-baseline';
import { Baseline } from '../../lib/monitoring/drift/baseline';
import type { DriftBaselineProps } from '../../lib/monitoring/drift/drift-baseline';
import type { DriftMonitorProps } from '../../lib/monitoring/drift/drift-props';
import type { ModelMonitorProps } from '../../lib/monitoring/drift/model-monitor';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { CaptureSource } from '../../lib/serving/captured/capture-source';
import type { ExperimentPlan } from '../../lib/serving/experiment/experiment-plan';
import type { ExperimentReportProps } from '../../lib/serving/experiment/experiment-report';
import { Bucket, type IBucket } from '../../lib/storage/bucket';
import { DataSource } from '../../lib/training/data/data-source';
import type { ProgramJobProps } from '../../lib/training/processing/program-job';
import { captureZoneIn, endpointIn } from './serving';
import { keyIn } from './stack';
import { scikitLearn, workspaceIn } from './training';

/** Where endpoints capture, models are kept, and outcomes arrive. */
export function lakeBucketIn(stack: TerraformStack): IBucket {
  return (
    (stack.node.tryFindChild('LakeBucket') as IBucket | undefined) ??
    new Bucket(stack, 'LakeBucket', { bucketName: 'acme-lake', encryptionKey: keyIn(stack, 'LakeBucketKey') })
  );
}

const locksIn = (stack: TerraformStack) =>
  (stack.node.tryFindChild('DriftLocks') as TriggerTable | undefined) ?? new TriggerTable(stack, 'DriftLocks');

const jobIn = (stack: TerraformStack) => ({
  workspace: workspaceIn(stack),
  framework: scikitLearn(),
  instanceType: 'ml.m5.xlarge',
});

export function programJobPropsIn(stack: TerraformStack): ProgramJobProps {
  return { ...jobIn(stack), files: { 'main.py': 'print("ran")\n' }, entryPoint: 'main.py' };
}

export function modelMonitorPropsIn(stack: TerraformStack): ModelMonitorProps {
  const bucket = lakeBucketIn(stack);
  return {
    existingCustomer: true,
    name: 'card-fraud',
    workspace: workspaceIn(stack),
    instanceType: 'ml.m5.xlarge',
    endpoint: endpointIn(stack, { capture: { zone: captureZoneIn(stack), retentionDays: 30 } }, 'Watched'),
    baseline: { bucket, statistics: 'baselines/statistics.json', constraints: 'baselines/constraints.json' },
  };
}

export function driftPropsIn(stack: TerraformStack): DriftMonitorProps {
  const bucket = lakeBucketIn(stack);
  return {
    ...jobIn(stack),
    captured: CaptureSource.folder(bucket, 'captured/card-fraud', ['champion', 'challenger']),
    baseline: Baseline.profile(bucket, 'baselines/card-fraud/profile.json'),
    locks: locksIn(stack),
  };
}

export function baselinePropsIn(stack: TerraformStack): DriftBaselineProps {
  const bucket = lakeBucketIn(stack);
  const job = jobIn(stack);
  return {
    ...job,
    role: job.workspace.newJobRole(stack, 'BaselineRole'),
    data: DataSource.bucket(bucket, 'card-fraud/test'),
    format: 'parquet',
    bucket,
    folder: 'baselines/card-fraud',
  };
}

export function approvedBaselinePropsIn(stack: TerraformStack): ApprovedBaselineProps {
  const bucket = lakeBucketIn(stack);
  return {
    ...jobIn(stack),
    packages: ModelPackageGroup.fromModelPackageGroupAttributes(stack, 'ApprovedPackages', {
      packageGroupArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/acme-dev-card-fraud',
    }),
    data: Baseline.dataSet(bucket, 'card-fraud/test', 'parquet'),
    bucket,
    folder: 'baselines/card-fraud',
    locks: locksIn(stack),
  };
}

/** An experiment that reads as it was declared. */
export const RANKING: ExperimentPlan = {
  name: 'ranking',
  control: 'champion',
  treatment: 'challenger',
  shares: { champion: 90, challenger: 10 },
  start: '2026-11-01T00:00:00Z',
  end: '2026-11-15T00:00:00Z',
  maturityHours: 48,
  unitAttribute: 'customer',
  hashed: true,
  outcomes: { format: 'parquet', key: 'customer_id', time: 'at' },
  design: 'sequential',
  primary: { name: 'conversion', column: 'bought', kind: 'proportion', effect: 0.01 },
  guards: [
    { name: 'refund', column: 'refund', kind: 'mean', better: 'lower', aggregate: 'sum', missing: 'zero', effect: 0.5 },
  ],
};

export function experimentPropsIn(stack: TerraformStack): ExperimentReportProps {
  const bucket = lakeBucketIn(stack);
  return {
    ...jobIn(stack),
    plan: RANKING,
    captured: CaptureSource.folder(bucket, 'captured/ranking', ['champion', 'challenger']),
    outcomes: { bucket, prefix: 'outcomes/orders' },
    locks: locksIn(stack),
  };
}
