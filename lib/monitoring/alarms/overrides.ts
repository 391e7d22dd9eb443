import type { Properties } from '../../core/properties';
import { brokenOverride, PERIODS, RUNBOOK } from './alarm-limits';
import { type AlarmOverrides, type AlarmSpec, SEVERITIES } from './alarm-spec';

/** The alarms of a thing with the changes of a user, and without those that he removes. */
export function overridden(specs: readonly AlarmSpec[], overrides: AlarmOverrides = {}): AlarmSpec[] {
  return specs.flatMap((spec) => {
    const override = overrides[spec.name];
    if (override === false) return [];
    if (override === undefined) return [spec];
    const periods = override.periods ?? spec.periods;
    const { threshold = spec.threshold, severity = spec.severity, runbook = spec.runbook } = override;
    const badPeriods = override.badPeriods ?? Math.min(spec.badPeriods, periods);
    return [{ ...spec, threshold, severity, runbook, periods, badPeriods }];
  });
}

/** Fails for each change of an alarm that the thing has not, or that CloudWatch or reason forbids. */
export function checkOverrides(
  properties: Properties,
  specs: readonly AlarmSpec[],
  overrides: AlarmOverrides = {},
): void {
  properties.known({ alarms: overrides }, 'alarms');
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  for (const [name, override] of Object.entries(overrides)) {
    const spec = byName.get(name);
    if (spec === undefined) {
      properties.require(
        false,
        `'alarms' must name alarms of it, got '${name}'; use one of ${[...byName.keys()].join(', ')}`,
      );
      continue;
    }
    if (override === undefined || override === false) continue;
    const at = (key: string) => `alarms.${name}.${key}`;
    properties
      .oneOf(at('severity'), override.severity, SEVERITIES)
      .integer(at('periods'), override.periods, PERIODS)
      .integer(at('badPeriods'), override.badPeriods, PERIODS)
      .matches(at('runbook'), override.runbook, RUNBOOK);
    for (const { key, rule } of brokenOverride(spec, override)) {
      properties.keeps(at(key), override[key]!, [rule]);
    }
  }
}
