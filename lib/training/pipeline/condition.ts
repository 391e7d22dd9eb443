import { Properties } from '../../core/properties';
import type { JsonValue } from './json';
import { Reference, type Value } from './value';

/** What a condition compares. SageMaker compares values of one type only: a text with a number fails the step. */
export type Comparable = Value<string | number | boolean>;

/** What a condition step decides by. Its step fails if a value is not there or has another type; no branch is taken then. */
export abstract class Condition {
  /** Whether both are the same. */
  public static equals(left: Comparable, right: Comparable): Condition {
    return new Comparison('Equals', left, right);
  }

  /** `left > right`. */
  public static greaterThan(left: Value<number>, right: Value<number>): Condition {
    return new Comparison('GreaterThan', left, right);
  }

  /** `left >= right`. */
  public static atLeast(left: Value<number>, right: Value<number>): Condition {
    return new Comparison('GreaterThanOrEqualTo', left, right);
  }

  /** `left < right`. */
  public static lessThan(left: Value<number>, right: Value<number>): Condition {
    return new Comparison('LessThan', left, right);
  }

  /** `left <= right`. */
  public static atMost(left: Value<number>, right: Value<number>): Condition {
    return new Comparison('LessThanOrEqualTo', left, right);
  }

  /** Whether the value is one of several. */
  public static in(value: Comparable, values: readonly Comparable[]): Condition {
    Properties.of('Condition.in')
      .present({ values }, 'values')
      .require(values?.length !== 0, "'values' must have at least one value, got none")
      .throwIfInvalid();
    return new In(value, values);
  }

  /** Whether the condition does not hold. */
  public static not(condition: Condition): Condition {
    return new Not(condition);
  }

  /** Whether one of the conditions holds. */
  public static or(...conditions: readonly Condition[]): Condition {
    Properties.of('Condition.or')
      .require(conditions.length > 0, "'conditions' must have at least one condition, got none")
      .throwIfInvalid();
    return new Or(conditions);
  }

  /**
   * Whether all of the conditions hold. The language of SageMaker has a conjunction only as the list of a condition step;
   * elsewhere it is written as `not (not a or not b)`.
   */
  public static and(...conditions: readonly Condition[]): Condition {
    Properties.of('Condition.and')
      .require(conditions.length > 0, "'conditions' must have at least one condition, got none")
      .throwIfInvalid();
    return new Not(new Or(conditions.map((condition) => new Not(condition))));
  }

  /** What it compares, for the checks of the pipeline. */
  public abstract readonly values: readonly Comparable[];
  /** Comparisons in it: what the limit of a condition step counts. */
  public abstract readonly size: number;

  public abstract toJSON(): JsonValue;
}

function shown(value: Comparable): JsonValue {
  return value instanceof Reference ? value.toJSON() : value;
}

class Comparison extends Condition {
  public readonly values: readonly Comparable[];
  public readonly size: number = 1;

  constructor(
    private readonly type: string,
    private readonly left: Comparable,
    private readonly right: Comparable,
  ) {
    super();
    this.values = [left, right];
    Properties.of(`Condition ${type}`).present({ left, right }, 'left', 'right').throwIfInvalid();
  }

  public toJSON(): JsonValue {
    return { Type: this.type, LeftValue: shown(this.left), RightValue: shown(this.right) };
  }
}

class In extends Condition {
  public readonly values: readonly Comparable[];
  public readonly size: number = 1;

  constructor(
    private readonly value: Comparable,
    private readonly among: readonly Comparable[],
  ) {
    super();
    this.values = [value, ...among];
  }

  public toJSON(): JsonValue {
    return { Type: 'In', QueryValue: shown(this.value), Values: this.among.map(shown) };
  }
}

class Not extends Condition {
  constructor(private readonly condition: Condition) {
    super();
  }

  public get values(): readonly Comparable[] {
    return this.condition.values;
  }

  public get size(): number {
    return this.condition.size;
  }

  public toJSON(): JsonValue {
    return { Type: 'Not', Condition: this.condition.toJSON() };
  }
}

class Or extends Condition {
  constructor(private readonly conditions: readonly Condition[]) {
    super();
  }

  public get values(): readonly Comparable[] {
    return this.conditions.flatMap(({ values }) => values);
  }

  public get size(): number {
    return this.conditions.reduce((sum, { size }) => sum + size, 0);
  }

  public toJSON(): JsonValue {
    return { Type: 'Or', Conditions: this.conditions.map((condition) => condition.toJSON()) };
  }
}
