import type * as z from 'zod';
import { PIPELINE } from '../../../../lib/training/pipeline/pipeline-limits';
import { TRAINING } from '../../../../lib/training/training-limits';
import { written } from '../../../environment/draft';
import type { DeclaredName, Section } from '../../../environment/section';
import { part } from '../../../offers';
import { baselineNames } from './baseline';
import { pipelineRules } from './rules';
import { PipelinesSchema } from './schema';

/** The settings of the pipelines, by name. */
export type Pipelines = z.output<typeof PipelinesSchema>;
/** Id of the construct that has the pipelines: a part of the names of their jobs. */
export const PIPELINES_ID = 'Pipelines';

/** Training pipelines. */
export const pipelines: Section<'pipelines', typeof PipelinesSchema, Pipelines> = {
  name: 'pipelines',
  schema: PipelinesSchema,
  complete: (own) => own,
  rules: pipelineRules,
  *names(own): Iterable<DeclaredName> {
    for (const [name] of written(own)) {
      const path = ['training', 'pipelines', name];
      yield { kind: PIPELINE, name, form: 'prefixed', path };
      yield { kind: TRAINING, name: `${PIPELINES_ID.toLowerCase()}-${name}`, form: 'prefixed', path };
    }
    yield* baselineNames(written(own).flatMap(([name, { baseline }]) => (baseline ? [name] : [])));
  },
  endpoints: (settings) => {
    const all = Object.values(settings);
    if (all.length === 0) return [];
    return [
      'pipelines',
      'processing-jobs',
      'training-jobs',
      ...(all.some(({ champion }) => champion) ? (['evaluation'] as const) : []),
      ...(all.some(({ quality }) => quality !== undefined) ? (['data-quality'] as const) : []),
    ];
  },
  parts: (settings) =>
    Object.keys(settings).length === 0
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makePipelines(stack, settings, available),
          ),
        ],
};
