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
    private readonly allowed?: readonly string[],
  ) {
    super();
    this.isText = type === 'String';
    this.validate();
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
