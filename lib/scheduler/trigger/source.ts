import { Token } from 'cdktf';
import { ARN } from '../../aws/arns';
import { brokenTimeZone } from '../../aws/time-zone';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { type ITable, Table } from '../../data-lake/table';
import type { IModelPackageGroup } from '../../registry/packages/model-package-group-base';
import { PACKAGE_EVENTS } from '../../registry/packages/package-limits';
import type { IBucket } from '../../storage/bucket-base';
import type { JsonValue } from '../../training/pipeline/json';
import type { IPipeline } from '../../training/pipeline/pipeline-base';
import { brokenCron } from './cron-limits';
import {
  brokenWatch,
  type NamedArn,
  RATE_UNITS,
  RATE_VALUE,
  type RateUnit,
  recordable,
  recordablePrefix,
  WATCHED_PREFIX,
  WATCHED_SUFFIX,
} from './trigger-limits';

/** A pattern of EventBridge: what an event must have. */
export type EventPattern = Readonly<Record<string, JsonValue>>;

/** A schedule of EventBridge Scheduler. */
export interface ScheduleExpression {
  /** `cron(...)` or `rate(...)`. */
  readonly expression: string;
  /** Time zone of the IANA database. */
  readonly timezone: string;
}

/** Why a run starts: a text, and after it what the event has at a path. */
export interface EventCause {
  readonly text: string;
  /** @default - the text is all */
  readonly path?: string;
}

/** Which objects of a bucket a trigger watches. */
export interface ObjectFilter {
  /** Beginning of the keys, such as `daily/`. @default - every object */
  readonly prefix?: string;
  /** End of the keys, such as `_SUCCESS`, which a job writes when it has written all. @default - any */
  readonly suffix?: string;
}

/** Options of a source that waits for the end of a pipeline's run. */
export interface FinishedPipelineOptions {
  /** How the run must have ended. @default Succeeded */
  readonly status?: 'Succeeded' | 'Failed';
}

interface SourceParts {
  readonly cause: EventCause;
  readonly key: readonly string[];
  readonly pattern?: EventPattern;
  readonly schedule?: ScheduleExpression;
  readonly watched?: readonly NamedArn[];
}

/** What a schedule hands to the state machine in the place of an event. */
export const SCHEDULED_EVENT = { 'detail-type': 'Schedule', time: '<aws.scheduler.scheduled-time>' } as const;

/** The name of an alarm, which may have any sign, without those that would fail a run when it registers its model. */
function alarmCause(alarmArn: string): EventCause {
  const name = Token.isUnresolved(alarmArn) ? '' : alarmArn.split(':').slice(6).join(':');
  const recorded = recordable(name);
  return recorded === name ? { text: 'alarm:', path: '$.detail.alarmName' } : { text: `alarm:${recorded}` };
}

/** Why and when a trigger starts something. */
export class Source {
  /**
   * Points in time.
   *
   * @param expression `cron(minutes hours day-of-month month day-of-week year)`, as EventBridge Scheduler writes it
   * @param timezone of the IANA database; in one with summer time, a time that is skipped on the day of the change is skipped by the
   *   schedule too. @default UTC
   * @throws InputError if the expression is of another dialect, or the zone unknown
   */
  public static cron(expression: string, timezone = 'UTC'): Source {
    const properties = Properties.of('Source.cron').present({ expression }, 'expression');
    if (expression && !Token.isUnresolved(expression)) {
      properties.keeps('expression', expression, brokenCron(expression));
    }
    if (!Token.isUnresolved(timezone)) properties.keeps('timezone', timezone, brokenTimeZone(timezone));
    properties.throwIfInvalid();
    return Source.scheduled({ expression, timezone });
  }

  /** A period, counted from the deployment: see `cron` for a fixed hour. */
  public static rate(value: number, unit: RateUnit): Source {
    Properties.of('Source.rate')
      .present({ value, unit }, 'value', 'unit')
      .integer('value', value, RATE_VALUE)
      .oneOf('unit', unit, RATE_UNITS)
      .throwIfInvalid();
    const word = value === 1 ? unit.slice(0, -1) : unit;
    return Source.scheduled({ expression: `rate(${digitsOf(value)} ${word})`, timezone: 'UTC' });
  }

  /**
   * New objects of a bucket, replaced ones too. Each of them is an event, and every event costs some state transitions, also
   * one that the cooldown skips: watch a file that is written once, such as `_SUCCESS`.
   *
   * A bucket of this library then sends its events to EventBridge; an existing one must do so already.
   */
  public static objects(bucket: IBucket, filter: ObjectFilter = {}): Source {
    const { prefix = '', suffix } = filter;
    Properties.of('Source.objects')
      .present({ bucket }, 'bucket')
      .known({ prefix, suffix }, 'prefix', 'suffix')
      .matches('prefix', prefix, WATCHED_PREFIX)
      .matches('suffix', suffix, WATCHED_SUFFIX)
      .keeps('prefix', prefix, brokenWatch(prefix, suffix ?? ''))
      .throwIfInvalid();
    bucket.sendEvents();
    const name = { bucket: { name: [bucket.bucketName] } };
    const detail =
      prefix === '' && suffix === undefined ? name : { ...name, object: { key: [Source.keysOf(prefix, suffix)] } };
    return new Source({
      cause: { text: `objects:${bucket.bucketName}/${recordablePrefix(prefix)}` },
      // S3 numbers the changes of a key: a repeated delivery has the same number
      key: ['$.detail.bucket.name', '$.detail.object.key', '$.detail.object.sequencer'],
      pattern: { source: ['aws.s3'], 'detail-type': ['Object Created'], detail },
    });
  }

  /** New files of a table; of an Iceberg table each commit, which writes one new file of metadata. See {@link objects}. */
  public static table(table: ITable): Source {
    Properties.of('Source.table').present({ table }, 'table').throwIfInvalid();
    const { bucket } = table.zone;
    const isIceberg = table instanceof Table && table.format.layout === undefined;
    return isIceberg
      ? Source.objects(bucket, { prefix: `${table.prefix}/metadata/`, suffix: '.metadata.json' })
      : Source.objects(bucket, { prefix: `${table.prefix}/` });
  }

  /**
   * An alarm of CloudWatch, of the trigger's account and region, that goes off. It needs no action for that, and a composite alarm
   * counts as well.
   *
   * @throws InputError if `alarmArn` is not the ARN of an alarm, or its name too long for a cause
   */
  public static alarm(alarmArn: string): Source {
    Properties.of('Source.alarm')
      .present({ alarmArn }, 'alarmArn')
      .matches('alarmArn', alarmArn, ARN.alarm)
      .throwIfInvalid();
    return new Source({
      cause: alarmCause(alarmArn),
      key: ['$.detail.alarmName', '$.detail.state.timestamp'],
      pattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      watched: [['alarmArn', alarmArn]],
    });
  }

  /**
   * A version of a model that is approved, also one that was approved before and rejected since. Later edits do not count. The group
   * is of the trigger's account and region.
   */
  public static approvedPackage(packages: IModelPackageGroup): Source {
    Properties.of('Source.approvedPackage').present({ packages }, 'packages').throwIfInvalid();
    return new Source({
      cause: { text: 'approved:', path: '$.detail.ModelPackageArn' },
      key: ['$.detail.ModelPackageArn', '$.time'],
      pattern: {
        ...PACKAGE_EVENTS,
        detail: {
          ModelPackageGroupName: [packages.packageGroupName],
          ModelApprovalStatus: ['Approved'],
          UpdatedModelPackageFields: ['ModelApprovalStatus'],
        },
      },
      watched: [['packageGroupArn', packages.packageGroupArn]],
    });
  }

  /** The end of a run of a pipeline, of the trigger's account and region. */
  public static finishedPipeline(pipeline: IPipeline, options: FinishedPipelineOptions = {}): Source {
    const { status = 'Succeeded' } = options;
    Properties.of('Source.finishedPipeline')
      .present({ pipeline }, 'pipeline')
      .oneOf('status', status, ['Succeeded', 'Failed'])
      .matches('pipelineArn', pipeline?.pipelineArn, ARN.pipeline)
      .throwIfInvalid();
    return new Source({
      cause: { text: 'pipeline:', path: '$.detail.pipelineExecutionArn' },
      key: ['$.detail.pipelineExecutionArn', '$.detail.currentPipelineExecutionStatus'],
      pattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
        detail: { pipelineArn: [pipeline.pipelineArn], currentPipelineExecutionStatus: [status] },
      },
      watched: [['pipelineArn', pipeline.pipelineArn]],
    });
  }

  private static scheduled(schedule: ScheduleExpression): Source {
    return new Source({ cause: { text: 'schedule:', path: '$.time' }, key: ['$.time'], schedule });
  }

  /** Why a run is started, for people: `alarm:drift`, `objects:acme-raw/daily/`, `schedule:2026-01-31T03:00:00Z`. */
  public readonly cause: EventCause;
  /** Paths of what makes an event the same event: services deliver some of them twice, with another id. */
  public readonly key: readonly string[];
  /** The events that it waits for. */
  public readonly pattern: EventPattern | undefined;
  /** The times that it waits for. */
  public readonly schedule: ScheduleExpression | undefined;
  /** ARNs of what it waits for, by the name of the property: EventBridge hears of them in their own account and region only. */
  public readonly watched: readonly NamedArn[];

  private constructor({ cause, key, pattern, schedule, watched = [] }: SourceParts) {
    this.cause = cause;
    this.key = key;
    this.pattern = pattern;
    this.schedule = schedule;
    this.watched = watched;
  }

  private static keysOf(prefix: string, suffix: string | undefined): JsonValue {
    if (suffix === undefined) return { prefix };
    return prefix === '' ? { suffix } : { wildcard: `${prefix}*${suffix}` };
  }
}
