import { Construct } from 'constructs';
import type { DriftMonitor } from '../../../../lib/monitoring/drift/drift-monitor';
import { RetrainingLoop } from '../../../../lib/monitoring/loop/retraining-loop';
import type { Monitoring as Watching } from '../../../../lib/monitoring/monitoring';
import { TriggerHistory } from '../../../../lib/scheduler/trigger/trigger-history';
import type { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import { CHALLENGER } from '../../models/section';
import type { Monitoring } from '../section';
import { LOOP_HISTORY } from './names';
import { MINUTES_PER_HOUR } from './schema';

/** What loops hang on: the monitors of drift, their locks, and what watches the endpoints. */
export interface LoopParts {
  readonly monitors: ReadonlyMap<string, DriftMonitor>;
  readonly locks: TriggerTable;
  readonly watching: Watching;
}

/** A loop for each model that is retrained. */
export function makeLoops(
  stack: LayerStack,
  { drift, removal }: NonNullable<Monitoring>,
  { foundation, data, services, models, environment }: Available['monitoring'],
  { monitors, locks, watching }: LoopParts,
): void {
  const retrained = Object.entries(drift).flatMap(([name, { retrain }]) => (retrain ? [{ name, retrain }] : []));
  if (retrained.length === 0) return;
  const scope = new Construct(stack, 'Loops');
  const encryptionKey = foundation.keys.of('monitoring');
  const history = new TriggerHistory(scope, 'History', { name: LOOP_HISTORY, encryptionKey, removal });
  for (const { name, retrain } of retrained) {
    const { pipeline, alarm, cooldownHours, maxRunHours, ...options } = retrain;
    const loop = new RetrainingLoop(scope, name, {
      ...options,
      model: name,
      alarmArn: alarm ?? monitors.get(name)!.driftAlarmArn,
      pipeline: services.pipelines!.get(pipeline)!,
      packages: data.packages.get(environment.models[name]!.package!)!,
      endpoint: models.endpoints!.get(name)!,
      challenger: CHALLENGER,
      watched: watching.alarmsOf(`model-${name}`, CHALLENGER).map(({ alarmName }) => alarmName),
      locks: services.triggerLocks ?? locks,
      history,
      cooldownMinutes: cooldownHours * MINUTES_PER_HOUR,
      maxRunMinutes: maxRunHours * MINUTES_PER_HOUR,
      alarmTopicArns: foundation.alarmActions!.topicArnsOf('warning'),
    });
    watching.watch(`retraining-${name}`, [], { graphs: loop.graphs });
    watching.show(`retraining-${name}: failures`, ...loop.alarms);
  }
}
