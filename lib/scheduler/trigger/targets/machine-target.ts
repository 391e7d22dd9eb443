import { Fn, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { partOfArn } from '../../../aws/arn-parts';
import { Aws } from '../../../aws/aws';
import { integration, lookAtExecution, NO_EXECUTION } from '../../states/integrations';
import { intrinsic, type Test } from '../../states/state';
import type { TargetParts } from './target-parts';

/** Paths of the cause in the input of an execution, and of its ARN. */
const [CAUSE, EXECUTION] = ['$.cause', '$$.Execution.Id'] as const;

/** How a trigger starts a state machine. @param parallel whether each event starts an execution, also beside others */
export function machineParts(scope: IConstruct, stateMachineArn: string, parallel: boolean): TargetParts {
  const name = machineName(stateMachineArn);
  const place = ([3, 4] as const).map((index) => partOfArn(stateMachineArn, index)).join(':');
  const executions = `arn:${Aws.of(scope).partition}:states:${place}:execution:${name}:*`;
  return {
    lock: parallel ? undefined : `machine/${name}`,
    start: {
      Resource: integration(scope, 'states:startExecution'),
      Parameters: {
        StateMachineArn: stateMachineArn,
        'Name.$': intrinsic('Hash', EXECUTION, "'SHA-256'"), // two triggers may start it for one event, one after the other
        Input: {
          'cause.$': CAUSE,
          'startedBy.$': EXECUTION,
          'input.$': '$',
          'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': EXECUTION,
        },
      },
      ResultSelector: { 'id.$': '$.ExecutionArn' },
    },
    run: '$.run.id',
    follow: parallel
      ? undefined
      : {
          look: (run) => lookAtExecution(scope, run),
          isActive: (answer) => equals(`${answer}.status`, 'RUNNING'),
          hasSucceeded: (answer) => equals(`${answer}.status`, 'SUCCEEDED'),
          gone: NO_EXECUTION,
        },
    grant(grantee) {
      grantee.addToPolicy({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
      if (parallel) return;
      grantee.addToPolicy({ actions: ['states:DescribeExecution'], resources: [executions] });
    },
  };
}

function machineName(stateMachineArn: string): string {
  if (Token.isUnresolved(stateMachineArn)) return Token.asString(Fn.element(Fn.split(':', stateMachineArn), 6));
  return stateMachineArn.split(':').at(-1)!;
}

function equals(Variable: string, StringEquals: string): Test {
  return { Variable, StringEquals };
}
