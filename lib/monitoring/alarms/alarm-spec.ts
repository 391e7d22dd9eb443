import type { NumberLimits } from '../../core/properties';

/** How soon a person must look: `critical` at any hour, `warning` in working hours. */
export const SEVERITIES = ['critical', 'warning'] as const;
/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** What an alarm makes of a period without data (`PutMetricAlarm`). */
export const MISSING_DATA = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
/** One of {@link MISSING_DATA}. */
export type MissingData = (typeof MISSING_DATA)[number];

/** Units of values, as people read them. */
export const UNITS = ['%', 'ms', 's', 'GiB', ''] as const;
/** One of {@link UNITS}; the empty one counts things. */
export type Unit = (typeof UNITS)[number];

/** Counts the lines of a log group that match. */
export interface LogCount {
  readonly logGroupName: string;
  /** A filter pattern of CloudWatch Logs. */
  readonly pattern: string;
}

/** Counts events of EventBridge. */
export interface EventCount {
  /** Their `detail-type`. */
  readonly event: string;
  /** Pattern of the events. */
  readonly eventPattern: Readonly<Record<string, unknown>>;
  /** Where an event has the value of each dimension, e.g. `$.detail.jobQueue`. */
  readonly selectors: Readonly<Record<string, string>>;
}

/** A metric of CloudWatch, with its statistic. */
export interface MetricSpec {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p90`. */
  readonly statistic: string;
  /** What makes the metric, if no service does. @default - the service publishes it */
  readonly from?: LogCount | EventCount;
}

/** An alarm, without a provider: what it watches, when it goes off, and what to do then. */
export interface AlarmSpec {
  /** Names it among the alarms of its thing, e.g. `high-latency`. */
  readonly name: string;
  /** The part of the thing, such as a variant. @default - the whole thing */
  readonly part?: string;
  readonly severity: Severity;
  /** What has happened when it goes off: a sentence. */
  readonly means: string;
  /** What to do first: a sentence. */
  readonly runbook: string;
  /** By the ids that {@link expression} has for them. */
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Metric math over the ids. @default - the only metric */
  readonly expression?: string;
  readonly unit: Unit;
  /** Whether values `above` or `below` the threshold are bad; the threshold itself is good. */
  readonly bad: 'above' | 'below';
  readonly threshold: number;
  /** Where a threshold makes sense. */
  readonly thresholdLimits: NumberLimits;
  /** 60, or a multiple. */
  readonly periodSeconds: number;
  /** Periods that are judged together. */
  readonly periods: number;
  /** How many of them must be bad. */
  readonly badPeriods: number;
  readonly missing: MissingData;
  /** Why {@link missing} is right for the metric. */
  readonly whyMissing: string;
}

/** What may be changed of an alarm; `false` removes it. */
export interface AlarmOverride {
  /** In the unit of the alarm. @default - that of the alarm */
  readonly threshold?: number;
  /** @default - that of the alarm */
  readonly severity?: Severity;
  /** Periods that are judged together. @default - those of the alarm */
  readonly periods?: number;
  /** How many of them must be bad. @default - those of the alarm, at most `periods` */
  readonly badPeriods?: number;
  /** What to do first, such as the address of a page. @default - that of the alarm */
  readonly runbook?: string;
}

/** Changes of the alarms of a thing, by their names. */
export type AlarmOverrides<Name extends string = string> = Readonly<Partial<Record<Name, AlarmOverride | false>>>;

/** Percent. */
export const PERCENT = { min: 0, max: 100 } as const;
/** Any count. */
export const COUNT = { min: 0 } as const;

/** A metric of a service. */
export function metric(
  namespace: string,
  name: string,
  dimensions: MetricSpec['dimensions'],
  statistic: string,
): MetricSpec {
  return { namespace, name, dimensions, statistic };
}

/** Judges `periods` of some minutes, of which some must be bad. */
export function judged(
  minutes: number,
  badPeriods: number,
  periods: number,
): Pick<AlarmSpec, 'periodSeconds' | 'badPeriods' | 'periods'> {
  return { periodSeconds: minutes * 60, badPeriods, periods };
}

/** A service that reports what goes wrong, and nothing otherwise. */
export const SILENT_WHEN_WELL = {
  missing: 'notBreaching',
  whyMissing: 'the service reports only what happens: no data is good news',
} as const satisfies Pick<AlarmSpec, 'missing' | 'whyMissing'>;
/** A gauge that is always reported: without it nothing is known. */
export const UNKNOWN_WITHOUT_DATA = {
  missing: 'missing',
  whyMissing: 'without a value nothing is known of it; what is silent has an alarm of its own',
} as const satisfies Pick<AlarmSpec, 'missing' | 'whyMissing'>;
/** A sign of life. */
export const DEAD_WITHOUT_DATA = {
  missing: 'breaching',
  whyMissing: 'it is a sign of life: its absence is the failure',
} as const satisfies Pick<AlarmSpec, 'missing' | 'whyMissing'>;
