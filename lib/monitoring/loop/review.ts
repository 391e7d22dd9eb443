import type { IConstruct } from 'constructs';
import { digitsOf } from '../../core/cdktf/token-values';
import { Calls, REPORT } from '../../scheduler/states/calls';
import { integration } from '../../scheduler/states/integrations';
import { type Case, intrinsic, type Machine, type State } from '../../scheduler/states/state';
import type { JsonValue } from '../../training/pipeline/json';
import { changesOf, sentenceOf } from './file-change';
import { CHANGE_PROPOSED, LOOP_SOURCE, type LoopStep, looksIn } from './loop-limits';

const RETRIES = 3;
const [HOUR, DAY] = [3600, 86_400] as const;

/** What the state machine of a review is made of. */
export interface ReviewParts {
  /** Name of the loop, which its events have. */
  readonly loop: string;
  /** Key of the model under `models`. */
  readonly model: string;
  readonly endpointName: string;
  /** Variant that a version is tried in. */
  readonly challenger: string;
  /** Names of alarms that must stay silent. */
  readonly watched: readonly string[];
  readonly share: number;
  readonly watchHours: number;
  readonly trialDays: number;
  /** Queue for what has failed. */
  readonly failedUrl: string;
}

/**
 * Follows one approved version from its approval to the end of its trial. An execution is the record of a version: who reads it sees each
 * look and each proposal.
 *
 * It asks for changes of the environment file and waits until the endpoint serves what was asked for: it reads that from the
 * endpoint, and so does not depend on how the file is changed. The only thing that it changes by itself is to take the requests away from a
 * version on trial whose alarms go off. That is safe to do without people: the champion answers all requests already, and SageMaker
 * keeps weights apart from the configuration that Terraform reads, so that no plan differs. The next change of the endpoint would
 * give the weight of the file again: hence the proposal to write 0.
 */
export function review(scope: IConstruct, parts: ReviewParts): Machine {
  return new Review(scope, parts).machine;
}

class Review {
  private readonly calls = new Calls(RETRIES);

  constructor(
    private readonly scope: IConstruct,
    private readonly parts: ReviewParts,
  ) {}

  public get machine(): Machine {
    return {
      Comment: `Review of an approved version, by ${this.parts.loop}`,
      StartAt: 'LookAtVersion',
      States: { ...this.approval, ...this.trial, ...this.watching, ...this.ends },
    };
  }

  private get approval(): Record<string, State> {
    const look = {
      Resource: this.sdk('sagemaker:describeModelPackage'),
      Parameters: { 'ModelPackageName.$': '$.input.event.detail.ModelPackageArn' },
      ResultSelector: {
        'arn.$': '$.ModelPackageArn',
        'version.$': '$.ModelPackageVersion',
        'status.$': '$.ModelApprovalStatus',
      },
    };
    return {
      LookAtVersion: this.calls.task(look, { at: '$.package', next: 'IsApproved' }),
      IsApproved: choice([{ Variable: '$.package.status', StringEquals: 'Approved', Next: 'ProposeTrial' }], 'Revoked'),
      ProposeTrial: this.propose('try', 'the version was approved', 'Wait'),
    };
  }

  /** Waits until the challenger serves the version. */
  private get trial(): Record<string, State> {
    const { trialDays } = this.parts;
    const { count, seconds } = looksIn(trialDays * DAY);
    return {
      Wait: counter('$.looks', 'Pause'),
      Pause: { Type: 'Wait', Seconds: seconds, Next: 'LookAtEndpoint' },
      ...this.lookingAtServed('', 'Watch', 'CountLooks'),
      CountLooks: count1('$.looks', 'IsTooLate'),
      IsTooLate: choice([{ Variable: '$.looks.count', NumericGreaterThanEquals: count, Next: 'TooLate' }], 'Pause'),
      TooLate: this.failure(
        'NotTried',
        `the version was not served within ${trialDays === 1 ? 'a day' : `${digitsOf(trialDays)} days`} of its approval`,
      ),
    };
  }

  /** States that end at `yes` if the challenger serves the version, else at `no`. */
  private lookingAtServed(suffix: string, yes: string, no: string): Record<string, State> {
    const { endpointName, challenger } = this.parts;
    const endpoint = {
      Resource: this.sdk('sagemaker:describeEndpoint'),
      Parameters: { EndpointName: endpointName },
      ResultSelector: { 'configuration.$': '$.EndpointConfigName', 'status.$': '$.EndpointStatus' },
    };
    const configuration = {
      Resource: this.sdk('sagemaker:describeEndpointConfig'),
      Parameters: { 'EndpointConfigName.$': '$.endpoint.configuration' },
      ResultSelector: { 'models.$': `$.ProductionVariants[?(@.VariantName=='${challenger}')].ModelName` },
    };
    const model = {
      Resource: this.sdk('sagemaker:describeModel'),
      Parameters: { 'ModelName.$': '$.variant.models[0]' },
      ResultSelector: { 'container.$': '$.PrimaryContainer' },
    };
    const served = '$.model.container.ModelPackageName';
    return {
      [`LookAtEndpoint${suffix}`]: this.calls.task(endpoint, { at: '$.endpoint', next: `IsInService${suffix}` }),
      [`IsInService${suffix}`]: choice(
        [{ Variable: '$.endpoint.status', StringEquals: 'InService', Next: `LookAtVariant${suffix}` }],
        no,
      ),
      [`LookAtVariant${suffix}`]: this.calls.task(configuration, { at: '$.variant', next: `HasVariant${suffix}` }),
      [`HasVariant${suffix}`]: choice(
        [{ Variable: '$.variant.models[0]', IsPresent: true, Next: `LookAtModel${suffix}` }],
        no,
      ),
      [`LookAtModel${suffix}`]: this.calls.task(model, { at: '$.model', next: `IsServed${suffix}` }),
      [`IsServed${suffix}`]: choice(
        [
          {
            And: [
              { Variable: served, IsPresent: true },
              { Variable: served, StringEqualsPath: '$.package.arn' },
            ],
            Next: yes,
          },
        ],
        no,
      ),
    };
  }

  /** Looks at the alarms until one goes off, or the time is over. */
  private get watching(): Record<string, State> {
    const { watched, watchHours, endpointName, challenger } = this.parts;
    const { count, seconds } = looksIn(watchHours * HOUR);
    const alarms = {
      Resource: this.sdk('cloudwatch:describeAlarms'),
      Parameters: { AlarmNames: [...watched], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], StateValue: 'ALARM' },
      ResultSelector: { 'names.$': '$..AlarmName' },
    };
    const withdraw = {
      Resource: this.sdk('sagemaker:updateEndpointWeightsAndCapacities'),
      Parameters: {
        EndpointName: endpointName,
        DesiredWeightsAndCapacities: [{ VariantName: challenger, DesiredWeight: 0 }],
      },
    };
    const alarmed: Case = { Variable: '$.alarms.names[0]', IsPresent: true, Next: 'LookAtEndpointOfAlarm' };
    return {
      Watch: counter('$.watched', 'LookAtAlarms'),
      LookAtAlarms: this.calls.task(alarms, { at: '$.alarms', next: 'IsAlarmed' }),
      IsAlarmed: choice([alarmed], 'CountWatched'),
      CountWatched: count1('$.watched', 'IsWatched'),
      IsWatched: choice(
        [{ Variable: '$.watched.count', NumericGreaterThanEquals: count + 1, Next: 'LookAtEndpointAgain' }],
        'Rest',
      ),
      Rest: { Type: 'Wait', Seconds: seconds, Next: 'LookAtAlarms' },
      ...this.lookingAtServed('Again', 'ProposePromotion', 'Replaced'),
      ProposePromotion: this.propose(
        'promote',
        `it was watched for ${watchHours === 1 ? 'an hour' : `${digitsOf(watchHours)} hours`} without an alarm`,
        'Proposed',
      ),
      ...this.lookingAtServed('OfAlarm', 'Withdraw', 'Replaced'),
      Withdraw: this.calls.task(withdraw, { next: 'ProposeWithdrawal', failed: 'ProposeWithdrawal' }),
      ProposeWithdrawal: this.propose('withdraw', 'an alarm went off, and its requests were taken away', 'IsWithdrawn'),
      IsWithdrawn: choice([{ Variable: '$.error', IsPresent: true, Next: REPORT }], 'Withdrawn'),
    };
  }

  /** Puts an event on the default bus: for people by their topics, for programs by a rule. */
  private propose(step: LoopStep, reason: string, next: string): State {
    const { loop, model, share } = this.parts;
    const changes = changesOf(step, model, share);
    const text = `Model ${model}, version {}: ${reason}. In the environment file, set ${sentenceOf(changes, '{}')}.`;
    const versions = Array<string>(1 + changes.filter(({ value }) => value === 'version').length).fill(
      '$.package.version',
    );
    const entry = {
      Source: LOOP_SOURCE,
      DetailType: CHANGE_PROPOSED,
      Detail: {
        loop,
        model,
        step,
        'package.$': '$.package.arn',
        'version.$': '$.package.version',
        changes: changes.map(({ path, value }): JsonValue => {
          return value === 'version' ? { path, 'value.$': '$.package.version' } : { path, value };
        }),
        'text.$': intrinsic('Format', `'${text}'`, ...versions),
        'execution.$': '$$.Execution.Id',
      },
    };
    const call = { Resource: integration(this.scope, 'events:putEvents'), Parameters: { Entries: [entry] } };
    return this.calls.task(call, { next });
  }

  private get ends(): Record<string, State> {
    const { failedUrl, loop } = this.parts;
    const report = {
      Resource: integration(this.scope, 'sqs:sendMessage'),
      Parameters: {
        QueueUrl: failedUrl,
        MessageBody: {
          loop,
          'execution.$': '$$.Execution.Id',
          'error.$': '$.error',
          'input.$': '$$.Execution.Input',
        },
      },
    };
    return {
      [REPORT]: { ...this.calls.repeated(report), ResultPath: null, Next: 'Failed' },
      Failed: { Type: 'Fail', Error: 'ReviewFailed', Cause: 'see the message in the queue of what has failed' },
      Revoked: { Type: 'Succeed', Comment: 'the version is not approved any more' },
      Replaced: { Type: 'Succeed', Comment: 'the challenger serves another version' },
      Proposed: { Type: 'Succeed', Comment: 'its promotion was asked for' },
      Withdrawn: { Type: 'Succeed', Comment: 'an alarm went off' },
    };
  }

  /** An end that people must hear of. */
  private failure(error: string, Cause: string): State {
    return { Type: 'Pass', Parameters: { Error: error, Cause }, ResultPath: '$.error', Next: REPORT };
  }

  private sdk(action: string): string {
    return integration(this.scope, `aws-sdk:${action}`);
  }
}

function choice(cases: readonly Case[], otherwise: string): State {
  return { Type: 'Choice', Choices: cases, Default: otherwise };
}

function counter(path: string, Next: string): State {
  return { Type: 'Pass', Parameters: { count: 0 }, ResultPath: path, Next };
}

function count1(path: string, Next: string): State {
  const added = intrinsic('MathAdd', `${path}.count`, '1');
  return { Type: 'Pass', Parameters: { 'count.$': added }, ResultPath: path, Next };
}
