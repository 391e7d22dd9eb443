import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { LOG_GROUP } from '../aws/log-group';
import { claimPhysicalName, physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import type { Role } from '../iam/role';
import { FUNCTION } from '../monitoring/actions/actions-limits';
import type { INetwork } from '../network/network';
import type { ISecurityGroup } from '../network/security-group';
import { storedZip } from '../serving/check/stored-zip';
import type { IBucket } from '../storage/bucket';

/** Version of Python that Lambda runs until October 2029. */
const RUNTIME = 'python3.13';
const LOG_DAYS = 365;
const HASH_LENGTH = 16;
const REQUIRED = [
  'program',
  'description',
  'role',
  'bucket',
  'encryptionKey',
  'environment',
  'timeoutSeconds',
  'memoryMib',
] as const;

export interface ProgramFunctionProps {
  /** Path of its program, one file with a function `handler`. */
  readonly program: string;
  readonly description: string;
  readonly role: Role;
  /** Where its program is put. */
  readonly bucket: IBucket;
  /** Key of its log. */
  readonly encryptionKey: IKey;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMib: number;
  /** Where it runs. @default - in no VPC */
  readonly within?: { readonly network: INetwork; readonly securityGroup: ISecurityGroup };
  /** Whether its log may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * A function of Lambda with a program of this library, and its log.
 *
 * Costs nothing at rest but its log, for each gigabyte-month; a call costs its seconds. Destroying it leaves its log, unless that
 * may be destroyed.
 */
export class ProgramFunction extends Construct {
  public readonly functionName: string;
  /** Changes with the program. */
  public readonly programHash: string;
  /** The underlying function. */
  public readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: ProgramFunctionProps) {
    super(scope, id);
    Properties.need(this, props, ...REQUIRED);
    Properties.of(this).known(props, 'program').throwIfInvalid();
    const { program, description, role, within, environment, timeoutSeconds, memoryMib } = props;
    this.functionName = physicalName(this, FUNCTION, props.name);
    const group = this.makeLog(props);
    const file = basename(program);
    const archive = storedZip(file, readFileSync(program, 'utf8'));
    this.programHash = createHash('sha256').update(archive).digest('hex').slice(0, HASH_LENGTH);
    const code = this.upload(props.bucket, archive);
    this.resource = new LambdaFunction(this, 'Resource', {
      functionName: this.functionName,
      description,
      role: role.roleArn,
      runtime: RUNTIME,
      architectures: ['arm64'],
      handler: `${file.slice(0, -'.py'.length)}.handler`,
      s3Bucket: props.bucket.bucketName,
      s3Key: code.key,
      timeout: timeoutSeconds,
      memorySize: memoryMib,
      environment: { variables: environment },
      vpcConfig: within && {
        subnetIds: [...within.network.privateSubnetIds],
        securityGroupIds: [within.securityGroup.securityGroupId],
      },
      dependsOn: [group, role.node.findChild('Policy') as never], // Lambda makes its interfaces with the role at once
    });
    if (!within) waive(this.resource, 'it calls Firehose and S3 only, and has no address that answers', 'CKV_AWS_117');
    waive(this.resource, 'logs must not wait: it has the concurrency of the account', 'CKV_AWS_115');
    waive(this.resource, 'a failure fails the apply, or its input is kept in a bucket', 'CKV_AWS_116');
    waive(this.resource, 'the archive is made at synthesis, and its name has its hash', 'CKV_AWS_272');
    waive(this.resource, 'its variables name resources, and are no secrets', 'CKV_AWS_173');
    waive(this.resource, 'its calls are one step each', 'CKV_AWS_50', 'AWS-0066');
  }

  private makeLog({ encryptionKey, role, removal }: ProgramFunctionProps): CloudwatchLogGroup {
    encryptionKey.allowLogs();
    const name = claimPhysicalName(this, LOG_GROUP, `/aws/lambda/${this.functionName}`);
    role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${Aws.of(this).arn('logs', `log-group:${name}`)}:log-stream:*`],
    });
    return new CloudwatchLogGroup(this, 'Log', {
      name,
      retentionInDays: LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
  }

  private upload(bucket: IBucket, archive: Buffer): S3Object {
    return new S3Object(this, 'Program', {
      bucket: bucket.bucketName,
      key: `programs/${this.functionName}/${this.programHash}.zip`, // its own: it goes with the function
      contentBase64: archive.toString('base64'),
      contentType: 'application/zip',
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
