import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { named, text } from '../../environment/schema/fields';
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

/** What may be written under `teams`. */
export const TeamsSchema = named(text(NAME), TeamSchema).default({}).describe('Teams that work here.');
