import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CloudwatchLogStream } from '@cdktf/provider-aws/lib/cloudwatch-log-stream';
import { CloudwatchLogSubscriptionFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-subscription-filter';
import { KinesisFirehoseDeliveryStream } from '@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME, type TextPattern } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { INetwork } from '../../network/network';
import { HTTPS } from '../../network/port';
import { type ISecurityGroup, SecurityGroup } from '../../network/security-group';
import type { IBucket } from '../../storage/bucket';
import { allowInterfaces } from '../../training/sagemaker/job-access';
import { DELIVERY_STREAM, LOG_INDEX } from '../logging-limits';
import type { ISearchDomain } from '../search/search-domain';
import { LogSplitter } from './log-splitter';

const STREAM_NAME = 'Documents';
/** Seconds that Firehose tries a document before it goes to the bucket: two hours, the most. */
const RETRY_SECONDS = 7200;
const BUFFER_SECONDS = 60;
const BUFFER_MIB = 5;
const REFUSED_SECONDS = 300;
const LOG_DAYS = 365;
/** Pattern of a subscription filter; the empty one matches all lines (`PutSubscriptionFilter`). */
const FILTER: TextPattern = { pattern: /^[^$]{0,1024}$/s, meaning: 'a filter pattern of at most 1024 characters' };

export interface LogShippingProps {
  readonly network: INetwork;
  readonly domain: ISearchDomain;
  /** Where documents go that the domain refused, below `refused/`, and where the program is put. Let them expire. */
  readonly bucket: IBucket;
  /** Key of what waits in the stream, and of logs. */
  readonly encryptionKey: IKey;
  /** Whether its logs may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * Ships log groups to a domain of OpenSearch: CloudWatch Logs -> a function, which makes a document of each line -> Firehose, which
 * tries for two hours, and keeps what the domain refuses in a bucket. A line can be there twice, as after a lost answer.
 *
 * Makes a stream, the function, their roles and logs. Costs for each gigabyte that Firehose takes, in steps of 5 KB for each
 * document and again for delivery into a VPC, and for each call of the function. Destroying it loses what waits in the stream, at most two hours; the lines
 * stay in their log groups.
 */
export class LogShipping extends Construct {
  public readonly streamName: string;
  public readonly splitter: LogSplitter;
  /** Role of Firehose. */
  public readonly role: Role;
  /** The underlying stream. */
  public readonly resource: KinesisFirehoseDeliveryStream;
  private readonly domain: ISearchDomain;

  constructor(scope: Construct, id: string, props: LogShippingProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'domain', 'bucket', 'encryptionKey');
    const { domain, bucket, encryptionKey, removal } = props;
    this.domain = domain;
    const name = physicalName(this, DELIVERY_STREAM, props.name);
    const securityGroup = this.makeGroup(props);
    const log = this.makeLog(name, props);
    this.role = this.makeRole(log, securityGroup, props);
    const { roleArn } = this.role;
    const cloudwatchLoggingOptions = { enabled: true, logGroupName: log.name, logStreamName: STREAM_NAME };
    this.resource = new KinesisFirehoseDeliveryStream(this, 'Resource', {
      name,
      destination: 'opensearch',
      serverSideEncryption: { enabled: true, keyType: 'CUSTOMER_MANAGED_CMK', keyArn: encryptionKey.keyArn },
      opensearchConfiguration: {
        domainArn: domain.domainArn,
        roleArn,
        indexName: LOG_INDEX,
        indexRotationPeriod: 'OneDay',
        bufferingInterval: BUFFER_SECONDS,
        bufferingSize: BUFFER_MIB,
        retryDuration: RETRY_SECONDS,
        s3BackupMode: 'FailedDocumentsOnly',
        s3Configuration: this.refused(bucket, cloudwatchLoggingOptions),
        cloudwatchLoggingOptions,
        vpcConfig: {
          roleArn,
          subnetIds: [...domain.subnetIds],
          securityGroupIds: [securityGroup.securityGroupId],
        },
      },
      dependsOn: [this.role.node.findChild('Policy') as never, domain.ready], // Firehose makes its interfaces at once
    });
    const streamArn = Aws.of(this).arn('firehose', `deliverystream/${name}`);
    this.streamName = published(this, this.resource.name, name);
    const splitter = { stream: this.resource, streamArn, bucket, encryptionKey, removal };
    this.splitter = new LogSplitter(this, 'Splitter', { ...splitter, name: props.name && `${props.name}-splitter` });
  }

  /**
   * Ships a log group from now on. A log group has two subscription filters at most (CloudWatch Logs quotas).
   *
   * @param id identifies the group, e.g. `jobs-training`
   * @param filterPattern only lines that match. @default - all
   * @throws InputError if the id is taken, or the pattern is too long
   */
  public ship(id: string, logGroupName: string, filterPattern = ''): void {
    Properties.of(this)
      .known({ id, filterPattern }, 'id', 'filterPattern')
      .matches('id', id, NAME)
      .matches('filterPattern', filterPattern, FILTER)
      .require(
        this.node.tryFindChild(`Group-${id}`) === undefined,
        `'id' must be new, got '${id}' again; choose another`,
      )
      .throwIfInvalid();
    const permission = this.splitter.accept(id, Aws.of(this).arn('logs', `log-group:${logGroupName}`));
    new CloudwatchLogSubscriptionFilter(this, `Group-${id}`, {
      name: this.streamName,
      logGroupName,
      filterPattern,
      destinationArn: this.splitter.program.resource.arn,
      dependsOn: [permission, this.domain.ready],
    });
  }

  private makeGroup({ network, domain }: LogShippingProps): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', { network, description: 'Delivery of logs' });
    group.connections.allowTo(domain, HTTPS);
    waive(group.resource, 'Firehose makes its network interfaces with it', 'CKV2_AWS_5');
    return group;
  }

  private makeLog(name: string, { encryptionKey, removal }: LogShippingProps): CloudwatchLogGroup {
    encryptionKey.allowLogs();
    const group = new CloudwatchLogGroup(this, 'Log', {
      name: claimPhysicalName(this, LOG_GROUP, `/aws/kinesisfirehose/${name}`),
      retentionInDays: LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    new CloudwatchLogStream(this, 'LogStream', { name: STREAM_NAME, logGroupName: group.name });
    return group;
  }

  private makeRole(log: CloudwatchLogGroup, securityGroup: ISecurityGroup, props: LogShippingProps): Role {
    const { network, domain, bucket, encryptionKey } = props;
    const aws = Aws.of(this);
    const role = new Role(this, 'Role', {
      // its guide prevents the confused deputy so, and names no aws:SourceAccount
      assumedBy: Principal.service('firehose.amazonaws.com').withExternalId(aws.account),
      description: 'Delivers logs to a domain of OpenSearch',
    });
    domain.grantWrite(role);
    bucket.grantWrite(role, 'refused/*');
    role.addToPolicy({
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resources: [bucket.bucketArn],
    });
    role.addToPolicy({
      actions: ['logs:PutLogEvents'],
      resources: [`${aws.arn('logs', `log-group:${log.name}`)}:log-stream:${STREAM_NAME}`],
    });
    encryptionKey.grantDecrypt(role);
    encryptionKey.grantEncrypt(role);
    const { securityGroupId } = securityGroup;
    allowInterfaces(role, network, { Subnets: [...domain.subnetIds], SecurityGroupIds: [securityGroupId] });
    role.addToPolicy({
      actions: ['ec2:DescribeVpcAttribute'],
      resources: [aws.arn('ec2', `vpc/${network.vpcId}`, { account: '*' })], // a shared VPC belongs to another account
    });
    return role;
  }

  private refused(
    bucket: IBucket,
    cloudwatchLoggingOptions: { enabled: boolean; logGroupName: string; logStreamName: string },
  ) {
    return {
      roleArn: this.role.roleArn,
      bucketArn: bucket.bucketArn,
      prefix: 'refused/',
      errorOutputPrefix: 'refused/',
      bufferingInterval: REFUSED_SECONDS,
      compressionFormat: 'GZIP',
      kmsKeyArn: bucket.encryptionKey?.keyArn,
      cloudwatchLoggingOptions,
    };
  }
}
