import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IBucket } from '../../storage/bucket';
import type { ModelSource } from '../model/model-source';
import { CHECK_FUNCTION, CHECK_LOG_DAYS, CHECK_MEMORY_MIB, CHECK_NAME, CHECK_TIMEOUT_SECONDS } from './check-limits';
import { storedZip } from './stored-zip';

const FILE = 'package_check.py';

/** What checks versions of the registry. */
export interface PackageCheckProps {
  /** Name after the stack's prefix. @default package-check */
  readonly name?: string;
  /** Bucket that holds the program, below `package-check/`. */
  readonly bucket: IBucket;
  /** Key of the log. */
  readonly encryptionKey: IKey;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * Keeps a version of the registry from being served unless it is approved, and is the one that was judged. Whoever approves a version
 * may change what it names, which IAM cannot forbid: the SHA-256 of the archive that it names must be that of its contract, which
 * the evaluation wrote and no approver can change.
 *
 * Terraform asks before it makes a model of a new version; a version that is refused fails the apply, and what is in use stays.
 * What somebody does to the archive or the version after that is not seen: let nobody replace archives, as a store with `writeOnce`.
 *
 * Makes a function of Lambda with its role and log group, and its program in a bucket. Costs nothing at rest; a check costs the
 * seconds in which it reads the archive, at most 15 minutes. Destroying it leaves its log, unless that may be destroyed.
 */
export class PackageCheck extends Construct {
  /** What the function may do. */
  public readonly role: Role;
  /** The underlying function. */
  public readonly resource: LambdaFunction;
  private readonly programHash: string;

  constructor(scope: Construct, id: string, props: PackageCheckProps) {
    super(scope, id);
    Properties.of(this).present(props, 'bucket', 'encryptionKey').matches('name', props?.name, NAME).throwIfInvalid();
    const { bucket, name = CHECK_NAME } = props;
    const functionName = physicalName(this, CHECK_FUNCTION, name);
    const logs = this.makeLogs(functionName, props);
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('lambda.amazonaws.com', Aws.of(this).account),
      description: 'Checks versions of models before they are served',
    });
    const logGroup = Aws.of(this).arn('logs', `log-group:/aws/lambda/${functionName}`);
    this.role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logGroup}:log-stream:*`],
    });
    const archive = storedZip(FILE, readFileSync(join(__dirname, FILE), 'utf8'));
    this.programHash = createHash('sha256').update(archive).digest('base64');
    const program = this.upload(bucket, archive);
    this.resource = new LambdaFunction(this, 'Resource', {
      functionName,
      description: 'Whether a version of a model is the one that was judged',
      role: this.role.roleArn,
      runtime: 'python3.13',
      architectures: ['arm64'],
      handler: 'package_check.handler',
      s3Bucket: program.bucket,
      s3Key: program.key,
      sourceCodeHash: this.programHash,
      timeout: CHECK_TIMEOUT_SECONDS,
      memorySize: CHECK_MEMORY_MIB, // a whole processor, with the network of one
      dependsOn: [logs],
    });
    this.waiveFindings();
  }

  /**
   * Checks a version before whatever is made after it. Allows the function `sagemaker:DescribeModelPackage` on the version, and reading
   * the artifacts and contracts of the source as `IBucket.grantRead` does.
   *
   * @param model name of the model, for the id of the check
   * @returns what must be there before the model; `undefined` if the source is no version of the registry
   */
  public before(model: string, source: ModelSource): ITerraformDependable | undefined {
    const { packageArn } = source;
    if (packageArn === undefined) return undefined;
    this.role.addToPolicy({ actions: ['sagemaker:DescribeModelPackage'], resources: [packageArn] });
    source.grantJudge(this.role);
    return new LambdaInvocation(this, `Version-${model}`, {
      functionName: this.resource.functionName,
      input: JSON.stringify({ packageArn }),
      lifecycleScope: 'CREATE_ONLY',
      triggers: { program: this.programHash },
      dependsOn: [this.role.node.findChild('Policy') as never],
    });
  }

  private makeLogs(functionName: string, { encryptionKey, removal }: PackageCheckProps): CloudwatchLogGroup {
    encryptionKey.allowLogs();
    return new CloudwatchLogGroup(this, 'Logs', {
      name: claimPhysicalName(this, LOG_GROUP, `/aws/lambda/${functionName}`),
      retentionInDays: CHECK_LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
  }

  private upload(bucket: IBucket, archive: Buffer): S3Object {
    const hash = createHash('sha256').update(archive).digest('hex').slice(0, 12);
    return new S3Object(this, 'Program', {
      bucket: bucket.bucketName,
      key: `package-check/${this.node.addr}/${hash}.zip`, // its own: it goes with the function
      contentBase64: archive.toString('base64'),
      contentType: 'application/zip',
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private waiveFindings(): void {
    const asked = 'Terraform asks it and waits for the answer, one question at a time';
    waive(this.resource, asked, 'CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_50', 'AWS-0066');
    waive(this.resource, 'it calls S3 and SageMaker only, and has no address that answers', 'CKV_AWS_117');
    waive(this.resource, 'its program is in the configuration, whose deployment decides', 'CKV_AWS_272');
  }
}
