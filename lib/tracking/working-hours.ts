import { TIME_ZONE } from '../aws/time-zone';
import { Properties } from '../core/properties';
import { type AwakeDays, brokenHours, maintenanceWithin, TIME_OF_DAY } from './tracking-limits';

/** The hours in which a tracking server is awake; outside of them it is stopped, and not charged for. */
export class WorkingHours {
  /**
   * From Monday to Friday.
   *
   * @param from time of the day at which the server begins to start, which takes up to 25 minutes: `07:00`
   * @param to time of the same day at which it is stopped, at least three hours later
   * @param zone IANA name of the time zone, such as `Europe/Stockholm`: the times follow its summer time
   * @throws InputError if one of them is something else, or a token
   */
  public static weekdays(from: string, to: string, zone: string): WorkingHours {
    return new WorkingHours('weekdays', from, to, zone);
  }

  /** Every day of the week; see {@link WorkingHours.weekdays}. */
  public static daily(from: string, to: string, zone: string): WorkingHours {
    return new WorkingHours('daily', from, to, zone);
  }

  private constructor(
    public readonly days: AwakeDays,
    public readonly from: string,
    public readonly to: string,
    public readonly zone: string,
  ) {
    const properties = Properties.of(`WorkingHours.${days}`)
      .present({ from, to, zone }, 'from', 'to', 'zone')
      .known({ from, to, zone }, 'from', 'to', 'zone')
      .matches('from', from, TIME_OF_DAY)
      .matches('to', to, TIME_OF_DAY)
      .matches('zone', zone, TIME_ZONE);
    properties.throwIfInvalid();
    for (const { part, rule } of brokenHours({ from, to, zone, days })) properties.keeps(part, this[part], [rule]);
    properties.throwIfInvalid();
  }

  /** When the server begins to start, as EventBridge Scheduler reads it in the `zone`: `cron(0 7 ? * MON-FRI *)`. */
  public get start(): string {
    return this.cron(this.from);
  }

  /** When the server is stopped; see {@link start}. */
  public get stop(): string {
    return this.cron(this.to);
  }

  /** A weekly maintenance window within the hours, in UTC: it is in them in summer and winter. */
  public get maintenanceWindow(): string {
    return maintenanceWithin(this.days, this.to, this.zone);
  }

  private cron(time: string): string {
    const [hour, minute] = [Number(time.slice(0, 2)), Number(time.slice(3))];
    return `cron(${minute} ${hour} ? * ${this.days === 'weekdays' ? 'MON-FRI' : '*'} *)`;
  }
}
