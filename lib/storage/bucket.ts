import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketObjectLockConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Lazy, type TerraformResource, TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { claimPhysicalName, physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import type { TextPattern } from '../core/text-pattern';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { policyDocument } from '../iam/policy-document';
import { Principal } from '../iam/principal';
import type { IGrantable, PolicyStatement } from '../iam/statement';
import { denials } from './bucket-denials';
import { type BucketLifecycleProps, lifecycleRule, validateLifecycle } from './bucket-lifecycle';
import { BUCKET, BUCKET_NAME } from './bucket-limits';
import type { ObjectLock } from './object-lock';

/** The `<name>` in a default bucket name. */
const NAME_PART: TextPattern = { pattern: /^[a-z0-9][a-z0-9-]*$/, meaning: 'lower-case letters, digits and hyphens' };

/** An S3 bucket as other modules see it: a place one may be allowed to read or write. */
export interface IBucket extends IConstruct {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Key of its objects; `undefined` where S3 manages it, or where it is not known. */
  readonly encryptionKey?: IKey;
  /**
   * Allows `s3:ListBucket` and `s3:GetObject*` below `prefix` (`daily/*`), and decryption with the bucket's key. For an
   * object that is not there S3 answers 403 in place of 404 to whoever may list only below a prefix.
   */
  grantRead(grantee: IGrantable, prefix?: string): void;
  /**
   * Allows `s3:PutObject*`, `s3:AbortMultipartUpload` below `prefix`, and encryption and decryption with the bucket's
   * key: an upload in parts decrypts them to put them together.
   */
  grantWrite(grantee: IGrantable, prefix?: string): void;
  /** Allows `s3:DeleteObject`, `s3:DeleteObjectVersion` below `prefix`. */
  grantDelete(grantee: IGrantable, prefix?: string): void;
}

export interface BucketProps extends BucketLifecycleProps {
  /**
   * 3 to 63 lower-case letters, digits, dots and hyphens; unique in the whole partition.
   * @default - `<prefix>-<name>-<account>-<region>`
   */
  readonly bucketName?: string;
  /** The `<name>` in the default bucket name. @default - from the construct's path */
  readonly name?: string;
  /** Key that encrypts every object; uploads under another key are refused. @default - a key that S3 manages */
  readonly encryptionKey?: IKey;
  /**
   * Bucket of the same region that records every request, below `<bucket name>/`. One known only by its name must let
   * `logging.s3.amazonaws.com` write, as {@link Bucket.acceptAccessLogs} does.
   * @default - not recorded
   */
  readonly accessLogs?: IBucket;
  /**
   * Keeps every version unchangeable for a while. Can only be chosen when the bucket is made: later it makes another bucket.
   * S3 then takes only uploads with a checksum, which the SDKs of AWS add by themselves since 2025.
   * @default - none
   */
  readonly objectLock?: ObjectLock;
  /** Sends every change of an object to EventBridge. @default false */
  readonly eventBridge?: boolean;
  /** What becomes of the objects when the bucket goes: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

export interface BucketAttributes {
  /** `arn:<partition>:s3:::<name>`. */
  readonly bucketArn: string;
  /** @default - none: grants do not reach the bucket's key */
  readonly encryptionKey?: IKey;
}

abstract class BucketBase extends Construct implements IBucket {
  public abstract readonly bucketName: string;
  public abstract readonly bucketArn: string;
  public abstract readonly encryptionKey?: IKey;

  public grantRead(grantee: IGrantable, prefix = '*'): void {
    grantee.addToPolicy({
      actions: ['s3:ListBucket'],
      resources: [this.bucketArn],
      conditions: prefix === '*' ? undefined : { StringLike: { 's3:prefix': prefix } },
    });
    grantee.addToPolicy({ actions: ['s3:GetObject*'], resources: [`${this.bucketArn}/${prefix}`] });
    this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantWrite(grantee: IGrantable, prefix = '*'): void {
    grantee.addToPolicy({
      actions: ['s3:PutObject*', 's3:AbortMultipartUpload'],
      resources: [`${this.bucketArn}/${prefix}`],
    });
    this.encryptionKey?.grantEncrypt(grantee);
    this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantDelete(grantee: IGrantable, prefix = '*'): void {
    grantee.addToPolicy({
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
      resources: [`${this.bucketArn}/${prefix}`],
    });
  }
}

/** A private, versioned S3 bucket: TLS only, one encryption key, owner's objects only, no version kept for ever. */
export class Bucket extends BucketBase {
  /** A bucket that exists already. */
  public static fromBucketAttributes(scope: Construct, id: string, attributes: BucketAttributes): IBucket {
    class Import extends BucketBase {
      public readonly bucketArn = attributes.bucketArn;
      public readonly bucketName = attributes.bucketArn.split(':::')[1]!;
      public readonly encryptionKey = attributes.encryptionKey;
    }
    return new Import(scope, id);
  }

  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly encryptionKey?: IKey;
  /** The underlying bucket, e.g. to waive a scanner's finding. */
  public readonly resource: S3Bucket;
  private readonly policy: S3BucketPolicy;
  private readonly statements: PolicyStatement[];

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    super(scope, id);
    this.validate(props);

    const aws = Aws.of(this);
    const name = props.bucketName
      ? claimPhysicalName(this, BUCKET, props.bucketName)
      : physicalName(this, BUCKET, props.name, `${aws.account}-${aws.region}`);
    this.resource = new S3Bucket(this, 'Resource', {
      bucket: name,
      forceDestroy: mayDestroy(this, props.removal),
      objectLockEnabled: props.objectLock !== undefined,
      lifecycle: keepData(this, props.removal),
    });
    this.bucketName = published(this, this.resource.bucket, name);
    this.bucketArn = published(this, this.resource.arn, aws.arn('s3', name, { region: '', account: '' }));
    this.encryptionKey = props.encryptionKey;
    this.statements = denials(this);

    this.policy = this.keepPrivate();
    this.encrypt();
    this.keepVersions(props);
    this.recordAccess(props.accessLogs);
    this.sendEvents(props.eventBridge ?? false);
    waive(this.resource, 'a copy in another region is a decision about residency, not a default', 'CKV_AWS_144');
  }

  /** Adds a statement to the bucket's own policy, for principals that no policy of ours reaches. */
  public addToResourcePolicy(statement: PolicyStatement): void {
    this.statements.push(statement);
  }

  /** Lets S3 deliver the access logs of other buckets of this account here; to say it twice is to say it once. */
  public acceptAccessLogs(): void {
    this.addToResourcePolicy({
      principal: Principal.service('logging.s3.amazonaws.com', Aws.of(this).account),
      actions: ['s3:PutObject'],
      resources: [`${this.bucketArn}/*`],
    });
  }

  private validate(props: BucketProps): void {
    const properties = Properties.of(this)
      .matches('bucketName', props.bucketName, BUCKET_NAME)
      .matches('name', props.name, NAME_PART)
      .require(
        props.accessLogs?.encryptionKey === undefined,
        "'accessLogs' must be a bucket without 'encryptionKey': S3 cannot deliver access logs under a key of ours",
      );
    validateLifecycle(properties, props);
    properties.throwIfInvalid();
  }

  private keepPrivate(): S3BucketPolicy {
    const bucket = this.bucketName;
    const block = new S3BucketPublicAccessBlock(this, 'PublicAccessBlock', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const owner = new S3BucketOwnershipControls(this, 'OwnershipControls', {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
      dependsOn: [block],
    });
    return new S3BucketPolicy(this, 'Policy', {
      bucket,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
      dependsOn: [owner], // all three change the bucket's access settings; S3 answers 409 when they run together
    });
  }

  private encrypt(): void {
    const { encryptionKey } = this;
    new S3BucketServerSideEncryptionConfigurationA(this, 'Encryption', {
      bucket: this.bucketName,
      rule: [
        encryptionKey
          ? {
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: encryptionKey.keyArn },
              bucketKeyEnabled: true, // one KMS call per bucket and hour instead of one per object
            }
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
      ],
    });
  }

  private keepVersions(props: BucketProps): void {
    const bucket = this.bucketName;
    const versioning = new S3BucketVersioningA(this, 'Versioning', {
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    const dependsOn: TerraformResource[] = [versioning];
    if (props.objectLock) {
      const { mode, days } = props.objectLock;
      dependsOn.push(
        new S3BucketObjectLockConfigurationA(this, 'ObjectLock', {
          bucket,
          rule: { defaultRetention: { mode, days } },
          dependsOn: [versioning],
        }),
      );
    }
    new S3BucketLifecycleConfiguration(this, 'Lifecycle', { bucket, rule: [lifecycleRule(props)], dependsOn });
  }

  private sendEvents(eventBridge: boolean): void {
    if (eventBridge) new S3BucketNotification(this, 'Events', { bucket: this.bucketName, eventbridge: true });
    else waive(this.resource, "nothing listens to events until 'eventBridge' sends them", 'CKV2_AWS_62');
  }

  private recordAccess(accessLogs: IBucket | undefined): void {
    if (!accessLogs) return;
    const isOurs = accessLogs instanceof Bucket;
    if (isOurs) accessLogs.acceptAccessLogs();
    new S3BucketLoggingA(this, 'AccessLogs', {
      bucket: this.bucketName,
      targetBucket: accessLogs.bucketName,
      targetPrefix: `${this.bucketName}/`,
      // S3 checks that it may write there; stacks are deployed one after the other anyway
      dependsOn: isOurs && TerraformStack.of(accessLogs) === TerraformStack.of(this) ? [accessLogs.policy] : undefined,
    });
  }
}
