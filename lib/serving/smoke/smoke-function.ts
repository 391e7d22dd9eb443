import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IBucket } from '../../storage/bucket';
import { jsonText } from '../../training/pipeline/definition';
import { CHECK_FUNCTION } from '../check/check-limits';
import { storedZip } from '../check/stored-zip';
import { SMOKE_LOG_DAYS, SMOKE_MEMORY_MIB, SMOKE_SECONDS } from './smoke-limits';

const FILE = 'smoke.py';
const PROGRAM = join(__dirname, 'program', FILE);
/** Seconds of an answer that is under way when the time is over, and of reading the samples. */
const GRACE_SECONDS = 90;

/** What asks an endpoint. */
export interface SmokeFunctionProps {
  /** Name after the stack's prefix. */
  readonly name: string;
  /** What the program is told, in its variable `SMOKE`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Bucket that holds the program, below `smoke-test/`. */
  readonly bucket: IBucket;
  /** Key of the log. */
  readonly encryptionKey: IKey;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * The function that asks an endpoint, with its role, log group and program. Costs nothing at rest. Destroying it leaves its log, unless
 * that may be destroyed.
 */
export class SmokeFunction extends Construct {
  public readonly role: Role;
  public readonly functionArn: string;
  /** The underlying function. */
  public readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: SmokeFunctionProps) {
    super(scope, id);
    Properties.need(this, props, 'name', 'settings', 'bucket', 'encryptionKey');
    const functionName = physicalName(this, CHECK_FUNCTION, props.name);
    const logs = this.makeLogs(functionName, props);
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('lambda.amazonaws.com', Aws.of(this).account),
      description: 'Asks an endpoint after a deployment, and judges its answers',
    });
    const logGroup = Aws.of(this).arn('logs', `log-group:/aws/lambda/${functionName}`);
    this.role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logGroup}:log-stream:*`],
    });
    const archive = storedZip(FILE, readFileSync(PROGRAM, 'utf8'));
    const program = this.upload(props.bucket, archive);
    this.resource = new LambdaFunction(this, 'Resource', {
      functionName,
      description: 'Whether an endpoint answers as its models should',
      role: this.role.roleArn,
      runtime: 'python3.13',
      architectures: ['arm64'],
      handler: 'smoke.handler',
      s3Bucket: program.bucket,
      s3Key: program.key,
      sourceCodeHash: createHash('sha256').update(archive).digest('base64'),
      timeout: SMOKE_SECONDS + GRACE_SECONDS,
      memorySize: SMOKE_MEMORY_MIB,
      environment: { variables: { SMOKE: jsonText(props.settings) } },
      dependsOn: [logs],
    });
    this.functionArn = Aws.of(this).arn('lambda', `function:${functionName}`);
    this.waiveFindings();
  }

  private makeLogs(functionName: string, { encryptionKey, removal }: SmokeFunctionProps): CloudwatchLogGroup {
    encryptionKey.allowLogs();
    return new CloudwatchLogGroup(this, 'Logs', {
      name: claimPhysicalName(this, LOG_GROUP, `/aws/lambda/${functionName}`),
      retentionInDays: SMOKE_LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
  }

  private upload(bucket: IBucket, archive: Buffer): S3Object {
    const hash = createHash('sha256').update(archive).digest('hex').slice(0, 12);
    return new S3Object(this, 'Program', {
      bucket: bucket.bucketName,
      key: `smoke-test/${this.node.addr}/${hash}.zip`, // each endpoint has its own, which goes with it
      contentBase64: archive.toString('base64'),
      contentType: 'application/zip',
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private waiveFindings(): void {
    waive(this.resource, 'a test must not wait for others: it has the concurrency of the account', 'CKV_AWS_115');
    waive(this.resource, 'a state machine waits for its answer, and counts its failure', 'CKV_AWS_116');
    waive(this.resource, 'it calls AWS only, and has no address that answers', 'CKV_AWS_117');
    waive(this.resource, 'its variable names an endpoint and a file, and is no secret', 'CKV_AWS_173');
    waive(this.resource, 'its program is in the configuration, whose deployment decides', 'CKV_AWS_272');
    waive(this.resource, 'its calls are one step each', 'CKV_AWS_50', 'AWS-0066');
  }
}
