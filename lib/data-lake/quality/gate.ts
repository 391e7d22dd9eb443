import type { IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';

/** A text of a request, or what a pipeline replaces at run time, such as `{ Get: 'Execution.PipelineExecutionId' }`. */
export type RunTimeText = string | { toJSON(): unknown };

/** What a processing job runs to apply a gate. */
export interface DataQualityProcessing {
  /** Folder of the program and its specification, `s3://<workspace>/<gate>/code/`: an input of the job. */
  readonly codeUri: string;
  /** The program in that folder, for Python 3.9 or newer with pyarrow and boto3, as the scikit-learn images have them. */
  readonly entryPoint: string;
  /** Arguments after the path of the program. */
  readonly arguments: readonly RunTimeText[];
  /** Folder of the report, `s3://<workspace>/<gate>/reports/`; below it is `<run>/result.json`. */
  readonly reportUri: string;
}

/** What a run of the program evaluates. */
export interface DataQualityRun {
  /**
   * Folder of the program on the machine. Must hold the files of `codeUri`.
   * @default /opt/ml/processing/input/code
   */
  readonly codePath?: string;
  /** Name of the run, in the folders of its report and its quarantine. @default - time and a random text */
  readonly run?: RunTimeText;
  /** Folders of partitions below the table's, such as `day=2026-01-31`. @default - the whole table */
  readonly partition?: RunTimeText;
}

/** A gate as other modules see it. */
export interface IDataQualityGate extends IConstruct {
  /** What a job runs, as a role with {@link grantEvaluate}. Its exit code is not 0 unless all expectations hold. */
  processing(run?: DataQualityRun): DataQualityProcessing;
  /**
   * Allows what the program does: reading the table's objects and its code as `IBucket.grantRead` does,
   * `s3:ListBucketVersions` of the table's folder, writing its report and what does not fit as `IBucket.grantWrite` does,
   * `cloudwatch:PutMetricData` in the namespace `MLOps/DataQuality`, and `events:PutEvents` of its source on the default
   * bus.
   */
  grantEvaluate(grantee: IGrantable): void;
  /**
   * Allows running the ruleset in Glue: `glue:StartDataQualityRulesetEvaluationRun`, `glue:GetDataQualityRuleset` and
   * `glue:GetDataQualityResult` on the ruleset, `glue:GetDataQualityRulesetEvaluationRun` and
   * `glue:CancelDataQualityRulesetEvaluationRun` on runs, and `iam:PassRole` of the role of the runs to Glue.
   */
  grantRun(grantee: IGrantable): void;
}
