import { DATABASE_DEFAULTS } from '../../../../lib/registry/database-props';
import { BACKUP_RETENTION_DAYS, POSTGRESQL_VERSION } from '../../../../lib/registry/registry-limits';
import { bySize } from '../../../environment/schema/choices';
import { flag, integer, text } from '../../../environment/schema/fields';

/** Backup retention in days, for every engine. */
export const BACKUP_DAYS = bySize({ small: 3, medium: 7, large: 30 });

/** Keys of a PostgreSQL database that every engine has. */
export const POSTGRESQL = {
  engineVersion: text({ ...POSTGRESQL_VERSION, meaning: `${POSTGRESQL_VERSION.meaning}, in quotes` })
    .default(DATABASE_DEFAULTS.version)
    .describe(
      `Version of PostgreSQL, in quotes: a major version such as "17", or a minor version such as "17.6". Upgrades happen in the maintenance window. To upgrade to a new major version, write a minor version that AWS lists as a target of the present one. Default: "${DATABASE_DEFAULTS.version}".`,
    ),
  extendedSupport: flag()
    .default(DATABASE_DEFAULTS.extendedSupport)
    .describe(
      `Whether the major version keeps running after its standard support, for about 0.10 US dollars per vCPU or 0.085 per ACU and hour, twice that in the third year. If false, RDS then upgrades the database to the next major version by itself. Fixed when the database is created. Default: ${DATABASE_DEFAULTS.extendedSupport}.`,
    ),
  backupDays: integer(BACKUP_RETENTION_DAYS.min, BACKUP_RETENTION_DAYS.max)
    .describe(`Days within which the database can be restored to any second. ${BACKUP_DAYS.description}`)
    .optional(),
  iamAuthentication: flag()
    .default(DATABASE_DEFAULTS.iamAuthentication)
    .describe(
      `Whether roles can log in with short-lived IAM tokens instead of passwords. Default: ${DATABASE_DEFAULTS.iamAuthentication}.`,
    ),
};
