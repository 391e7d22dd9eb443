import { digitsOf } from '../../core/cdktf/token-values';
import type { AlarmSpec } from '../alarms/alarm-spec';
import { MAX_SHOWN_ALARMS } from './dashboard-limits';
import { type Graph, type Line, titleOf } from './graph';

/** Columns of a dashboard. */
const COLUMNS = 24;
const GRAPH = { width: 8, height: 6 } as const;
const DEFAULT_PERIOD_SECONDS = 300;
const COLORS = { critical: '#d13212', warning: '#ff9900' } as const;

/** A widget of a dashboard, as `PutDashboard` takes it. */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The body of a dashboard, as `PutDashboard` takes it. */
export interface DashboardBody {
  readonly start: string;
  readonly periodOverride: 'inherit';
  readonly widgets: readonly Widget[];
}

/** What a dashboard shows of one thing. */
export interface DashboardSection {
  readonly title: string;
  /** Under the title, as Markdown. @default - nothing */
  readonly text?: string;
  /** ARNs of the alarms whose states are shown. @default - none */
  readonly alarmArns?: readonly string[];
  readonly graphs: readonly Graph[];
}

/** The body of a dashboard: its sections one below the other, three graphs in a row. */
export function dashboardBody(region: string, sections: readonly DashboardSection[]): DashboardBody {
  const widgets: Widget[] = [];
  let y = 0;
  const put = (type: Widget['type'], height: number, properties: Widget['properties']) => {
    widgets.push({ type, x: 0, y, width: COLUMNS, height, properties });
    y += height;
  };
  for (const { title, text, alarmArns = [], graphs } of sections) {
    const lines = text?.split('\n').length ?? 0;
    put('text', 1 + Math.ceil(lines / 2), { markdown: text === undefined ? `## ${title}` : `## ${title}\n${text}` });
    for (let first = 0; first < alarmArns.length; first += MAX_SHOWN_ALARMS) {
      const alarms = alarmArns.slice(first, first + MAX_SHOWN_ALARMS);
      put('alarm', 1 + Math.ceil(alarms.length / 4), { title: 'Alarms', alarms });
    }
    graphs.forEach((graph, index) => {
      const column = index % (COLUMNS / GRAPH.width);
      if (column === 0 && index > 0) y += GRAPH.height;
      widgets.push({
        type: 'metric',
        x: column * GRAPH.width,
        y,
        ...GRAPH,
        properties: graphProperties(region, graph),
      });
    });
    if (graphs.length > 0) y += GRAPH.height;
  }
  return { start: '-PT12H', periodOverride: 'inherit', widgets };
}

/** What to do when an alarm goes off, as a table in Markdown. */
export function runbookOf(specs: readonly AlarmSpec[]): string {
  const seen = new Map(specs.map((spec) => [spec.name, spec]));
  const rows = [...seen.values()].map(
    ({ name, severity, means, runbook }) =>
      `| **${titleOf(name)}** (${severity}) | ${cell(means)} | ${cell(runbook)} |`,
  );
  return ['| alarm | means | first |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function graphProperties(region: string, graph: Graph): Widget['properties'] {
  const { title, unit, lines, threshold, stacked = false, periodSeconds = DEFAULT_PERIOD_SECONDS, days } = graph;
  const sign = threshold?.bad === 'below' ? '<' : '>';
  const annotation = threshold && {
    value: threshold.level,
    label: `${threshold.severity} ${sign} ${digitsOf(threshold.level)}${unit === '' ? '' : ` ${unit}`}`,
    color: COLORS[threshold.severity],
    fill: threshold.bad,
  };
  return {
    title: unit === '' ? title : `${title} (${unit})`,
    view: 'timeSeries',
    stacked,
    region,
    period: periodSeconds,
    ...(days !== undefined && { start: `-P${digitsOf(days)}D`, end: 'P0D' }),
    metrics: lines.flatMap((line, index) => rowsOf(line, index)),
    yAxis: { left: { min: 0, showUnits: false, ...(unit === '' ? {} : { label: unit }) } },
    ...(annotation && { annotations: { horizontal: [annotation] } }),
  };
}

/** The metrics of a line, hidden behind its expression if it has one. Ids of different lines must differ. */
function rowsOf({ label, metrics, expression }: Line, index: number): unknown[] {
  const ids = Object.keys(metrics);
  const idOf = (id: string) => `${id}${index}`;
  const rows = Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => [
    namespace,
    name,
    ...Object.entries(dimensions).flat(),
    { id: idOf(id), stat: statistic, ...(expression === undefined ? { label } : { visible: false }) },
  ]);
  if (expression === undefined) return rows;
  const own = expression.replace(/\b[a-z]\w*\b/g, (word) => (ids.includes(word) ? idOf(word) : word));
  return [...rows, [{ id: `line${index}`, expression: own, label }]];
}
