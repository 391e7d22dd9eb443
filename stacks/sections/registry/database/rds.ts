import * as z from 'zod';
import type { IDatabase } from '../../../../lib/registry/database';
import { DATABASE_DEFAULTS } from '../../../../lib/registry/database-props';
import { brokenInstanceClassRules } from '../../../../lib/registry/postgresql/instance-class-limits';
import { brokenVersionRules } from '../../../../lib/registry/postgresql/version-limits';
import { leastMaxStorageGb, STORAGE_LIMITS_GB } from '../../../../lib/registry/registry-limits';
import type { Draft } from '../../../environment/draft';
import type { Engine } from '../../../environment/engine';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { bySize, SIZES, type Size } from '../../../environment/schema/choices';
import { flag, integer } from '../../../environment/schema/fields';
import type { GeneralInput } from '../../../environment/schema/general';
import { BACKUP_DAYS, POSTGRESQL } from './postgresql';

const INSTANCE = bySize({ small: 'db.t4g.small', medium: 'db.t4g.medium', large: 'db.m7g.large' });
const MULTI_AZ = bySize({ small: false, medium: false, large: true });
const STORAGE_GB = bySize({ small: 20, medium: 50, large: 100 });

const RdsSchema = z
  .strictObject({
    engine: z.literal('rds').describe('One PostgreSQL instance on RDS, optionally with a standby.'),
    instance: z
      .string('an instance class such as db.t4g.small')
      .describe(`Instance class. ${INSTANCE.description}`)
      .meta({ examples: ['db.t4g.small'] })
      .optional(),
    multiAz: flag()
      .describe(`Whether a standby in another zone takes over within minutes. ${MULTI_AZ.description}`)
      .optional(),
    storageGb: integer(STORAGE_LIMITS_GB.min, STORAGE_LIMITS_GB.max)
      .describe(
        `Initial storage in GB; it can grow, but never shrink. From 400 GB on it is four times as fast, at no charge. ${STORAGE_GB.description}`,
      )
      .optional(),
    maxStorageGb: integer(0, STORAGE_LIMITS_GB.max)
      .describe(
        'Limit of automatic storage growth in GB: at least 10 percent above storageGb, or 0 for no growth. Default: five times storageGb.',
      )
      .optional(),
    ...POSTGRESQL,
  })
  .describe('A PostgreSQL database for the registries (models, runs, features) on one RDS instance.');

type RdsSettings = ReturnType<typeof complete>;

/** The registry database on one RDS instance. */
export const rds: Engine<'rds', typeof RdsSchema, RdsSettings, IDatabase, 'data'> = {
  engine: 'rds',
  layer: 'data',
  schema: RdsSchema,
  complete: (written, { size }) => complete(written, size),
  rules,
  make: (stack, settings, available) =>
    (require('./make-rds') as typeof import('./make-rds')).makeRds(stack, settings, available),
};

function complete(written: z.output<typeof RdsSchema>, size: Size) {
  const { instance = INSTANCE.of(size), multiAz = MULTI_AZ.of(size), backupDays = BACKUP_DAYS.of(size) } = written;
  const { storageGb = STORAGE_GB.of(size), maxStorageGb = DATABASE_DEFAULTS.maxStorageGb(storageGb) } = written;
  return { ...written, instance, multiAz, backupDays, storageGb, maxStorageGb };
}

function* rules(path: Path, own: Draft<z.input<typeof RdsSchema>>, { size }: Draft<GeneralInput>): Iterable<FileError> {
  if (own.instance !== undefined) {
    yield* broken([...path, 'instance'], own.instance, brokenInstanceClassRules(own.instance));
  }
  if (own.engineVersion !== undefined) {
    yield* broken([...path, 'engineVersion'], own.engineVersion, brokenVersionRules('rds', own.engineVersion));
  }
  if (!own.maxStorageGb) return; // 0: no growth
  const { maxStorageGb } = own;
  const storageGb = own.storageGb ?? ('storageGb' in own ? undefined : STORAGE_GB.of(size ?? SIZES[0]));
  if (storageGb === undefined) return;
  const least = leastMaxStorageGb(storageGb);
  if (maxStorageGb < least) {
    yield error(
      [...path, 'maxStorageGb'],
      `must be at least ${least}, 10 percent above storageGb ${storageGb}, got the number ${maxStorageGb}; raise it, or write 0 for no growth`,
    );
  }
}
