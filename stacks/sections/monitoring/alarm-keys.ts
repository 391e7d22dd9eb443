import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { PERIODS, RUNBOOK } from '../../../lib/monitoring/alarms/alarm-limits';
import { SEVERITIES } from '../../../lib/monitoring/alarms/alarm-spec';
import { choice, integer, named, text } from '../../environment/schema/fields';

const periods = () => integer(PERIODS.min, PERIODS.max);

const OverrideSchema = z
  .union([
    z.literal(false, 'false'),
    z.strictObject({
      threshold: z
        .number('a number')
        .describe('Value from which on it goes off, in the unit of the alarm. Default: that of the alarm.')
        .meta({ examples: [90] })
        .optional(),
      severity: choice(SEVERITIES)
        .describe('critical at any hour, or warning in working hours. Default: that of the alarm.')
        .optional(),
      periods: periods().describe('Periods that are judged together. Default: those of the alarm.').optional(),
      badPeriods: periods()
        .describe('How many of them must be bad. Default: those of the alarm, at most periods.')
        .optional(),
      runbook: text(RUNBOOK)
        .describe('What to do first, such as the address of a page. Default: that of the alarm.')
        .meta({ examples: ['https://wiki.acme.example/runbooks/high-cpu'] })
        .optional(),
    }),
  ])
  .describe('false removes the alarm.');

/** Changes of alarms, by their thing and name. */
export const AlarmsSchema = named(text(NAME), named(text(NAME), OverrideSchema))
  .default({})
  .describe(
    'Changes of alarms, by thing and name as in the names of the alarms: network, database, lake, airflow, logs, pipeline-<name>, batch-<name>, model-<name>. docs/monitoring.md lists the alarms. Default: none.',
  )
  .meta({ examples: [{ database: { 'low-storage': { threshold: 20 } } }] });
