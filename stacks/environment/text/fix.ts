import { stringify } from 'yaml';
import type { Path } from '../errors';
import type { JsonSchema } from '../schema/json-schema';
import type { Document } from './document';
import { nearest } from './nearest';
import type { ShapesAt } from './translate';

type Schemas = readonly JsonSchema[];

/** Keys of a mapping that advice lists; of more, it lists those that must be there. */
const MAX_SHOWN_KEYS = 8;

/** Booleans of YAML 1.1, which are still in common use. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['on', true],
  ['true', true],
  ['no', false],
  ['off', false],
  ['false', false],
]);

/** Advice for the value at `path`. */
export function rewrite(path: Path, document: Document, shapesAt: ShapesAt): string[] {
  const advice = known(path, document, shapesAt);
  return advice.length > 0 ? advice : [correct(path, shapesAt)];
}

function known(path: Path, document: Document, shapesAt: ShapesAt): string[] {
  const schemas = shapesAt(path);
  const value = document.get(path);
  const takes = (type: string) => schemas.some((schema) => schema.type === type);
  if (value === null) return [fill(path, takes('object'), shapesAt)];
  if (typeof value === 'object') return reshape(value, schemas);
  if (takes('object') && !takes('string') && !takes('array')) return [forMapping(path, schemas, shapesAt)];
  const source = document.source(path);
  if (takes('array') && typeof value === 'string') return [`write ${listOf(value)}`];
  if (typeof value !== 'string')
    return typeof value === 'number' && numbersOf(schemas) ? toNumber(value, path, schemas) : toText(source, schemas);
  if (numbersOf(schemas) && /^\d+$/.test(value)) return [`write ${value} without quotes`];
  const flag = FLAGS.get(value.toLowerCase());
  if (takes('boolean') && flag !== undefined) return [`write ${flag} without quotes`];
  return asAddress(value, path, shapesAt) ?? respell(value, schemas);
}

/** The words of a text as a list of YAML: in quotes what would be a number or a flag. */
function listOf(text: string): string {
  const words = text.split(/[\s,]+/).filter(Boolean);
  return stringify(words, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
}

/** Advice for a whole address where the folder of a zone, or the key of an object, is expected. */
function asAddress(value: string, path: Path, shapesAt: ShapesAt): string[] | undefined {
  const [, folder = ''] = /^s3:\/\/[^/]+\/(.+?)\/*$/.exec(value) ?? [];
  const key = String(path.at(-1));
  if (!/[/.]/.test(folder) || !shapesAt(path).some(accepts(folder))) return undefined;
  const parents = shapesAt(path.slice(0, -1));
  const hasZone = parents.some(({ properties = {} }) => Object.hasOwn(properties, 'zone'));
  const standsAlone = parents.some(({ anyOf = [] }) =>
    anyOf.some(({ required = [] }) => required.length === 1 && required[0] === key),
  );
  if (!hasZone || standsAlone) return [`write ${folder}, without the bucket, which is known`];
  return [`the zone says which bucket it is: write ${key}: ${folder}, and the zone of the bucket as zone`];
}

/** Advice for a mapping in whose place is something else. */
function forMapping(path: Path, schemas: Schemas, shapesAt: ShapesAt): string {
  const key = String(path.at(-1));
  const ofEntry = schemas.some(({ properties = {} }) => Object.hasOwn(properties, key));
  const parents = shapesAt(path.slice(0, -1)).filter(({ additionalProperties }) => additionalProperties);
  if (ofEntry && parents.length > 0) {
    const [name = 'name'] = parents.flatMap(({ examples = [] }) =>
      examples.flatMap((one) => Object.keys(one as object)),
    );
    return `${key} is a key of each entry: write a name above it, as in ${name}: { ${key}: ... }`;
  }
  const all = [...new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const names = all.length > 0 && all.length <= MAX_SHOWN_KEYS ? ` (${all.join(', ')})` : '';
  return keysOf(schemas) ?? `write keys under it${names}, or {} for its defaults`;
}

/** What belongs under a key; `undefined` if nothing must. */
function keysOf(schemas: Schemas): string | undefined {
  if (!needsKeys(schemas)) return undefined;
  if (schemas.some(({ additionalProperties }) => additionalProperties)) {
    const isShown = schemas.some(({ examples }) => examples);
    return isShown ? `write for example ${example(schemas)}` : 'write names under it, each with its value';
  }
  const mappings = schemas.filter(({ properties }) => properties);
  const all = mappings.flatMap(({ properties = {} }) => Object.keys(properties));
  const required = mappings.flatMap((one) => one.required ?? []);
  const choices = mappings.flatMap(({ anyOf = [] }) => anyOf.flatMap((one) => one.required?.join(' and ') ?? []));
  const shown = choices.length > 0 || all.length > MAX_SHOWN_KEYS ? required : all;
  const keys = [...new Set(shown), ...(choices.length > 0 ? [choices.join(' or ')] : [])];
  return `write its keys under it: ${keys.join(', ')}`;
}

/** Advice for the spelling of a text or name. */
export function respell(text: string, schemas: Schemas): string[] {
  const words = schemas
    .flatMap((schema) => schema.enum ?? schema.const ?? schema.known ?? [])
    .filter((word) => typeof word === 'string');
  const near = nearest(text, words);
  if (near) return [`did you mean '${near}'?`];
  const isOther = /^arn:|:\/\/|[$%]\{|\.(zip|gz|py|json|ya?ml)$/.test(text); // no name that is spelled in another way
  const joined = (glue: string) =>
    text
      .trim()
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, glue);
  const names = isOther ? [] : [joined('-'), joined('_'), joined('')];
  const spelling = [text.replace(/^\/+|\/+$/g, ''), ...names].find((candidate) => schemas.some(accepts(candidate)));
  return spelling ? [`write ${stringify(spelling).trim()}`] : orExample(schemas);
}

/** An example value of a schema, on one line. */
export function example(schemas: Schemas): string {
  const [value] = schemas.flatMap(({ examples = [] }) => examples);
  return stringify(value, { collectionStyle: 'flow' }).trim();
}

function fill(path: Path, isMapping: boolean, shapesAt: ShapesAt): string {
  const content = keysOf(shapesAt(path)) ?? 'write {} for its defaults';
  const value = isMapping ? content : 'give it a value';
  return isRequired(path, shapesAt) ? value : `${value}, or remove the key`;
}

/** Whether `{}` is no valid value: of a mapping with names it is where it is the default. */
function needsKeys(schemas: Schemas): boolean {
  const mappings = schemas.filter(({ type }) => type === 'object');
  return mappings.every((one) =>
    one.additionalProperties
      ? one.default === undefined
      : [one, ...(one.anyOf ?? [])].some(({ required = [] }) => required.length > 0),
  );
}

function isRequired(path: Path, shapesAt: ShapesAt): boolean {
  return shapesAt(path.slice(0, -1)).some((parent) => parent.required?.includes(String(path.at(-1))));
}

/** Advice where nothing better is known. */
function correct(path: Path, shapesAt: ShapesAt): string {
  const schemas = shapesAt(path);
  const takes = (...types: string[]) => schemas.some(({ type = '' }) => types.includes(type));
  const choices = schemas.some((schema) => schema.enum ?? schema.const);
  const forms = [
    ...(takes('array') ? ['write a list such as [a, b]'] : []),
    ...(takes('boolean') ? ['write true or false'] : []),
    ...(takes('integer', 'number') ? ['write a number'] : []),
    ...(choices ? ['choose one of them'] : []),
    'correct it',
  ];
  return isRequired(path, shapesAt) ? forms[0]! : `${forms[0]}, or remove it`;
}

function reshape(value: object, schemas: Schemas): string[] {
  const takes = (type: string) => schemas.some((schema) => schema.type === type);
  const isNamed = schemas.some(({ additionalProperties }) => additionalProperties);
  if (Array.isArray(value) && takes('array')) return [value.length === 0 ? 'add an item' : 'remove some'];
  const entries = isNamed ? keysOf(schemas) : undefined;
  if (Array.isArray(value) && takes('object') && entries) return [entries];
  if (Array.isArray(value) && takes('object'))
    return [isNamed ? "write 'name: {}' instead of '- name'" : "write 'key: value' instead of '- key'"];
  if (!Array.isArray(value) && takes('array')) return ["write '- name' instead of 'name:'"];
  return Array.isArray(value) && value.length > 1 ? ['write one value'] : ['write the value alone'];
}

function numbersOf(schemas: Schemas): boolean {
  return schemas.some(({ type }) => type === 'integer' || type === 'number');
}

function toNumber(value: number, path: Path, schemas: Schemas): string[] {
  if (Number.isNaN(value)) return ['write a number'];
  const meant = ofFraction(value, path, schemas);
  if (meant) return [meant];
  return schemas.flatMap(({ enum: values, minimum = -Infinity, maximum = Infinity, multipleOf = 1 }) => {
    const allowed = (values as number[] | undefined) ?? [
      Math.min(Math.max(Math.round(value / multipleOf) * multipleOf, minimum), maximum),
    ];
    const [closest] = allowed.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value));
    return [`the nearest is ${closest}`];
  });
}

/** Below it, a minimum stands for "more than 0", and is no value that anybody means. */
const TINY = 1e-6;

/** Advice for a number that is a part of 1 or of a second, where percent or milliseconds are expected, and for one that must not be 0. */
function ofFraction(value: number, path: Path, schemas: Schemas): string | undefined {
  const fits = (number: number) =>
    schemas.some(({ minimum = -Infinity, maximum = Infinity }) => number >= minimum && number <= maximum);
  const factor = String(path.at(-1)).endsWith('Ms') ? 1000 : isPercent(schemas) ? 100 : undefined;
  const whole = factor === undefined ? 0 : Math.round(value * factor);
  if (value > 0 && value < 1 && whole > 0 && fits(whole))
    return `write ${whole} for ${whole} ${factor === 1000 ? 'milliseconds' : '%'}`;
  const isTiny = schemas.some(({ minimum = 0 }) => minimum > 0 && minimum < TINY && value < minimum);
  return isTiny && schemas.some(({ examples }) => examples) ? `write for example ${example(schemas)}` : undefined;
}

function isPercent(schemas: Schemas): boolean {
  return schemas.some(({ type, description = '' }) => type === 'integer' && /\bin percent\b/.test(description));
}

function toText(source: string, schemas: Schemas): string[] {
  const isFree = schemas.some(
    (one) => one.type === 'string' && !(one.pattern ?? one.enum ?? one.const ?? one.examples),
  );
  return isFree || schemas.some(accepts(source)) ? [`write "${source}"`] : orExample(schemas);
}

function accepts(text: string) {
  return ({ pattern, maxLength = Infinity }: JsonSchema) =>
    pattern !== undefined && text.length <= maxLength && new RegExp(pattern).test(text);
}

function orExample(schemas: Schemas): string[] {
  if (schemas.some(({ examples }) => examples)) return [`write for example ${example(schemas)}`];
  return schemas.some((schema) => schema.enum) ? ['choose one of them'] : [];
}
