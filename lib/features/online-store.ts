import { Properties } from '../core/properties';
import { type OnlineStorage, TTL_DAYS } from './feature-limits';

/** How long an online store keeps a record. */
export interface OnlineStoreOptions {
  /**
   * Days after the time of its event that a record is deleted, if it is not written again. A change takes effect in place,
   * for records written afterwards; offline records stay.
   * @default - never
   */
  readonly ttlDays?: number;
}

/** Where the newest record of each identifier is kept for reads within milliseconds. Another storage replaces the group. */
export class OnlineStore {
  /** On disks of SageMaker. Costs the data that is stored, by GB-month, and each read and write unit; nothing else at rest. */
  public static standard(options: OnlineStoreOptions = {}): OnlineStore {
    return new OnlineStore('OnlineStore.standard', 'standard', 'Standard', options);
  }

  /**
   * In memory (ElastiCache), for the lowest latency, and for lists, sets and vectors. Costs memory by GB-hour, with a minimum
   * for as long as it exists, also if nothing reads it. Feature Store copies it to no offline store. Takes about 15 minutes to delete.
   */
  public static inMemory(options: OnlineStoreOptions = {}): OnlineStore {
    return new OnlineStore('OnlineStore.inMemory', 'in-memory', 'InMemory', options);
  }

  public readonly ttlDays?: number;

  private constructor(
    place: string,
    /** As an environment file names it. */
    public readonly storage: OnlineStorage,
    /** As SageMaker names it. */
    public readonly storageType: 'Standard' | 'InMemory',
    { ttlDays }: OnlineStoreOptions,
  ) {
    Properties.of(place).integer('ttlDays', ttlDays, TTL_DAYS).throwIfInvalid();
    this.ttlDays = ttlDays;
  }
}
