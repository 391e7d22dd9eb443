import type { Construct } from 'constructs';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import { ProgramEvaluation, type ProgramEvaluationProps } from './program-evaluation';
import { TabularEvaluation, type TabularEvaluationProps } from './tabular-evaluation';

/** Where an evaluation runs, as the pipeline that it is part of knows it. */
export interface EvaluationContext {
  /** The workspace of the pipeline: the program is uploaded to its bucket. */
  readonly workspace: { readonly bucket: IBucket };
  /** Folder of the pipeline in the workspace's bucket, without slashes at its ends: `churn`. */
  readonly folder: string;
  /** Framework of the model; the job runs in its image. */
  readonly framework: { readonly name: string };
  /** Role of the job. It gets what the evaluation needs beyond the job's inputs and outputs: see {@link Evaluation.bind}. */
  readonly role: IGrantable;
  /** The champion to compare with. @default - none */
  readonly champion?: EvaluationChampion;
  /** How the model will be served: one that cannot be is not good enough. @default - not known */
  readonly served?: ServedModel;
}

/** What serves a model. */
export interface ServedModel {
  /** File of the artifact that loads it, e.g. `code/inference.py`. @default - the image itself loads it */
  readonly program?: string;
}

/** The newest approved package of a group, and the metric in which a new model is compared with it. */
export interface EvaluationChampion {
  readonly packageGroupName: string;
  /** One of the evaluation's `metrics`. */
  readonly metric: string;
}

/**
 * What a processing job needs to run an evaluation, besides the image of the framework, the inputs `model` and `test` and
 * the output `evaluation`: see `EVALUATION_PATHS`.
 */
export interface EvaluationJob {
  /** `s3://<bucket>/<folder>/`: all of it is the input `code`. The folder's name changes with the program. */
  readonly codeUri: string;
  /** `AppSpecification.ContainerEntrypoint`. */
  readonly entrypoint: readonly string[];
  /** `AppSpecification.ContainerArguments`; left out of the request if there is none, since SageMaker refuses an empty list. */
  readonly arguments: readonly string[];
  /** Environment variables, besides those of the pipeline. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the program calls AWS itself, which a job with network isolation cannot. */
  readonly callsAws: boolean;
}

/**
 * How a trained model is judged on held-out data: a program in a processing job, in the image of the model's framework.
 *
 * The program writes three files to `EVALUATION_PATHS.output`, all or none:
 *
 * - `report.json`: everything a person asks for, with confidence intervals and reasons for what could not be computed;
 * - `gate.json`: `{ "auc": 0.91, "auc_at_noise": 0.88, "champion_auc_loss": -0.01 }`, one number for each metric under
 *   its `gateKey`. A metric that cannot be computed is not in it: the pipeline then fails, neither passing nor failing
 *   the model;
 * - `contract.json`: what a server needs to serve the model, see `ServingContract`.
 *
 * It makes the objects of its program in the bucket of the workspace, and costs at rest what S3 bills for these few KB; a run
 * costs its instance. The objects are destroyed with the pipeline, the reports of its runs are not.
 */
export abstract class Evaluation {
  /**
   * The default program: a table with one row for each case, one column for the target, and the columns that the model
   * takes. It loads the artifact as the framework's serving image does, computes every metric of the task with a
   * confidence interval, and again on the perturbed table.
   *
   * The model gets its columns by name if it knows their names, otherwise in the order of the table. Folders of partitions
   * (`day=2026-11-01/`) are read, but are no columns. Whatever makes the numbers untrue ends the job with a reason in
   * its exit message: no rows, a column or a target that is missing, a prediction that is no number, an unknown label.
   *
   * `docs/evaluation.md` has the artifacts that it loads, the report, and every case without a number.
   *
   * Reading `parquet` takes `pyarrow` in the image, which the images of scikit-learn and xgboost have.
   *
   * @throws InputError with every property that is wrong
   */
  public static tabular(props: TabularEvaluationProps): Evaluation {
    return new TabularEvaluation(props);
  }

  /**
   * A program of your own. It finds its inputs and writes its files below `EVALUATION_PATHS`; the job fails with its exit
   * code, and shows the first KB of `/opt/ml/output/message`. With a champion, it gets the name of the package group in
   * the variable `CHAMPION_GROUP` and the metric in `CHAMPION_METRIC`, and writes the loss under `championKey` to `gate.json`.
   * Beside it is the module `serving_contract`, whose `describe` writes `contract.json`.
   *
   * @throws InputError with every property that is wrong
   */
  public static program(props: ProgramEvaluationProps): Evaluation {
    return new ProgramEvaluation(props);
  }

  /** Names of all metrics that it may compute: `auc`, `auc@noise`. A pipeline refuses conditions on others. */
  public abstract readonly metrics: readonly string[];

  /**
   * Uploads the program and says how to run it. The role is allowed to read the program as `IBucket.grantRead` does.
   * Reading the model, the test data and the champion's package is left to the pipeline, which knows where they are.
   *
   * @param scope construct of the pipeline; one evaluation may be bound to several
   * @throws InputError if the evaluation cannot judge a model of the framework, or cannot compute the champion's metric
   */
  public abstract bind(scope: Construct, context: EvaluationContext): EvaluationJob;
}
