import * as z from 'zod';
import type { Path } from './faults';
import { EnvironmentSchema } from './schema/environment';

/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

let schema: JsonSchema | undefined;

/** The schema of environment files for editors; `size`-dependent defaults are in its descriptions. */
export function environmentJsonSchema(): JsonSchema {
  schema ??= z.toJSONSchema(EnvironmentSchema, { io: 'input' }) as JsonSchema;
  return schema;
}

/** Every shape that a value at `path` may have. */
export function schemasAt(path: Path): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (schemas, part) =>
      schemas.flatMap((s) => (typeof part === 'number' ? s.items : property(s, part)) || []).flatMap(alternatives),
    [environmentJsonSchema()],
  );
}

function alternatives(s: JsonSchema): readonly JsonSchema[] {
  return [s, ...[...(s.anyOf ?? []), ...(s.oneOf ?? [])].flatMap(alternatives)];
}

function property({ properties = {}, additionalProperties }: JsonSchema, name: string): JsonSchema | false | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}
