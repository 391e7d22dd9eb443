import type * as z from 'zod';
import { JOB_DEFINITION, JOB_QUEUE, SCHEDULING_POLICY } from '../../../../lib/training/batch/batch-limits';
import { written } from '../../../environment/draft';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { batchRules } from './rules';
import { BatchSchema } from './schema';

type Written = z.output<typeof BatchSchema>;
type Pool = Written[string];
/** The settings of the pools: every team has a share unless the file says which. */
export type BatchSettings = Readonly<Record<string, Pool & { readonly shares: Readonly<Record<string, number>> }>>;

/** Queues of a pool that names none, as those of `BatchTraining`. */
const QUEUES = ['normal'];

/** Pools of capacity on AWS Batch. */
export const batch: Section<'batch', typeof BatchSchema, BatchSettings> = {
  name: 'batch',
  schema: BatchSchema,
  complete: (own, { teams }) =>
    Object.fromEntries(
      Object.entries(own).map(([name, pool]) => [
        name,
        { ...pool, shares: pool.shares ?? Object.fromEntries(Object.keys(teams).map((team) => [team, 1])) },
      ]),
    ),
  rules: batchRules,
  *names(own) {
    for (const [name, { queues, jobs = {} }] of written(own)) {
      const path = ['training', 'batch', name];
      yield { kind: SCHEDULING_POLICY, name, form: 'prefixed', path };
      for (const queue of queues === undefined ? QUEUES : Object.keys(queues)) {
        const place = queues === undefined ? path : [...path, 'queues', queue];
        yield { kind: JOB_QUEUE, name: `${name}-${queue}`, form: 'prefixed', path: place };
      }
      for (const job of Object.keys(jobs)) {
        yield { kind: JOB_DEFINITION, name: `${name}-${job}`, form: 'prefixed', path: [...path, 'jobs', job] };
      }
    }
  },
  endpoints: (settings) => {
    const kinds = Object.values(settings).map(({ capacity }) => capacity);
    const uses = kinds.map((kind) =>
      kind.startsWith('fargate') ? ('batch-fargate' as const) : ('batch-ec2' as const),
    );
    return [...new Set(uses)];
  },
  parts: (settings, environment) =>
    Object.keys(settings).length === 0
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeBatch(stack, settings, environment, available),
          ),
        ],
};
