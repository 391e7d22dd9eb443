import { Properties } from '../core/properties';

/** Days that S3 accepts for the retention of a lock: up to a hundred years. */
export const LOCK_DAYS = { min: 1, max: 36_500 } as const;

/**
 * How long object versions cannot be changed or deleted, 1 to 36500 days, and who can end the lock early. The bucket
 * policy refuses uploads and changes that lock a version for fewer days.
 */
export class ObjectLock {
  /**
   * The lock can be ended early in two steps: an administrator removes `LocksStay` from the bucket policy, which is
   * audited, then a holder of `s3:BypassGovernanceRetention` deletes the version.
   */
  public static governance(days: number): ObjectLock {
    validateDays('ObjectLock.governance', days);
    return new ObjectLock('GOVERNANCE', days);
  }

  /** No principal can end the lock early, not even the root user. The bucket cannot be deleted before the end. */
  public static compliance(days: number): ObjectLock {
    validateDays('ObjectLock.compliance', days);
    return new ObjectLock('COMPLIANCE', days);
  }

  private constructor(
    public readonly mode: 'GOVERNANCE' | 'COMPLIANCE',
    public readonly days: number,
  ) {}
}

function validateDays(factory: string, days: number): void {
  Properties.of(factory).present({ days }, 'days').integer('days', days, LOCK_DAYS).throwIfInvalid();
}
