import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { GlueJob } from '@cdktf/provider-aws/lib/glue-job';
import { GlueSecurityConfiguration } from '@cdktf/provider-aws/lib/glue-security-configuration';
import { GlueTrigger } from '@cdktf/provider-aws/lib/glue-trigger';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, type Removal } from '../core/removal';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { IGrantable } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import { columnTypeError } from './column-type';
import { CONVERSION_SOURCES, GLUE_SCHEDULE, JOB } from './lake-limits';
import type { Table } from './table';

/** Spark 3.5, Python 3.11. */
const GLUE_VERSION = '5.0';
/** 4 vCPU and 16 GB each. */
const WORKER_TYPE = 'G.1X';
/** One drives, the others convert. */
export const MIN_CONVERSION_WORKERS = 2;
/** A run that takes longer hangs; it is paid by the minute. */
export const DEFAULT_CONVERSION_TIMEOUT_MINUTES = 120;
/** What fails by chance succeeds the second time. A repeated run converts nothing twice. */
export const CONVERSION_RETRIES = 1;
/** One row in a hundred may be broken before the file as a whole is taken for broken. */
export const DEFAULT_MAX_REJECTED_PERCENT = 1;
/** What scanners and auditors ask for. */
export const CONVERSION_LOG_DAYS = 365;
/** Folder in the bucket of the target's zone for rows that could not be converted. */
export const REJECTED_PREFIX = '_rejected';

const FOLDER_MARKERS = '*_$folder$';
const SCRIPT = join(__dirname, 'conversion', 'parquet_conversion.py');

export interface ParquetConversionProps {
  /** Table in CSV, TSV or JSON. */
  readonly source: Table;
  /** Table in Parquet with the same partitions; each of its columns is one of the source by name. */
  readonly target: Table;
  /** Encrypts what the job writes, and its logs. @default - the key of the target's bucket */
  readonly encryptionKey?: IKey;
  /**
   * Bucket for the script and for what the job remembers, below a folder of the job's name; nothing there may expire.
   * @default - a new bucket
   */
  readonly workspace?: IBucket;
  /** Bucket of the same region that records every request to the new bucket. @default - not recorded */
  readonly accessLogs?: IBucket;
  /** When to run, in UTC, as `cron(0 3 * * ? *)` for every day at three. @default - on demand, see `grantStart` */
  readonly schedule?: string;
  /** Glue workers of 4 vCPU and 16 GB, at least 2. @default 2 */
  readonly workers?: number;
  /** Minutes until a run is stopped: 1 to 10080. @default 120 */
  readonly timeoutMinutes?: number;
  /** Percent of a partition's rows that may be broken before its conversion fails: 0 to 100. @default 1 */
  readonly maxRejectedPercent?: number;
  /** What becomes of the new bucket and of the logs when the conversion goes: see `mayDestroy`. @default - the target zone's */
  readonly removal?: Removal;
}

/**
 * A job that keeps a Parquet table in step with a table in CSV, TSV or JSON.
 *
 * Each run compares the files of every source partition with what it remembers of the last run and rewrites the target
 * partitions that have new or replaced files: all of a partition or nothing, so that a run may be repeated, and late or
 * corrected files are taken in. Source files that only went change nothing, so that the source may expire earlier than
 * the target; erasing rows from the target is for who erases them from the source. Columns get the types that the
 * catalog gives the target at the time. Rows that do not fit are written as JSON to `_rejected/<table>/` in the bucket
 * of the target's zone, which keeps and protects them like its data; too many of them fail the run and leave the target
 * partition as it was. Files with quotes are read as RFC 4180 says: a quote inside quotes is doubled.
 *
 * Why a Glue job: an `INSERT` in Athena appends, so that its retry doubles rows, and it drops what does not fit without a
 * word. Why not Glue's job bookmarks: they hand over new files only, and a partition rewritten from its new files alone
 * loses the others.
 */
export class ParquetConversion extends Construct {
  public readonly jobName: string;
  public readonly role: Role;
  public readonly workspace: IBucket;
  /** The underlying job. */
  public readonly resource: GlueJob;

  constructor(scope: Construct, id: string, props: ParquetConversionProps) {
    super(scope, id);
    const encryptionKey = this.validate(props);
    const { accessLogs, removal = props.target.zone.removal } = props;

    this.jobName = physicalName(this, JOB);
    this.role = new Role(this, 'Role', { assumedBy: Principal.service('glue.amazonaws.com') });
    this.workspace = props.workspace ?? new Bucket(this, 'Workspace', { encryptionKey, accessLogs, removal });
    this.allow(props, encryptionKey);
    this.keepLogs(encryptionKey, removal);
    this.resource = this.makeJob(props, this.uploadScript(), this.secure(encryptionKey));
    if (props.schedule) {
      new GlueTrigger(this, 'Schedule', {
        name: this.jobName,
        type: 'SCHEDULED',
        schedule: props.schedule,
        startOnCreation: true,
        actions: [{ jobName: this.resource.name }],
      });
    }
  }

  /** Allows `glue:StartJobRun`, `glue:GetJobRun`, `glue:GetJobRuns`, `glue:BatchStopJobRun` on the job. */
  public grantStart(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: ['glue:StartJobRun', 'glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'],
      resources: [published(this, this.resource.arn, Aws.of(this).arn('glue', `job/${this.jobName}`))],
    });
  }

  private validate({ source, target, schedule, workers, ...props }: ParquetConversionProps): IKey {
    const bucketKey = target.zone.bucket.encryptionKey;
    const encryptionKey = props.encryptionKey ?? bucketKey;
    const partitionsOf = (table: Table) => Object.keys(table.partitions).join(', ') || 'none';
    const nested = Object.entries(target.columns).filter(
      ([, type]) => !Token.isUnresolved(type) && columnTypeError(type, 'tsv'),
    );
    const missing = Object.keys(target.columns).filter((column) => !Object.hasOwn(source.columns, column));
    Properties.of(this)
      .oneOf('format of source', source.format.name, CONVERSION_SOURCES)
      .oneOf('format of target', target.format.name, ['parquet'])
      .require(
        partitionsOf(source) === partitionsOf(target),
        `'target' must have the partitions of 'source' (${partitionsOf(source)}), got ${partitionsOf(target)}`,
      )
      .require(missing.length === 0, `'target' has columns that 'source' has not: ${missing.join(', ')}`)
      .require(
        source.format.name === 'json' || nested.length === 0,
        `'target' has columns that text cannot be turned into: ${nested.map(([name, type]) => `${name} (${type})`).join(', ')}`,
      )
      .require(encryptionKey !== undefined, "'encryptionKey' must be given: that of the target's bucket is not known")
      .require(
        bucketKey === undefined || encryptionKey === bucketKey,
        "'encryptionKey' must be the key of the target's bucket, which refuses files under another",
      )
      .matches('schedule', schedule, GLUE_SCHEDULE)
      .integer('workers', workers, { min: MIN_CONVERSION_WORKERS })
      .integer('timeoutMinutes', props.timeoutMinutes, { min: 1, max: 10_080 })
      .number('maxRejectedPercent', props.maxRejectedPercent, { min: 0, max: 100 })
      .throwIfInvalid();
    return encryptionKey!;
  }

  private allow({ source, target }: ParquetConversionProps, encryptionKey: IKey): void {
    const { role, workspace } = this;
    source.grantRead(role);
    target.grantWrite(role);
    const { bucket } = target.zone;
    const rejected = `${REJECTED_PREFIX}/${target.tableName}/*`;
    bucket.grantRead(role, rejected);
    bucket.grantWrite(role, rejected);
    bucket.grantDelete(role, rejected);
    this.allowFolders(bucket, [target.prefix, `${REJECTED_PREFIX}/${target.tableName}`]);
    role.addToPolicy({ actions: ['s3:ListBucket'], resources: [source.zone.bucket.bucketArn, bucket.bucketArn] });
    workspace.grantRead(role, `${this.jobName}/*`);
    workspace.grantWrite(role, `${this.jobName}/*`);
    encryptionKey.grantEncrypt(role);
    encryptionKey.grantDecrypt(role);
    role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue' } },
    });
  }

  /**
   * Spark asks for each folder on the way to what it writes as if it were an object, at its own key and at that of the
   * empty object by which Glue's S3 client marks a folder. Neither need be there, and S3 says so (404) only to who may list
   * the whole bucket: a right bounded by a prefix does not count, and the answer 403 ends the run.
   */
  private allowFolders(bucket: IBucket, paths: readonly string[]): void {
    const folders = paths.flatMap((path) =>
      path.split('/').map((_, index, parts) => `${bucket.bucketArn}/${parts.slice(0, index + 1).join('/')}`),
    );
    this.role.addToPolicy({ actions: ['s3:GetObject'], resources: folders });
    bucket.grantRead(this.role, FOLDER_MARKERS);
    bucket.grantWrite(this.role, FOLDER_MARKERS);
    bucket.grantDelete(this.role, FOLDER_MARKERS);
  }

  /** Glue names its log groups after the security configuration and the role; made here, they end some day. */
  private keepLogs(encryptionKey: IKey, removal: Removal): void {
    const prefix = `/aws-glue/jobs/${this.jobName}-role/${this.role.roleName}`;
    encryptionKey.allowLogs();
    for (const [id, stream] of [
      ['Output', 'output'],
      ['Errors', 'error'],
    ] as const) {
      new CloudwatchLogGroup(this, id, {
        name: `${prefix}/${stream}`,
        retentionInDays: CONVERSION_LOG_DAYS,
        kmsKeyId: encryptionKey.keyArn,
        lifecycle: keepData(this, removal),
      });
    }
    this.role.addToPolicy({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
      resources: [Aws.of(this).arn('logs', `log-group:${prefix}/*`)],
    });
  }

  private secure(encryptionKey: IKey): GlueSecurityConfiguration {
    const kmsKeyArn = encryptionKey.keyArn;
    return new GlueSecurityConfiguration(this, 'Security', {
      name: this.jobName,
      encryptionConfiguration: {
        s3Encryption: { s3EncryptionMode: 'SSE-KMS', kmsKeyArn },
        cloudwatchEncryption: { cloudwatchEncryptionMode: 'SSE-KMS', kmsKeyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: 'CSE-KMS', kmsKeyArn },
      },
    });
  }

  private uploadScript(): S3Object {
    return new S3Object(this, 'Script', {
      bucket: this.workspace.bucketName,
      key: `${this.jobName}/parquet_conversion.py`,
      content: readFileSync(SCRIPT, 'utf8'),
      contentType: 'text/x-python',
      kmsKeyId: this.workspace.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // an object takes 10 tags, a stack may have more
    });
  }

  private makeJob(props: ParquetConversionProps, script: S3Object, security: GlueSecurityConfiguration): GlueJob {
    const { source, target, maxRejectedPercent = DEFAULT_MAX_REJECTED_PERCENT } = props;
    return new GlueJob(this, 'Resource', {
      name: this.jobName,
      description: `${source.tableName} (${source.format.name}) to ${target.tableName} (parquet)`,
      roleArn: this.role.roleArn,
      glueVersion: GLUE_VERSION,
      workerType: WORKER_TYPE,
      numberOfWorkers: props.workers ?? MIN_CONVERSION_WORKERS,
      executionClass: 'STANDARD',
      timeout: props.timeoutMinutes ?? DEFAULT_CONVERSION_TIMEOUT_MINUTES,
      maxRetries: CONVERSION_RETRIES,
      executionProperty: { maxConcurrentRuns: 1 }, // two runs would rewrite the same partitions
      securityConfiguration: security.name,
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: `s3://${script.bucket}/${script.key}` },
      defaultArguments: {
        '--job-bookmark-option': 'job-bookmark-disable',
        '--enable-metrics': 'true',
        '--source': `${source.zone.databaseName}.${source.tableName}`,
        '--target': `${target.zone.databaseName}.${target.tableName}`,
        '--rejected': `s3://${target.zone.bucket.bucketName}/${REJECTED_PREFIX}/${target.tableName}/`,
        '--memory': `s3://${this.workspace.bucketName}/${this.jobName}/memory.json`,
        '--max_rejected_percent': `${maxRejectedPercent}`,
      },
    });
  }
}
