import { Construct, type IConstruct } from 'constructs';
import { Properties } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import type { IGrantable } from '../iam/statement';
import { Bucket, type BucketProps, type IBucket } from '../storage/bucket';
import { DEFAULT_KEPT_MODEL_DAYS } from './registry-limits';

const PATH_SEGMENT: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.-]*$/,
  meaning: "letters, digits and '.', '_', '-', beginning with a letter or digit",
};

/** A store of trained models as other modules see it. Its layout is `<model>/<version>/<files>`. */
export interface IModelStore extends IConstruct {
  readonly bucket: IBucket;
  /**
   * Key that encrypts every file; `undefined` if it is not known. A client that requests KMS must name it, e.g. a
   * training job of SageMaker in `OutputDataConfig.KmsKeyId`: see {@link IModelStore.grantPublish}.
   */
  readonly encryptionKey: IKey | undefined;
  /**
   * `s3://<bucket>/<model>/<version>/`. It ends with a slash, so that version `1` as a prefix does not match `10`.
   *
   * @throws InputError if `model` or `version` is not one path segment
   */
  uriOf(model: string, version: string): string;
  /**
   * Allows a trainer to add versions of one model, or of every model, below `<model>/` as `IBucket.grantWrite` does. It
   * cannot delete. {@link ModelStoreProps.writeOnce} decides whether it can replace.
   *
   * An upload without encryption headers gets the store's key. SageMaker always requests KMS: without `KmsKeyId` in the
   * job's `OutputDataConfig` it takes the account's `aws/s3` key, which the store refuses after the training. Set it to
   * `encryptionKey.keyArn`.
   *
   * @throws InputError if `model` is not one path segment
   */
  grantPublish(grantee: IGrantable, model?: string): void;
  /**
   * Allows a server to read one model, or every model, below `<model>/` as `IBucket.grantRead` does: it can list the
   * names of the others too.
   *
   * @throws InputError if `model` is not one path segment
   */
  grantServe(grantee: IGrantable, model?: string): void;
}

export interface ModelStoreProps
  extends Pick<BucketProps, 'bucketName' | 'name' | 'accessLogs' | 'objectLock' | 'tierAfterDays' | 'removal'> {
  /** Key that encrypts every file. */
  readonly encryptionKey: IKey;
  /**
   * Refuses every upload without the header `If-None-Match: *`, with which S3 refuses to replace a file. A published
   * version then never changes, without the cost of a lock. Publishers must send the header, and S3 cannot copy objects
   * into the store. Without `writeOnce`, a replaced file remains as an older version.
   * @default false
   */
  readonly writeOnce?: boolean;
  /** Days until a replaced or deleted file is permanently deleted; current files never expire. @default 365 */
  readonly noncurrentVersionDays?: number;
}

abstract class ModelStoreBase extends Construct implements IModelStore {
  public abstract readonly bucket: IBucket;

  public get encryptionKey(): IKey | undefined {
    return this.bucket.encryptionKey;
  }

  public uriOf(model: string, version: string): string {
    this.requireSegments({ model, version });
    return `s3://${this.bucket.bucketName}/${model}/${version}/`;
  }

  public grantPublish(grantee: IGrantable, model?: string): void {
    this.bucket.grantWrite(grantee, this.prefixOf(model));
  }

  public grantServe(grantee: IGrantable, model?: string): void {
    this.bucket.grantRead(grantee, this.prefixOf(model));
  }

  private prefixOf(model: string | undefined): string | undefined {
    this.requireSegments({ model });
    return model === undefined ? undefined : `${model}/*`;
  }

  private requireSegments(segments: Record<string, string | undefined>): void {
    const properties = Properties.of(this);
    for (const [name, value] of Object.entries(segments)) {
      properties.matches(name, value, PATH_SEGMENT);
    }
    properties.throwIfInvalid();
  }
}

/**
 * An S3 bucket of trained models. Every version of a file is kept; publishers and servers cannot delete.
 *
 * Costs for each gigabyte-month, also of replaced versions. Destroying it deletes every model if both keys say destroy;
 * otherwise Terraform refuses, and S3 does while an Object Lock holds.
 */
export class ModelStore extends ModelStoreBase {
  /** An existing bucket that holds models as `<model>/<version>/<files>`. */
  public static fromBucket(scope: Construct, id: string, bucket: IBucket): IModelStore {
    Properties.need(`${scope.node.path}/${id}`, { bucket }, 'bucket');
    class Import extends ModelStoreBase {
      public readonly bucket = bucket;
    }
    return new Import(scope, id);
  }

  public readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ModelStoreProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    const { writeOnce = false, noncurrentVersionDays = DEFAULT_KEPT_MODEL_DAYS, ...bucketProps } = props;
    this.bucket = new Bucket(this, 'Bucket', { ...bucketProps, noncurrentVersionDays });
    if (writeOnce) this.refuseReplacing();
  }

  /** Only the request that creates the object can carry the header, so uploads of parts are allowed without it. */
  private refuseReplacing(): void {
    this.bucket.addToResourcePolicy({
      sid: 'WriteOnce',
      effect: 'Deny',
      principal: Principal.anyone(),
      actions: ['s3:PutObject'],
      resources: [`${this.bucket.bucketArn}/*`],
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    });
  }
}
