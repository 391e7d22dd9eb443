import { Properties } from '../../../core/properties';

/** How values between the ends of a range are chosen: `Logarithmic` for what counts in orders of magnitude. */
export const SCALINGS = ['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic'] as const;
export type Scaling = (typeof SCALINGS)[number];
type Kind = 'IntegerParameterRanges' | 'ContinuousParameterRanges' | 'CategoricalParameterRanges';

/** The values of a hyperparameter that a tuning tries. */
export class ParameterRange {
  /** Whole numbers from `min` to `max`. */
  public static integer(min: number, max: number, scaling: Scaling = 'Auto'): ParameterRange {
    const properties = Properties.of('ParameterRange.integer').integer('min', min, {}).integer('max', max, {});
    return ParameterRange.between(properties, 'IntegerParameterRanges', min, max, scaling);
  }

  /** Numbers from `min` to `max`. */
  public static continuous(min: number, max: number, scaling: Scaling = 'Auto'): ParameterRange {
    const properties = Properties.of('ParameterRange.continuous').number('min', min, {}).number('max', max, {});
    return ParameterRange.between(properties, 'ContinuousParameterRanges', min, max, scaling);
  }

  /** Words, at most 30. */
  public static categorical(values: readonly string[]): ParameterRange {
    const { length } = values ?? [];
    Properties.of('ParameterRange.categorical')
      .present({ values }, 'values')
      .require(length >= 1 && length <= 30, `'values' must have 1 to 30 words, got ${length}`)
      .require(new Set(values).size === length, `'values' must have each word once, got ${values?.join(', ')}`)
      .throwIfInvalid();
    return new ParameterRange('CategoricalParameterRanges', {}, values);
  }

  private static between(properties: Properties, kind: Kind, min: number, max: number, scaling: Scaling) {
    properties
      .known({ min, max }, 'min', 'max')
      .oneOf('scaling', scaling, SCALINGS)
      .require(min < max, `'min' must be less than 'max', got ${min} and ${max}`)
      .require(scaling !== 'Logarithmic' || min > 0, `'min' must be more than 0 for a Logarithmic range, got ${min}`)
      .require(
        scaling !== 'ReverseLogarithmic' || (kind === 'ContinuousParameterRanges' && min >= 0 && max < 1),
        `'min' and 'max' must be numbers from 0 to less than 1 for a ReverseLogarithmic range, got ${min} and ${max}`,
      )
      .throwIfInvalid();
    return new ParameterRange(kind, { MinValue: `${min}`, MaxValue: `${max}`, ScalingType: scaling });
  }

  private constructor(
    /** Key in `ParameterRanges`. */
    public readonly kind: Kind,
    private readonly range: object,
    /** The words that are tried; `undefined` for a range of numbers. */
    public readonly words?: readonly string[],
  ) {}

  /** Entry of `ParameterRanges`. @param isEncoded whether a program decodes words as JSON, as script mode does */
  public request(name: string, isEncoded = false): object {
    const Values = isEncoded ? this.words?.map((word) => JSON.stringify(word)) : this.words;
    return { Name: name, ...this.range, ...(Values && { Values }) };
  }
}
