import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { DashboardBody } from './dashboard-body';

/** Names of dashboards, of which an account has one set for all regions. */
export const DASHBOARD: AwsNameKind = { kind: 'dashboard', maxLength: 255, uniqueIn: 'account' };
/** Most widgets of a dashboard. */
export const MAX_WIDGETS = 500;
/** Most metrics of a graph, expressions included. */
export const MAX_GRAPH_METRICS = 500;
/** Most metrics of all graphs of a dashboard. */
export const MAX_DASHBOARD_METRICS = 2500;
/** Most alarms of a widget that shows their states. */
export const MAX_SHOWN_ALARMS = 100;

/** The rules that a dashboard breaks. */
export function brokenDashboard({ widgets }: DashboardBody): readonly BrokenRule[] {
  const fix = 'watch fewer things, or make a second dashboard for some of them';
  const graphs = widgets.flatMap(({ type, properties }) => (type === 'metric' ? [properties] : []));
  const metrics = graphs.map(({ metrics: rows }) => (rows as readonly unknown[]).length);
  const total = metrics.reduce((sum, count) => sum + count, 0);
  const broken: BrokenRule[] = [];
  if (widgets.length > MAX_WIDGETS) {
    broken.push({ must: `must have at most ${MAX_WIDGETS} widgets`, got: `${widgets.length}`, fix });
  }
  const largest = Math.max(0, ...metrics);
  if (largest > MAX_GRAPH_METRICS) {
    broken.push({ must: `must have at most ${MAX_GRAPH_METRICS} metrics in a graph`, got: `${largest}`, fix });
  }
  if (total > MAX_DASHBOARD_METRICS) {
    broken.push({ must: `must have at most ${MAX_DASHBOARD_METRICS} metrics`, got: `${total}`, fix });
  }
  return broken;
}
