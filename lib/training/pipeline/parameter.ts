import { Token } from 'cdktf';
import { Properties } from '../../core/properties';
import { quote } from '../../core/text-pattern';
import type { JsonValue } from './json';
import { MAX_PARAMETER_VALUE, PARAMETER_NAME } from './pipeline-limits';
import { Reference } from './value';

/** Types of a parameter, as the definition names them. */
export const PARAMETER_TYPES = ['String', 'Integer', 'Float', 'Boolean'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Options of a parameter of any type. */
export interface ParameterOptions<T> {
  /** Value of a run that was started without one. @default - every run must be started with a value */
  readonly defaultValue?: T;
}

/** Options of a text. */
export interface StringParameterOptions extends ParameterOptions<string> {
  /** The values that a run may be started with. @default - any */
  readonly allowed?: readonly string[];
}

/** What a run of a pipeline is started with. Every parameter that a step refers to joins its pipeline by itself. */
export class Parameter extends Reference {
  /** A text of at most 1,024 characters. */
  public static string(name: string, { defaultValue, allowed }: StringParameterOptions = {}): Parameter {
    return new Parameter(name, 'String', defaultValue, allowed);
  }

  /** A whole number. */
  public static integer(name: string, { defaultValue }: ParameterOptions<number> = {}): Parameter {
    return new Parameter(name, 'Integer', defaultValue);
  }

  /** A number. */
  public static float(name: string, { defaultValue }: ParameterOptions<number> = {}): Parameter {
    return new Parameter(name, 'Float', defaultValue);
  }

  /** True or false. */
  public static boolean(name: string, { defaultValue }: ParameterOptions<boolean> = {}): Parameter {
    return new Parameter(name, 'Boolean', defaultValue);
  }

  public override readonly isText: boolean;

  private constructor(
    /** Letters, digits and hyphens. */
    public readonly name: string,
    public readonly type: ParameterType,
    public readonly defaultValue: string | number | boolean | undefined,
    /** Values that a run may be started with; any, if undefined. */
    public readonly allowed?: readonly string[],
  ) {
    super();
    this.isText = type === 'String';
    this.validate();
  }

  /** Whether a run may be started with a value; one that is known only at deploy time may be. */
  public takes(value: string): boolean {
    return (
      this.allowed === undefined ||
      Token.isUnresolved(value) ||
      this.allowed.some((one) => one === value || Token.isUnresolved(one))
    );
  }

  /** The entry in the definition's `Parameters`. */
  public get declaration(): JsonValue {
    const { name, type, defaultValue, allowed } = this;
    return {
      Name: name,
      Type: type,
      ...(defaultValue !== undefined && { DefaultValue: defaultValue }),
      ...(allowed && { EnumValues: allowed }),
    };
  }

  public toJSON(): JsonValue {
    return { Get: `Parameters.${this.name}` };
  }

  private validate(): void {
    const { name, type, defaultValue, allowed } = this;
    const properties = Properties.of(`parameter ${name}`)
      .present({ name }, 'name')
      .matches('name', name, PARAMETER_NAME);
    if (type === 'Integer') properties.integer('defaultValue', defaultValue as number | undefined, {});
    if (type === 'Float') {
      const isNumber = defaultValue === undefined || typeof defaultValue === 'number';
      properties.require(isNumber, `'defaultValue' must be a number, got '${defaultValue}'`);
    }
    if (type === 'String' && defaultValue !== undefined) {
      const { length } = String(defaultValue);
      properties
        .require(
          length <= MAX_PARAMETER_VALUE,
          `'defaultValue' must have at most ${MAX_PARAMETER_VALUE} characters, got ${length}`,
        )
        .require(
          allowed === undefined || allowed.includes(String(defaultValue)),
          `'defaultValue' must be one of 'allowed' (${allowed?.join(', ')}), got ${quote(String(defaultValue))}`,
        );
    }
    properties.require(allowed?.length !== 0, "'allowed' must have at least one value, got none").throwIfInvalid();
  }
}

/**
 * What is wrong with the values that a run is started with: a name that no parameter has, a value that is not allowed, and a parameter without a
 * default that gets none. SageMaker refuses to start such a run.
 *
 * @param values by name; of a value that is known only at deploy time the name is judged
 * @param given names that get a value besides
 */
export function faultsOfValues(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, string>>,
  given: readonly string[] = [],
): string[] {
  const free = parameters.filter(({ name }) => !given.includes(name));
  const names = free.length > 0 ? free.map(({ name }) => name).join(', ') : 'no others';
  const faults = Object.entries(Token.isUnresolved(values) ? {} : values).flatMap(([name, value]) => {
    const parameter = free.find((one) => one.name === name);
    if (!parameter)
      return [`'parameters.${name}' must be a parameter of the pipeline, which has ${names}; rename or remove it`];
    return parameter.takes(value)
      ? []
      : [`'parameters.${name}' must be one of ${parameter.allowed!.join(', ')}, got ${quote(value)}`];
  });
  const missing = free.filter(({ name, defaultValue }) => defaultValue === undefined && !Object.hasOwn(values, name));
  return [
    ...faults,
    ...missing.map(({ name }) => `'parameters.${name}' must be set, because it has no default: each start would fail`),
  ];
}
