import type { IDataLake } from '../lib/data-lake/data-lake';
import type { IDataQualityGate } from '../lib/data-lake/quality/gate';
import type { IQueryWorkgroup } from '../lib/data-lake/query-workgroup';
import type { ITable } from '../lib/data-lake/table';
import type { IKey } from '../lib/encryption/key';
import type { IFeatureGroup } from '../lib/features/feature-group';
import type { IRole } from '../lib/iam/role';
import type { SearchDomain } from '../lib/logging/search/search-domain';
import type { LogShipping } from '../lib/logging/shipping/log-shipping';
import type { IAlarmActions } from '../lib/monitoring/actions/alarm-actions';
import type { INetwork } from '../lib/network/network';
import type { IDatabase } from '../lib/registry/database';
import type { IImageRepository } from '../lib/registry/image-repository';
import type { IModelStore } from '../lib/registry/model-store';
import type { ModelPackageGroup } from '../lib/registry/packages/model-package-group';
import type { DagQueue } from '../lib/scheduler/airflow/dag-queue';
import type { ManagedAirflow } from '../lib/scheduler/airflow/managed-airflow';
import type { Trigger } from '../lib/scheduler/trigger/trigger';
import type { TriggerHistory } from '../lib/scheduler/trigger/trigger-history';
import type { TriggerTable } from '../lib/scheduler/trigger/trigger-table';
import type { EndpointDoor } from '../lib/serving/door/endpoint-door';
import type { IEndpoint } from '../lib/serving/endpoint/endpoint-base';
import type { IBucket } from '../lib/storage/bucket';
import type { IMlflowTracking } from '../lib/tracking/mlflow-tracking-base';
import type { ITensorBoardLogs } from '../lib/tracking/tensorboard-logs';
import type { BatchJob } from '../lib/training/batch/batch-job';
import type { BatchTraining } from '../lib/training/batch/batch-training';
import type { IElasticFileSystem } from '../lib/training/data/elastic-file-system';
import type { IExpressBucket } from '../lib/training/data/express-bucket';
import type { ILustreFileSystem } from '../lib/training/data/lustre-file-system';
import type { INotebooks } from '../lib/training/notebooks/notebooks';
import type { TrainingPipeline } from '../lib/training/pipeline/training/training-pipeline';
import type { IPretrainedModels } from '../lib/training/pretrained/pretrained-models';
import type { ITrainingWorkspace } from '../lib/training/sagemaker/workspace';
import type { Environment } from './environment/environment';
import type { AnyPart, AwsLayerName } from './environment/part';
import type { LayerStack } from './layers/layer-stack';

export type { AwsLayerName } from './environment/part';

/** The encryption keys of an environment, one for each data domain. */
export interface Keys {
  /** @throws InputError that lists the domains if none has this name */
  of(domain: string): IKey;
}

/** Offers of the foundation layer, for every other layer. */
export interface Foundation {
  readonly keys: Keys;
  readonly network: INetwork;
  /** Access logs of every other bucket of the environment. */
  readonly accessLogs: IBucket;
  /** Where alarms of every layer go; `undefined` if the environment has no monitoring. */
  readonly alarmActions?: IAlarmActions;
}

/** Offers of the data layer: lake and catalog, query workgroups, features, and the registries of models and images. */
export interface Data {
  readonly lake: IDataLake;
  /** By name. */
  readonly tables: ReadonlyMap<string, ITable>;
  /** Jobs that convert files, by the tables that they fill. */
  readonly conversions: ReadonlyMap<string, { readonly jobName: string }>;
  /** Gates that data must pass, by table; only tables with `quality` have one. */
  readonly quality: ReadonlyMap<string, IDataQualityGate>;
  /** By team. */
  readonly workgroups: ReadonlyMap<string, IQueryWorkgroup>;
  /** By their keys in the file. */
  readonly featureGroups: ReadonlyMap<string, IFeatureGroup>;
  /** By team: what jobs of SageMaker write and read the groups of a team with. */
  readonly featureRoles: ReadonlyMap<string, IRole>;
  /** Model package groups by name. */
  readonly packages: ReadonlyMap<string, ModelPackageGroup>;
  readonly models: IModelStore;
  /** By name. */
  readonly images: ReadonlyMap<string, IImageRepository>;
  /** `undefined` if the environment has no database. */
  readonly database?: IDatabase;
}

/** File systems of training data, by name. */
export interface FileSystems {
  readonly lustre: ReadonlyMap<string, ILustreFileSystem>;
  readonly efs: ReadonlyMap<string, IElasticFileSystem>;
  readonly express: ReadonlyMap<string, IExpressBucket>;
}

/** Offers of the services layer: where models are trained and evaluated. */
export interface Services {
  /** Experiments, runs and models; `undefined` if the environment has no tracking server. */
  readonly tracking?: IMlflowTracking;
  /** Where jobs run; `undefined` if the environment has no training. */
  readonly training?: ITrainingWorkspace;
  /** TensorBoard logs of trainings; `undefined` if the environment has no training. */
  readonly tensorBoard?: ITensorBoardLogs;
  /** File systems of training data; `undefined` if the environment has none. */
  readonly fileSystems?: FileSystems;
  /** Pools of AWS Batch by name; `undefined` if the environment has none. */
  readonly batch?: ReadonlyMap<string, BatchTraining>;
  /** Their jobs, as `<pool>.<job>`. */
  readonly batchJobs?: ReadonlyMap<string, BatchJob>;
  /** Training pipelines by name; `undefined` if the environment has none. */
  readonly pipelines?: ReadonlyMap<string, TrainingPipeline>;
  /** Mirrored base models; `undefined` if the environment has none. */
  readonly pretrained?: IPretrainedModels;
  /** Notebooks of the teams; `undefined` if the environment has none. */
  readonly notebooks?: INotebooks;
  /** Airflow; `undefined` if the environment has none. */
  readonly airflow?: ManagedAirflow;
  /** Queues that start DAGs, by DAG; `undefined` if the environment has no triggers. */
  readonly dagQueues?: ReadonlyMap<string, DagQueue>;
  /** Locks of what triggers start, for triggers of other stacks with the same targets; `undefined` if the environment has no triggers. */
  readonly triggerLocks?: TriggerTable;
  /** What triggers have done; `undefined` if the environment has none. */
  readonly triggerHistory?: TriggerHistory;
  /** Triggers by name; `undefined` if the environment has none. */
  readonly triggers?: ReadonlyMap<string, Trigger>;
}

/** Offers of the models layer: what serves predictions. */
export interface Models {
  /** Endpoints by name; `undefined` if the environment has none. */
  readonly endpoints?: ReadonlyMap<string, IEndpoint>;
  /** Their doors by name; `undefined` if no model has one. */
  readonly doors?: ReadonlyMap<string, EndpointDoor>;
}

/** Where the logs of the platform can be searched. */
export interface LogSearch {
  readonly domain: SearchDomain;
  readonly shipping: LogShipping;
}

/** Offers of the monitoring layer, the last one. */
export interface Monitoring {
  /** `undefined` if logs stay in CloudWatch. */
  readonly logSearch?: LogSearch;
}

/** Offers of each layer to later layers, in the order of deployment. */
export interface Offers extends Readonly<Record<AwsLayerName, object>> {
  readonly foundation: Foundation;
  readonly data: Data;
  readonly services: Services;
  readonly models: Models;
  readonly monitoring: Monitoring;
}

/** What the parts of each layer may use: the offers of earlier layers, and those of earlier sections in the layer. */
export interface Available extends Readonly<Record<AwsLayerName, object>> {
  readonly foundation: {
    readonly environment: Environment;
    readonly foundation: Pick<Foundation, 'keys'> & Partial<Foundation>;
  };
  readonly data: {
    readonly environment: Environment;
    readonly foundation: Foundation;
    readonly data: Partial<Data>;
  };
  readonly services: {
    readonly environment: Environment;
    readonly foundation: Foundation;
    readonly data: Data;
    readonly services: Partial<Services>;
  };
  readonly models: {
    readonly environment: Environment;
    readonly foundation: Foundation;
    readonly data: Data;
    /** Empty if the environment has nothing in this layer. */
    readonly services: Partial<Services>;
    readonly models: Partial<Models>;
  };
  readonly monitoring: {
    readonly environment: Environment;
    readonly foundation: Foundation;
    readonly data: Data;
    /** Empty if the environment has nothing in this layer. */
    readonly services: Partial<Services>;
    /** Empty if the environment has nothing in this layer. */
    readonly models: Partial<Models>;
    readonly monitoring: Partial<Monitoring>;
  };
}

/** The part of one section in one layer. */
export interface Part<Layer extends AwsLayerName> extends AnyPart {
  readonly layer: Layer;
  /** Creates the constructs and returns their offers. */
  make(stack: LayerStack, available: Available[Layer]): Partial<Offers[Layer]>;
}

/** Declares a part of a layer. `make` must load its construct modules itself, so that reading a file loads none. */
export function part<Layer extends AwsLayerName>(layer: Layer, make: Part<Layer>['make']): Part<Layer> {
  return { layer, make };
}
