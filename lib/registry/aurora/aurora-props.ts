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

/** Storage types of the RDS API, by storage pricing. */
export const AURORA_STORAGE = { standard: 'aurora', 'io-optimized': 'aurora-iopt1' } as const;

/** Defaults of an Aurora database, besides `DATABASE_DEFAULTS`. */
export const AURORA_DEFAULTS = {
  /** The minimum that AWS recommends with Performance Insights, which is always on here. */
  minCapacityAcu: 2,
  /** 16 GiB of memory: enough for peaks, and a limit to the bill. */
  maxCapacityAcu: 8,
  /** An idle database pauses as soon as the service allows. */
  pauseAfterSeconds: PAUSE_LIMITS_SECONDS.min,
  /** A zone's failure then means a minute of downtime; without a reader, up to ten until a new instance runs. */
  readers: 1,
  /** Cheaper while storage requests are less than a quarter of the bill. */
  storage: 'standard',
} as const;

/** Properties of an Aurora database. */
export interface AuroraDatabaseProps extends PostgresqlProps {
  /**
   * Minimum capacity of each instance in Aurora capacity units (ACU) of about 2 GiB of memory: 0 to 256, in steps of
   * 0.5. 0 pauses an instance without connections; the next connection then waits about 15 seconds.
   * @default 2
   */
  readonly minCapacityAcu?: number;
  /** Maximum capacity of each instance in ACU: 1 to 256, in steps of 0.5; limits its connections. @default 8 */
  readonly maxCapacityAcu?: number;
  /**
   * Seconds without a connection before an instance pauses: 300 to 86400. Only if `minCapacityAcu` is 0.
   * @default 300
   */
  readonly pauseAfterSeconds?: number;
  /**
   * Readers besides the writer, which Aurora places in other zones while those have capacity: 0 to 15. The first one always has the writer's capacity and takes over
   * automatically; the others scale with their own load. Each costs as much as its capacity.
   * @default 1
   */
  readonly readers?: number;
  /**
   * `standard` charges for storage requests; `io-optimized` does not, but charges more per GB and ACU. A database can
   * change to `io-optimized` once in 30 days, and back at any time.
   * @default standard
   */
  readonly storage?: keyof typeof AURORA_STORAGE;
}

/** Whether its instances may pause. */
export function mayPause({ minCapacityAcu = AURORA_DEFAULTS.minCapacityAcu }: AuroraDatabaseProps): boolean {
  return minCapacityAcu === 0;
}

/** @throws InputError with every error. */
export function validateAuroraDatabase(scope: IConstruct, props: AuroraDatabaseProps): void {
  Properties.need(scope, props, 'network', 'encryptionKey');
  const { readers } = props;
  const properties = Properties.of(scope)
    .integer('readers', readers, READER_LIMITS)
    .require(!Token.isUnresolved(readers), "'readers' must be a number that is known before deployment, got a token")
    .oneOf('storage', props.storage, Object.keys(AURORA_STORAGE) as (keyof typeof AURORA_STORAGE)[]);
  validateCapacity(properties, props);
  validatePostgresql(properties, props, 'aurora', mayPause(props));
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
      `'pauseAfterSeconds' has no effect with 'minCapacityAcu' ${minCapacityAcu}, which never pauses; set 'minCapacityAcu' to 0, or remove 'pauseAfterSeconds'`,
    );
}

/** Minimum and maximum capacity, with defaults. */
export function capacityOf({
  minCapacityAcu = AURORA_DEFAULTS.minCapacityAcu,
  maxCapacityAcu = AURORA_DEFAULTS.maxCapacityAcu,
}: AuroraDatabaseProps) {
  return { minCapacityAcu, maxCapacityAcu };
}
