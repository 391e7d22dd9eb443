import { Principal } from '../iam/principal';
import type { PolicyConditions, PolicyStatement } from '../iam/statement';
import type { IBucket } from './bucket';

const ALGORITHM = 's3:x-amz-server-side-encryption';
const KEY = 's3:x-amz-server-side-encryption-aws-kms-key-id';

/** Lowest TLS version that requests may use. */
export const MIN_TLS_VERSION = '1.2';

/**
 * Statements that deny requests without TLS or with an old TLS version, and uploads that request another encryption
 * than the bucket's. Uploads that request none get the bucket's.
 */
export function denials(bucket: IBucket): PolicyStatement[] {
  const { bucketArn, encryptionKey } = bucket;
  const deny = (sid: string, actions: string[], resources: string[], conditions: PolicyConditions) =>
    ({ sid, effect: 'Deny', principal: Principal.anyone(), actions, resources, conditions }) as const;
  const whole = [bucketArn, `${bucketArn}/*`];
  const statements: PolicyStatement[] = [
    deny('TlsOnly', ['s3:*'], whole, { Bool: { 'aws:SecureTransport': 'false' } }),
    deny('RecentTlsOnly', ['s3:*'], whole, { NumericLessThan: { 's3:TlsVersion': MIN_TLS_VERSION } }),
  ];
  if (!encryptionKey) return statements;
  const otherThan = (header: string, value: string): PolicyConditions => ({
    StringNotEquals: { [header]: value },
    Null: { [header]: 'false' },
  });
  const uploads = [`${bucketArn}/*`];
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
