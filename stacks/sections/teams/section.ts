import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { WORKGROUP } from '../../../lib/data-lake/lake-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { mapValues } from '../../environment/map-values';
import { named, text } from '../../environment/schema/fields';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { queryLimit } from '../lake/schema';

/** Results of all teams, each below a folder of its own. */
export const RESULTS_BUCKET = 'query-results';

const TeamSchema = z
  .strictObject({
    queryLimitGb: queryLimit()
      .describe("Gigabytes one query of the team may scan. Default: the lake's queryLimitGb.")
      .optional(),
  })
  .describe('A team: a query workgroup, and owner of tables.');

const TeamsSchema = named(text(NAME), TeamSchema).default({}).describe('Teams that work here.');

export type Teams = Readonly<Record<string, { readonly queryLimitGb: number }>>;

/** Who works here: a query workgroup for each team. */
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
