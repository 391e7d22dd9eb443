import { TerraformDataSource, type TerraformMetaArguments } from 'cdktf';
import type { IConstruct } from 'constructs';

/** The attributes of a resource as Terraform names them, e.g. `force_destroy`. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of a type given as text is unknown, and tests read `a.rule[0]`
export type Attributes = Record<string, any>;

/** A class of a cdktf provider, e.g. `S3Bucket` or `DataAwsCallerIdentity`. */
export interface ElementClass<Config = never> {
  new (scope: never, id: string, config: Config): IConstruct;
  readonly tfResourceType: string;
}

/** A type by its Terraform name, `aws_s3_bucket` or `data.aws_caller_identity`, or its class. */
export type ElementType = string | ElementClass;

type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Text;
type Synthesized<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Element)[]
    ? Synthesized<Element>[]
    : Value extends { resolve(context: never): unknown }
      ? never
      : string extends keyof Value
        ? Value
        : { [Key in keyof Value as SnakeCase<Key & string>]: Synthesized<Value[Key]> };

/** Terraform form of a configuration: `S3BucketConfig` with `forceDestroy` gives `{ force_destroy?: boolean }`. */
export type AttributesOf<Type> =
  Type extends ElementClass<infer Config>
    ? Synthesized<Omit<NonNullable<Config>, keyof TerraformMetaArguments>> & MetaArguments
    : Attributes;

/** Meta-arguments that Terraform accepts in every resource. */
export interface MetaArguments {
  readonly depends_on: string[] | undefined;
  readonly provider: string | undefined;
  readonly count: number | string | undefined;
  readonly for_each: string | undefined;
  readonly lifecycle: Attributes | undefined;
}

type Subset<Value> = Value extends string
  ? string | RegExp | object
  : Value extends number | boolean
    ? Value | string
    : Value extends readonly (infer Element)[]
      ? readonly Subset<Element>[]
      : { readonly [Key in keyof Value]?: Subset<Value[Key]> };

/**
 * A subset of a resource's attributes. Where a text is expected, it can be a pattern, or the object that JSON text
 * contains; where a number or boolean is expected, a Terraform expression.
 */
export type SubsetOf<Type> = Type extends ElementClass<infer _Config> ? Subset<AttributesOf<Type>> : Attributes;

/** Terraform's name of a type: `aws_s3_bucket`, `data.aws_caller_identity`, `aws`. */
export function nameOf(type: ElementType): string {
  if (typeof type === 'string') return type;
  return type.prototype instanceof TerraformDataSource ? `data.${type.tfResourceType}` : type.tfResourceType;
}
