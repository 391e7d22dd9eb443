import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { EVENT_RULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Machine } from '../../scheduler/states/state';
import { Source } from '../../scheduler/trigger/source';
import { Target } from '../../scheduler/trigger/target';
import { Trigger } from '../../scheduler/trigger/trigger';
import { DEFAULT_RUN_MINUTES, STATE_MACHINE } from '../../scheduler/trigger/trigger-limits';
import { jsonText } from '../../training/pipeline/definition';
import { metric } from '../alarms/alarm-spec';
import type { Graph } from '../dashboards/graph';
import {
  CHANGE_PROPOSED,
  DEFAULT_BUDGET,
  DEFAULT_COOLDOWN_MINUTES,
  DEFAULT_TRIAL_DAYS,
  DEFAULT_TRIAL_SHARE,
  DEFAULT_WATCH_HOURS,
  LOOP_SOURCE,
  looksIn,
  MAX_WATCHED,
  TRIAL_DAYS,
  TRIAL_SHARE,
  WATCH_HOURS,
} from './loop-limits';
import type { RetrainingLoopProps } from './loop-props';
import { review } from './review';

const CHALLENGER = 'challenger';
const [DAY, MINUTE] = [86_400, 60] as const;
/** Minutes that a deletion of the state machine takes beyond its longest wait. */
const DELETION_MARGIN = 10;

/**
 * Retrains a model when an alarm says that it is no longer good, and leads the new version to the endpoint: see `docs/loop.md`.
 *
 * An alarm starts the pipeline, once within the cooldown and as often as the budget allows, and the run knows why. A person approves
 * the version that it registers. The approval starts a review: it asks for the change of the environment file by which the version
 * gets a small share, waits until the endpoint serves it, watches the alarms, and asks for its promotion, or takes its requests
 * away and asks for that in the file too.
 *
 * What it asks for is an event on the default bus, of source `mlops.retraining` and type `Model Change Proposed`: `detail` has the `model`, the `step`
 * (try, promote, withdraw), the `package` and its `version`, the `changes` (path and value), and a `text` for people. The topics get the text; a rule of
 * your own can start what opens the change: a build, a DAG or a webhook. Nothing else changes the endpoint, because Terraform owns it.
 *
 * Makes two triggers, a state machine with its role, and with topics a rule. Costs at rest the two alarms of the triggers; a review costs about
 * 20 state transitions for each of 500 looks. Destroying it ends reviews, each at the end of its present wait.
 */
export class RetrainingLoop extends Construct {
  /** Starts the pipeline. */
  public readonly training: Trigger;
  /** Starts the review of an approved version. */
  public readonly approval: Trigger;
  public readonly reviewName: string;
  public readonly reviewArn: string;
  /** Role of the review. */
  public readonly role: Role;
  /** The review, as an object. */
  public readonly definition: Machine;
  /** The underlying state machine of the review. */
  public readonly resource: SfnStateMachine;
  private readonly props: RetrainingLoopProps;

  constructor(scope: Construct, id: string, props: RetrainingLoopProps) {
    super(scope, id);
    Properties.need(this, props, 'model', 'alarmArn', 'pipeline', 'packages', 'endpoint', 'watched', 'locks');
    this.validate(props);
    this.props = props;
    this.training = this.makeTraining();
    const name = physicalName(this, STATE_MACHINE, `review-${props.model}`);
    this.reviewArn = Aws.of(this).arn('states', `stateMachine:${name}`);
    this.approval = new Trigger(this, 'Approval', {
      name: `approved-${props.model}`,
      on: Source.approvedPackage(props.packages),
      start: Target.stateMachine(this.reviewArn, { parallel: true }),
      locks: props.locks,
      history: props.history,
      alarmTopicArns: props.alarmTopicArns,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('states.amazonaws.com', Aws.of(this).account),
      description: 'Leads approved versions of a model to its endpoint',
    });
    this.allow();
    this.definition = this.makeDefinition(name);
    this.resource = this.makeMachine(name);
    this.reviewName = published(this, this.resource.name, name);
    this.tell(name);
  }

  /** Its alarms: of events that have started no training, and of approvals whose review has failed. */
  public get alarms(): readonly CloudwatchMetricAlarm[] {
    return [this.training.alarm, this.approval.alarm];
  }

  /** What it does, for a dashboard: trainings, and reviews by how they ended. */
  public get graphs(): readonly Graph[] {
    const { namespace, dimensions } = this.props.pipeline.metricFailed();
    const runs = (label: string, name: string) => ({
      label,
      metrics: { runs: metric(namespace, name, dimensions, 'Sum') },
    });
    const reviews = (label: string, name: string) => ({
      label,
      metrics: { reviews: metric('AWS/States', name, { StateMachineArn: this.reviewArn }, 'Sum') },
    });
    const style = { unit: '', periodSeconds: DAY, stacked: true } as const;
    return [
      {
        title: 'Trainings',
        lines: [runs('succeeded', 'ExecutionSucceeded'), runs('failed', 'ExecutionFailed')],
        ...style,
      },
      {
        title: 'Reviews',
        lines: [
          reviews('approved', 'ExecutionsStarted'),
          reviews('ended', 'ExecutionsSucceeded'),
          reviews('failed', 'ExecutionsFailed'),
        ],
        ...style,
      },
    ];
  }

  /**
   * Allows starting a training by hand, within cooldown and budget, and seeing what it does: `states:StartExecution`,
   * `states:ListExecutions`, `states:DescribeStateMachine` on the state machine of the trigger, and `states:DescribeExecution`,
   * `states:GetExecutionHistory` on its executions.
   */
  public grantStart(grantee: IGrantable): void {
    this.training.grantStart(grantee);
  }

  private validate({ model, watched, share, watchHours, trialDays, endpoint, ...props }: RetrainingLoopProps): void {
    const { challenger = CHALLENGER } = props;
    Properties.of(this)
      .known(
        { model, watched, share, watchHours, trialDays, challenger },
        'model',
        'watched',
        'share',
        'watchHours',
        'trialDays',
        'challenger',
      )
      .throwIfInvalid();
    Properties.of(this)
      .matches('model', model, NAME)
      .integer('share', share, TRIAL_SHARE)
      .integer('watchHours', watchHours, WATCH_HOURS)
      .integer('trialDays', trialDays, TRIAL_DAYS)
      .require(
        watched.length > 0 && watched.length <= MAX_WATCHED,
        `'watched' must have 1 to ${MAX_WATCHED} names of alarms, got ${watched.length}; a version that nothing watches would always be promoted`,
      )
      .require(
        endpoint.variantNames.includes(challenger),
        `'endpoint' must have the variant ${challenger}, in which a version is tried, got ${endpoint.variantNames.join(', ')}; add it with weight 0`,
      )
      .throwIfInvalid();
  }

  private makeTraining(): Trigger {
    const { props } = this;
    const maxRunMinutes = props.maxRunMinutes ?? DEFAULT_RUN_MINUTES;
    return new Trigger(this, 'Training', {
      name: `retrain-${props.model}`,
      on: Source.alarm(props.alarmArn),
      start: Target.pipeline(props.pipeline, { parameters: props.parameters }),
      locks: props.locks,
      history: props.history,
      cooldownMinutes: props.cooldownMinutes ?? Math.max(DEFAULT_COOLDOWN_MINUTES, maxRunMinutes),
      maxRunMinutes,
      budget: props.budget ?? DEFAULT_BUDGET,
      alarmTopicArns: props.alarmTopicArns,
    });
  }

  private makeDefinition(loop: string): Machine {
    const { model, endpoint, watched, ...props } = this.props;
    return review(this, {
      loop,
      model,
      endpointName: endpoint.endpointName,
      challenger: props.challenger ?? CHALLENGER,
      watched,
      share: props.share ?? DEFAULT_TRIAL_SHARE,
      watchHours: props.watchHours ?? DEFAULT_WATCH_HOURS,
      trialDays: props.trialDays ?? DEFAULT_TRIAL_DAYS,
      failedUrl: this.approval.failed.url,
    });
  }

  private allow(): void {
    const aws = Aws.of(this);
    const { endpoint, packages, watched } = this.props;
    endpoint.grantRead(this.role);
    const allow = (action: string, ...resources: string[]) => this.role.addToPolicy({ actions: [action], resources });
    allow('sagemaker:DescribeModelPackage', packages.packagesArn);
    allow('sagemaker:DescribeModel', aws.arn('sagemaker', `model/${endpoint.endpointName}-*`));
    allow('sagemaker:UpdateEndpointWeightsAndCapacities', endpoint.endpointArn);
    allow('cloudwatch:DescribeAlarms', ...watched.map((name) => aws.arn('cloudwatch', `alarm:${name}`)));
    allow('sqs:SendMessage', this.approval.failed.arn);
    this.role.addToPolicy({
      actions: ['events:PutEvents'],
      resources: [aws.arn('events', 'event-bus/default')],
      conditions: { StringEquals: { 'events:source': LOOP_SOURCE, 'events:detail-type': CHANGE_PROPOSED } },
    });
  }

  private makeMachine(name: string): SfnStateMachine {
    const { history, trialDays = DEFAULT_TRIAL_DAYS } = this.props;
    history?.grantDeliver(this.role);
    const wait = Math.ceil(looksIn(trialDays * DAY).seconds / MINUTE);
    const machine = new SfnStateMachine(this, 'Resource', {
      name,
      type: 'STANDARD',
      roleArn: this.role.roleArn,
      definition: jsonText(this.definition as never),
      timeouts: { delete: `${wait + DELETION_MARGIN}m` },
      loggingConfiguration: history?.logging,
      dependsOn: [this.role.policy], // Step Functions asks what the role may log
    });
    waive(
      machine,
      'its history has what it calls, and nothing of ours is called that X-Ray could trace',
      'CKV_AWS_284',
    );
    if (!history) waive(machine, 'Step Functions keeps the history of each execution for 90 days', 'CKV_AWS_285');
    return machine;
  }

  /** The topics of alarms take messages of EventBridge. */
  private tell(loop: string): void {
    const { alarmTopicArns = [], model } = this.props;
    if (alarmTopicArns.length === 0) return;
    const rule = new CloudwatchEventRule(this, 'Rule', {
      name: physicalName(this, EVENT_RULE, `review-${model}`),
      eventPattern: jsonText({ source: [LOOP_SOURCE], 'detail-type': [CHANGE_PROPOSED], detail: { loop: [loop] } }),
    });
    alarmTopicArns.forEach((arn, index) => {
      new CloudwatchEventTarget(this, `Told-${index + 1}`, {
        rule: rule.name,
        targetId: `topic-${index + 1}`,
        arn,
        inputTransformer: { inputPaths: { text: '$.detail.text' }, inputTemplate: '"<text>"' },
      });
    });
  }
}
