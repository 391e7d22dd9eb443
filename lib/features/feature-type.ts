import { Properties } from '../core/properties';
import { FEATURE_TYPE, VECTOR_DIMENSION } from './feature-limits';

/** Type of a single value. */
type ScalarName = 'integral' | 'fractional' | 'string';

/** The type of a feature. */
export class FeatureType {
  /** A whole number of 64 bits. */
  public static readonly integral: FeatureType = new FeatureType('integral', 'Integral');
  /** A number with a fraction, of 64 bits. */
  public static readonly fractional: FeatureType = new FeatureType('fractional', 'Fractional');
  /** A text. */
  public static readonly string: FeatureType = new FeatureType('string', 'String');

  /** An ordered list of values of one type. Only an online store in memory holds it. */
  public static list(of: FeatureType): FeatureType {
    return FeatureType.collection('list', of);
  }

  /** Different values of one type, without an order. Only an online store in memory holds it. */
  public static set(of: FeatureType): FeatureType {
    return FeatureType.collection('set', of);
  }

  /**
   * A list of fractional numbers of a fixed length, such as an embedding; one of a group. Only an online store in memory
   * holds it.
   *
   * @param dimension 1 to 8192
   * @throws InputError if it is something else, or a token
   */
  public static vector(dimension: number): FeatureType {
    Properties.of('FeatureType.vector')
      .present({ dimension }, 'dimension')
      .known({ dimension }, 'dimension')
      .integer('dimension', dimension, VECTOR_DIMENSION)
      .throwIfInvalid();
    return new FeatureType(`vector<${dimension}>`, 'Fractional', 'Vector', dimension);
  }

  /**
   * A type by its name in an environment file: `fractional`, `list<string>`, `vector<384>`.
   *
   * @throws InputError if it is no type
   */
  public static named(name: string): FeatureType {
    Properties.of('FeatureType.named')
      .present({ name }, 'name')
      .known({ name }, 'name')
      .matches('name', name, FEATURE_TYPE)
      .throwIfInvalid();
    const [, outer, inner] = /^(\w+)(?:<(\w+)>)?$/.exec(name)!;
    if (outer === 'vector') return FeatureType.vector(Number(inner));
    if (outer === 'list' || outer === 'set') return FeatureType[outer](FeatureType[inner as ScalarName]);
    return FeatureType[outer as ScalarName];
  }

  private static collection(name: 'list' | 'set', of: FeatureType): FeatureType {
    Properties.need(`FeatureType.${name}`, { of }, 'of');
    Properties.of(`FeatureType.${name}`)
      .require(of.collectionType === undefined, `'of' must be integral, fractional or string, got ${of.name}`)
      .throwIfInvalid();
    return new FeatureType(`${name}<${of.name}>`, of.featureType, name === 'list' ? 'List' : 'Set');
  }

  private constructor(
    /** As an environment file names it. */
    public readonly name: string,
    /** As SageMaker names the type of one element. */
    public readonly featureType: 'Integral' | 'Fractional' | 'String',
    /** As SageMaker names the collection; `undefined` for a single value. */
    public readonly collectionType?: 'List' | 'Set' | 'Vector',
    /** Number of elements of a vector. */
    public readonly dimension?: number,
  ) {}
}
