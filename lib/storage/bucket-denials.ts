import { digitsOf } from '../core/cdktf/token-values';
import { Principal } from '../iam/principal';
import type { PolicyConditions, PolicyStatement } from '../iam/statement';
import type { IBucket } from './bucket-base';
import type { ObjectLock } from './object-lock';

const ALGORITHM = 's3:x-amz-server-side-encryption';
const KEY = 's3:x-amz-server-side-encryption-aws-kms-key-id';
const CUSTOMER_KEY = 's3:x-amz-server-side-encryption-customer-algorithm';

/** Lowest TLS version that requests may use. */
export const MIN_TLS_VERSION = '1.2';

/**
 * Statements that deny requests without TLS or with an old TLS version, uploads that request another encryption than
 * the bucket's, and requests that weaken its lock. Uploads that request no encryption get the bucket's: S3 then sends
 * none of the condition keys.
 */
export function denials(bucket: IBucket, lock?: ObjectLock): PolicyStatement[] {
  const { bucketArn, encryptionKey } = bucket;
  const deny = (sid: string, actions: string[], resources: string[], conditions: PolicyConditions) =>
    ({ sid, effect: 'Deny', principal: Principal.anyone(), actions, resources, conditions }) as const;
  const whole = [bucketArn, `${bucketArn}/*`];
  const uploads = [`${bucketArn}/*`];
  const statements: PolicyStatement[] = [
    deny('TlsOnly', ['s3:*'], whole, { Bool: { 'aws:SecureTransport': 'false' } }),
    deny('RecentTlsOnly', ['s3:*'], whole, { NumericLessThan: { 's3:TlsVersion': MIN_TLS_VERSION } }),
    // with SSE-C only the uploader could read the object
    deny('NoCustomerKeys', ['s3:PutObject'], uploads, { Null: { [CUSTOMER_KEY]: 'false' } }),
  ];
  if (lock) {
    statements.push(
      { ...deny('LocksStay', ['s3:BypassGovernanceRetention'], uploads, {}), conditions: undefined },
      deny('NoShorterLocks', ['s3:PutObject', 's3:PutObjectRetention'], uploads, {
        NumericLessThan: { 's3:object-lock-remaining-retention-days': digitsOf(lock.days) },
      }),
    );
  }
  if (!encryptionKey) return statements;
  const otherThan = (header: string, value: string): PolicyConditions => ({
    StringNotEquals: { [header]: value },
    Null: { [header]: 'false' },
  });
  return [
    ...statements,
    deny('KmsOnly', ['s3:PutObject'], uploads, otherThan(ALGORITHM, 'aws:kms')),
    deny('BucketKeyOnly', ['s3:PutObject'], uploads, otherThan(KEY, encryptionKey.keyArn)),
    // for an upload that requests KMS without a key, S3 uses the account's `aws/s3` key, not the bucket's key
    deny('NamedKeyOnly', ['s3:PutObject'], uploads, {
      StringEquals: { [ALGORITHM]: 'aws:kms' },
      Null: { [KEY]: 'true' },
    }),
  ];
}
