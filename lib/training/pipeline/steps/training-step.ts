import { Properties } from '../../../core/properties';
import { allowVolumes } from '../../sagemaker/job-access';
import type { SageMakerTraining } from '../../sagemaker/sagemaker-training';
import { Execution, Reference, type Value } from '../value';
import { allowJobs } from './job-permissions';
import { JobStep, type JobStepProps, type PipelineBinding, type Request, type RunFacts } from './step';

export interface TrainingStepProps extends JobStepProps {
  /** The job that is run. */
  readonly training: SageMakerTraining;
  /** `s3://` prefixes in place of the data of channels, e.g. the output of a step. Let the training's role read them. @default - none */
  readonly inputs?: Readonly<Record<string, Value>>;
  /**
   * Hyperparameters of the run, added to or in place of those of the training. What a parameter of the pipeline gives is
   * known at its start only, and reaches the shell of the image unchecked: give it `allowed` values, or let only those start
   * the pipeline who may run code in the job.
   * @default - none
   */
  readonly hyperparameters?: Readonly<Record<string, Value>>;
  /** Environment variables of the run, added to or in place of those of the training. @default - none */
  readonly environment?: Readonly<Record<string, Value>>;
  /** `s3://` URI of a code archive in the folder of the training. @default - the training's */
  readonly codeUri?: Value;
}

/** Runs a training. Makes nothing by itself; a run costs what the training says. */
export class TrainingStep extends JobStep {
  public readonly type: string = 'Training';

  constructor(
    name: string,
    private readonly props: TrainingStepProps,
  ) {
    super(name, props);
    Properties.need(this.place, props, 'training');
  }

  /** `s3://` URI of the model, once the step has run: `<output>/<job>/output/model.tar.gz`. */
  public get modelUri(): Reference {
    return this.property('ModelArtifacts.S3ModelArtifacts');
  }

  /**
   * Grants `sagemaker:CreateTrainingJob`, `sagemaker:AddTags`, `sagemaker:DescribeTrainingJob`,
   * `sagemaker:StopTrainingJob` on the jobs of pipelines, `iam:PassRole` of the training's role to SageMaker, and the use
   * of the key of volumes.
   */
  public bindTo(pipeline: PipelineBinding): void {
    const { training } = this.props;
    allowJobs(pipeline, 'TrainingJob', training.role);
    allowVolumes(pipeline.role, training.workspace.encryptionKey);
  }

  protected arguments({ environment }: RunFacts): Request {
    const { training, inputs, hyperparameters, codeUri } = this.props;
    const run = Reference.join('/', [Execution.id, this.name]); // two steps may run one training
    const variables = { ...environment, ...this.props.environment };
    const execution = this.isCached ? undefined : Execution.id; // of a cached result it would be another one
    return { ...training.request({ run, inputs, hyperparameters, codeUri, environment: variables, execution }) };
  }
}
