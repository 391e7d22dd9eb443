import { join } from 'node:path';
import type { KinesisFirehoseDeliveryStream } from '@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IBucket } from '../../storage/bucket';
import { ProgramFunction } from '../program-function';

const TIMEOUT_SECONDS = 120;
const MEMORY_MIB = 256;
/** Tries after the first; then the lines are kept in the bucket. */
const RETRIES = 2;
const OLDEST_SECONDS = 21_600;

export interface LogSplitterProps {
  readonly stream: KinesisFirehoseDeliveryStream;
  /** ARN of the stream. */
  readonly streamArn: string;
  /** Where its program is put, and lines that it could not pass on. */
  readonly bucket: IBucket;
  readonly encryptionKey: IKey;
  /** Whether its log may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * Makes a document of each line: CloudWatch Logs sends many lines in one record, of which OpenSearch would take none (Firehose guide,
 * "Send CloudWatch Logs to Firehose"). Lines that Firehose does not take are tried again, and at last kept in the bucket.
 *
 * Makes a function of Lambda with its log. Costs the seconds of its calls, one for each record of CloudWatch Logs. Destroying it loses
 * nothing that was passed on.
 */
export class LogSplitter extends Construct {
  public readonly role: Role;
  public readonly program: ProgramFunction;

  constructor(scope: Construct, id: string, props: LogSplitterProps) {
    super(scope, id);
    Properties.need(this, props, 'stream', 'streamArn', 'bucket', 'encryptionKey');
    const { stream, streamArn, bucket, encryptionKey, removal, name } = props;
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('lambda.amazonaws.com', Aws.of(this).account),
      description: 'Makes documents of lines of logs',
    });
    this.role.addToPolicy({ actions: ['firehose:PutRecordBatch'], resources: [streamArn] });
    bucket.grantWrite(this.role, 'aws/lambda/async/*');
    this.role.addToPolicy({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }); // Lambda asks whether the bucket is there
    this.program = new ProgramFunction(this, 'Program', {
      program: join(__dirname, 'log_splitter.py'),
      description: 'Makes a document of each line of a log group',
      role: this.role,
      bucket,
      encryptionKey,
      removal,
      name,
      environment: { STREAM: stream.name },
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMib: MEMORY_MIB,
    });
    new LambdaFunctionEventInvokeConfig(this, 'Failed', {
      functionName: this.program.resource.functionName,
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: OLDEST_SECONDS,
      destinationConfig: { onFailure: { destination: bucket.bucketArn } },
      dependsOn: [this.role.node.findChild('Policy') as never], // Lambda checks that it may write there
    });
  }

  /** Lets a log group call it. */
  public accept(id: string, logGroupArn: string): ITerraformDependable {
    const { region, urlSuffix, account } = Aws.of(this);
    return new LambdaPermission(this, `From-${id}`, {
      functionName: this.program.resource.functionName,
      action: 'lambda:InvokeFunction',
      principal: `logs.${region}.${urlSuffix}`,
      sourceArn: `${logGroupArn}:*`,
      sourceAccount: account,
    });
  }
}
