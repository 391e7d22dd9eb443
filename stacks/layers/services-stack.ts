import type { App } from 'cdktf';
import type { DagQueue } from '../../lib/scheduler/airflow/dag-queue';
import type { ManagedAirflow } from '../../lib/scheduler/airflow/managed-airflow';
import type { Trigger } from '../../lib/scheduler/trigger/trigger';
import type { TriggerHistory } from '../../lib/scheduler/trigger/trigger-history';
import type { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import type { IMlflowTracking } from '../../lib/tracking/mlflow-tracking-base';
import type { ITensorBoardLogs } from '../../lib/tracking/tensorboard-logs';
import type { BatchJob } from '../../lib/training/batch/batch-job';
import type { BatchTraining } from '../../lib/training/batch/batch-training';
import type { INotebooks } from '../../lib/training/notebooks/notebooks';
import type { TrainingPipeline } from '../../lib/training/pipeline/training/training-pipeline';
import type { IPretrainedModels } from '../../lib/training/pretrained/pretrained-models';
import type { ITrainingWorkspace } from '../../lib/training/sagemaker/workspace';
import type { FileSystems, Services } from '../offers';
import type { Platform } from '../platform';
import { LayerStack } from './layer-stack';

/** The services layer: where models are trained and evaluated, and experiments tracked. */
export class ServicesStack extends LayerStack implements Services {
  public readonly tracking?: IMlflowTracking;
  public readonly training?: ITrainingWorkspace;
  public readonly tensorBoard?: ITensorBoardLogs;
  public readonly fileSystems?: FileSystems;
  public readonly batch?: ReadonlyMap<string, BatchTraining>;
  public readonly batchJobs?: ReadonlyMap<string, BatchJob>;
  public readonly pipelines?: ReadonlyMap<string, TrainingPipeline>;
  public readonly pretrained?: IPretrainedModels;
  public readonly notebooks?: INotebooks;
  public readonly airflow?: ManagedAirflow;
  public readonly dagQueues?: ReadonlyMap<string, DagQueue>;
  public readonly triggerLocks?: TriggerTable;
  public readonly triggerHistory?: TriggerHistory;
  public readonly triggers?: ReadonlyMap<string, Trigger>;

  constructor(
    app: App,
    { environment, parts, foundation, data }: Pick<Platform, 'environment' | 'parts' | 'foundation' | 'data'>,
  ) {
    super(app, 'services', environment);
    Object.assign(this, this.makeParts('services', parts, { environment, foundation, data }));
  }
}
