import { Properties } from '../../core/properties';
import type { IBucket } from '../../storage/bucket';
import { ML_INSTANCE } from '../../training/training-limits';
import {
  ASYNCHRONOUS_CONCURRENCY,
  CONCURRENCY_LIMITS,
  DEFAULT_CONCURRENCY,
  DEFAULT_SERVERLESS_MEMORY_MIB,
  type InvocationKind,
  SERVERLESS_MEMORY_MIB,
} from './endpoint-limits';
import { Instances } from './instances';

/** Instances that answer at once. */
export interface RealTimeOptions {
  /** Type of the instances, e.g. `ml.m5.large`. A variant may have another. */
  readonly instanceType: string;
  /** @default - one instance */
  readonly instances?: Instances;
}

/** Capacity without instances of one's own. */
export interface ServerlessOptions {
  /** 1024 to 6144, a multiple of 1024. @default 2048 */
  readonly memoryMib?: number;
  /** Requests at the same time; more are refused. @default 5 */
  readonly maxConcurrency?: number;
  /** Requests at the same time for which the model is always loaded, and paid for. @default - none: a first request waits */
  readonly provisionedConcurrency?: number;
}

/** Instances that answer later. */
export interface AsynchronousOptions extends RealTimeOptions {
  /** Where clients write requests, and the endpoint its answers, below a folder of the name of the endpoint. */
  readonly bucket: IBucket;
  /** Requests that an instance works on at the same time. @default - SageMaker chooses */
  readonly concurrency?: number;
  /** ARN of the topic that hears of each answer. @default - none */
  readonly successTopicArn?: string;
  /** ARN of the topic that hears of each failure. @default - none */
  readonly errorTopicArn?: string;
}

/** How an endpoint answers, with exactly what it can do. */
export class Invocation {
  /**
   * At once, from instances that are always there: requests of up to 6 MB and 60 seconds.
   *
   * @throws InputError if the type of the instances is none
   */
  public static realTime(options: RealTimeOptions): Invocation {
    Invocation.validate('Invocation.realTime', options);
    const { instanceType, instances = Instances.fixed(1) } = options;
    Properties.of('Invocation.realTime')
      .require(
        instances.min > 0,
        "'instances' must be at least 1, got a minimum of 0: who asks would wait for none; take Invocation.asynchronous",
      )
      .throwIfInvalid();
    return new Invocation('real-time', { instanceType, instances });
  }

  /**
   * At once, from capacity that SageMaker starts with the requests, charged by the millisecond: requests of up to 4 MB and 60
   * seconds. It has no VPC, no isolation, no capture, no shadow and one variant. It may become real-time, and never back.
   *
   * @throws InputError if the memory or the concurrency is out of its limits
   */
  public static serverless(options: ServerlessOptions = {}): Invocation {
    const { memoryMib = DEFAULT_SERVERLESS_MEMORY_MIB, maxConcurrency = DEFAULT_CONCURRENCY } = options;
    const { provisionedConcurrency } = options;
    const properties = Properties.of('Invocation.serverless').known(
      options,
      'memoryMib',
      'maxConcurrency',
      'provisionedConcurrency',
    );
    properties.throwIfInvalid();
    properties
      .integer('memoryMib', memoryMib, SERVERLESS_MEMORY_MIB)
      .require(
        memoryMib % SERVERLESS_MEMORY_MIB.step === 0,
        `'memoryMib' must be a multiple of ${SERVERLESS_MEMORY_MIB.step}, got ${memoryMib}`,
      )
      .integer('maxConcurrency', maxConcurrency, CONCURRENCY_LIMITS)
      .integer('provisionedConcurrency', provisionedConcurrency, { min: 1, max: maxConcurrency })
      .throwIfInvalid();
    return new Invocation('serverless', undefined, { memoryMib, maxConcurrency, provisionedConcurrency });
  }

  /**
   * Later, into a bucket: requests of up to 1 GB and an hour, which wait in a queue. It may have no instance while none wait.
   *
   * @throws InputError if the type of the instances is none, or the concurrency is out of its limits
   */
  public static asynchronous(options: AsynchronousOptions): Invocation {
    const place = 'Invocation.asynchronous';
    Invocation.validate(place, options);
    Properties.of(place)
      .present(options, 'bucket')
      .integer('concurrency', options.concurrency, ASYNCHRONOUS_CONCURRENCY)
      .throwIfInvalid();
    const { instanceType, instances = Instances.fixed(1) } = options;
    return new Invocation('asynchronous', { instanceType, instances }, undefined, options);
  }

  private static validate(place: string, options: RealTimeOptions): void {
    Properties.of(place)
      .present(options, 'instanceType')
      .known(options, 'instanceType')
      .matches('instanceType', options?.instanceType, ML_INSTANCE)
      .throwIfInvalid();
  }

  private constructor(
    public readonly kind: InvocationKind,
    /** Instances; `undefined` if it is serverless. */
    public readonly capacity?: Required<RealTimeOptions>,
    /** Capacity without instances. */
    public readonly serverless?: Required<Pick<ServerlessOptions, 'memoryMib' | 'maxConcurrency'>> & ServerlessOptions,
    /** Where requests and answers are. */
    public readonly asynchronous?: AsynchronousOptions,
  ) {}
}
