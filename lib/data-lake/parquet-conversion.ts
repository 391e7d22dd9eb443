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
import { LOG_GROUP } from '../aws/log-group';
import { claimPhysicalName, physicalName } from '../aws/physical-name';
import { digitsOf } from '../core/cdktf/token-values';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { IGrantable } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import { columnTypeError } from './column-type';
import { brokenSchedule } from './conversion/glue-schedule';
import { CONVERSION_SOURCES, JOB } from './lake-limits';
import type { Table } from './table';

/** Spark 3.5, Python 3.11. */
const GLUE_VERSION = '5.0';
/** 4 vCPU and 16 GB. */
const WORKER_TYPE = 'G.1X';
/** One driver and one executor. */
export const MIN_CONVERSION_WORKERS = 2;
/** Stops a hanging run, which would cost money every minute. */
export const DEFAULT_CONVERSION_TIMEOUT_MINUTES = 120;
/** A retry handles transient failures. It does not convert a partition again. */
export const CONVERSION_RETRIES = 1;
/** Above one invalid row in a hundred, the files as a whole are considered invalid. */
export const DEFAULT_MAX_REJECTED_PERCENT = 1;
/** Retention that scanners and auditors require. */
export const CONVERSION_LOG_DAYS = 365;
/** Folder for rejected rows, in the bucket of the target's zone. */
export const REJECTED_PREFIX = '_rejected';

const FOLDER_MARKERS = '*_$folder$';
/** The program of a job, and the module that it imports. */
const SCRIPT = 'parquet_conversion.py';
const MODULE = 'catalog_text.py';

export interface ParquetConversionProps {
  /** Table in CSV, TSV or JSON. */
  readonly source: Table;
  /** Table in Parquet with the same partitions. The source must have a column of the same name for each column. */
  readonly target: Table;
  /** Encrypts the job's output and logs. @default - the key of the target's bucket */
  readonly encryptionKey?: IKey;
  /**
   * Bucket for the script and the state of the job, in a folder with the job's name. Objects there must not expire.
   * @default - a new bucket
   */
  readonly workspace?: IBucket;
  /** Bucket in the same region for the access logs of the new bucket. @default - no access logs */
  readonly accessLogs?: IBucket;
  /** Six fields in UTC, e.g. `cron(0 3 * * ? *)` for every day at 03:00. @default - on demand, see `grantStart` */
  readonly schedule?: string;
  /** Glue workers of 4 vCPU and 16 GB, at least 2. @default 2 */
  readonly workers?: number;
  /** Minutes until a run is stopped: 1 to 10080. @default 120 */
  readonly timeoutMinutes?: number;
  /** Percentage of a partition's rows that may be rejected before its conversion fails: 0 to 100. @default 1 */
  readonly maxRejectedPercent?: number;
  /** Whether the new bucket and the logs may be destroyed: see `mayDestroy`. @default - as the target's zone */
  readonly removal?: Removal;
}

/**
 * A Glue job that keeps a Parquet table up to date with a table in CSV, TSV or JSON.
 *
 * Each run compares the files of every source partition with the state of the last run. It rewrites the target
 * partitions with new or replaced files, each as a whole. A run can therefore be repeated, and late or corrected files
 * are included. Deleted source files alone change nothing, so that the source can expire earlier than the target; rows
 * erased from the source must be erased from the target separately. Columns get the types of the target in the catalog
 * at run time. The run registers the partitions of the target that the catalog lacks, so that every engine finds them.
 *
 * A row keeps every value or is rejected. It is read as Athena reads the source: keys of JSON in any case, `\N` as NULL,
 * an empty text as text and any other empty value as NULL, decimals rounded half up to their scale. Rejected is what a
 * reader would lose silently: a number out of range, a text longer than its `varchar`, a day that does not exist, a time
 * in a `date`, more or fewer values than columns, a key of JSON twice, text that is not UTF-8. Instants with a zone become
 * UTC. Rejected rows are written as JSON (`fault`, `line`, `file`) to `_rejected/<table>/` in the bucket of the target's
 * zone, which protects them like its data. Too many of them fail the run, and the target partition stays unchanged.
 *
 * Why not `INSERT` in Athena: it appends, so that a retry duplicates rows, and it drops invalid rows silently. Why not
 * Glue job bookmarks: they provide new files only, and a partition rewritten from its new files would lose the others.
 *
 * Costs for each second of its workers in a run, and at rest a few objects of S3. Destroying it removes job, role and
 * trigger; the table stays, and its logs unless both keys say destroy.
 */
export class ParquetConversion extends Construct {
  public readonly jobName: string;
  public readonly role: Role;
  public readonly workspace: IBucket;
  /** The underlying job. */
  public readonly resource: GlueJob;

  constructor(scope: Construct, id: string, props: ParquetConversionProps) {
    super(scope, id);
    Properties.need(this, props, 'source', 'target');
    const encryptionKey = this.validate(props);
    const { accessLogs, removal = props.target.zone.removal } = props;

    this.jobName = physicalName(this, JOB);
    this.role = new Role(this, 'Role', { assumedBy: Principal.service('glue.amazonaws.com') });
    this.workspace = props.workspace ?? new Bucket(this, 'Workspace', { encryptionKey, accessLogs, removal });
    this.allow(props, encryptionKey);
    this.keepLogs(encryptionKey, removal);
    this.resource = this.makeJob(
      props,
      this.upload('Script', SCRIPT),
      this.upload('Module', MODULE),
      this.secure(encryptionKey),
    );
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
      .known({ 'prefix of target': target.prefix }, 'prefix of target')
      .oneOf('format of source', source.format.name, CONVERSION_SOURCES)
      .oneOf('format of target', target.format.name, ['parquet'])
      .require(
        partitionsOf(source) === partitionsOf(target),
        `'target' must have the partitions of 'source' (${partitionsOf(source)}), got ${partitionsOf(target)}`,
      )
      .require(missing.length === 0, `'target' must not have columns that 'source' lacks, got ${missing.join(', ')}`)
      .require(
        source.format.name === 'json' || nested.length === 0,
        `'target' must not have nested or binary columns with a text source, got ${nested.map(([name, type]) => `${name} (${type})`).join(', ')}`,
      )
      .require(encryptionKey !== undefined, "'encryptionKey' must be set: the key of the target's bucket is not known")
      .require(
        bucketKey === undefined || encryptionKey === bucketKey,
        "'encryptionKey' must be the key of the target's bucket, which refuses uploads with another key",
      )
      .keeps('schedule', schedule ?? '', brokenSchedule(Token.isUnresolved(schedule) ? undefined : schedule))
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
   * Spark requests each parent folder of its output as an object: its own key, and the key of the empty object with
   * which Glue's S3 client marks a folder. These objects may be missing. S3 then answers 404 only if the role may list
   * the whole bucket; with a permission limited to a prefix it answers 403, which ends the run.
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

  /** Log groups under the names that Glue uses (security configuration, role). Created here, they have a retention. */
  private keepLogs(encryptionKey: IKey, removal: Removal): void {
    const prefix = `/aws-glue/jobs/${this.jobName}-role/${this.role.roleName}`;
    encryptionKey.allowLogs();
    for (const [id, stream] of [
      ['Output', 'output'],
      ['Errors', 'error'],
    ] as const) {
      new CloudwatchLogGroup(this, id, {
        name: claimPhysicalName(this, LOG_GROUP, `${prefix}/${stream}`),
        retentionInDays: CONVERSION_LOG_DAYS,
        kmsKeyId: encryptionKey.keyArn,
        skipDestroy: !mayDestroy(this, removal), // also when the log group leaves the configuration, and its `lifecycle` with it
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

  private upload(id: string, file: string): S3Object {
    return new S3Object(this, id, {
      bucket: this.workspace.bucketName,
      key: `${this.jobName}/${file}`,
      content: readFileSync(join(__dirname, 'conversion', file), 'utf8'),
      contentType: 'text/x-python',
      kmsKeyId: this.workspace.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
    });
  }

  private makeJob(
    props: ParquetConversionProps,
    script: S3Object,
    module: S3Object,
    security: GlueSecurityConfiguration,
  ): GlueJob {
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
        '--extra-py-files': `s3://${module.bucket}/${module.key}`,
        '--source': `${source.zone.databaseName}.${source.tableName}`,
        '--target': `${target.zone.databaseName}.${target.tableName}`,
        '--rejected': `s3://${target.zone.bucket.bucketName}/${REJECTED_PREFIX}/${target.tableName}/`,
        '--memory': `s3://${this.workspace.bucketName}/${this.jobName}/memory.json`,
        '--max_rejected_percent': digitsOf(maxRejectedPercent),
      },
    });
  }
}
