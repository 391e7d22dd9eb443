import type { TerraformStack } from 'cdktf';
import { DataQualityGate } from '../../../lib/data-lake/quality/data-quality-gate';
import { Expectation } from '../../../lib/data-lake/quality/expectation';
import { Table } from '../../../lib/data-lake/table';
import { TableFormat } from '../../../lib/data-lake/table-format';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { Bucket } from '../../../lib/storage/bucket';
import { DataSource } from '../../../lib/training/data/data-source';
import { Evaluation } from '../../../lib/training/evaluation/evaluation';
import { TrainingPipeline } from '../../../lib/training/pipeline/training/training-pipeline';
import type { TrainingPipelineProps } from '../../../lib/training/pipeline/training/training-pipeline-props';
import type { SageMakerTrainingProps } from '../../../lib/training/sagemaker/training-props';
import { lakeIn } from '../lake';
import { trainingIn } from '../training';

/** A bucket of data that was there before. */
export function dataIn(stack: TerraformStack, name: string): DataSource {
  const bucket = Bucket.fromBucketAttributes(stack, `Data-${name}`, { bucketArn: `arn:aws:s3:::acme-${name}` });
  return DataSource.bucket(bucket, 'churn');
}

/** A gate for the events that a pipeline trains on. */
export function qualityIn(stack: TerraformStack): DataQualityGate {
  const table = new Table(stack, 'Events', {
    zone: lakeIn(stack).zone('curated'),
    name: 'events',
    owner: 'fraud',
    format: TableFormat.parquet(),
    columns: { id: 'string' },
  });
  return new DataQualityGate(stack, 'Quality', { table, expectations: [Expectation.completeness('id', { min: 1 })] });
}

/** Properties without which no training pipeline is made. */
export function churnPropsIn(
  stack: TerraformStack,
  training: Partial<SageMakerTrainingProps> = {},
): Pick<TrainingPipelineProps, 'training' | 'owner' | 'testData' | 'evaluation' | 'metrics' | 'packages'> {
  return {
    training: trainingIn(stack, training),
    owner: 'fraud',
    testData: dataIn(stack, 'test'),
    evaluation: Evaluation.tabular({ task: 'classification', target: 'churned', format: 'parquet' }),
    metrics: { auc: { min: 0.8 }, 'auc@noise': { min: 0.75 }, log_loss: { max: 0.5 } },
    packages: new ModelPackageGroup(stack, 'Models', { name: 'churn', readerAccounts: ['444455556666'] }),
  };
}

/** The pipeline of the readme. @param further properties, from those without which none is made */
export function churnIn(
  stack: TerraformStack,
  further: (base: ReturnType<typeof churnPropsIn>) => Partial<TrainingPipelineProps> = () => ({}),
  training: Partial<SageMakerTrainingProps> = {},
): TrainingPipeline {
  const base = churnPropsIn(stack, training);
  const champion = { metric: 'auc', maxLoss: 0.01 };
  return new TrainingPipeline(stack, 'ChurnPipeline', { ...base, champion, ...further(base) });
}
