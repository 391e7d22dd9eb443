import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { brokenWeights, SHARE_PERCENT, VARIANT_NAME } from './traffic-limits';

/** A new model that answers a share of the requests. */
export interface CanaryTraffic {
  /** Model that answers the rest. */
  readonly stable: string;
  readonly canary: string;
  /** Share of the canary in percent: 0 to 100. */
  readonly percent: number;
}

/** A model that gets copies of requests, and whose answers nobody sees. */
export interface ShadowTraffic {
  /** Model that answers. */
  readonly live: string;
  readonly shadow: string;
  /** Share of the requests that are copied, in percent: more than 0, up to 100. @default 100 */
  readonly percent?: number;
}

/** A model that gets copies. */
export interface Shadow {
  readonly name: string;
  /** Share of the requests that are copied, in percent. */
  readonly percent: number;
}

/** How requests are divided among models, for every engine that serves. It imports no provider. */
export class Traffic {
  /**
   * Every request to one model.
   *
   * @throws InputError if `model` is no name
   */
  public static all(model: string): Traffic {
    Properties.of('Traffic.all').present({ model }, 'model').matches('model', model, VARIANT_NAME).throwIfInvalid();
    return new Traffic({ [model]: 1 });
  }

  /**
   * Requests by weights, which are ratios to their sum: `{ champion: 90, challenger: 10 }`, `{ a: 2, b: 1 }`. With 0 a model is
   * ready and gets none.
   *
   * @throws InputError if a name is none, a weight is negative, or all are 0
   */
  public static split(weights: Readonly<Record<string, number>>): Traffic {
    const properties = Properties.of('Traffic.split').present({ weights }, 'weights').known({ weights }, 'weights');
    properties.throwIfInvalid();
    for (const [name, weight] of Object.entries(weights)) {
      properties.matches('weights', name, VARIANT_NAME).known({ [name]: weight }, name);
    }
    properties.throwIfInvalid();
    properties.keeps('weights', '', brokenWeights(weights)).throwIfInvalid();
    return new Traffic(weights);
  }

  /**
   * A share to a new model, the rest to the one that is known to be good.
   *
   * @throws InputError if the names are equal, or the share is not one
   */
  public static canary(options: CanaryTraffic): Traffic {
    Traffic.validate('Traffic.canary', options, ['stable', 'canary'], SHARE_PERCENT);
    const { stable, canary, percent } = options;
    return new Traffic({ [stable]: SHARE_PERCENT.max - percent, [canary]: percent });
  }

  /**
   * Every request to one model, and copies of a share of them to another.
   *
   * @throws InputError if the names are equal, or the share is not one
   */
  public static shadow(options: ShadowTraffic): Traffic {
    const { live, shadow, percent = SHARE_PERCENT.max } = options ?? {};
    Traffic.validate('Traffic.shadow', { live, shadow, percent }, ['live', 'shadow'], { ...SHARE_PERCENT, min: 1 });
    return new Traffic({ [live]: 1 }, { name: shadow, percent });
  }

  private static validate<T extends { readonly percent: number }>(
    place: string,
    options: T,
    names: readonly [keyof T & string, keyof T & string],
    limits: { readonly min: number; readonly max: number },
  ): void {
    const [one, other] = names;
    const properties = Properties.of(place)
      .present(options, one, other, 'percent')
      .known(options, one, other, 'percent');
    properties.throwIfInvalid();
    for (const name of names) properties.matches(name, options[name] as string, VARIANT_NAME);
    properties
      .number('percent', options.percent, limits)
      .require(options[one] !== options[other], `'${one}' and '${other}' must be two models, got '${options[one]}'`)
      .throwIfInvalid();
  }

  private constructor(
    /** Weights of the models that answer, by name. */
    public readonly weights: Readonly<Record<string, number>>,
    /** @default - none */
    public readonly shadow?: Shadow,
  ) {}

  /** Names of the models that answer. */
  public get names(): readonly string[] {
    return Object.keys(this.weights);
  }

  /** Share of each model in percent, with one decimal: `{ champion: 66.7, challenger: 33.3 }`. */
  public shares(): Readonly<Record<string, number>> {
    const sum = Object.values(this.weights).reduce((total, weight) => total + weight, 0);
    const shareOf = (weight: number) => Math.round((weight / sum) * 1000) / 10;
    return Object.fromEntries(this.names.map((name) => [name, shareOf(this.weights[name]!)]));
  }

  /** The shares in words, e.g. for a description: `champion 90 %, challenger 10 %`. */
  public toString(): string {
    const shares = Object.entries(this.shares()).map(([name, percent]) => `${name} ${digitsOf(percent)} %`);
    const copies = this.shadow ? [`copies of ${digitsOf(this.shadow.percent)} % to ${this.shadow.name}`] : [];
    return [...shares, ...copies].join(', ');
  }
}
