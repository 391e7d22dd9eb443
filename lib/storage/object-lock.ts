/** How long, and how strictly, the versions of a bucket's objects cannot be changed or deleted. */
export class ObjectLock {
  /** Only holders of `s3:BypassGovernanceRetention` can end the lock early. */
  public static governance(days: number): ObjectLock {
    return new ObjectLock('GOVERNANCE', days);
  }

  /** Nobody can end the lock early, the account's owner included; the bucket cannot be deleted before. */
  public static compliance(days: number): ObjectLock {
    return new ObjectLock('COMPLIANCE', days);
  }

  private constructor(
    public readonly mode: 'GOVERNANCE' | 'COMPLIANCE',
    public readonly days: number,
  ) {}
}
