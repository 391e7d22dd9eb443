import { DATABASE_DEFAULTS } from '../../../../lib/registry/database-props';
import { BACKUP_RETENTION_DAYS, POSTGRESQL_VERSION } from '../../../../lib/registry/registry-limits';
import { bySize } from '../../../environment/schema/choices';
import { flag, integer, text } from '../../../environment/schema/fields';

export const BACKUP_DAYS = bySize({ small: 3, medium: 7, large: 30 });

/** What may be written of a PostgreSQL database, whatever its engine. */
export const POSTGRESQL = {
  engineVersion: text({ ...POSTGRESQL_VERSION, meaning: 'a major version of PostgreSQL in quotes such as "17"' })
    .default(DATABASE_DEFAULTS.version)
    .describe(
      'Major version of PostgreSQL, in quotes. A new one is taken in the maintenance window, and so are minor ones.',
    ),
  backupDays: integer(BACKUP_RETENTION_DAYS.min, BACKUP_RETENTION_DAYS.max)
    .describe(`Days to which the database can be restored, to the second. ${BACKUP_DAYS.description}`)
    .optional(),
  iamAuthentication: flag()
    .default(DATABASE_DEFAULTS.iamAuthentication)
    .describe('Lets roles log in with short-lived IAM tokens, so that no password has to be handed out.'),
};
