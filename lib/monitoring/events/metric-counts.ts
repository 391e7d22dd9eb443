import type { AlarmSpec, MetricSpec } from '../alarms/alarm-spec';
import type { EventLog } from './event-log';
import type { LogCounts } from './log-counts';

/** Counts the metrics of alarms that no service publishes: events of services, and lines of logs. */
export class MetricCounts {
  private events?: EventLog;

  /**
   * @param logs counts lines of logs
   * @param makeEvents makes the log of events when the first event is to be counted
   */
  constructor(
    private readonly logs: LogCounts,
    private readonly makeEvents: () => EventLog,
  ) {}

  /** Counts what the alarms of a thing read. */
  public countAll(thing: string, specs: readonly AlarmSpec[]): void {
    for (const { name, part, metrics } of specs) {
      for (const metric of Object.values(metrics)) {
        this.count([thing, name, part].filter((text) => text !== undefined).join('-'), metric);
      }
    }
  }

  /** Counts one metric under an id of its own, unless a service publishes it. */
  public count(id: string, metric: MetricSpec): void {
    if (metric.from === undefined) return;
    if ('event' in metric.from) {
      this.events ??= this.makeEvents();
      this.events.count(id, metric);
    } else {
      this.logs.count(id, metric);
    }
  }
}
