import { Construct } from 'constructs';
import { Baseline } from '../../../../lib/monitoring/drift/baseline';
import { DriftMonitor } from '../../../../lib/monitoring/drift/drift-monitor';
import { Source } from '../../../../lib/scheduler/trigger/source';
import { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import { CaptureSource } from '../../../../lib/serving/captured/capture-source';
import { currentDay } from '../../../../lib/training/framework/day';
import { Framework } from '../../../../lib/training/framework/framework';
import { newestVersion } from '../../../../lib/training/framework/images';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import { CHAMPION } from '../../models/section';
import { DRIFT_LOCKS, driftName } from './names';
import type { Drift } from './schema';

type Parts = Available['monitoring'];

/** A monitor for each model that is watched. */
export function makeDrift(stack: LayerStack, drift: Drift, parts: Parts): ReadonlyMap<string, DriftMonitor> {
  const watched = Object.entries(drift);
  if (watched.length === 0) return new Map();
  const scope = new Construct(stack, 'Drift');
  const locks = new TriggerTable(scope, 'Locks', { name: DRIFT_LOCKS });
  const framework = Framework.scikitLearn(newestVersion('scikit-learn', currentDay()));
  return new Map(
    watched.map(([name, settings]) => {
      const { instance, cron, baseline, ...options } = settings;
      const monitor = new DriftMonitor(scope, name, {
        ...options,
        name: driftName(name),
        workspace: parts.services.training!,
        framework,
        instanceType: instance,
        captured: CaptureSource.endpoint(parts.models.endpoints!.get(name)!, [CHAMPION]),
        baseline: baselineOf(baseline, parts),
        on: cron === undefined ? undefined : Source.cron(cron),
        locks,
        alarmTopicArns: parts.foundation.alarmActions!.topicArnsOf('warning'),
      });
      return [name, monitor];
    }),
  );
}

function baselineOf({ profile, zone, prefix, format }: Drift[string]['baseline'], { data }: Parts): Baseline {
  if (profile !== undefined) return Baseline.profile(data.models.bucket, profile);
  return Baseline.dataSet(data.lake.zone(zone!).bucket, prefix!, format!);
}
