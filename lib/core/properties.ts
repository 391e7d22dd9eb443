import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from './input-error';
import { quote, type TextPattern } from './text-pattern';

/** A rule that a value breaks, reported in the same words for a construct and for a file: `must X, got Y; fix`. */
export interface BrokenRule {
  /** What the value must be, from the word "must" on. */
  readonly must: string;
  /** What to do. */
  readonly fix: string;
  /** What there is, as it is shown. @default - the value */
  readonly got?: string;
}

/** Inclusive limits of a numeric property. The unit is in the property's name. */
export interface NumberLimits {
  /** @default - no lower limit */
  readonly min?: number;
  /** @default - no upper limit */
  readonly max?: number;
}

/**
 * Collects all invalid properties of a construct, so that one failed synthesis reports all of them.
 *
 * Values known only at deploy time (tokens) pass every check but `known`, and that of one word of several.
 *
 * @example
 * Properties.of(this)
 *   .number('expireAfterDays', props.expireAfterDays, { min: 1 })
 *   .require(!props.replica || versioned, "'replica' needs versioning; set 'versioned: true' or remove 'replica'")
 *   .throwIfInvalid();
 */
export class Properties {
  /** @param scope the construct whose properties they are, or the function that takes them: `ObjectLock.governance` */
  public static of(scope: IConstruct | string): Properties {
    return new Properties(typeof scope === 'string' ? scope : scope.node.path);
  }

  /** @throws InputError that lists the required properties that are missing */
  public static need<Props extends object>(
    scope: IConstruct | string,
    props: Props | null | undefined,
    ...names: readonly (keyof Props & string)[]
  ): void {
    Properties.of(scope)
      .present(props, ...names)
      .throwIfInvalid();
  }

  private readonly failures: string[] = [];

  private constructor(private readonly place: string) {}

  /** Fails for each required property that is missing: a program in JavaScript can leave it, or all of `props`, out. */
  public present<Props extends object>(
    props: Props | null | undefined,
    ...names: readonly (keyof Props & string)[]
  ): this {
    for (const name of names) {
      const value: unknown = props?.[name];
      if (value === undefined || value === null) this.fail(`'${name}' must be set, got ${value}`);
    }
    return this;
  }

  public number(name: string, value: number | undefined, { min = -Infinity, max = Infinity }: NumberLimits): this {
    if (value === undefined || Token.isUnresolved(value) || (value >= min && value <= max)) return this;
    const limits =
      max === Infinity ? `at least ${min}` : min === -Infinity ? `at most ${max}` : `between ${min} and ${max}`;
    return this.fail(`'${name}' must be ${limits}, got ${value}`);
  }

  public integer(name: string, value: number | undefined, limits: NumberLimits): this {
    if (value === undefined || Token.isUnresolved(value) || Number.isInteger(value)) {
      return this.number(name, value, limits);
    }
    return this.fail(`'${name}' must be a whole number, got ${value}`);
  }

  public matches(name: string, value: string | undefined, { pattern, meaning }: TextPattern): this {
    if (value === undefined || Token.isUnresolved(value) || pattern.test(value)) return this;
    return this.fail(`'${name}' must be ${meaning}, got ${quote(value)}`);
  }

  /** A word decides what is made, so that it must be known; a number may be a token. */
  public oneOf<T extends string | number>(name: string, value: T | undefined, allowed: readonly T[]): this {
    if (value === undefined || allowed.includes(value)) return this;
    if (Token.isUnresolved(value)) return typeof value === 'number' ? this : this.requireKnown(name, value);
    const rule = allowed.length > 0 ? `must be one of ${allowed.join(', ')}` : 'has nothing to choose from';
    return this.fail(`'${name}' ${rule}, got '${value}'`);
  }

  /** Fails for each property that is a token: its value, the length of a list or the keys of a map decide what is made. */
  public known<Props extends object>(
    props: Props | null | undefined,
    ...names: readonly (keyof Props & string)[]
  ): this {
    for (const name of names) this.requireKnown(name, props?.[name]);
    return this;
  }

  /** Fails once for each rule that the value breaks. */
  public keeps(name: string, value: string | number, broken: readonly BrokenRule[]): this {
    const shown = typeof value === 'string' ? quote(value) : `${value}`;
    for (const { must, fix, got = shown } of broken) this.fail(`'${name}' ${must}, got ${got}; ${fix}`);
    return this;
  }

  public require(holds: boolean, otherwise: string): this {
    return holds ? this : this.fail(otherwise);
  }

  /** @throws InputError with the place and every failed check */
  public throwIfInvalid(): void {
    const count = this.failures.length;
    if (count === 0) return;
    const headline = `${this.place}: ${count} invalid ${count === 1 ? 'property' : 'properties'}`;
    throw new InputError([headline, ...this.failures].join('\n  - '));
  }

  private fail(message: string): this {
    this.failures.push(message);
    return this;
  }

  private requireKnown(name: string, value: unknown): this {
    if (Token.isUnresolved(value)) {
      if (Array.isArray(value)) {
        return this.fail(
          `'${name}' must be a list of known length, got a token; write its elements: [Fn.element(list, 0), ...]`,
        );
      }
      const fix = typeof value === 'object' ? "; write its keys: { one: Fn.lookup(map, 'one'), ... }" : '';
      return this.fail(`'${name}' must be known before deployment, got a token${fix}`);
    }
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap && Object.keys(value).some((key) => Token.isUnresolved(key))
      ? this.fail(`'${name}' must have keys that are known before deployment, got a token as key`)
      : this;
  }
}
