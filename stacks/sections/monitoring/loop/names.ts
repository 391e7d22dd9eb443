import { LOG_GROUP } from '../../../../lib/aws/log-group';
import { ALARM, EVENT_RULE, QUEUE } from '../../../../lib/aws/name-kind';
import { HISTORY_FOLDER, STATE_MACHINE } from '../../../../lib/scheduler/trigger/trigger-limits';
import type { DeclaredName } from '../../../environment/section';

/** Name of the log group of what all loops have done. */
export const LOOP_HISTORY = 'retraining';

/** The names of what loops make. @param models those that are retrained */
export function* loopNames(models: readonly string[]): Iterable<DeclaredName> {
  const kind = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - HISTORY_FOLDER.length };
  if (models.length > 0) yield { kind, name: LOOP_HISTORY, form: 'prefixed' };
  for (const model of models) {
    const place = { form: 'prefixed', path: ['monitoring', 'drift', model, 'retrain'] } as const;
    for (const part of [`trigger-retrain-${model}`, `trigger-approved-${model}`]) {
      for (const one of [STATE_MACHINE, EVENT_RULE, QUEUE, ALARM]) yield { kind: one, name: part, ...place };
    }
    for (const one of [STATE_MACHINE, EVENT_RULE]) yield { kind: one, name: `review-${model}`, ...place };
  }
}
