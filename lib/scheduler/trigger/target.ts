import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { ARN } from '../../aws/arns';
import { Properties } from '../../core/properties';
import type { BatchJob } from '../../training/batch/batch-job';
import type { JsonValue } from '../../training/pipeline/json';
import { faultsOfValues } from '../../training/pipeline/parameter';
import type { IPipeline } from '../../training/pipeline/pipeline-base';
import { MAX_PARAMETER_VALUE, MAX_PARAMETERS, PARAMETER_NAME } from '../../training/pipeline/pipeline-limits';
import type { IProgramJob } from '../../training/processing/program-job';
import type { ITransformJob } from '../../training/processing/transform-job';
import { isTracked, MLFLOW_VARIABLES, RUN_TAGS, RUN_VARIABLES } from '../../training/run-variables';
import type { IDagQueue } from '../airflow/dag-queue-base';
import { CONF_KEY } from '../airflow/dag-queue-limits';
import { integration } from '../states/integrations';
import { intrinsic, keysIn, type Test } from '../states/state';
import { machineParts } from './targets/machine-target';
import { processingParts } from './targets/processing-target';
import type { TargetParts } from './targets/target-parts';
import { transformParts } from './targets/transform-target';
import { type NamedArn, TRIGGER_PARAMETERS } from './trigger-limits';

export type { Follow, TargetParts } from './targets/target-parts';

/** Path of the cause in the input of an execution, and of its ARN. */
const CAUSE = '$.cause';
const EXECUTION = '$$.Execution.Id';
const EXECUTION_NAME = '$$.Execution.Name';

/** Options of a pipeline as a target. */
export interface PipelineTargetOptions {
  /** Values of further parameters of the pipeline, at most 1,024 characters each. @default - their defaults */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Options of a job as a target. */
export interface BatchTargetOptions {
  /** Queue of its pool, by its name there. @default - the only one */
  readonly queue?: string;
}

/** Options of a DAG as a target. */
export interface DagTargetOptions {
  /** `conf` of the run, beside the cause; its keys are 1 to 64 letters, digits and underscores, at every depth. @default - none */
  readonly conf?: Readonly<Record<string, JsonValue>>;
}

/** Options of a state machine as a target. */
export interface MachineTargetOptions {
  /**
   * Whether each event starts an execution, also beside others: for what people must not miss, such as approvals. It is then not
   * followed, and takes neither cooldown nor budget; an event that comes twice still starts one.
   * @default false
   */
  readonly parallel?: boolean;
}

/** What a trigger starts. Each run knows why it was started, and by which execution of the trigger. */
export class Target {
  /**
   * A pipeline of the trigger's account and region. Its parameters `Cause` and `StartedBy` are set, which each `Pipeline` of this library has.
   * Synthesis refuses a parameter that a pipeline of this library does not have, and one without a default that gets no value.
   *
   * @throws InputError if a parameter cannot have its name or value
   */
  public static pipeline(pipeline: IPipeline, options: PipelineTargetOptions = {}): Target {
    const { parameters = {} } = options;
    const properties = Properties.of('Target.pipeline')
      .present({ pipeline }, 'pipeline')
      .known({ parameters }, 'parameters');
    for (const [name, value] of Object.entries(Token.isUnresolved(parameters) ? {} : parameters)) {
      const isOwn = TRIGGER_PARAMETERS.some((own) => own === name);
      const isLong = !Token.isUnresolved(value) && value.length > MAX_PARAMETER_VALUE;
      properties
        .matches('parameters', name, PARAMETER_NAME)
        .require(!isOwn, `'parameters' must not set '${name}': the trigger does; remove it`)
        .require(!isLong, `'parameters.${name}' must have at most ${MAX_PARAMETER_VALUE} characters`);
    }
    const most = MAX_PARAMETERS - TRIGGER_PARAMETERS.length;
    const count = Object.keys(parameters).length;
    properties.require(count <= most, `'parameters' must have at most ${most} entries, got ${count}`).throwIfInvalid();
    const values = Object.entries(parameters).map(([Name, Value]) => ({ Name, Value }));
    const { pipelineArn } = pipeline;
    const parts = (scope: IConstruct) => {
      scope.node.addValidation({ validate: () => faultsOfStart(pipeline, parameters) });
      return pipelineParts(scope, pipeline, values);
    };
    return new Target(parts, [['pipelineArn', pipelineArn]]);
  }

  /**
   * A job of AWS Batch. Its program finds the cause in the variables of `RUN_VARIABLES`; what it records in MLflow has it in tags. AWS Batch has no token that tells a repeated
   * request from a second one: if the answer to a submission is lost, the repetition submits another job.
   *
   * @throws InputError if the pool has several queues and none is named, or has no such queue
   */
  public static batchJob(job: BatchJob, options: BatchTargetOptions = {}): Target {
    Properties.of('Target.batchJob').present({ job }, 'job').throwIfInvalid();
    const names = [...job.training.jobQueues.keys()];
    const name = options.queue ?? (names.length === 1 ? names[0]! : undefined);
    Properties.of('Target.batchJob')
      .require(name !== undefined, `'queue' must be one of ${names.join(', ')}, got undefined`)
      .throwIfInvalid();
    const { queueArn } = job.training.queue(name!);
    return new Target((scope) => batchParts(scope, job, name!, queueArn));
  }

  /**
   * A DAG of Airflow, by a message in its queue, which an asset watcher reads: the API of a private environment cannot be called from
   * outside its VPC. A run of a DAG is not followed: `max_active_runs` of the DAG limits them.
   *
   * @throws InputError if a key of `conf` is another text
   */
  public static airflowDag(queue: IDagQueue, options: DagTargetOptions = {}): Target {
    const { conf = {} } = options;
    const properties = Properties.of('Target.airflowDag').present({ queue }, 'queue').known({ conf }, 'conf');
    // a key that ends in `.$` would be a path of Step Functions
    for (const key of keysIn(conf)) properties.matches('conf', key, CONF_KEY);
    properties.throwIfInvalid();
    return new Target((scope) => dagParts(scope, queue, conf));
  }

  /** A program in a processing job. It finds the cause in the variables of `RUN_VARIABLES`. */
  public static processingJob(job: IProgramJob): Target {
    Properties.of('Target.processingJob').present({ job }, 'job').throwIfInvalid();
    return new Target((scope) => processingParts(scope, job));
  }

  /** Predictions for files. The containers find the cause in the variables of `RUN_VARIABLES`. */
  public static transformJob(job: ITransformJob): Target {
    Properties.of('Target.transformJob').present({ job }, 'job').throwIfInvalid();
    return new Target((scope) => transformParts(scope, job));
  }

  /**
   * A Standard state machine of Step Functions, in the trigger's account and region. Its input is `{ cause, startedBy, input }`, the
   * last of which has the event, and `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID`, by which the console links the executions.
   *
   * @throws InputError if `stateMachineArn` is not the ARN of a state machine
   */
  public static stateMachine(stateMachineArn: string, options: MachineTargetOptions = {}): Target {
    const { parallel = false } = options;
    Properties.of('Target.stateMachine')
      .present({ stateMachineArn }, 'stateMachineArn')
      .known({ parallel }, 'parallel')
      .matches('stateMachineArn', stateMachineArn, ARN.stateMachine)
      .throwIfInvalid();
    return new Target(
      (scope) => machineParts(scope, stateMachineArn, parallel),
      [['stateMachineArn', stateMachineArn]],
    );
  }

  private constructor(
    private readonly parts: (scope: IConstruct) => TargetParts,
    /** ARNs of what it starts by its name, by the name of the property: it starts what has that name in its own account and region. */
    public readonly started: readonly NamedArn[] = [],
  ) {}

  /** What it adds to the state machine of a trigger. */
  public bind(scope: IConstruct): TargetParts {
    return this.parts(scope);
  }
}

/** Steps that are added later may refer to further parameters. */
function faultsOfStart({ parameters }: IPipeline, values: Readonly<Record<string, string>>): string[] {
  return parameters === undefined ? [] : faultsOfValues(parameters, values, TRIGGER_PARAMETERS);
}

function pipelineParts(scope: IConstruct, pipeline: IPipeline, values: readonly JsonValue[]): TargetParts {
  return {
    lock: `pipeline/${pipeline.pipelineName}`,
    start: {
      Resource: integration(scope, 'aws-sdk:sagemaker:startPipelineExecution'),
      Parameters: {
        PipelineName: pipeline.pipelineName,
        'ClientRequestToken.$': intrinsic('Hash', EXECUTION, "'SHA-256'"),
        PipelineParameters: [
          { Name: TRIGGER_PARAMETERS[0], 'Value.$': CAUSE },
          { Name: TRIGGER_PARAMETERS[1], 'Value.$': EXECUTION },
          ...values,
        ],
      },
      ResultSelector: { 'id.$': '$.PipelineExecutionArn' },
    },
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration(scope, 'aws-sdk:sagemaker:describePipelineExecution'),
        Parameters: { 'PipelineExecutionArn.$': run },
        ResultSelector: { 'status.$': '$.PipelineExecutionStatus' },
      }),
      isActive: (answer) => ({ Or: ['Executing', 'Stopping'].map((one) => equals(`${answer}.status`, one)) }),
      hasSucceeded: (answer) => equals(`${answer}.status`, 'Succeeded'),
      gone: 'SageMaker.ResourceNotFoundException',
    },
    grant(grantee) {
      grantee.addToPolicy({ actions: ['sagemaker:StartPipelineExecution'], resources: [pipeline.pipelineArn] });
      grantee.addToPolicy({
        actions: ['sagemaker:DescribePipelineExecution'],
        resources: [`${pipeline.pipelineArn}/execution/*`],
      });
    },
  };
}

function batchParts(scope: IConstruct, job: BatchJob, queue: string, queueArn: string): TargetParts {
  const status = (answer: string) => `${answer}.Jobs[0].Status`;
  const tracked = isTracked(job.environment);
  return {
    lock: `job/${job.jobDefinitionName}`,
    // an object that Step Functions writes as JSON: a cause may have quotes
    tags: tracked ? { [`${RUN_TAGS.cause}.$`]: CAUSE, [`${RUN_TAGS.startedBy}.$`]: EXECUTION } : undefined,
    start: {
      Resource: integration(scope, 'aws-sdk:batch:submitJob'),
      Parameters: {
        'JobName.$': EXECUTION_NAME,
        JobQueue: queueArn,
        JobDefinition: job.jobDefinitionArn,
        ShareIdentifier: job.shareIdentifier,
        ContainerOverrides: {
          Environment: [
            { Name: RUN_VARIABLES.cause, 'Value.$': CAUSE },
            { Name: RUN_VARIABLES.startedBy, 'Value.$': EXECUTION },
            ...(tracked ? [{ Name: MLFLOW_VARIABLES.tags, 'Value.$': intrinsic('JsonToString', '$.tags') }] : []),
          ],
        },
      },
      ResultSelector: { 'id.$': '$.JobId' },
    },
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration(scope, 'aws-sdk:batch:describeJobs'),
        Parameters: { 'Jobs.$': `States.Array(${run})` },
      }),
      // AWS Batch forgets jobs after some days
      isActive: (answer) => ({
        And: [
          { Variable: status(answer), IsPresent: true },
          { Not: { Or: ['SUCCEEDED', 'FAILED'].map((one) => equals(status(answer), one)) } },
        ],
      }),
      hasSucceeded: (answer) => ({
        And: [{ Variable: status(answer), IsPresent: true }, equals(status(answer), 'SUCCEEDED')],
      }),
    },
    grant: (grantee) => job.grantSubmit(grantee, queue),
  };
}

function dagParts(scope: IConstruct, queue: IDagQueue, conf: Readonly<Record<string, JsonValue>>): TargetParts {
  return {
    lock: `dag/${queue.queueName}`,
    start: {
      Resource: integration(scope, 'sqs:sendMessage'),
      Parameters: {
        QueueUrl: queue.queueUrl,
        MessageGroupId: queue.dagId,
        'MessageDeduplicationId.$': intrinsic('Hash', EXECUTION, "'SHA-256'"),
        MessageBody: {
          dag_id: queue.dagId,
          'run_id.$': EXECUTION_NAME,
          'cause.$': CAUSE,
          'started_by.$': EXECUTION,
          conf,
        },
      },
      ResultSelector: { 'id.$': '$.MessageId' },
    },
    run: '$.run.id',
    grant: (grantee) => queue.grantSend(grantee),
  };
}

function equals(Variable: string, StringEquals: string): Test {
  return { Variable, StringEquals };
}
