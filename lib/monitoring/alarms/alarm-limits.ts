import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { AlarmOverride, AlarmSpec } from './alarm-spec';

/** Most characters of the description of an alarm. */
export const MAX_DESCRIPTION = 1024;
/** Most metrics of an alarm with metric math. */
export const MAX_METRICS = 10;
/** Most alarms that a composite alarm watches. */
export const MAX_CHILDREN = 100;
/** Most characters of the rule of a composite alarm. */
export const MAX_RULE = 10_240;
/** Seconds that an alarm looks back at most, by whether its period is shorter than an hour. */
export const MAX_WINDOW_SECONDS = { short: 86_400, long: 604_800 } as const;
/** Periods that an override may name. */
export const PERIODS = { min: 1, max: 1440 } as const;
/** Things that fail at the same time, from which a storm is reported. */
export const STORM_THINGS = { min: 2, max: 100 } as const;
/** Default of {@link STORM_THINGS}. */
export const DEFAULT_STORM_THINGS = 3;
/** Minutes that the alarms of an endpoint are held after the beginning of a deployment. */
export const DEPLOYMENT_MINUTES = { min: 1, max: 1440 } as const;
/** Default of {@link DEPLOYMENT_MINUTES}: as long as the Terraform provider waits for a deployment. */
export const DEFAULT_DEPLOYMENT_MINUTES = 60;

/** The name of a thing in the names of its alarms. */
export const THING_NAME: TextPattern = {
  pattern: /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/,
  meaning: 'letters, digits and single hyphens or underscores',
};
/** The first step of a runbook. */
export const RUNBOOK: TextPattern = {
  pattern: /^(?!.*[$%]\{)[^\p{Cc}]{1,500}$/u,
  meaning: 'one line of at most 500 characters without ${ or %{, such as the address of a page',
};

/** Hours, or minutes, or seconds. */
function span(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** The rules that a change of an alarm breaks, each with the key that breaks it. */
export function brokenOverride(
  spec: AlarmSpec,
  override: AlarmOverride,
): readonly { readonly key: keyof AlarmOverride; readonly rule: BrokenRule }[] {
  const { threshold, badPeriods, periods = spec.periods } = override;
  const { min = -Infinity, max = Infinity } = spec.thresholdLimits;
  const broken: { key: keyof AlarmOverride; rule: BrokenRule }[] = [];
  if (threshold !== undefined && !(threshold >= min && threshold <= max)) {
    const limits = max === Infinity ? `at least ${min}` : `between ${min} and ${max}`;
    const unit = spec.unit === '' ? '' : ` ${spec.unit}`;
    broken.push({
      key: 'threshold',
      rule: { must: `must be ${limits}${unit}`, fix: `write one such as ${spec.threshold}, the default` },
    });
  }
  if (badPeriods !== undefined && badPeriods > periods) {
    broken.push({
      key: 'badPeriods',
      rule: { must: `must be at most ${periods}, the periods that are judged`, fix: 'lower it, or raise periods' },
    });
  }
  const most = Math.floor(
    (spec.periodSeconds < 3600 ? MAX_WINDOW_SECONDS.short : MAX_WINDOW_SECONDS.long) / spec.periodSeconds,
  );
  if (periods > most) {
    const must = `must be at most ${most}: CloudWatch looks back no further with a period of ${span(spec.periodSeconds)}`;
    broken.push({ key: 'periods', rule: { must, fix: 'lower it' } });
  }
  return broken;
}

/**
 * CloudWatch refuses to delete an alarm that a composite one names, and Terraform deletes what has left the configuration before it
 * changes what named it. What is made before it is destroyed is deleted last.
 */
export const LEFT_LATER = { createBeforeDestroy: true } as const;
