import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A shape of an API in botocore's `service-2.json`. */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly union?: boolean;
}

/** Says what stands in for a reference, where a shape is expected; `undefined` if the value is none. */
export type Stand = (value: unknown, shape: Shape, path: string) => { readonly sample: unknown } | undefined;

/**
 * The shapes of an API, as strict as its service: unknown keys are refused, and so is what breaks a pattern, an enum, a
 * length or a range. Botocore itself checks less.
 */
export class ApiShapes {
  /** @param file `service-2.json.gz` of a botocore */
  public static read(file: string): ApiShapes {
    return new ApiShapes(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')).shapes);
  }

  public constructor(private readonly shapes: Readonly<Record<string, Shape>>) {}

  public shape(name: string): Shape {
    const shape = this.shapes[name];
    if (!shape) throw new Error(`no shape ${name}`);
    return shape;
  }

  /** What is wrong with a value that should have a shape. */
  public faults(name: string, value: unknown, stand: Stand = () => undefined, path: string = name): string[] {
    const shape = this.shape(name);
    const stood = stand(value, shape, path);
    if (stood) return this.faults(name, stood.sample, () => undefined, path);
    switch (shape.type) {
      case 'structure':
        return this.inStructure(shape, value, stand, path);
      case 'list':
        if (!Array.isArray(value)) return [`${path}: must be a list, got ${JSON.stringify(value)}`];
        return [
          ...outside(shape, value.length, 'elements', path),
          ...value.flatMap((item, index) => this.faults(shape.member!.shape, item, stand, `${path}[${index}]`)),
        ];
      case 'map':
        if (!isObject(value)) return [`${path}: must be a map, got ${JSON.stringify(value)}`];
        return [
          ...outside(shape, Object.keys(value).length, 'entries', path),
          ...Object.entries(value).flatMap(([key, item]) => [
            ...this.faults(shape.key!.shape, key, stand, `key ${key} of ${path}`),
            ...this.faults(shape.value!.shape, item, stand, `${path}.${key}`),
          ]),
        ];
      case 'string':
        return inString(shape, value, path);
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${path}: must be true or false, got ${JSON.stringify(value)}`];
      case 'integer':
      case 'long':
        if (!Number.isInteger(value)) return [`${path}: must be a whole number, got ${JSON.stringify(value)}`];
        return outside(shape, value as number, '', path);
      case 'float':
      case 'double':
        if (typeof value !== 'number') return [`${path}: must be a number, got ${JSON.stringify(value)}`];
        return outside(shape, value, '', path);
      default:
        throw new Error(`${path}: shapes of type ${shape.type} are not checked`);
    }
  }

  /**
   * The shape of a property of an answer: `ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri`. In brackets is an
   * index, or what names an element of a list.
   */
  public property(name: string, path: string): Shape | undefined {
    const parts = [...path.matchAll(/(?:^|\.)([A-Za-z0-9]+)|\[(?:\d+|'[^']+')\]/g)];
    if (parts.map(([text]) => text).join('') !== path) return undefined;
    let shape: Shape | undefined = this.shape(name);
    for (const [, member] of parts) {
      const next: string | undefined = member ? shape.members?.[member]?.shape : (shape.member ?? shape.value)?.shape;
      if (next === undefined) return undefined;
      shape = this.shape(next);
    }
    return shape;
  }

  private inStructure(shape: Shape, value: unknown, stand: Stand, path: string): string[] {
    if (!isObject(value)) return [`${path}: must be a structure, got ${JSON.stringify(value)}`];
    const { members = {}, required = [], union } = shape;
    const keys = Object.keys(value);
    return [
      ...keys.filter((key) => !members[key]).map((key) => `${path}: unknown key ${key}`),
      ...required.filter((key) => !keys.includes(key)).map((key) => `${path}: ${key} is missing`),
      ...(union && keys.length !== 1 ? [`${path}: must have one key, got ${keys.join(', ') || 'none'}`] : []),
      ...keys
        .filter((key) => members[key])
        .flatMap((key) => this.faults(members[key]!.shape, value[key], stand, `${path}.${key}`)),
    ];
  }
}

function inString({ enum: words, pattern, ...limits }: Shape, value: unknown, path: string): string[] {
  if (typeof value !== 'string') return [`${path}: must be a text, got ${JSON.stringify(value)}`];
  const faults = outside(limits, value.length, 'characters', path);
  if (words && !words.includes(value)) faults.push(`${path}: must be one of ${words.join(', ')}, got '${value}'`);
  if (pattern && !whole(pattern).test(value)) faults.push(`${path}: must match ${pattern}, got '${value}'`);
  return faults;
}

/** SageMaker matches the whole text, whether or not the pattern says so. Some patterns have a `$` before a count. */
function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replace(/\$(?=\{)/g, '')})$`, 'u');
}

function outside({ min, max }: Pick<Shape, 'min' | 'max'>, size: number, unit: string, path: string): string[] {
  const isInside = size >= (min ?? -Infinity) && size <= (max ?? Infinity);
  const limits = [`${min ?? 0} to ${max ?? 'any'}`, unit].filter(Boolean).join(' ');
  return isInside ? [] : [`${path}: must have ${limits}, got ${size}`];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
