import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Properties } from '../../core/properties';
import { type PostgresqlProps, validatePostgresql } from '../database-props';
import {
  CAPACITY_STEP_ACU,
  isCapacityStep,
  MAX_CAPACITY_LIMITS_ACU,
  MIN_CAPACITY_LIMITS_ACU,
  PAUSE_LIMITS_SECONDS,
  READER_LIMITS,
} from '../registry-limits';

/** How Aurora bills its storage, and what the service calls that. */
export const AURORA_STORAGE = { standard: 'aurora', 'io-optimized': 'aurora-iopt1' } as const;

/** What an Aurora database is like unless told otherwise; the rest is that of every database: `DATABASE_DEFAULTS`. */
export const AURORA_DEFAULTS = {
  /** The least that AWS recommends with Performance Insights, which is always on here. */
  minCapacityAcu: 2,
  /** 16 GiB of memory: room for peaks, and a limit to the bill. */
  maxCapacityAcu: 8,
  /** An idle database that may pause does so as soon as the service allows it. */
  pauseAfterSeconds: PAUSE_LIMITS_SECONDS.min,
  /** A zone's failure then means a minute without a database; without a reader, up to ten until there is a new instance. */
  readers: 1,
  /** The cheaper one while requests to the storage are less than a quarter of the bill. */
  storage: 'standard',
} as const;

/** What an Aurora database is asked to be. */
export interface AuroraDatabaseProps extends PostgresqlProps {
  /**
   * Least capacity of each instance in Aurora capacity units (ACU) of about 2 GiB of memory: 0 to 256, in steps of 0.5. 0 pauses
   * an instance that nobody is connected to; the next connection then waits some 15 seconds.
   * @default 2
   */
  readonly minCapacityAcu?: number;
  /** Greatest capacity of each instance in ACU: 1 to 256, in steps of 0.5; the limit of connections follows it. @default 8 */
  readonly maxCapacityAcu?: number;
  /**
   * Seconds without a connection after which an instance pauses: 300 to 86400. Only where `minCapacityAcu` is 0.
   * @default 300
   */
  readonly pauseAfterSeconds?: number;
  /**
   * Instances besides the writer, in other zones: 0 to 15. The first one has the writer's capacity at any time and takes over by
   * itself; further ones scale with what they read. Each costs as much as its capacity.
   * @default 1
   */
  readonly readers?: number;
  /**
   * `standard` bills every request to the storage; `io-optimized` bills none, but more per GB and ACU. A database can change to
   * `io-optimized` once in 30 days, and back at any time.
   * @default standard
   */
  readonly storage?: keyof typeof AURORA_STORAGE;
}

/** Whether its instances may pause. */
export function mayPause({ minCapacityAcu = AURORA_DEFAULTS.minCapacityAcu }: AuroraDatabaseProps): boolean {
  return minCapacityAcu === 0;
}

/** @throws InputError naming every fault. */
export function validateAuroraDatabase(scope: IConstruct, props: AuroraDatabaseProps): void {
  const { readers } = props;
  const properties = Properties.of(scope)
    .integer('readers', readers, READER_LIMITS)
    .require(!Token.isUnresolved(readers), "'readers' must be a number that is known before deployment, got a token")
    .oneOf('storage', props.storage, Object.keys(AURORA_STORAGE) as (keyof typeof AURORA_STORAGE)[]);
  validateCapacity(properties, props);
  validatePostgresql(properties, props);
  properties.throwIfInvalid();
}

function validateCapacity(properties: Properties, props: AuroraDatabaseProps): void {
  const { minCapacityAcu, maxCapacityAcu } = capacityOf(props);
  const areKnown = !Token.isUnresolved(minCapacityAcu) && !Token.isUnresolved(maxCapacityAcu);
  const isStep = (acu: number) => Token.isUnresolved(acu) || isCapacityStep(acu);
  const notStep = (name: string, acu: number) => `'${name}' must be a multiple of ${CAPACITY_STEP_ACU}, got ${acu}`;
  properties
    .number('minCapacityAcu', minCapacityAcu, MIN_CAPACITY_LIMITS_ACU)
    .require(isStep(minCapacityAcu), notStep('minCapacityAcu', minCapacityAcu))
    .number('maxCapacityAcu', maxCapacityAcu, MAX_CAPACITY_LIMITS_ACU)
    .require(isStep(maxCapacityAcu), notStep('maxCapacityAcu', maxCapacityAcu))
    .require(
      !areKnown || maxCapacityAcu >= minCapacityAcu,
      `'maxCapacityAcu' must be at least 'minCapacityAcu' (${minCapacityAcu}), got ${maxCapacityAcu}`,
    )
    .integer('pauseAfterSeconds', props.pauseAfterSeconds, PAUSE_LIMITS_SECONDS)
    .require(
      props.pauseAfterSeconds === undefined || Token.isUnresolved(minCapacityAcu) || mayPause(props),
      `'pauseAfterSeconds' has no effect where 'minCapacityAcu' is above 0 (${minCapacityAcu}): set that to 0, or remove 'pauseAfterSeconds'`,
    );
}

/** Least and greatest capacity, as asked for or by default. */
export function capacityOf({
  minCapacityAcu = AURORA_DEFAULTS.minCapacityAcu,
  maxCapacityAcu = AURORA_DEFAULTS.maxCapacityAcu,
}: AuroraDatabaseProps) {
  return { minCapacityAcu, maxCapacityAcu };
}
