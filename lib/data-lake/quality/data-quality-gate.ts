import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { GlueDataQualityRuleset } from '@cdktf/provider-aws/lib/glue-data-quality-ruleset';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import type { Removal } from '../../core/removal';
import { unescaped } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import type { IRole } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import { Bucket, type IBucket } from '../../storage/bucket';
import { brokenSchedule } from '../conversion/glue-schedule';
import type { Table } from '../table';
import { dqdlRuleset } from './dqdl';
import { Expectation } from './expectation';
import type { DataQualityProcessing, DataQualityRun, IDataQualityGate } from './gate';
import { GlueEvaluation } from './glue-evaluation';
import {
  DEFAULT_EVALUATION_TIMEOUT_MINUTES,
  DEFAULT_EVALUATION_WORKERS,
  MAX_RULESET_LENGTH,
  METRIC_NAMESPACE,
  QUARANTINE_PREFIX,
  RESULT_EVENT,
  RESULT_SOURCES,
  RULESET,
  TARGET_ARN,
  WORKERS,
} from './quality-limits';
import { PROGRAM, QualityProgram } from './quality-program';

export interface DataQualityGateProps {
  readonly table: Table;
  /** At least one, each with another name. */
  readonly expectations: readonly Expectation[];
  /**
   * Runs the ruleset in Glue: six fields in UTC, e.g. `cron(0 5 * * ? *)` for every day at 05:00.
   * @default - on demand, see `grantRun`
   */
  readonly schedule?: string;
  /** Glue workers of 4 vCPU and 16 GB of a scheduled run, 2 to 299. @default 5 */
  readonly workers?: number;
  /** Minutes until a scheduled run is stopped, 1 to 2880. @default 120 */
  readonly timeoutMinutes?: number;
  /**
   * Bucket for the program and the reports, in a folder with the ruleset's name. Objects there must not expire.
   * @default - a new bucket
   */
  readonly workspace?: IBucket;
  /** Encrypts a new workspace and the schedule. @default - the key of the table's bucket */
  readonly encryptionKey?: IKey;
  /** Bucket in the same region for the access logs of a new workspace. @default - no access logs */
  readonly accessLogs?: IBucket;
  /** Whether a new workspace with its reports may be destroyed: see `mayDestroy`. @default - as the table's zone */
  readonly removal?: Removal;
}

/** Where the events of a gate go. */
export interface ResultOptions {
  /** Whether only failed evaluations are sent. @default true */
  readonly failedOnly?: boolean;
}

/**
 * A gate that data must pass: the same expectations as a ruleset that Glue evaluates, and as the setting of a program
 * that runs in a processing step of a pipeline, in a container, or by hand on local files
 * (`python data_quality.py --spec spec.json --data FOLDER`).
 *
 * **It fails closed.** No data, a file or a row that cannot be read, a missing column, a specification that the program
 * does not know, a rule that it cannot evaluate: the gate fails, and the program's exit code is not 0.
 *
 * Both publish the event "Data Quality Evaluation Results Available" with `state`, `score` and `context` (database and
 * table), with source `aws.glue-dataquality` from Glue and `cdktf-mlops.data-quality` from the program; `onResult` sends
 * both. The program's metrics are `Passed` (1 or 0), `Measured` by expectation, and `Rows`, in namespace
 * `MLOps/DataQuality` with the dimensions `Table` (`<database>.<table>`) and `Expectation`. Rows and files that do not
 * fit are copied to `_quarantine/<table>/<run>/` in the bucket of the table's zone, which protects them like the data.
 *
 * Glue reads every format, of tables with partitions only those registered in the catalog. The program reads Parquet,
 * CSV, TSV and JSON from the table's folder, registered or not. It does not read Iceberg tables: which of their files
 * hold rows is in the metadata of a snapshot. A row whose value is none of its column's type cannot be read, as in Athena:
 * an integer or decimal beyond its type, digits after the scale, a text longer than its `varchar`, an instant or a day
 * outside of the years 1 to 9999. A `float` column must be one in Parquet, which Athena requires; a `double` may be either.
 * Text may be compressed with gzip or bzip2; a header with the table's columns in another order fails its file.
 *
 * **Makes** a ruleset, a role for its runs, a workspace bucket unless given one, two objects in it (program and
 * specification), and with `schedule` a schedule and its role. **Costs at rest** the storage of the reports and of
 * quarantined rows (S3, per GB and month); a run in Glue costs worker hours (DPU, per second, at least a minute), a run
 * of the program what its machine costs, metrics per name and month. Glue logs its runs to groups below `/aws-glue/`, which all
 * runs of the account share and to which it gives no retention. **Destroyed cleanly** with its stack, except
 * quarantined rows, which remain in the zone's bucket until it is destroyed, and a workspace that must be kept.
 */
export class DataQualityGate extends Construct implements IDataQualityGate {
  public readonly table: Table;
  public readonly expectations: readonly Expectation[];
  public readonly rulesetName: string;
  /** Folder of the gate in its workspace. */
  public readonly folder: string;
  public readonly workspace: IBucket;
  /** Role of the runs in Glue. */
  public readonly role: IRole;
  /** The underlying ruleset. */
  public readonly resource: GlueDataQualityRuleset;

  constructor(scope: Construct, id: string, props: DataQualityGateProps) {
    super(scope, id);
    Properties.of(this)
      .present(props, 'table', 'expectations')
      .known(props, 'expectations', 'schedule', 'workers', 'timeoutMinutes')
      .throwIfInvalid();
    this.table = props.table;
    this.expectations = props.expectations;
    const ruleset = dqdlRuleset(this.rules());
    const encryptionKey = this.validate(props, ruleset);
    const { accessLogs, removal = props.table.zone.removal } = props;

    const name = physicalName(this, RULESET);
    this.resource = new GlueDataQualityRuleset(this, 'Resource', {
      name,
      description: `What must hold for the data of table ${this.table.tableName}`,
      ruleset,
      targetTable: { databaseName: this.table.zone.databaseName, tableName: this.table.tableName },
    });
    this.rulesetName = published(this, this.resource.name, name);
    this.folder = name;
    this.workspace = props.workspace ?? new Bucket(this, 'Workspace', { encryptionKey, accessLogs, removal });
    if (this.table.format.layout) new QualityProgram(this, 'Program', { gate: this });
    const evaluation = new GlueEvaluation(this, 'Glue', { gate: this });
    this.role = evaluation.role;
    const { schedule, workers = DEFAULT_EVALUATION_WORKERS } = props;
    const { timeoutMinutes = DEFAULT_EVALUATION_TIMEOUT_MINUTES } = props;
    if (schedule) evaluation.startOn(schedule, { encryptionKey, workers, timeoutMinutes });
  }

  /** @throws InputError if the program cannot evaluate all expectations on the files of the table */
  public processing({
    codePath = '/opt/ml/processing/input/code',
    run,
    partition,
  }: DataQualityRun = {}): DataQualityProcessing {
    const custom = this.expectations.filter(({ kind }) => kind === 'custom').map(({ name }) => name);
    Properties.of(this)
      .require(
        this.table.format.layout !== undefined,
        `'table' must not be an Iceberg table, got ${this.table.node.path}; run the ruleset in Glue, or the gate on a Parquet table`,
      )
      .require(
        custom.length === 0,
        `'expectations' must not have rules that only Glue evaluates, got ${custom.join(', ')}; move them to another gate, or run the ruleset in Glue`,
      )
      .throwIfInvalid();
    return {
      codeUri: this.uriOf('code'),
      entryPoint: PROGRAM,
      arguments: [
        ...['--spec', `${codePath}/spec.json`],
        ...(run === undefined ? [] : ['--run', run]),
        ...(partition === undefined ? [] : ['--partition', partition]),
      ],
      reportUri: this.uriOf('reports'),
    };
  }

  public grantEvaluate(grantee: IGrantable): void {
    const { table, workspace } = this;
    const aws = Aws.of(this);
    table.zone.bucket.grantRead(grantee, `${table.prefix}/*`);
    grantee.addToPolicy({
      actions: ['s3:ListBucketVersions'],
      resources: [table.zone.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${table.prefix}/*` } },
    });
    table.zone.bucket.grantWrite(grantee, `${QUARANTINE_PREFIX}/${table.tableName}/*`);
    workspace.grantRead(grantee, `${this.folder}/code/*`);
    workspace.grantWrite(grantee, `${this.folder}/reports/*`);
    grantee.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch names no resource of a metric, only its namespace
      conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
    });
    grantee.addToPolicy({
      actions: ['events:PutEvents'],
      resources: [aws.arn('events', 'event-bus/default')],
      conditions: { StringEquals: { 'events:source': RESULT_SOURCES.program } },
    });
  }

  public grantRun(grantee: IGrantable): void {
    const aws = Aws.of(this);
    grantee.addToPolicy({
      actions: ['glue:StartDataQualityRulesetEvaluationRun', 'glue:GetDataQualityRuleset', 'glue:GetDataQualityResult'],
      resources: [this.rulesetArn],
    });
    grantee.addToPolicy({
      actions: ['glue:GetDataQualityRulesetEvaluationRun', 'glue:CancelDataQualityRulesetEvaluationRun'],
      resources: [aws.arn('glue', 'dataQualityRuleset/*')], // a run is no resource, and its request names no ruleset
    });
    grantee.addToPolicy({
      actions: ['iam:PassRole'],
      resources: [this.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
    });
  }

  /**
   * Sends the events of evaluations, Glue's and the program's, to a target such as an SNS topic or a log group, whose
   * policy must allow `events.amazonaws.com`.
   */
  public onResult(id: string, targetArn: string, { failedOnly = true }: ResultOptions = {}): CloudwatchEventRule {
    Properties.of(this).matches('targetArn', targetArn, TARGET_ARN).throwIfInvalid();
    const { table } = this;
    const rule = new CloudwatchEventRule(this, id, {
      description: `${failedOnly ? 'Failed evaluations' : 'Evaluations'} of the data quality of ${table.tableName}`,
      eventPattern: JSON.stringify({
        source: Object.values(RESULT_SOURCES),
        'detail-type': [RESULT_EVENT],
        detail: {
          ...(failedOnly && { state: ['FAILED'] }),
          context: { databaseName: [table.zone.databaseName], tableName: [table.tableName] },
        },
      }),
    });
    new CloudwatchEventTarget(this, `Target${id}`, { rule: rule.name, arn: targetArn });
    return rule;
  }

  /** `arn:<partition>:glue:<region>:<account>:dataQualityRuleset/<name>`. */
  public get rulesetArn(): string {
    return Aws.of(this).arn('glue', `dataQualityRuleset/${this.rulesetName}`);
  }

  /** A folder of the gate in its workspace. */
  public uriOf(folder: string): string {
    return `s3://${this.workspace.bucketName}/${this.folder}/${folder}/`;
  }

  /** No rows are no success: without a rule for their number, some rules of Glue hold for an empty table. */
  private rules(): string[] {
    const counted = this.expectations.some(({ kind }) => kind === 'rowCount');
    const all = counted ? this.expectations : [Expectation.rowCount({ min: 1 }), ...this.expectations];
    return all.flatMap(({ rules }) => rules);
  }

  private validate({ table, expectations, schedule, workers, ...props }: DataQualityGateProps, ruleset: string): IKey {
    const bucketKey = table.zone.bucket.encryptionKey;
    const encryptionKey = props.encryptionKey ?? bucketKey;
    const partitions = Object.entries(table.partitions).map(([name, { type }]) => [name, type]);
    const columns = { ...table.columns, ...Object.fromEntries(partitions) };
    const { length } = unescaped(ruleset);
    const properties = Properties.of(this)
      .require(expectations.length > 0, "'expectations' must have at least one, got none")
      .require(
        length <= MAX_RULESET_LENGTH,
        `'expectations' must make a ruleset of at most ${MAX_RULESET_LENGTH} characters, got ${length}; use fewer or shorter ones`,
      )
      .keeps('schedule', schedule ?? '', brokenSchedule(schedule))
      .integer('workers', workers, WORKERS)
      .integer('timeoutMinutes', props.timeoutMinutes, { min: 1, max: 2880 })
      .require(encryptionKey !== undefined, "'encryptionKey' must be set: the key of the table's bucket is not known");
    const names = expectations.map(({ name }) => name);
    for (const [index, expectation] of expectations.entries()) {
      properties
        .require(
          names.indexOf(expectation.name) === index,
          `'expectations' must have ${expectation.name} once; merge both`,
        )
        .keeps('expectations', expectation.name, expectation.brokenFor(columns));
    }
    properties.throwIfInvalid();
    return encryptionKey!;
  }
}
