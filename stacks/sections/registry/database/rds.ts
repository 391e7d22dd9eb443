import * as z from 'zod';
import type { IDatabase } from '../../../../lib/registry/database';
import { DATABASE_DEFAULTS } from '../../../../lib/registry/database-props';
import { INSTANCE_CLASS, leastMaxStorageGb, STORAGE_LIMITS_GB } from '../../../../lib/registry/registry-limits';
import type { Draft } from '../../../environment/draft';
import type { Engine } from '../../../environment/engine';
import { error, type FileError, type Path } from '../../../environment/errors';
import { bySize, SIZES, type Size } from '../../../environment/schema/choices';
import { flag, integer, text } from '../../../environment/schema/fields';
import type { GeneralInput } from '../../../environment/schema/general';
import { BACKUP_DAYS, POSTGRESQL } from './postgresql';

const INSTANCE = bySize({ small: 'db.t4g.small', medium: 'db.t4g.medium', large: 'db.m7g.large' });
const MULTI_AZ = bySize({ small: false, medium: false, large: true });
const STORAGE_GB = bySize({ small: 20, medium: 50, large: 100 });

const RdsSchema = z
  .strictObject({
    engine: z.literal('rds').describe('One PostgreSQL instance of RDS, with a standby if asked for.'),
    instance: text(INSTANCE_CLASS).describe(`Instance class. ${INSTANCE.description}`).optional(),
    multiAz: flag()
      .describe(`Keeps a standby in another zone that takes over within minutes. ${MULTI_AZ.description}`)
      .optional(),
    storageGb: integer(STORAGE_LIMITS_GB.min, STORAGE_LIMITS_GB.max)
      .describe(`Storage at first; it can grow later, never shrink. ${STORAGE_GB.description}`)
      .optional(),
    maxStorageGb: integer(0, STORAGE_LIMITS_GB.max)
      .describe(
        'Storage grows by itself up to this; at least a tenth above storageGb, or 0 for never. Default: five times storageGb.',
      )
      .optional(),
    ...POSTGRESQL,
  })
  .describe('A PostgreSQL database for the registries (models, runs, features) on one instance of RDS.');

type RdsSettings = ReturnType<typeof complete>;

/** The registry database on one instance of RDS. */
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
  const { storageGb = STORAGE_GB.of(size), maxStorageGb = growthOf(storageGb) } = written;
  return { ...written, instance, multiAz, backupDays, storageGb, maxStorageGb };
}

/** 0, which is no growth, where RDS has no tenth left to grow. */
function growthOf(storageGb: number): number {
  const most = DATABASE_DEFAULTS.maxStorageGb(storageGb) ?? 0;
  return most < leastMaxStorageGb(storageGb) ? 0 : most;
}

function* rules(path: Path, own: Draft<z.input<typeof RdsSchema>>, { size }: Draft<GeneralInput>): Iterable<FileError> {
  if (!own.maxStorageGb) return; // 0: never grows
  const { maxStorageGb } = own;
  const storageGb = own.storageGb ?? ('storageGb' in own ? undefined : STORAGE_GB.of(size ?? SIZES[0]));
  if (storageGb === undefined) return;
  const least = leastMaxStorageGb(storageGb);
  if (maxStorageGb < least) {
    yield error(
      [...path, 'maxStorageGb'],
      `must be at least ${least}, a tenth above storageGb ${storageGb}, got the number ${maxStorageGb}; raise it, or write 0 to let it never grow`,
    );
  }
}
