import type { AlarmSpec, MetricSpec, Severity, Unit } from '../alarms/alarm-spec';

/** One line of a graph: a metric, or metric math over some. */
export interface Line {
  readonly label: string;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Over the ids of the metrics, or a search, whose lines have names of their own. @default - the only metric */
  readonly expression?: string;
}

/** A threshold in a graph. */
export interface Threshold {
  /** Its place on the axis. */
  readonly level: number;
  readonly severity: Severity;
  readonly bad: 'above' | 'below';
}

/** A graph of a dashboard. */
export interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly unit: Unit;
  /** Seconds of a point. @default 300 */
  readonly periodSeconds?: number;
  /** Days up to now that it shows, whatever the dashboard shows. @default - those of the dashboard */
  readonly days?: number;
  /** Whether lines add up. @default false */
  readonly stacked?: boolean;
  /** @default - none */
  readonly threshold?: Threshold;
}

/** `high-gpu-memory` as the title of a graph: `High GPU memory`. */
export function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ').replace(/\b(cpu|gpu|nat)\b/g, (word) => word.toUpperCase());
  return words[0]!.toUpperCase() + words.slice(1);
}

/** A graph for each alarm, with its threshold; the parts of a thing share one. */
export function graphsOf(specs: readonly AlarmSpec[]): Graph[] {
  const byName = new Map<string, AlarmSpec[]>();
  for (const spec of specs) byName.set(spec.name, [...(byName.get(spec.name) ?? []), spec]);
  return [...byName.values()].map((parts) => {
    const { name, unit, threshold, severity, bad, periodSeconds } = parts[0]!;
    return {
      title: titleOf(name),
      lines: parts.map(({ part, metrics, expression }) => ({
        label: part ?? titleOf(name),
        metrics,
        ...(expression !== undefined && { expression }),
      })),
      unit,
      periodSeconds,
      threshold: { level: threshold, severity, bad },
    };
  });
}
