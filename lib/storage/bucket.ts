import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketObjectLockConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { type TerraformResource, TerraformStack, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { resourceOfArn } from '../aws/arn-parts';
import { ARN } from '../aws/arns';
import { Aws } from '../aws/aws';
import { claimPhysicalName, physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import type { TextPattern } from '../core/text-pattern';
import { waive, withdrawWaiver } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { BUCKET_POLICY } from '../iam/policy-limits';
import { Principal } from '../iam/principal';
import { renderedPolicy } from '../iam/rendered-policy';
import { type PolicyStatement, validateStatement } from '../iam/statement';
import { BucketBase, type IBucket } from './bucket-base';
import { denials } from './bucket-denials';
import { type BucketLifecycleProps, folderRule, lifecycleRule, validateLifecycle } from './bucket-lifecycle';
import { BUCKET, BUCKET_NAME, FOLDER, LEAST_ACCOUNT_AND_REGION } from './bucket-limits';
import type { ObjectLock } from './object-lock';

export type { IBucket } from './bucket-base';

/** The `<name>` in a default bucket name. */
const NAME_PART: TextPattern = { pattern: /^[a-z0-9][a-z0-9-]*$/, meaning: 'lower-case letters, digits and hyphens' };

/**
 * What S3 sets on new buckets since April 2026. Provider 6.22 to 6.39 plans to remove it if it is not set; older ones do
 * not read it, newer ones keep it. The binding of provider 5 does not know it, and leaves it out.
 */
/** Check of a scanner for a bucket without notifications. */
const NO_EVENTS = 'CKV2_AWS_62';
const BLOCKED_ENCRYPTION = { blockedEncryptionTypes: ['SSE-C'] };

export interface BucketProps extends BucketLifecycleProps {
  /**
   * 3 to 63 lower-case letters, digits, dots and hyphens; unique in the whole partition.
   * @default - `<prefix>-<name>-<account>-<region>`
   */
  readonly bucketName?: string;
  /** The `<name>` in the default bucket name. @default - from the construct's path */
  readonly name?: string;
  /** Key that encrypts every object; uploads with another key are refused. @default - a key that S3 manages */
  readonly encryptionKey?: IKey;
  /**
   * Bucket in the same region for the access logs, below `<bucket name>/`; without `encryptionKey` and `objectLock`. The
   * policy of an existing bucket must allow `logging.s3.amazonaws.com` to write, as {@link Bucket.acceptAccessLogs} does.
   * @default - no access logs
   */
  readonly accessLogs?: IBucket;
  /**
   * Makes every version immutable for a period. Adding or removing it later replaces the bucket. S3 then requires a
   * checksum on every upload; the AWS SDKs add one since 2025.
   * @default - none
   */
  readonly objectLock?: ObjectLock;
  /** Sends an event to EventBridge for every change of an object. @default false */
  readonly eventBridge?: boolean;
  /** Whether the objects may be destroyed with the bucket: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

export interface BucketAttributes {
  /** `arn:<partition>:s3:::<name>`. */
  readonly bucketArn: string;
  /** @default - none: grants do not include a key */
  readonly encryptionKey?: IKey;
}

/**
 * A private, versioned S3 bucket: TLS only, one encryption key, no ACLs, old versions expire.
 *
 * Costs for each gigabyte-month, also of old versions, and for requests. Destroying it deletes what it holds if both
 * keys say destroy; otherwise Terraform refuses.
 */
export class Bucket extends BucketBase {
  /**
   * An existing bucket.
   *
   * @throws InputError if `bucketArn` is not the ARN of a bucket
   */
  public static fromBucketAttributes(scope: Construct, id: string, attributes: BucketAttributes): IBucket {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'bucketArn')
      .matches('bucketArn', attributes?.bucketArn, ARN.bucket)
      .throwIfInvalid();
    class Import extends BucketBase {
      public readonly bucketArn = attributes.bucketArn;
      public readonly bucketName = resourceOfArn(attributes.bucketArn);
      public readonly encryptionKey = attributes.encryptionKey;
    }
    return new Import(scope, id);
  }

  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly encryptionKey?: IKey;
  public readonly objectLock?: ObjectLock;
  /** The underlying bucket, e.g. to waive a scanner's finding. */
  public readonly resource: S3Bucket;
  private readonly policy: S3BucketPolicy;
  private readonly statements: PolicyStatement[];
  private readonly lifecycle: S3BucketLifecycleConfiguration;
  private readonly rules: S3BucketLifecycleConfigurationRule[];

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    super(scope, id);
    this.validate(props);

    const aws = Aws.of(this);
    const name = props.bucketName
      ? claimPhysicalName(this, { ...BUCKET, property: 'bucketName' }, props.bucketName)
      : this.defaultName(props.name);
    this.resource = new S3Bucket(this, 'Resource', {
      bucket: name,
      forceDestroy: mayDestroy(this, props.removal),
      objectLockEnabled: props.objectLock !== undefined,
      lifecycle: keepData(this, props.removal),
    });
    this.bucketName = published(this, this.resource.bucket, name);
    this.bucketArn = published(this, this.resource.arn, aws.arn('s3', name, { region: '', account: '' }));
    this.encryptionKey = props.encryptionKey;
    this.objectLock = props.objectLock;
    this.statements = denials(this, props.objectLock);

    this.policy = this.keepPrivate();
    this.encrypt();
    this.rules = [lifecycleRule(props)];
    this.lifecycle = this.keepVersions(props);
    this.recordAccess(props.accessLogs);
    waive(this.resource, 'no events unless a consumer asks for them', NO_EVENTS);
    if (props.eventBridge ?? false) this.sendEvents();
    waive(
      this.resource,
      'replication to another region is a decision about data residency, not a default',
      'CKV_AWS_144',
    );
  }

  /** Adds a statement to the bucket policy, e.g. for an AWS service or a principal of another account. */
  public addToResourcePolicy(statement: PolicyStatement): void {
    validateStatement(this, statement, 'principal', 'resources');
    this.statements.push(statement);
  }

  /** Allows S3 to deliver access logs of this account's buckets to this bucket. A second call has no effect. */
  public acceptAccessLogs(): void {
    this.addToResourcePolicy({
      principal: Principal.service('logging.s3.amazonaws.com', Aws.of(this).account),
      actions: ['s3:PutObject'],
      resources: [`${this.bucketArn}/*`],
    });
  }

  /**
   * Lets the objects below a folder expire, e.g. logs in a bucket of models that stay. What expired is gone for good a day later.
   *
   * @param folder without a slash at either end
   * @param days after an object was written
   * @throws InputError if the folder expires already
   */
  public expireFolder(folder: string, days: number): void {
    const rule = folderRule(folder, days);
    Properties.of(this)
      .present({ folder, days }, 'folder', 'days')
      .known({ folder }, 'folder')
      .matches('folder', folder, FOLDER)
      .integer('days', days, { min: 1 })
      .require(
        this.rules.every(({ id }) => id !== rule.id),
        `'folder' must expire once, got '${folder}' again; remove one`,
      )
      .throwIfInvalid();
    this.rules.push(rule);
    this.lifecycle.putRule(this.rules);
  }

  public override sendEvents(): void {
    if (this.node.tryFindChild('Events')) return;
    new S3BucketNotification(this, 'Events', { bucket: this.bucketName, eventbridge: true });
    withdrawWaiver(this.resource, NO_EVENTS);
  }

  private defaultName(name: string | undefined): string {
    const { account, region } = Aws.of(this);
    const place = `${account}-${region}`;
    return physicalName(this, BUCKET, name, place, Token.isUnresolved(place) ? LEAST_ACCOUNT_AND_REGION : undefined);
  }

  private validate(props: BucketProps): void {
    const properties = Properties.of(this)
      .matches('bucketName', props.bucketName, BUCKET_NAME)
      .matches('name', props.name, NAME_PART)
      .require(
        props.accessLogs?.encryptionKey === undefined,
        "'accessLogs' must be a bucket without 'encryptionKey': S3 cannot deliver access logs to a bucket with a customer-managed key",
      )
      .require(
        !(props.accessLogs instanceof Bucket) || props.accessLogs.objectLock === undefined,
        "'accessLogs' must be a bucket without 'objectLock': S3 cannot deliver access logs to a bucket that locks new objects",
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
      policy: renderedPolicy(this, BUCKET_POLICY, () => this.statements),
      dependsOn: [owner], // all three change the bucket's access settings; S3 answers 409 if they run concurrently
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
              ...BLOCKED_ENCRYPTION,
            }
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, ...BLOCKED_ENCRYPTION },
      ],
    });
  }

  private keepVersions(props: BucketProps): S3BucketLifecycleConfiguration {
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
    return new S3BucketLifecycleConfiguration(this, 'Lifecycle', { bucket, rule: this.rules, dependsOn });
  }

  private recordAccess(accessLogs: IBucket | undefined): void {
    if (!accessLogs) return;
    const isOurs = accessLogs instanceof Bucket;
    if (isOurs) accessLogs.acceptAccessLogs();
    new S3BucketLoggingA(this, 'AccessLogs', {
      bucket: this.bucketName,
      targetBucket: accessLogs.bucketName,
      targetPrefix: `${this.bucketName}/`,
      // S3 checks that it may write there; across stacks the deployment order ensures it
      dependsOn: isOurs && TerraformStack.of(accessLogs) === TerraformStack.of(this) ? [accessLogs.policy] : undefined,
    });
  }
}
