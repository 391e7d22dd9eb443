import type { TerraformStack } from 'cdktf';
import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import { Trigger, type TriggerProps } from '../../lib/scheduler/trigger/trigger';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { Pipeline } from '../../lib/training/pipeline/pipeline';

export const ALARM = 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift';
export const PIPELINE_ARN = 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn';

/** The locks of a stack. */
export function locksIn(stack: TerraformStack): TriggerTable {
  return (stack.node.tryFindChild('Locks') as TriggerTable | undefined) ?? new TriggerTable(stack, 'Locks');
}

/** An existing pipeline. */
export function churnIn(stack: TerraformStack) {
  return (
    (stack.node.tryFindChild('Churn') as ReturnType<typeof Pipeline.fromPipelineArn> | undefined) ??
    Pipeline.fromPipelineArn(stack, 'Churn', PIPELINE_ARN)
  );
}

/** A trigger that starts the pipeline when an alarm goes off. */
export function triggerIn(stack: TerraformStack, props: Partial<TriggerProps> = {}, id = 'Retrain'): Trigger {
  return new Trigger(stack, id, {
    on: Source.alarm(ALARM),
    start: Target.pipeline(churnIn(stack)),
    locks: locksIn(stack),
    ...props,
  });
}
