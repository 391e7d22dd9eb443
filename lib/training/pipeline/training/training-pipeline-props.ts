import type { IDataQualityGate } from '../../../data-lake/quality/gate';
import type { IModelPackageGroup } from '../../../registry/packages/model-package-group';
import type { DataSource } from '../../data/data-source';
import type { Evaluation } from '../../evaluation/evaluation';
import type { Framework } from '../../framework/framework';
import type { SageMakerTraining } from '../../sagemaker/sagemaker-training';
import type { TuningSearch } from '../steps/tuning-step';
import type { Value } from '../value';
import type { ChampionLimit, MetricLimit } from './metric-limits';

/** A program that makes training data of raw data, before the training. */
export interface Preparation {
  /**
   * Folder on this machine with the program: texts, at most 50 files and 1 MiB.
   * @default - the code of the training, which the job unpacks: a run's `CodeUri` and the recorded version are those of both
   */
  readonly folder?: string;
  /** Python file in the folder that is run. It gets no packages but those of the image. */
  readonly entryPoint: string;
  /** @default - none */
  readonly arguments?: readonly Value[];
  /** Raw data by name, each a folder `/opt/ml/processing/input/<name>`. */
  readonly inputs: Readonly<Record<string, DataSource>>;
  /** Channels of the training that it writes, each as a folder `/opt/ml/processing/output/<channel>`. */
  readonly channels: readonly string[];
  /** @default - that of the evaluation */
  readonly instanceType?: string;
  /** How old an earlier result may be to be used again: see `JobStepProps.cacheFor`. @default - never used again */
  readonly cacheFor?: string;
}

/** A model that the training starts from. */
export interface BaseModel {
  /** Channel of the training that holds it. */
  readonly channel: string;
  /** `s3://` folder of the model, e.g. `PretrainedModels.parameter(...)`. Let the training's role read it. */
  readonly uri: Value;
  /** Its licence, in the names of SPDX. */
  readonly licence: string;
}

/** What a `TrainingPipeline` is made of. */
export interface TrainingPipelineProps {
  /** The job that trains. */
  readonly training: SageMakerTraining;
  /** Who answers for the model: metadata of its packages. */
  readonly owner: string;
  /** Held-out data, which the training never reads. */
  readonly testData: DataSource;
  /** How a model is judged on it. */
  readonly evaluation: Evaluation;
  /** What a model must reach to be registered, declared before it is trained: limits by metric, at most 20. */
  readonly metrics: Readonly<Record<string, MetricLimit>>;
  /** Group that a good model joins, as pending. */
  readonly packages: IModelPackageGroup;
  /** Compares with the newest approved model of the group. Without one, nothing is lost. @default - no comparison */
  readonly champion?: ChampionLimit;
  /** Instance type of the evaluation. @default - that of the training */
  readonly evaluationInstanceType?: string;
  /** Checks the data before anything is trained. @default - no check */
  readonly quality?: IDataQualityGate;
  /** Framework with the image of the quality check: it needs pyarrow. @default - the training's if it is scikit-learn, otherwise the newest of those */
  readonly qualityFramework?: Framework;
  /** Makes training data before the training. @default - the training reads its inputs as they are */
  readonly preparation?: Preparation;
  /** Trains many times with other hyperparameters, and judges the best model. @default - trains once */
  readonly tuning?: TuningSearch;
  /** Model that the training starts from. @default - none */
  readonly baseModel?: BaseModel;
  /**
   * Version of the training data, for the metadata.
   * @default - computed at the start of a run from all inputs of the training, or of the preparation
   */
  readonly dataVersion?: Value;
  /**
   * Metadata that the group requires further, or that a package has besides.
   * @default - for each further key that the group requires, a parameter of its name, with which every run must be started
   */
  readonly metadata?: Readonly<Record<string, Value>>;
  /** Image that serves the model. @default - the training's, if its framework can serve with it (scikit-learn, XGBoost) */
  readonly servingImage?: string;
  /**
   * File in the folder `code` of the artifact with `model_fn`, by which an image of SageMaker serves the model. The default
   * evaluation fails a model whose artifact lacks it, since nothing could serve it; with a `servingImage`, only if the file
   * is named here.
   * @default - `inference.py` for scikit-learn and PyTorch; none for others, whose images serve the model by themselves
   */
  readonly servingProgram?: string;
  /**
   * Further environment variables of the container that serves the model.
   * @default - only those by which it finds `servingProgram`
   */
  readonly servingEnvironment?: Readonly<Record<string, Value>>;
  /** MIME types that the served model takes. @default - what the image reads by itself: text/csv for XGBoost, application/json for others */
  readonly contentTypes?: readonly string[];
  /** MIME types that the served model answers with. @default - what the image writes by itself: application/json, and text/csv for XGBoost */
  readonly responseTypes?: readonly string[];
  /** Hyperparameters of each run, e.g. parameters of the pipeline. @default - those of the training */
  readonly hyperparameters?: Readonly<Record<string, Value>>;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** @default - none */
  readonly description?: string;
}
