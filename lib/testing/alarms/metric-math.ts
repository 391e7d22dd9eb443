import { Tokens } from './tokens';

/** Values of a metric, one for each period; `null` where there is none. */
export type Series = readonly (number | null)[];

type Value = number | Series | Series[];

const PARTS = /\d+(?:\.\d+)?(?:e[+-]?\d+)?|[A-Za-z_]\w*|==|!=|<=|>=|&&|\|\||[-+*/^<>(),[\]]/g;

/**
 * What metric math makes of series, for the operators and functions that alarms have a use for: arithmetic, comparison, AND, OR,
 * IF, FILL, ABS, CEIL, FLOOR, DIFF, and MAX, MIN, SUM, AVG of several series. A value that is missing counts as 0 beside one that is
 * there, a division by zero gives none (CloudWatch user guide, "Using metric math").
 *
 * @param series by their ids
 * @throws Error if the expression is none, or has something else
 */
export function metricMath(expression: string, series: Readonly<Record<string, Series>>): Series {
  const result = new Parser(expression, series).parse();
  if (!Array.isArray(result) || Array.isArray(result[0])) {
    throw new Error(`expression '${expression}' must be one series`);
  }
  return result as unknown as Series;
}

const LEVELS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

const OPERATORS: Readonly<Record<string, (one: number, other: number) => number>> = {
  OR: (one, other) => Number(one !== 0 || other !== 0),
  AND: (one, other) => Number(one !== 0 && other !== 0),
  '==': (one, other) => Number(one === other),
  '!=': (one, other) => Number(one !== other),
  '<': (one, other) => Number(one < other),
  '>': (one, other) => Number(one > other),
  '<=': (one, other) => Number(one <= other),
  '>=': (one, other) => Number(one >= other),
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '^': (one, other) => one ** other,
};

const EACH: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};
const TOGETHER: Readonly<Record<string, (values: readonly number[]) => number>> = {
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

class Parser {
  private readonly tokens: Tokens;

  constructor(
    expression: string,
    private readonly series: Readonly<Record<string, Series>>,
  ) {
    this.tokens = new Tokens(expression, PARTS);
  }

  public parse(): Value {
    const value = this.level(0);
    this.tokens.end();
    return value;
  }

  private level(index: number): Value {
    const operators = LEVELS[index];
    if (operators === undefined) return this.unary();
    let left = this.level(index + 1);
    for (let sign = this.tokens.take(...operators); sign !== undefined; sign = this.tokens.take(...operators)) {
      const word = { '||': 'OR', '&&': 'AND' }[sign] ?? sign;
      left = this.combine(left, this.level(index + 1), OPERATORS[word]!);
    }
    return left;
  }

  private unary(): Value {
    if (this.tokens.take('-')) return this.combine(0, this.unary(), OPERATORS['-']!);
    if (this.tokens.take('(')) {
      const value = this.level(0);
      this.tokens.expect(')');
      return value;
    }
    if (this.tokens.take('[')) return this.list(']').map((value) => this.one(value));
    const word = this.tokens.any();
    if (/^\d/.test(word)) return Number(word);
    if (this.tokens.take('(')) return this.call(word);
    const series = this.series[word];
    if (series === undefined) this.tokens.fail(`has no series '${word}'`);
    return series;
  }

  private list(end: string): Value[] {
    const values: Value[] = [];
    do values.push(this.level(0));
    while (this.tokens.take(','));
    this.tokens.expect(end);
    return values;
  }

  private call(name: string): Value {
    if (name === 'FILL') return this.fill();
    const given = this.list(')');
    if (name === 'IF') return this.choose(given);
    if (name === 'DIFF') return diff(this.one(given[0]!));
    const each = EACH[name];
    if (each) return this.one(given[0]!).map((value) => (value === null ? null : each(value)));
    const together = TOGETHER[name];
    if (!together) this.tokens.fail(`has the function ${name}, which is not known here`);
    const all = given[0];
    if (!Array.isArray(all) || !Array.isArray(all[0])) {
      this.tokens.fail(`has ${name} of one series: an alarm evaluates more points than its periods; write [a, b]`);
    }
    return across(all as Series[], together);
  }

  private fill(): Value {
    const series = this.one(this.level(0));
    this.tokens.expect(',');
    const isRepeat = this.tokens.take('REPEAT') !== undefined;
    const filler = isRepeat ? undefined : this.level(0);
    this.tokens.expect(')');
    if (filler !== undefined && typeof filler !== 'number') this.tokens.fail('must have FILL with a number or REPEAT');
    let last: number | null = null;
    return series.map((value) => {
      last = value ?? last;
      return value ?? (isRepeat ? last : (filler as number));
    });
  }

  /** Where there is no condition, there is no value. */
  private choose([condition, then, otherwise]: readonly Value[]): Value {
    if (otherwise === undefined) this.tokens.fail('must have IF with three parts');
    if (typeof condition === 'number') return condition !== 0 ? then! : otherwise;
    return this.one(condition!).map((holds, index) => {
      if (holds === null) return null;
      const chosen = holds !== 0 ? then! : otherwise;
      return typeof chosen === 'number' ? chosen : (this.one(chosen)[index] ?? null);
    });
  }

  private combine(left: Value, right: Value, operator: (one: number, other: number) => number): Value {
    if (typeof left === 'number' && typeof right === 'number') return operator(left, right);
    const length = [left, right].flatMap((value) => (typeof value === 'number' ? [] : [this.one(value).length]))[0]!;
    const at = (value: Value, index: number) => (typeof value === 'number' ? value : (this.one(value)[index] ?? null));
    return Array.from({ length }, (_, index) => {
      const values = [left, right].filter((value) => typeof value !== 'number').map((value) => at(value, index));
      if (values.every((value) => value === null)) return null;
      const result = operator(at(left, index) ?? 0, at(right, index) ?? 0);
      return Number.isFinite(result) ? result : null;
    });
  }

  private one(value: Value): Series {
    if (!Array.isArray(value) || Array.isArray(value[0])) this.tokens.fail('must have one series there');
    return value as unknown as Series;
  }
}

function across(all: readonly Series[], together: (values: readonly number[]) => number): Series {
  return all[0]!.map((_, index) => {
    const values = all.map((series) => series[index] ?? null);
    return values.every((value) => value === null) ? null : together(values.map((value) => value ?? 0));
  });
}

function diff(series: Series): Series {
  return series.map((value, index) => {
    const before = series[index - 1];
    return value === null || before === undefined || before === null ? null : value - before;
  });
}
