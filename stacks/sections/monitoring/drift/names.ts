import { ALARM, QUEUE, SCHEDULE } from '../../../../lib/aws/name-kind';
import { MONITOR } from '../../../../lib/monitoring/drift/drift-limits';
import { LOCK_TABLE, STATE_MACHINE } from '../../../../lib/scheduler/trigger/trigger-limits';
import type { DeclaredName } from '../../../environment/section';

/** Name of the table of the locks of all monitors. */
export const DRIFT_LOCKS = 'drift-locks';

/** The name of a monitor after the prefix of the environment. */
export function driftName(model: string): string {
  return `drift-${model}`;
}

/** The names of what monitors make. */
export function* driftNames(models: readonly string[]): Iterable<DeclaredName> {
  if (models.length > 0) yield { kind: LOCK_TABLE, name: DRIFT_LOCKS, form: 'prefixed' };
  for (const model of models) {
    const place = { form: 'prefixed', path: ['monitoring', 'drift', model] } as const;
    const name = driftName(model);
    yield { kind: MONITOR, name, ...place };
    for (const end of ['drift', 'silent']) yield { kind: ALARM, name: `${name}-${end}`, ...place };
    for (const kind of [STATE_MACHINE, SCHEDULE, QUEUE, ALARM]) yield { kind, name: `trigger-${name}`, ...place };
  }
}
