import { Construct, type IConstruct } from 'constructs';
import { Properties } from '../core/properties';
import type { IKey } from '../encryption/key';
import type { IGrantable } from '../iam/statement';
import { OBJECT_PREFIX } from './bucket-limits';

/** An S3 bucket as other modules see it. */
export interface IBucket extends IConstruct {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Key of its objects; `undefined` if S3 manages the key, or if the key is not known. */
  readonly encryptionKey?: IKey;
  /**
   * Allows `s3:GetObject`, `s3:GetObjectTagging` below `prefix` (`daily/*`), `s3:ListBucket`, `s3:GetBucketLocation` on
   * the bucket, and decryption with its key as `IKey.grantDecrypt` does.
   *
   * The prefix limits which objects can be read, not which names can be listed. Clients ask first whether the bucket
   * exists (HeadBucket); S3 authorizes that as a listing without a prefix, which shows every name, so a condition on
   * the prefix would hide nothing. It would break programs besides: to one that may not list the bucket, S3 answers 403 for
   * a missing object in place of 404, and s3fs lists a folder without its last slash. Use two buckets where the names
   * themselves are secret.
   */
  grantRead(grantee: IGrantable, prefix?: string): void;
  /**
   * Allows `s3:PutObject`, `s3:PutObjectTagging`, `s3:AbortMultipartUpload` below `prefix`, and encryption and
   * decryption with the bucket's key as `IKey.grantEncrypt` and `IKey.grantDecrypt` do: S3 decrypts the parts of a
   * multipart upload to assemble them.
   *
   * S3 encrypts an upload without encryption headers with the bucket's key. A client that requests KMS must name that
   * key (`encryptionKey.keyArn`): without a name S3 would take the account's `aws/s3` key, and the bucket refuses that.
   * It refuses SSE-S3 too, as Glue jobs with `--encryption-type` request it; without the argument they send no header.
   */
  grantWrite(grantee: IGrantable, prefix?: string): void;
  /** Allows `s3:DeleteObject` below `prefix`. A deleted object remains as a version: see {@link grantPurge}. */
  grantDelete(grantee: IGrantable, prefix?: string): void;
  /**
   * Allows deleting versions below `prefix` permanently, e.g. to erase personal data: `s3:DeleteObjectVersion`, and
   * `s3:ListBucketVersions` of the prefix. Locked versions remain.
   */
  grantPurge(grantee: IGrantable, prefix?: string): void;
  /**
   * Sends an event to EventBridge for every change of an object, as a trigger needs it. S3 has one configuration of notifications for
   * a bucket: what else was written there, by hand or in another stack, is removed; whoever needs it takes the events from EventBridge.
   * Has no effect on an existing bucket, which must send its events by itself. A second call has no effect.
   */
  sendEvents(): void;
}

/** Grants of every bucket, new or existing. */
export abstract class BucketBase extends Construct implements IBucket {
  public abstract readonly bucketName: string;
  public abstract readonly bucketArn: string;
  public abstract readonly encryptionKey?: IKey;

  public sendEvents(): void {}

  public grantRead(grantee: IGrantable, prefix = '*'): void {
    this.validatePrefix(prefix);
    grantee.addToPolicy({ actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [this.bucketArn] });
    grantee.addToPolicy({
      actions: ['s3:GetObject', 's3:GetObjectTagging'],
      resources: [`${this.bucketArn}/${prefix}`],
    });
    this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantWrite(grantee: IGrantable, prefix = '*'): void {
    this.validatePrefix(prefix);
    grantee.addToPolicy({
      actions: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
      resources: [`${this.bucketArn}/${prefix}`],
    });
    this.encryptionKey?.grantEncrypt(grantee);
    this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantDelete(grantee: IGrantable, prefix = '*'): void {
    this.validatePrefix(prefix);
    grantee.addToPolicy({ actions: ['s3:DeleteObject'], resources: [`${this.bucketArn}/${prefix}`] });
  }

  public grantPurge(grantee: IGrantable, prefix = '*'): void {
    this.validatePrefix(prefix);
    grantee.addToPolicy({
      actions: ['s3:ListBucketVersions'],
      resources: [this.bucketArn],
      conditions: prefix === '*' ? undefined : { StringLike: { 's3:prefix': prefix } },
    });
    grantee.addToPolicy({ actions: ['s3:DeleteObjectVersion'], resources: [`${this.bucketArn}/${prefix}`] });
  }

  /** A prefix that matches no key would grant nothing, silently. */
  private validatePrefix(prefix: string): void {
    Properties.of(this).matches('prefix', prefix, OBJECT_PREFIX).throwIfInvalid();
  }
}
