import { Fn, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { partOfArn } from '../../aws/arn-parts';
import { Aws } from '../../aws/aws';
import { intrinsic } from '../states/state';
import { integration, lookAtExecution, NO_EXECUTION } from '../trigger/integrations';
import type { TargetParts } from '../trigger/target-parts';

const EXECUTION = '$$.Execution.Id';

/** A state machine as the target of a trigger. */
export function machineParts(scope: IConstruct, stateMachineArn: string): TargetParts {
  const name = machineName(stateMachineArn);
  const place = ([3, 4] as const).map((index) => partOfArn(stateMachineArn, index)).join(':');
  const executions = `arn:${Aws.of(scope).partition}:states:${place}:execution:${name}:*`;
  const status = (answer: string, StringEquals: string) => ({ Variable: `${answer}.status`, StringEquals });
  return {
    lock: `machine/${name}`,
    start: {
      Resource: integration(scope, 'states:startExecution'),
      Parameters: {
        StateMachineArn: stateMachineArn,
        'Name.$': intrinsic('Hash', EXECUTION, "'SHA-256'"), // two triggers may start it for one event, one after the other
        Input: {
          'cause.$': '$.cause',
          'startedBy.$': EXECUTION,
          'input.$': '$',
          'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': EXECUTION,
        },
      },
      ResultSelector: { 'id.$': '$.ExecutionArn' },
    },
    run: '$.run.id',
    follow: {
      look: (run) => lookAtExecution(scope, run),
      isActive: (answer) => status(answer, 'RUNNING'),
      hasSucceeded: (answer) => status(answer, 'SUCCEEDED'),
      gone: NO_EXECUTION,
    },
    grant(grantee) {
      grantee.addToPolicy({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
      grantee.addToPolicy({ actions: ['states:DescribeExecution'], resources: [executions] });
    },
  };
}

function machineName(stateMachineArn: string): string {
  if (Token.isUnresolved(stateMachineArn)) return Token.asString(Fn.element(Fn.split(':', stateMachineArn), 6));
  return stateMachineArn.split(':').at(-1)!;
}
