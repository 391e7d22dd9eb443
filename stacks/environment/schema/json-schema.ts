import * as z from 'zod';
import type { Path } from '../errors';
import type { Profile } from './choices';

/** The subset of JSON Schema that zod writes, with custom keywords. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  /** For editors only: see `editor.ts`. */
  readonly allOf?: readonly EditorRule[];
  /** Values that editors insert: a keyword of their language servers. */
  readonly defaultSnippets?: readonly { readonly label: string; readonly body: unknown }[];
  /** Known values, for "did you mean". Others that match the pattern are valid too. */
  readonly known?: readonly string[];
  /** The value must be a key of the mapping at this path, e.g. `lake.zones`. */
  readonly refersTo?: string;
  /** The value is an ARN in the environment's region. */
  readonly isArn?: boolean;
  /** The default `engine` of a mapping, by profile. */
  readonly defaultEngine?: Readonly<Record<Profile, string>>;
}

/** Keys that are not allowed together: the parser has rules for them. */
export interface EditorRule {
  readonly if: object;
  readonly else: object;
}

/** Removed for editors, whose validators refuse unknown keywords. */
const OWN_KEYWORDS = ['refersTo', 'isArn', 'defaultEngine', 'known'];

/** Schemas of the values in an environment file, by path. */
export class Schemas {
  private readonly root: JsonSchema;

  constructor(schema: z.ZodType) {
    this.root = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  }

  /** JSON Schema for completion, checks and help in editors. */
  public get forEditors(): JsonSchema {
    return JSON.parse(
      JSON.stringify(withOptionalEngines(this.root), (key, value) => (OWN_KEYWORDS.includes(key) ? undefined : value)),
    );
  }

  /**
   * All alternative schemas of the value at `path`.
   *
   * @param data the document; constant values in it, such as `engine`, select among the alternatives
   */
  public at(path: Path, data?: unknown): readonly JsonSchema[] {
    let schemas = narrowed(alternatives(this.root), data);
    let value = data;
    for (const part of path) {
      value = childOf(value, part);
      schemas = narrowed(childSchemas(schemas, part), value);
    }
    return schemas;
  }

  /** Calls `visitor` for every value of a document, parents first. */
  public visit(data: unknown, visitor: Visitor): void {
    visit(narrowed(alternatives(this.root), data), data, [], visitor);
  }
}

/** Receives a value, its alternative schemas, and its path. */
export type Visitor = (value: unknown, schemas: readonly JsonSchema[], path: Path) => void;

function visit(schemas: readonly JsonSchema[], value: unknown, path: Path, visitor: Visitor): void {
  visitor(value, schemas, path);
  if (typeof value !== 'object' || value === null) return;
  const parts = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const part of parts) {
    const child = childOf(value, part);
    visit(narrowed(childSchemas(schemas, part), child), child, [...path, part], visitor);
  }
}

function childOf(value: unknown, part: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? value[part as never] : undefined;
}

function childSchemas(schemas: readonly JsonSchema[], part: string | number): readonly JsonSchema[] {
  return schemas.flatMap((s) => (typeof part === 'number' ? s.items : property(s, part)) || []).flatMap(alternatives);
}

/** The alternatives whose constants (`type: date`, `engine: rds`) match the value; all of them if none matches. */
function narrowed(schemas: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  if (schemas.length < 2 || typeof value !== 'object' || value === null) return schemas;
  const fits = schemas.filter(({ properties = {} }) =>
    Object.entries(properties).every(([name, { const: word }]) => word === undefined || word === childOf(value, name)),
  );
  return fits.some(({ type }) => type === 'object') ? fits : schemas;
}

function alternatives(s: JsonSchema): readonly JsonSchema[] {
  return [s, ...[...(s.anyOf ?? []), ...(s.oneOf ?? [])].flatMap(alternatives)];
}

function property({ properties = {}, additionalProperties }: JsonSchema, name: string): JsonSchema | false | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}

/** Lets a file leave out `engine` where one is the default: of several engines, those that are need not be named. */
function withOptionalEngines(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withOptionalEngines);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { defaultEngine, oneOf = [], ...rest } = schema as JsonSchema;
  const mended = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, withOptionalEngines(part)]));
  const alternatives = withOptionalEngines(oneOf) as JsonSchema[];
  if (!defaultEngine) return oneOf.length > 0 ? { ...mended, oneOf: alternatives } : mended;
  const defaults: readonly unknown[] = Object.values(defaultEngine);
  const anyOf = alternatives.map(({ required = [], ...engine }) => ({
    ...engine,
    required: required.filter((name) => name !== 'engine' || !defaults.includes(engine.properties?.engine?.const)),
  }));
  return { ...mended, anyOf }; // without `engine` a file may fit more than one
}
