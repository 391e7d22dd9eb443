import type { TerraformStack } from 'cdktf';
import type { RetrainingLoopProps } from '../../lib/monitoring/loop/loop-props';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { Pipeline } from '../../lib/training/pipeline/pipeline';

const ARN = 'arn:aws:sagemaker:eu-north-1:111122223333';

/** Properties without which a loop cannot be made, of parts that exist. */
export function loopPropsIn(stack: TerraformStack): RetrainingLoopProps {
  return {
    model: 'churn',
    alarmArn: 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift',
    pipeline: Pipeline.fromPipelineArn(stack, 'Retrained', `${ARN}:pipeline/churn`),
    packages: ModelPackageGroup.fromModelPackageGroupAttributes(stack, 'Packages', {
      packageGroupArn: `${ARN}:model-package-group/acme-dev-churn`,
    }),
    endpoint: SageMakerEndpoint.fromEndpointAttributes(stack, 'Served', {
      endpointName: 'acme-dev-churn',
      variantNames: ['champion', 'challenger'],
    }),
    watched: ['acme-dev-errors'],
    locks: new TriggerTable(stack, 'LoopLocks'),
  };
}
