import { join } from 'node:path';
import type { App } from 'cdktf';
import { LayerStack, type Platform } from 'cdktf-mlops/platform';
import {
  DataSource,
  Evaluation,
  Framework,
  SageMakerTraining,
  TrainingCode,
  TrainingPipeline,
} from 'cdktf-mlops/training';
import { ChurnTriggers } from './churn-triggers';

const PROGRAMS = join(__dirname, '../churn');

/** The growth team's model of churn: trained with its own program, judged by its own evaluation. */
export class ChurnStack extends LayerStack {
  public readonly training: SageMakerTraining;
  public readonly pipeline: TrainingPipeline;
  public readonly triggers: ChurnTriggers;

  constructor(app: App, { environment, data, services }: Platform) {
    super(app, 'churn', environment);
    const features = data.lake.zone('features');

    this.training = new SageMakerTraining(this, 'Churn', {
      workspace: services!.training!,
      team: 'growth',
      framework: Framework.scikitLearn('1.9-0'),
      code: TrainingCode.fromFolder(join(PROGRAMS, 'training')),
      entryPoint: 'train.py',
      instanceType: 'ml.m5.xlarge',
      inputs: { train: DataSource.zone(features, 'churn/train') },
      hyperparameters: { depth: '6' },
    });

    this.pipeline = new TrainingPipeline(this, 'ChurnPipeline', {
      training: this.training,
      owner: 'growth',
      testData: DataSource.zone(features, 'churn/test'), // only the evaluation reads it
      evaluation: Evaluation.program({
        folder: join(PROGRAMS, 'evaluation'),
        entryPoint: 'evaluate.py',
        metrics: ['reached_revenue', 'reached_revenue@stale'],
      }),
      // declared before training: a model that does not hold them is not registered
      metrics: { reached_revenue: { min: 0.35 }, 'reached_revenue@stale': { min: 0.25 } },
      packages: data.packages.get('churn')!,
    });

    this.triggers = new ChurnTriggers(this, 'Triggers', { pipeline: this.pipeline.pipeline, features });
  }
}
