/** How long object versions cannot be changed or deleted, and who can end the lock early. */
export class ObjectLock {
  /** Only holders of `s3:BypassGovernanceRetention` can end the lock early. */
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
