import { Construct } from 'constructs';
import { Baseline } from '../../../../lib/monitoring/drift/baseline';
import { BASELINE_FILE } from '../../../../lib/monitoring/drift/drift-baseline';
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
import { baselineFolder } from '../../training/pipelines/baseline';
import { DRIFT_LOCKS, driftName } from './names';
import type { Drift } from './schema';

type Parts = Available['monitoring'];

/** Monitors by model, and the locks of their runs. */
export interface DriftParts {
  readonly monitors: ReadonlyMap<string, DriftMonitor>;
  readonly locks: TriggerTable;
}

/** A monitor for each model that is watched; `undefined` if there are none. */
export function makeDrift(stack: LayerStack, drift: Drift, parts: Parts): DriftParts | undefined {
  const watched = Object.entries(drift);
  if (watched.length === 0) return undefined;
  const scope = new Construct(stack, 'Drift');
  const locks = new TriggerTable(scope, 'Locks', { name: DRIFT_LOCKS });
  const framework = Framework.scikitLearn(newestVersion('scikit-learn', currentDay()));
  const monitors = new Map(
    watched.map(([name, settings]) => {
      const { instance, cron, baseline, retrain: _, ...options } = settings;
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
      return [name, monitor] as const;
    }),
  );
  return { monitors, locks };
}

function baselineOf({ pipeline, profile, zone, prefix, format }: Drift[string]['baseline'], { data }: Parts): Baseline {
  if (pipeline !== undefined) {
    return Baseline.profile(data.models.bucket, `${baselineFolder(pipeline)}/${BASELINE_FILE}`);
  }
  if (profile !== undefined) return Baseline.profile(data.models.bucket, profile);
  return Baseline.dataSet(data.lake.zone(zone!).bucket, prefix!, format!);
}
