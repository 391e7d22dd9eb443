import type { IConstruct } from 'constructs';
import { integration } from '../../scheduler/states/integrations';
import type { Machine, RetryRule, Task } from '../../scheduler/states/state';
import { SMOKE_LOOK_SECONDS, SMOKE_METRICS } from './smoke-limits';

/** What a machine of tests calls. */
export interface SmokeMachineProps {
  readonly endpointName: string;
  readonly functionArn: string;
}

/** Errors of Lambda itself: an error of the program is a failure of the test, and is not repeated. */
const AGAIN: RetryRule = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  IntervalSeconds: 2,
  MaxAttempts: 4,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};
const PUBLISH_AGAIN: RetryRule = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2 };

/**
 * A test as a state machine: it waits until a new fleet answers, asks, and writes whether the answers were good as a metric. A test
 * that cannot be done has failed: what nobody has tried must not take all requests.
 *
 * Step Functions can call an endpoint itself (`aws-sdk:sagemakerruntime:invokeEndpoint`), but cannot measure how long it takes, nor
 * judge a body that is no JSON; the function does.
 */
export function smokeMachine(scope: IConstruct, props: SmokeMachineProps): Machine {
  const call = (step: 'look' | 'ask', next: string): Task => ({
    Type: 'Task',
    Resource: integration(scope, 'lambda:invoke'),
    Parameters: {
      FunctionName: props.functionArn,
      Payload: { step, 'execution.$': '$$.Execution.Id', 'startedAt.$': '$$.Execution.StartTime', 'look.$': '$.look' },
    },
    ResultSelector: { 'verdict.$': '$.Payload.verdict', 'share.$': '$.Payload.share', 'why.$': '$.Payload.why' },
    ResultPath: '$.look',
    Retry: [AGAIN],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Count failure' }],
    Next: next,
  });
  const count = (value: 0 | 1, next: string): Task => ({
    Type: 'Task',
    Resource: integration(scope, 'aws-sdk:cloudwatch:putMetricData'),
    Parameters: {
      Namespace: SMOKE_METRICS,
      MetricData: [
        {
          MetricName: 'Failed',
          Dimensions: [{ Name: 'EndpointName', Value: props.endpointName }],
          Value: value,
          Unit: 'Count',
        },
      ],
    },
    ResultPath: null,
    Retry: [PUBLISH_AGAIN],
    Next: next,
  });
  const verdict = (is: string, Next: string) => ({ Variable: '$.look.verdict', StringEquals: is, Next });
  return {
    Comment: `Tests ${props.endpointName} when a new fleet answers`,
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Parameters: { verdict: 'begins', share: 0, why: '' }, ResultPath: '$.look', Next: 'Look' },
      Look: call('look', 'Answers it'),
      'Answers it': {
        Type: 'Choice',
        Choices: [verdict('ready', 'Ask'), verdict('waits', 'Wait'), verdict('late', 'Count failure')],
        Default: 'Nothing to test',
      },
      Wait: { Type: 'Wait', Seconds: SMOKE_LOOK_SECONDS, Next: 'Look' },
      Ask: call('ask', 'Were they good'),
      'Were they good': {
        Type: 'Choice',
        Choices: [verdict('passed', 'Count success')],
        Default: 'Count failure',
      },
      'Count success': count(0, 'Passed'),
      'Count failure': count(1, 'Failed'),
      Passed: { Type: 'Succeed' },
      'Nothing to test': { Type: 'Succeed' },
      Failed: {
        Type: 'Fail',
        Error: 'SmokeTestFailed',
        Cause:
          "The answers were not good, or could not be had: see 'why' in the output of the step before, and the log of the function",
      },
    },
  };
}
