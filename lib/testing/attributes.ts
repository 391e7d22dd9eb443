import { TerraformDataSource, type TerraformMetaArguments } from 'cdktf';
import type { IConstruct } from 'constructs';

/** The attributes of a resource as Terraform names them, e.g. `force_destroy`. */
// biome-ignore lint/suspicious/noExplicitAny: a type given as text has no known shape, and a test reads `a.rule[0].status` without ceremony
export type Attributes = Record<string, any>;

/** A class of a cdktf provider, e.g. `S3Bucket` or `DataAwsCallerIdentity`. */
export interface ElementClass<Config = never> {
  new (scope: never, id: string, config: Config): IConstruct;
  readonly tfResourceType: string;
}

/** A type as Terraform names it, `aws_s3_bucket` or `data.aws_caller_identity`, or the class for it. */
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

/** What a class's configuration becomes: `S3BucketConfig` with `forceDestroy` becomes `{ force_destroy?: boolean }`. */
export type AttributesOf<Type> =
  Type extends ElementClass<infer Config>
    ? Synthesized<Omit<NonNullable<Config>, keyof TerraformMetaArguments>> & MetaArguments
    : Attributes;

/** Arguments that Terraform itself gives to every resource. */
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
 * A part of what a resource may have. Where it has text one may ask for a pattern, or for the object that JSON text holds; where it has
 * a number or a truth value, for an expression of Terraform.
 */
export type SubsetOf<Type> = Type extends ElementClass<infer _Config> ? Subset<AttributesOf<Type>> : Attributes;

/** Name of a type, as Terraform writes it before an address: `aws_s3_bucket`, `data.aws_caller_identity`, `aws`. */
export function nameOf(type: ElementType): string {
  if (typeof type === 'string') return type;
  return type.prototype instanceof TerraformDataSource ? `data.${type.tfResourceType}` : type.tfResourceType;
}
