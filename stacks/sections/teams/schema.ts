import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { snippet } from '../../environment/schema/editor';
import { named, text } from '../../environment/schema/fields';
import { queryLimit } from '../lake/schema';

/** Bucket for the results of all teams, each in its own folder. */
export const RESULTS_BUCKET = 'query-results';

const TeamSchema = z
  .strictObject({
    queryLimitGb: queryLimit()
      .describe("Gigabytes that a query of the team may scan. Default: the lake's queryLimitGb.")
      .optional(),
  })
  .describe('A team: it owns tables and has a query workgroup.');

/** What may be written under `teams`. */
export const TeamsSchema = named(text(NAME), TeamSchema)
  .default({})
  .describe('Teams by name. Default: none.')
  .meta({
    defaultSnippets: [snippet('a team', { '${1:fraud}': { queryLimitGb: 50 } })],
  });
