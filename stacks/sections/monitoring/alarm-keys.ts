import * as z from 'zod';
import { PERIODS, RUNBOOK } from '../../../lib/monitoring/alarms/alarm-limits';
import { SEVERITIES } from '../../../lib/monitoring/alarms/alarm-spec';
import { defaultsOf, type Kind } from '../../../lib/monitoring/kinds/kinds';
import { choice, integer, text } from '../../environment/schema/fields';

const overrideSchema = (name: string, unit: string, threshold: number, severity: string, means: string) => {
  const counted = unit === '' ? '' : ` ${unit}`;
  const change = z.strictObject({
    threshold: z
      .number('a number')
      .describe(`Value from which on it goes off. Default: ${threshold}${counted}.`)
      .optional(),
    severity: choice(SEVERITIES)
      .describe(`critical at any hour, or warning in working hours. Default: ${severity}.`)
      .optional(),
    periods: integer(PERIODS.min, PERIODS.max)
      .describe('Periods that are judged together. Default: those of the alarm.')
      .optional(),
    badPeriods: integer(PERIODS.min, PERIODS.max)
      .describe('How many of them must be bad. Default: those of the alarm.')
      .optional(),
    runbook: text(RUNBOOK)
      .describe('What to do first, such as the address of a page. Default: that of the alarm.')
      .meta({ examples: [`https://wiki.acme.example/${name}`] })
      .optional(),
  });
  return z
    .union([z.literal(false, 'false'), change])
    .describe(`${means} false removes the alarm. Default: as it is.`)
    .optional();
};

/** Changes of the alarms of a kind of thing, by their names. */
export function alarmKeys(kind: Kind) {
  const keys = [...defaultsOf(kind).values()].map(
    ({ name, unit, threshold, severity, means }) =>
      [name, overrideSchema(name, unit, threshold, severity, means)] as const,
  );
  return z.strictObject(Object.fromEntries(keys));
}

/** The changes of a thing, by the names of its alarms. */
export type WrittenAlarms = z.output<ReturnType<typeof alarmKeys>>;
