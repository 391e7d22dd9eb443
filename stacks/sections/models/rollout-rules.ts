import {
  brokenErrorPercent,
  brokenWaits,
  DEFAULT_ERROR_PERCENT,
  MAX_ROLLBACK_ALARMS,
  stepPercentOf,
} from '../../../lib/serving/rollout/rollout-limits';
import { brokenSmoke } from '../../../lib/serving/smoke/smoke-limits';
import { error, type FileError, type Path } from '../../environment/errors';
import type { DraftModel } from './draft';
import { rolloutTimes, STEP_KEYS } from './rollout';

/** How a change takes over. */
export function* rolloutRules(path: Path, model: DraftModel): Iterable<FileError> {
  const { rollout: steps = {}, challenger, smoke } = model;
  const present = STEP_KEYS.filter((key) => key in steps && !(key === 'allAtOnce' && steps.allAtOnce === false));
  for (const key of present.slice(1)) {
    const message = `must not be beside ${present[0]}, got both; keep one of ${STEP_KEYS.join(', ')}`;
    yield error([...path, key], message, 'key');
  }
  if (present.length > 1 || (Object.values(steps) as unknown[]).includes(undefined)) return;
  const times = rolloutTimes(steps as never);
  for (const { must, fix, got } of brokenWaits(times)) {
    const place = 'bakeMinutes' in steps ? [...path, 'bakeMinutes'] : path;
    yield error(place, `${must}, got ${got}; ${fix}`, 'bakeMinutes' in steps ? 'value' : 'key');
  }
  if (times.kind === 'rolling' && 'finalBakeMinutes' in steps) {
    yield error(
      [...path, 'finalBakeMinutes'],
      'has no effect with rolling, which keeps no old instances; remove it',
      'key',
    );
  }
  if (times.kind === 'allAtOnce' && 'bakeMinutes' in steps) {
    yield error(
      [...path, 'bakeMinutes'],
      'has no effect with allAtOnce, which has no steps; use finalBakeMinutes',
      'key',
    );
  }
  const invocation = 'asynchronous' in model ? 'asynchronous' : 'real-time';
  for (const { must, fix, got } of smoke ? brokenSmoke({ ...times, invocation }) : []) {
    yield error([...path.slice(0, -1), 'smoke'], `${must}${got === undefined ? '' : `, got ${got}`}; ${fix}`, 'key');
  }
  const { rollback = {} } = steps;
  const { errorPercent = DEFAULT_ERROR_PERCENT, alarms = [], latencyMs } = rollback;
  for (const { must, got, fix } of brokenErrorPercent(errorPercent, stepPercentOf(times))) {
    const place = [...path, 'rollback', 'errorPercent'];
    const shares = 'errorPercent' in rollback ? place : [...path, times.kind];
    yield error(shares, `${must}, got ${got}; ${fix}`);
  }
  const own = (challenger ? 2 : 1) * (latencyMs === undefined ? 1 : 2) + (smoke ? 1 : 0);
  if (own + alarms.length > MAX_ROLLBACK_ALARMS) {
    const message = `must be at most ${MAX_ROLLBACK_ALARMS - own} beside the ${own} of the model, got ${alarms.length}; combine some into one`;
    yield error([...path, 'rollback', 'alarms'], message);
  }
}
