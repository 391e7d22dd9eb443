import { Construct } from 'constructs';
import { Source } from '../../../../lib/scheduler/trigger/source';
import { Target } from '../../../../lib/scheduler/trigger/target';
import { Trigger } from '../../../../lib/scheduler/trigger/trigger';
import type { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import { BatchInference } from '../../../../lib/serving/batch/batch-inference';
import type { PackageCheck } from '../../../../lib/serving/check/package-check';
import type { ModelSource } from '../../../../lib/serving/model/model-source';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import { BATCH_TRIGGER, type ModelSettings, type Models } from '../section';

const MINUTES_PER_HOUR = 60;

/** What models of files are made with. */
export interface BatchParts {
  readonly available: Available['models'];
  readonly check: PackageCheck | undefined;
  /** Locks of what models start. */
  locks(): TriggerTable;
  /** The model that answers. */
  sourceOf(scope: Construct, model: ModelSettings): ModelSource;
}

/** Creates a batch transform and its trigger for each model that predicts for files. */
export function makeBatches(
  stack: LayerStack,
  models: Models,
  { available, check, locks, sourceOf }: BatchParts,
): void {
  const { data, foundation, services } = available;
  const all = Object.entries(models).filter(([, { batch }]) => batch !== undefined);
  if (all.length === 0) return;
  const scope = new Construct(stack, 'Batches');
  for (const [name, model] of all) {
    const { input, output, cron, timezone, instance, count, maxRunHours, ...options } = model.batch!;
    const own = new Construct(scope, name);
    const batch = new BatchInference(own, 'Batch', {
      ...options,
      name,
      workspace: services.training!,
      model: sourceOf(own, model),
      check,
      input: { bucket: data.lake.zone(input.zone).bucket, prefix: input.prefix },
      output: { bucket: data.lake.zone(output.zone).bucket, prefix: output.prefix },
      instanceType: instance,
      instanceCount: count,
    });
    new Trigger(own, 'Trigger', {
      name: `${BATCH_TRIGGER}-${name}`,
      on: Source.cron(cron, timezone),
      start: Target.transformJob(batch),
      locks: locks(),
      maxRunMinutes: maxRunHours * MINUTES_PER_HOUR,
      alarmTopicArns: foundation.alarmActions?.topicArnsOf('warning'),
    });
  }
}
