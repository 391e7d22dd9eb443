/**
 * How long object versions cannot be changed or deleted, and who can end the lock early. The bucket policy refuses uploads
 * and changes that lock a version for fewer days.
 */
export class ObjectLock {
  /**
   * The lock can be ended early in two steps: an administrator removes `LocksStay` from the bucket policy, which is
   * audited, then a holder of `s3:BypassGovernanceRetention` deletes the version.
   */
  public static governance(days: number): ObjectLock {
    return new ObjectLock('GOVERNANCE', days);
  }

  /** No principal can end the lock early, not even the root user. The bucket cannot be deleted before the end. */
  public static compliance(days: number): ObjectLock {
    return new ObjectLock('COMPLIANCE', days);
  }

  private constructor(
    public readonly mode: 'GOVERNANCE' | 'COMPLIANCE',
    public readonly days: number,
  ) {}
}
