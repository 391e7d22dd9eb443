import { Properties } from '../../../core/properties';
import type { TextPattern } from '../../../core/text-pattern';
import { PART_NAME } from '../pipeline-limits';
import { type Reference, StepProperty, type Value } from '../value';
import { type PipelineBinding, type Request, type RunFacts, Step, type StepProps } from './step';

const FUNCTION_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
  meaning: 'the ARN of a function such as arn:aws:lambda:eu-north-1:111122223333:function:name',
};
const QUEUE_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/,
  meaning: 'the ARN of a standard queue such as arn:aws:sqs:eu-north-1:111122223333:name',
};

/** Types of a result. */
export const RESULT_TYPES = ['String', 'Integer', 'Float', 'Boolean'] as const;
export type ResultType = (typeof RESULT_TYPES)[number];

/** A call of a program outside of SageMaker. */
export interface CallStepProps extends StepProps {
  /** What it is given, by name. @default - nothing */
  readonly inputs?: Readonly<Record<string, Value<string | number | boolean>>>;
  /** What it answers, by name: at most 10, see `output`. @default - nothing */
  readonly outputs?: Readonly<Record<string, ResultType>>;
}

/** A step that calls a program outside of SageMaker. */
abstract class CallStep extends Step {
  constructor(
    name: string,
    private readonly call: CallStepProps,
  ) {
    super(name, call);
    const { outputs = {}, inputs = {} } = call ?? {};
    const names = Object.keys(outputs);
    const properties = Properties.of(this.place)
      .known({ outputs, inputs }, 'outputs', 'inputs')
      .require(names.length <= 10, `'outputs' must have at most 10 values, got ${names.length}`);
    for (const output of names) {
      properties.matches('outputs', output, PART_NAME).oneOf(`outputs.${output}`, outputs[output], RESULT_TYPES);
    }
    properties.throwIfInvalid();
  }

  /** A value of its answer, once the step has run. @throws InputError if it has no such output */
  public output(name: string): Reference {
    Properties.of(this.place)
      .oneOf('outputs', name, Object.keys(this.call.outputs ?? {}))
      .throwIfInvalid();
    return new StepProperty(this, `OutputParameters['${name}']`, this.call.outputs?.[name] === 'String');
  }

  protected arguments({ environment }: RunFacts): Request {
    return { ...environment, ...this.call.inputs };
  }

  protected override settings(): Request {
    const OutputParameters = Object.entries(this.call.outputs ?? {}).map(([OutputName, OutputType]) => ({
      OutputName,
      OutputType,
    }));
    return { ...super.settings(), OutputParameters };
  }
}

export interface LambdaStepProps extends CallStepProps {
  readonly functionArn: string;
}

/** Calls a Lambda function, which must answer within ten minutes with a value for each output. A run costs a call. */
export class LambdaStep extends CallStep {
  public readonly type: string = 'Lambda';

  constructor(
    name: string,
    private readonly props: LambdaStepProps,
  ) {
    super(name, props);
    Properties.of(this.place)
      .present(props, 'functionArn')
      .matches('functionArn', props.functionArn, FUNCTION_ARN)
      .throwIfInvalid();
  }

  /** Grants `lambda:InvokeFunction` on the function. */
  public bindTo({ role }: PipelineBinding): void {
    role.addToPolicy({ actions: ['lambda:InvokeFunction'], resources: [this.props.functionArn] });
  }

  protected override settings(): Request {
    return { ...super.settings(), FunctionArn: this.props.functionArn };
  }
}

export interface CallbackStepProps extends CallStepProps {
  /** URL of a standard queue, `https://sqs.<region>.amazonaws.com/<account>/<name>`. Let the pipeline's role use its key. */
  readonly queueUrl: string;
  /** ARN of the queue. */
  readonly queueArn: string;
}

/**
 * Sends a message with a token to a queue, and waits until someone answers with `SendPipelineExecutionStepSuccess`: for
 * work outside of SageMaker, or a person. A run costs a message.
 */
export class CallbackStep extends CallStep {
  public readonly type: string = 'Callback';

  constructor(
    name: string,
    private readonly props: CallbackStepProps,
  ) {
    super(name, props);
    Properties.of(this.place)
      .present(props, 'queueArn', 'queueUrl')
      .matches('queueArn', props.queueArn, QUEUE_ARN)
      .throwIfInvalid();
  }

  /** Grants `sqs:SendMessage` on the queue. */
  public bindTo({ role }: PipelineBinding): void {
    role.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.props.queueArn] });
  }

  protected override settings(): Request {
    return { ...super.settings(), SqsQueueUrl: this.props.queueUrl };
  }
}
