import type * as z from 'zod';
import { ALARM, EVENT_RULE, QUEUE } from '../../../lib/aws/name-kind';
import { FUNCTION, TOPIC } from '../../../lib/monitoring/actions/actions-limits';
import { SEVERITIES } from '../../../lib/monitoring/alarms/alarm-spec';
import { DASHBOARD } from '../../../lib/monitoring/dashboards/dashboard-limits';
import { LOG_RESOURCE_POLICY } from '../../../lib/monitoring/events/event-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { written } from '../../environment/draft';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { driftNames } from './drift/names';
import { loopNames } from './loop/names';
import { type DraftMonitoring, monitoringRules } from './rules';
import { ACTIONS_NAME, MONITORING_NAME, MonitoringSchema, RELAY_BUCKET } from './schema';

/** The settings of monitoring; `undefined` if the environment has none. */
export type Monitoring = z.output<typeof MonitoringSchema>;

/**
 * Alarms, who hears of them, and dashboards. Where alarms go is a part of the foundation, so that every layer can send there; what
 * watches is in a layer of its own, after all that it watches.
 */
export const monitoring: Section<'monitoring', typeof MonitoringSchema, Monitoring> = {
  name: 'monitoring',
  schema: MonitoringSchema,
  domain: { name: 'monitoring', description: 'Topics of alarms, and events' },
  complete: (own) => own,
  rules: monitoringRules,
  names: monitoringNames,
  parts: (settings) =>
    settings === undefined
      ? []
      : [
          part('foundation', (stack, available) =>
            (require('./make-actions') as typeof import('./make-actions')).makeActions(stack, settings, available),
          ),
          part('monitoring', (stack, available) =>
            (require('./make') as typeof import('./make')).makeMonitoring(stack, settings, available),
          ),
        ],
};

function* monitoringNames({ receivers = {}, dashboards = true, drift }: DraftMonitoring): Iterable<DeclaredName> {
  const { email = [], slack, teams, pagerDuty, eventBus } = receivers;
  const isRelayed = [slack, teams, pagerDuty].some((one) => one !== undefined);
  if (email.length > 0 || isRelayed) {
    for (const severity of SEVERITIES) yield { kind: TOPIC, name: `${ACTIONS_NAME}-${severity}`, form: 'prefixed' };
  }
  if (isRelayed) {
    for (const kind of [FUNCTION, QUEUE]) yield { kind, name: `${ACTIONS_NAME}-relay`, form: 'prefixed' };
    yield { kind: BUCKET, name: RELAY_BUCKET, form: 'located' };
  }
  if (eventBus !== undefined) yield { kind: EVENT_RULE, name: ACTIONS_NAME, form: 'prefixed' };
  yield { kind: ALARM, name: `${MONITORING_NAME}-storm`, form: 'prefixed' };
  yield { kind: LOG_RESOURCE_POLICY, name: MONITORING_NAME, form: 'prefixed' };
  yield* driftNames(written(drift).map(([model]) => model));
  yield* loopNames(written(drift).flatMap(([model, { retrain }]) => (retrain ? [model] : [])));
  if (dashboards) yield { kind: DASHBOARD, name: MONITORING_NAME, form: 'prefixed' };
}
