import type { IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import type { Call } from './state';

/** ARN of an action that a state machine calls. */
export function integration(scope: IConstruct, action: string): string {
  return `arn:${Aws.of(scope).partition}:states:::${action}`;
}

/** Error of {@link lookAtExecution}, 90 days after the end of an execution at the latest. */
export const NO_EXECUTION = 'Sfn.ExecutionDoesNotExistException';

/** Reads the status of an execution at a path. */
export function lookAtExecution(scope: IConstruct, execution: string): Call {
  return {
    Resource: integration(scope, 'aws-sdk:sfn:describeExecution'),
    Parameters: { 'ExecutionArn.$': execution },
    ResultSelector: { 'status.$': '$.Status' },
  };
}
