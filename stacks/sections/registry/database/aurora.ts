import * as z from 'zod';
import type { IDatabase } from '../../../../lib/registry/database-base';
import { brokenVersionRules } from '../../../../lib/registry/postgresql/version-limits';
import {
  CAPACITY_STEP_ACU,
  MAX_CAPACITY_LIMITS_ACU,
  MIN_CAPACITY_LIMITS_ACU,
  PAUSE_LIMITS_SECONDS,
  READER_LIMITS,
} from '../../../../lib/registry/registry-limits';
import type { Draft } from '../../../environment/draft';
import type { Engine } from '../../../environment/engine';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { bySize, SIZES, type Size } from '../../../environment/schema/choices';
import { choice, integer, multiple } from '../../../environment/schema/fields';
import type { GeneralInput } from '../../../environment/schema/general';
import { BACKUP_DAYS, POSTGRESQL } from './postgresql';

/** A small database pauses when it is idle; then it costs only its storage. */
const MIN_CAPACITY_ACU = bySize({ small: 0, medium: 2, large: 2 });
const MAX_CAPACITY_ACU = bySize({ small: 4, medium: 8, large: 16 });
const READERS = bySize({ small: 0, medium: 0, large: 1 });

const AuroraSchema = z
  .strictObject({
    engine: z.literal('aurora').describe('Aurora Serverless v2: capacity follows the load and can pause at zero.'),
    minCapacityAcu: multiple(CAPACITY_STEP_ACU, MIN_CAPACITY_LIMITS_ACU.min, MIN_CAPACITY_LIMITS_ACU.max)
      .describe(
        `Minimum capacity of an instance in Aurora capacity units (ACU) of about 2 GiB of memory. 0 pauses an idle instance; the next connection then waits about 15 seconds. ${MIN_CAPACITY_ACU.description}`,
      )
      .optional(),
    maxCapacityAcu: multiple(CAPACITY_STEP_ACU, MAX_CAPACITY_LIMITS_ACU.min, MAX_CAPACITY_LIMITS_ACU.max)
      .describe(`Maximum capacity of an instance in ACU. ${MAX_CAPACITY_ACU.description}`)
      .optional(),
    pauseAfterSeconds: integer(PAUSE_LIMITS_SECONDS.min, PAUSE_LIMITS_SECONDS.max)
      .describe(
        `Seconds without a connection before an instance pauses; only with minCapacityAcu 0. Default: ${PAUSE_LIMITS_SECONDS.min}.`,
      )
      .optional(),
    readers: integer(READER_LIMITS.min, READER_LIMITS.max)
      .describe(
        `Number of readers, which Aurora places in other zones while those have capacity; one takes over within a minute if the writer fails. ${READERS.description}`,
      )
      .optional(),
    storage: choice(['standard', 'io-optimized'])
      .default('standard')
      .describe(
        'Storage pricing. io-optimized has no charge for storage requests; it is cheaper if they are 25 percent of the bill or more. Default: standard.',
      ),
    ...POSTGRESQL,
  })
  .describe('A PostgreSQL database for the registries (models, runs, features) on Aurora Serverless v2.');

type AuroraSettings = ReturnType<typeof complete>;

/** The registry database on Aurora Serverless v2. */
export const aurora: Engine<'aurora', typeof AuroraSchema, AuroraSettings, IDatabase, 'data'> = {
  engine: 'aurora',
  layer: 'data',
  schema: AuroraSchema,
  complete: (written, { size }) => complete(written, size),
  rules,
  make: (stack, settings, available) =>
    (require('./make-aurora') as typeof import('./make-aurora')).makeAurora(stack, settings, available),
};

function complete(written: z.output<typeof AuroraSchema>, size: Size) {
  const { minCapacityAcu = MIN_CAPACITY_ACU.of(size), maxCapacityAcu = MAX_CAPACITY_ACU.of(size) } = written;
  const { readers = READERS.of(size), backupDays = BACKUP_DAYS.of(size) } = written;
  return { ...written, minCapacityAcu, maxCapacityAcu, readers, backupDays };
}

function* rules(
  path: Path,
  own: Draft<z.input<typeof AuroraSchema>>,
  general: Draft<GeneralInput>,
): Iterable<FileError> {
  const { size = SIZES[0] } = general;
  const min = own.minCapacityAcu ?? ('minCapacityAcu' in own ? undefined : MIN_CAPACITY_ACU.of(size));
  const max = own.maxCapacityAcu ?? ('maxCapacityAcu' in own ? undefined : MAX_CAPACITY_ACU.of(size));
  if (min !== undefined && max !== undefined && max < min) {
    const key = 'maxCapacityAcu' in own ? 'maxCapacityAcu' : 'minCapacityAcu';
    const message = `maxCapacityAcu must be at least minCapacityAcu ${min}, got the number ${max}; raise it or lower minCapacityAcu`;
    yield error([...path, key], message, 'key');
  }
  if (own.engineVersion !== undefined && min !== undefined) {
    const rules = brokenVersionRules('aurora', own.engineVersion, min === 0);
    yield* broken([...path, 'engineVersion'], own.engineVersion, rules);
  }
  if (own.pauseAfterSeconds !== undefined && min !== undefined && min > 0) {
    const message = `has no effect with minCapacityAcu ${min}, which never pauses; remove it, or set minCapacityAcu: 0`;
    yield error([...path, 'pauseAfterSeconds'], message, 'key');
  }
}
