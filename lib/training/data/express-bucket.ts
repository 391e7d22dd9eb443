import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3DirectoryBucket } from '@cdktf/provider-aws/lib/s3-directory-bucket';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { BUCKET_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import type { IGrantable } from '../../iam/statement';
import { brokenZoneId, DIRECTORY_BUCKET, ZONE_ID } from './file-system-limits';

/** A directory bucket as a data source needs it. */
export interface IExpressBucket extends IConstruct {
  /** `<name>--<zone id>--x-s3`. */
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Allows `s3express:CreateSession` for reading: a session reads every object. */
  grantRead(grantee: IGrantable): void;
  /** Allows `s3express:CreateSession` for reading and writing. */
  grantWrite(grantee: IGrantable): void;
}

export interface ExpressBucketProps {
  /** Id of the zone, e.g. `eun1-az1`, in which the jobs should run too. */
  readonly zoneId: string;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** Whether the objects may be destroyed with the bucket: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * A directory bucket of S3 Express One Zone: a copy of training data of many small objects, next to the jobs that read them again and again.
 * A job finds it as it finds any bucket. Someone copies the data into it, e.g. `aws s3 sync`, and takes it away.
 *
 * It costs GB-months (several times those of S3 Standard), requests and, for large objects, GB read and written. It keeps no
 * versions, and is lost with its zone. Its key is one of S3: SageMaker writes to no directory bucket with a key of KMS
 * (SageMaker API, `OutputDataConfig`). Destroying it is refused while it has objects, unless both keys allow it.
 */
export class ExpressBucket extends Construct implements IExpressBucket {
  public readonly bucketName: string;
  public readonly bucketArn: string;
  /** The underlying bucket. */
  public readonly resource: S3DirectoryBucket;

  constructor(scope: Construct, id: string, props: ExpressBucketProps) {
    super(scope, id);
    Properties.need(this, props, 'zoneId');
    Properties.of(this)
      .known(props, 'zoneId')
      .matches('zoneId', props.zoneId, ZONE_ID)
      .matches('name', props.name, NAME)
      .throwIfInvalid();

    const { zoneId, removal } = props;
    const { region } = Aws.of(this).known;
    if (region !== undefined)
      Properties.of(this).keeps('zoneId', zoneId, brokenZoneId(zoneId, region)).throwIfInvalid();
    const name = `${physicalName(this, DIRECTORY_BUCKET, props.name, `-${zoneId}--x-s3`)}`; // joined by a hyphen more
    this.resource = new S3DirectoryBucket(this, 'Resource', {
      bucket: name,
      type: 'Directory',
      dataRedundancy: 'SingleAvailabilityZone',
      location: [{ name: zoneId, type: 'AvailabilityZone' }],
      forceDestroy: mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    this.bucketName = published(this, this.resource.bucket, name);
    this.bucketArn = published(this, this.resource.arn, Aws.of(this).arn('s3express', `bucket/${name}`));
    new S3BucketPolicy(this, 'Policy', {
      bucket: this.resource.bucket,
      policy: renderedPolicy(this, BUCKET_POLICY, () => [
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          principal: Principal.anyone(),
          actions: ['s3express:CreateSession'], // every other call needs a session
          resources: [this.bucketArn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
  }

  public grantRead(grantee: IGrantable): void {
    this.grant(grantee, 'ReadOnly');
  }

  public grantWrite(grantee: IGrantable): void {
    this.grant(grantee, 'ReadWrite');
  }

  private grant(grantee: IGrantable, mode: 'ReadOnly' | 'ReadWrite'): void {
    grantee.addToPolicy({
      actions: ['s3express:CreateSession'],
      resources: [this.bucketArn],
      conditions: { StringEquals: { 's3express:SessionMode': mode } },
    });
  }
}
