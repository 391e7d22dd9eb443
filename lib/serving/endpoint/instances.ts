import { Token } from 'cdktf';
import { brokenTimeZone } from '../../aws/time-zone';
import { Properties } from '../../core/properties';
import { brokenCron } from '../../scheduler/trigger/cron-limits';
import { brokenInstances, INSTANCE_LIMITS } from './endpoint-limits';

/** A time from which other limits hold. */
export interface InstanceSchedule {
  /** As EventBridge Scheduler writes it, e.g. `cron(0 7 ? * MON-FRI *)`. */
  readonly cron: string;
  /** @default UTC */
  readonly zone?: string;
  readonly min: number;
  readonly max: number;
}

/** Between how many instances, and by what. */
export interface ScalingOptions {
  /** Fewest instances: 1 or more, 0 only of an asynchronous endpoint. */
  readonly min: number;
  /** Most instances. */
  readonly max: number;
  /** Instances at the beginning of each deployment: at least `min`. @default - `min` */
  readonly initial?: number;
  /**
   * What each instance should get: requests in a minute, or of an asynchronous endpoint requests that wait. No default is
   * right: it is what one instance was measured to bear, with some reserve.
   */
  readonly target: number;
  /** Times at which other limits begin to hold, by name. @default - none */
  readonly schedules?: Readonly<Record<string, InstanceSchedule>>;
  /** Seconds between two removals of instances. @default 300 */
  readonly scaleInSeconds?: number;
  /** Seconds between two additions of instances. @default 60 */
  readonly scaleOutSeconds?: number;
}

/** Default of {@link ScalingOptions.scaleInSeconds}. */
export const DEFAULT_SCALE_IN_SECONDS = 300;
/** Default of {@link ScalingOptions.scaleOutSeconds}: a new instance takes minutes anyway. */
export const DEFAULT_SCALE_OUT_SECONDS = 60;

/** How many instances a variant has. */
export class Instances {
  /**
   * Always as many. Two or more are spread over the zones of the network.
   *
   * @throws InputError if `count` is not one
   */
  public static fixed(count: number): Instances {
    Properties.of('Instances.fixed')
      .present({ count }, 'count')
      .integer('count', count, INSTANCE_LIMITS)
      .throwIfInvalid();
    return new Instances(count);
  }

  /**
   * As many as the requests need, within limits.
   *
   * @throws InputError if the limits contradict each other
   */
  public static scaling(options: ScalingOptions): Instances {
    const properties = Properties.of('Instances.scaling')
      .present(options, 'min', 'max', 'target')
      .known(options, 'min', 'max', 'initial', 'target', 'schedules');
    properties.throwIfInvalid();
    const { min, max, initial, target, schedules = {} } = options;
    const upTo = { min: 0, max: INSTANCE_LIMITS.max };
    properties
      .integer('min', min, upTo)
      .integer('max', max, INSTANCE_LIMITS)
      .integer('initial', initial, upTo)
      .number('target', target, { min: 0.001 })
      .integer('scaleInSeconds', options.scaleInSeconds, { min: 0 })
      .integer('scaleOutSeconds', options.scaleOutSeconds, { min: 0 });
    for (const { part, ...rule } of brokenInstances({ min, max, initial })) {
      properties.keeps(part, (part === 'max' ? max : initial)!, [rule]);
    }
    for (const [name, schedule] of Object.entries(schedules)) {
      const { cron, zone } = schedule ?? {};
      properties.present(schedule, 'cron', 'min', 'max').known(schedule, 'min', 'max');
      if (cron && !Token.isUnresolved(cron)) properties.keeps(`schedules.${name}.cron`, cron, brokenCron(cron));
      if (zone && !Token.isUnresolved(zone)) properties.keeps(`schedules.${name}.zone`, zone, brokenTimeZone(zone));
      for (const { part, ...rule } of brokenInstances(schedule)) {
        properties.keeps(`schedules.${name}.${part}`, schedule.max, [rule]);
      }
    }
    properties.throwIfInvalid();
    return new Instances(initial ?? Math.max(min, 1), options);
  }

  private constructor(
    /** Instances at the beginning of each deployment. */
    public readonly initial: number,
    /** @default - always as many */
    public readonly options?: ScalingOptions,
  ) {}

  /** The fewest, at any time. */
  public get min(): number {
    const { min = this.initial, schedules = {} } = this.options ?? {};
    return Math.min(min, ...Object.values(schedules).map((schedule) => schedule.min));
  }
}
