import type * as z from 'zod';
import { LOG_GROUP } from '../../../../lib/aws/log-group';
import { ALARM, EVENT_RULE, QUEUE, SCHEDULE } from '../../../../lib/aws/name-kind';
import { HISTORY_FOLDER, LOCK_TABLE, STATE_MACHINE } from '../../../../lib/scheduler/trigger/trigger-limits';
import { written } from '../../../environment/draft';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { triggerRules } from './rules';
import { namePartOf, TriggersSchema } from './schema';

/** The settings of the triggers, by name. */
export type Triggers = z.output<typeof TriggersSchema>;
/** Name of the log group of what they have done, in the folder of such groups. */
export const HISTORY = 'triggers';
/** Name of the table of their locks. */
export const LOCKS = 'trigger-locks';

/** What starts runs for events and at times. */
export const triggers: Section<'triggers', typeof TriggersSchema, Triggers> = {
  name: 'triggers',
  schema: TriggersSchema,
  complete: (own) => own,
  rules: triggerRules,
  *names(own) {
    const all = written(own);
    if (all.length > 0) {
      yield { kind: LOCK_TABLE, name: LOCKS, form: 'prefixed' };
      const folder = HISTORY_FOLDER;
      yield { kind: { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - folder.length }, name: HISTORY, form: 'prefixed' };
    }
    for (const [name, { cron, every }] of all) {
      const starter = cron === undefined && every === undefined ? EVENT_RULE : SCHEDULE;
      for (const kind of [STATE_MACHINE, starter, QUEUE, ALARM]) {
        yield { kind, name: namePartOf(name), form: 'prefixed', path: ['scheduler', 'triggers', name] };
      }
    }
  },
  parts: (settings) =>
    Object.keys(settings).length === 0
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeTriggers(stack, settings, available),
          ),
        ],
};
