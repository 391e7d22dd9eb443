import { ALARM, EVENT_RULE, QUEUE } from '../../../../lib/aws/name-kind';
import { LOCK_TABLE, STATE_MACHINE } from '../../../../lib/scheduler/trigger/trigger-limits';
import { currentDay } from '../../../../lib/training/framework/day';
import { brokenProcessor, newestVersion } from '../../../../lib/training/framework/images';
import { processorOf } from '../../../../lib/training/training-limits';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import type { DeclaredName } from '../../../environment/section';
import type { DraftPipeline } from './rules';

/** Name of the table of the locks of all jobs that make profiles. */
export const BASELINE_LOCKS = 'baseline-locks';

/** Name of what makes the profile of a pipeline. */
export function baselineName(pipeline: string): string {
  return `baseline-${pipeline}`;
}

/** Folder of the profile of a pipeline in the store of models. */
export function baselineFolder(pipeline: string): string {
  return `baselines/${pipeline}`;
}

/** The names of what makes profiles. @param pipelines those that have a baseline */
export function* baselineNames(pipelines: readonly string[]): Iterable<DeclaredName> {
  if (pipelines.length > 0) yield { kind: LOCK_TABLE, name: BASELINE_LOCKS, form: 'prefixed' };
  for (const pipeline of pipelines) {
    const place = { form: 'prefixed', path: ['training', 'pipelines', pipeline, 'baseline'] } as const;
    for (const kind of [STATE_MACHINE, EVENT_RULE, QUEUE, ALARM]) {
      yield { kind, name: `trigger-${baselineName(pipeline)}`, ...place };
    }
  }
}

/** Rules of a baseline: its job computes on a CPU, and its columns are features. */
export function* baselineRules(path: Path, pipeline: DraftPipeline): Iterable<FileError> {
  const { baseline, target, identifiers = [], evaluationInstance, instance } = pipeline;
  if (baseline === undefined) return;
  const place = [...path, 'baseline'];
  const [type, at] =
    'instance' in baseline
      ? [baseline.instance, [...place, 'instance']]
      : ['evaluationInstance' in pipeline ? evaluationInstance : instance, place];
  if (type !== undefined) {
    const newest = newestVersion('scikit-learn', currentDay());
    yield* broken(at, type, brokenProcessor('scikit-learn', newest, processorOf(type)));
  }
  const names = baseline.categories ?? [];
  for (const [index, name] of names.entries()) {
    if (name === undefined) continue;
    const where = [...place, 'categories', index];
    if (names.indexOf(name) < index) yield error(where, `must be there once, got '${name}' again; remove it`);
    if (name === target || identifiers.includes(name)) {
      yield error(where, `must be a feature, got '${name}', which is the target or an identifier; remove it`);
    }
  }
}
