import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { Aws } from '../../aws/aws';
import { ALARM, EVENT_RULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { Machine } from '../../scheduler/states/state';
import { STATE_MACHINE } from '../../scheduler/trigger/trigger-limits';
import type { IBucket } from '../../storage/bucket';
import { jsonText } from '../../training/pipeline/definition';
import type { ModelSource } from '../model/model-source';
import type { Rollout } from '../rollout/rollout';
import { SmokeFunction } from './smoke-function';
import {
  SAMPLES_KEY,
  SMOKE_ALARM_MINUTES,
  SMOKE_INFERENCE_ID,
  SMOKE_LATENCY_MS,
  SMOKE_METRICS,
  SMOKE_PATIENCE_MINUTES,
  SMOKE_SECONDS,
} from './smoke-limits';
import { smokeMachine } from './smoke-machine';

/** How an endpoint is tested. */
export interface SmokeOptions {
  /** Bucket of the samples, e.g. that of the store of models. */
  readonly bucket: IBucket;
  /**
   * Key of the samples, e.g. `card-fraud/smoke.json`: `{"requests": [{"body": "0.3,1,7", "rows": 1}]}` with at most 100 requests, and
   * - `contentType`, `accept`: MIME types. Default `application/json`.
   * - `path`: keys at which an answer of JSON has its predictions, e.g. `["predictions"]`. Default: the answer is their list.
   * - `outputs`: `{"kind": "probabilities", "classes": [...]}` for a model that is no version of the registry. That of a version is
   *   in its contract.
   */
  readonly samples: string;
  /** Bucket that holds the program, below `smoke-test/`. @default - that of the samples */
  readonly programs?: IBucket;
  /** Milliseconds that an answer may take, with the way to the endpoint and back. @default - not judged */
  readonly latencyMs?: number;
  /** ARNs of at most five topics that hear of a test that failed. @default - none: the alarm rolls back, and is shown */
  readonly alarmTopicArns?: readonly string[];
}

export interface SmokeTestProps extends SmokeOptions {
  /** Name of the endpoint after the stack's prefix. */
  readonly name: string;
  readonly endpointName: string;
  /** Models by the names of the variants that answer. */
  readonly models: Readonly<Record<string, ModelSource>>;
  /** Its first step is what a test has time for. */
  readonly rollout: Rollout;
  /** Key of the log. */
  readonly encryptionKey: IKey;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * Asks an endpoint for predictions as soon as a new fleet answers, and lets SageMaker roll the deployment back if they are not what
 * the contracts of the models say, or come too late. Its alarm is one of those that roll back: while only the first share of the
 * requests goes to the new fleet, a failure sends them all to the old one. Each variant is asked by its name, so that a challenger
 * with weight 0 is tested before it gets a request.
 *
 * The events of SageMaker start it: at each step of a deployment, whoever began it, and when the endpoint is in service. Clients
 * cannot choose the fleet, so it sends so many requests that the new one gets some with a probability of 99.9 %. What has no samples, no
 * contract or no answer has failed. SageMaker delivers events as well as it can: one that is lost leaves a step untested, which the
 * metric `Failed` of `MLOps/Smoke` shows, because a test that passed writes 0. A first deployment has nothing to go back to: its alarm
 * tells its topics.
 *
 * Its requests count in metrics and are captured; their inference id begins with `smoke-`, by which the programs of drift and of
 * experiments leave them out.
 *
 * Makes a state machine, a function, a rule of events, their roles, a log group and an alarm. Costs the alarm by the month, and what the
 * requests of a test cost. Destroying it leaves its log, unless that may be destroyed.
 */
export class SmokeTest extends Construct {
  /** Name of the alarm that goes off when a test fails, for `RollbackOptions.alarmNames`. */
  public readonly alarmName: string;
  public readonly alarm: CloudwatchMetricAlarm;
  /** What asks. */
  public readonly function: SmokeFunction;
  /** Role of the state machine. */
  public readonly role: Role;
  /** The state machine, as an object. */
  public readonly definition: Machine;
  /** The underlying state machine. */
  public readonly resource: SfnStateMachine;
  private readonly target: CloudwatchEventTarget;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SmokeTestProps,
  ) {
    super(scope, id);
    this.validate();
    const machineName = physicalName(this, STATE_MACHINE, `${props.name}-smoke`);
    const machineArn = Aws.of(this).arn('states', `stateMachine:${machineName}`);
    this.function = this.makeFunction(machineArn);
    this.role = this.makeRole();
    const { endpointName } = props;
    this.definition = smokeMachine(this, { endpointName, functionArn: this.function.resource.arn });
    this.resource = this.makeMachine(machineName);
    this.target = this.listen();
    this.alarm = this.watch();
    this.alarmName = this.alarm.alarmName;
  }

  /** What must be there before a deployment, so that it is tested. */
  public get dependables(): readonly ITerraformDependable[] {
    return [this.target, this.function.role.policy, this.role.policy];
  }

  private validate(): void {
    const { props } = this;
    Properties.of(this)
      .present(props, 'bucket', 'samples', 'name', 'endpointName', 'models', 'rollout', 'encryptionKey')
      .known(props, 'samples', 'latencyMs', 'name', 'models')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .matches('name', props.name, NAME)
      .matches('samples', props.samples, SAMPLES_KEY)
      .integer('latencyMs', props.latencyMs, SMOKE_LATENCY_MS)
      .require(Object.keys(props.models).length > 0, "'models' must have at least one variant, got none");
    judgeAlarmTopics(properties, props.alarmTopicArns).throwIfInvalid();
  }

  private makeFunction(machine: string): SmokeFunction {
    const { bucket, samples, programs = bucket, endpointName: endpoint, models, rollout, ...props } = this.props;
    const variants = Object.fromEntries(
      Object.entries(models).map(([variant, { packageArn }]) => [variant, packageArn ?? '']),
    );
    const made = new SmokeFunction(this, 'Function', {
      name: `${props.name}-smoke`,
      settings: {
        endpoint,
        machine,
        variants,
        samples: `s3://${bucket.bucketName}/${samples}`,
        share: rollout.firstStep.share,
        prefix: SMOKE_INFERENCE_ID,
        seconds: SMOKE_SECONDS,
        patienceMinutes: SMOKE_PATIENCE_MINUTES,
        latencyMs: props.latencyMs,
      },
      bucket: programs,
      encryptionKey: props.encryptionKey,
      removal: props.removal,
    });
    this.allow(made.role, machine);
    return made;
  }

  private allow(role: Role, machineArn: string): void {
    const { bucket, samples, endpointName, models } = this.props;
    role.addToPolicy({
      actions: ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'],
      resources: [Aws.of(this).arn('sagemaker', `endpoint/${endpointName}`)],
    });
    role.addToPolicy({ actions: ['states:ListExecutions'], resources: [machineArn] });
    bucket.grantRead(role, samples);
    for (const source of Object.values(models)) {
      if (source.packageArn === undefined) continue;
      role.addToPolicy({ actions: ['sagemaker:DescribeModelPackage'], resources: [source.packageArn] });
      source.grantContract(role);
    }
  }

  private makeRole(): Role {
    const role = new Role(this, 'Role', {
      assumedBy: Principal.service('states.amazonaws.com', Aws.of(this).account),
      description: 'Tests an endpoint after a deployment',
    });
    role.addToPolicy({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] });
    role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch limits it to a namespace only
      conditions: { StringEquals: { 'cloudwatch:namespace': SMOKE_METRICS } },
    });
    return role;
  }

  private makeMachine(name: string): SfnStateMachine {
    const machine = new SfnStateMachine(this, 'Resource', {
      name,
      type: 'STANDARD',
      roleArn: this.role.roleArn,
      definition: jsonText(this.definition as never),
      dependsOn: [this.role.policy],
    });
    waive(machine, 'its history has what it calls, and the function logs each verdict', 'CKV_AWS_284');
    waive(machine, 'Step Functions keeps the history of each execution for 90 days', 'CKV_AWS_285');
    return machine;
  }

  private listen(): CloudwatchEventTarget {
    const { name, endpointName } = this.props;
    const deliverer = new Role(this, 'Delivery', {
      assumedBy: Principal.service('events.amazonaws.com', Aws.of(this).account),
      description: 'Hands events of an endpoint to its test',
    });
    deliverer.addToPolicy({ actions: ['states:StartExecution'], resources: [this.resource.arn] });
    const rule = new CloudwatchEventRule(this, 'Rule', {
      name: physicalName(this, EVENT_RULE, `${name}-smoke`),
      description: 'Deployments of an endpoint, which are tested',
      eventPattern: jsonText({
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Endpoint Deployment State Change', 'SageMaker Endpoint State Change'],
        detail: { EndpointName: [endpointName], EndpointStatus: ['UPDATING', 'IN_SERVICE'] },
      }),
    });
    return new CloudwatchEventTarget(this, 'Target', {
      rule: rule.name,
      targetId: 'smoke',
      arn: this.resource.arn,
      roleArn: deliverer.roleArn,
      input: '{}', // the function reads the endpoint itself: an event may be old
      retryPolicy: { maximumEventAgeInSeconds: 600, maximumRetryAttempts: 10 }, // later nothing is left to roll back
      dependsOn: [deliverer.policy],
    });
  }

  private watch(): CloudwatchMetricAlarm {
    const { name, endpointName, alarmTopicArns = [] } = this.props;
    return new CloudwatchMetricAlarm(this, 'Alarm', {
      alarmName: physicalName(this, ALARM, `${name}-rollback`, 'smoke'),
      alarmDescription: `${endpointName} has not answered its samples as it should: a deployment is rolled back. Read the last execution of the state machine ${name}-smoke`,
      namespace: SMOKE_METRICS,
      metricName: 'Failed',
      dimensions: { EndpointName: endpointName },
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: SMOKE_ALARM_MINUTES,
      datapointsToAlarm: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching', // most minutes have no deployment
      alarmActions: [...alarmTopicArns],
    });
  }
}
