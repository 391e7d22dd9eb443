import type { TerraformStack } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { AlarmActions } from '../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../lib/monitoring/actions/alarm-receiver';
import { Monitoring, type MonitoringProps } from '../../lib/monitoring/monitoring';
import type { IEndpoint } from '../../lib/serving/endpoint/endpoint-base';
import type { InvocationKind } from '../../lib/serving/endpoint/endpoint-limits';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { keyIn } from '../support/stack';

/** Actions that send mail. */
export function actionsIn(stack: AwsStack): AlarmActions {
  return new AlarmActions(stack, 'Actions', {
    receivers: [AlarmReceiver.email(['oncall@acme.example'])],
    encryptionKey: keyIn(stack, 'AlarmKey'),
    name: 'alarms',
  });
}

export function monitoringIn(stack: AwsStack, props: Partial<MonitoringProps> = {}): Monitoring {
  return new Monitoring(stack, 'Monitoring', {
    actions: actionsIn(stack),
    encryptionKey: keyIn(stack, 'EventKey'),
    ...props,
  });
}

/** An endpoint that exists. */
export function endpointIn(
  stack: TerraformStack,
  invocation: InvocationKind = 'real-time',
  variantNames: readonly string[] = ['main'],
  name: string = invocation,
): IEndpoint {
  return SageMakerEndpoint.fromEndpointAttributes(stack, `Endpoint-${name}`, {
    endpointName: `acme-dev-${name}`,
    invocation,
    variantNames,
  });
}
