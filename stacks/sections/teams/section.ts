import { WORKGROUP } from '../../../lib/data-lake/lake-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { mapValues } from '../../environment/map-values';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { RESULTS_BUCKET, TeamsSchema } from './schema';

export type Teams = Readonly<Record<string, { readonly queryLimitGb: number }>>;

/** Teams, each with a query workgroup. */
export const teams: Section<'teams', typeof TeamsSchema, Teams> = {
  name: 'teams',
  schema: TeamsSchema,
  complete: (own, { lake }) => mapValues(own, ({ queryLimitGb = lake.queryLimitGb }) => ({ queryLimitGb })),
  *names(own): Iterable<DeclaredName> {
    for (const team of Object.keys(own)) yield { kind: WORKGROUP, name: team, form: 'prefixed', path: ['teams', team] };
    yield { kind: BUCKET, name: RESULTS_BUCKET, form: 'located' };
  },
  parts: (settings) => [
    part('data', (stack, available) =>
      (require('./make') as typeof import('./make')).makeTeams(stack, settings, available),
    ),
  ],
};
