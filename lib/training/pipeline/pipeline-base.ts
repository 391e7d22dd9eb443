import { Construct, type IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';
import type { Parameter } from './parameter';

/** A metric of CloudWatch. */
export interface PipelineMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A pipeline of SageMaker as other modules see it. */
export interface IPipeline extends IConstruct {
  readonly pipelineName: string;
  /** `arn:<partition>:sagemaker:<region>:<account>:pipeline/<name>`. */
  readonly pipelineArn: string;
  /** What a run may be started with. @default - not known, as of an existing pipeline */
  readonly parameters?: readonly Parameter[];
  /**
   * Allows starting runs, following and stopping them: `sagemaker:StartPipelineExecution`, `sagemaker:DescribePipeline`,
   * `sagemaker:ListPipelineExecutions` on the pipeline, and `sagemaker:DescribePipelineExecution`,
   * `sagemaker:ListPipelineExecutionSteps`, `sagemaker:ListPipelineParametersForExecution`,
   * `sagemaker:StopPipelineExecution` on its runs. The jobs run with the pipeline's role, not with the grantee's.
   */
  grantStart(grantee: IGrantable): void;
  /** Runs that have failed, a sum. */
  metricFailed(): PipelineMetric;
  /** Runs that have succeeded, a sum. */
  metricSucceeded(): PipelineMetric;
}

/** Grants and metrics of every pipeline, new or existing. */
export abstract class PipelineBase extends Construct implements IPipeline {
  public abstract readonly pipelineName: string;
  public abstract readonly pipelineArn: string;

  public grantStart(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: ['sagemaker:StartPipelineExecution', 'sagemaker:DescribePipeline', 'sagemaker:ListPipelineExecutions'],
      resources: [this.pipelineArn],
    });
    grantee.addToPolicy({
      actions: [
        'sagemaker:DescribePipelineExecution',
        'sagemaker:ListPipelineExecutionSteps',
        'sagemaker:ListPipelineParametersForExecution',
        'sagemaker:StopPipelineExecution',
      ],
      resources: [`${this.pipelineArn}/execution/*`],
    });
  }

  public metricFailed(): PipelineMetric {
    return this.metric('ExecutionFailed');
  }

  public metricSucceeded(): PipelineMetric {
    return this.metric('ExecutionSucceeded');
  }

  /** The namespace is spelled so in the metrics themselves. */
  private metric(metricName: string): PipelineMetric {
    const dimensions = { PipelineName: this.pipelineName };
    return { namespace: 'AWS/Sagemaker/ModelBuildingPipeline', metricName, dimensions };
  }
}
