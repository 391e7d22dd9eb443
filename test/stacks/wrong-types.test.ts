import { parse } from 'yaml';
import { EnvironmentFileError, type PlacedError, parseEnvironment } from '../../stacks/environment';
import { FORMAT } from '../../stacks/environment/platform-format';
import type { JsonSchema } from '../../stacks/environment/schema/json-schema';
import { GOOD } from './environment-text';

/*
 * Every key of the schema with a value of each wrong type, all keys of a mapping at once: each error has a place, the
 * value and an advice in the project's words, never in those of the validator.
 */

const WRONG: readonly unknown[] = [
  '',
  null,
  [],
  ['one', 'two'],
  {},
  { 'some key': 'x' },
  7,
  -1.5,
  true,
  'Two Words!',
  `\${TfToken[TOKEN.7]}`,
];

/** Words of zod. */
const FOREIGN = /invalid|expected|received|unrecognized|too (small|big)|>=|<=|zod|undefined|\bNaN\b|\[object/i;

interface Place {
  readonly path: readonly string[];
  /** Keys beside the last one that choose the alternative: `engine`, `type`. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** Every key, item and value of the schema; names of mappings are `x`. */
function placesOf(schema: JsonSchema, path: readonly string[] = []): Place[] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] } = schema;
  const chosen = Object.entries(properties).flatMap(([name, { const: word }]) =>
    word === undefined ? [] : [[name, word]],
  );
  const children: [string, JsonSchema | false | undefined][] = [
    ...Object.entries(properties),
    ['0', items],
    ['x', additionalProperties],
  ];
  return [
    ...[...anyOf, ...oneOf].flatMap((one) => placesOf(one, path)),
    ...children.flatMap(([name, child]) => {
      if (!child) return [];
      const here = [...path, name];
      return [{ path: here, beside: Object.fromEntries(chosen) }, ...placesOf(child, here)];
    }),
  ];
}

function written(whole: unknown, { path: [part, ...rest], beside }: Place, value: unknown): unknown {
  if (part === undefined) return value;
  if (part === '0') return [written(undefined, { path: rest, beside }, value)];
  const holder = typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? whole : {};
  const extra = rest.length === 0 ? beside : {};
  return { ...holder, ...extra, [part]: written((holder as never)[part], { path: rest, beside }, value) };
}

function errorsOf(file: unknown): readonly PlacedError[] {
  try {
    parseEnvironment(JSON.stringify(file, undefined, 1), 'dev.yaml');
    return [];
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.errors;
    throw error;
  }
}

const good: unknown = parse(GOOD);
const places = placesOf(FORMAT.jsonSchema);

/** The places of each mapping together; a key that chooses the alternative alone, because the others follow from it. */
const together = new Map<string, Place[]>();
for (const place of places) {
  const { path, beside } = place;
  const key = JSON.stringify([path.slice(0, -1), beside, path.at(-1)! in beside ? path.at(-1) : '']);
  together.set(key, [...(together.get(key) ?? []), place]);
}

test('every key of the schema is found', () => {
  expect(places.length).toBeGreaterThan(120);
});

test.each(WRONG)('%j as the value of any key is accepted, or refused with place, value and advice', (value) => {
  const files = [...together.values()].map((some) => some.reduce((file, place) => written(file, place, value), good));
  const bad = files.flatMap(errorsOf).flatMap(({ line, column, path, message }) => {
    const isPlaced = line > 0 && column > 0 && path.length > 0;
    const saysWhat =
      /got |is missing|is not a known key|needs |has no effect|must have|is set|contains text|is not for engine/.test(
        message,
      );
    const isAdvised = /[;?] \S|\?$/.test(message);
    return isPlaced && saysWhat && isAdvised && !FOREIGN.test(message) ? [] : [`${path.join('.')}: ${message}`];
  });
  expect([...new Set(bad)]).toEqual([]);
});

test('where the advice is to write {}, it is accepted', () => {
  const withValue = (some: readonly Place[], value: unknown) =>
    errorsOf(some.reduce((file, place) => written(file, place, value), good));
  const refused = [...together.values()].flatMap((some) => {
    const advised = withValue(some, null).filter(({ message }) => message.includes('write {}'));
    const there = new Set(advised.map(({ path }) => path.join('.')));
    const asAdvised = some.filter(({ path }) => there.has(path.join('.')));
    return withValue(asAdvised, {}).filter(({ path }) => there.has(path.join('.')));
  });
  // `x` is no team, and keys that exclude each other are written together here
  const isOfOthers = (message: string) => /must be a name under|got both/.test(message);
  expect(refused.filter(({ message }) => !isOfOthers(message)).map(({ path, message }) => [path, message])).toEqual([]);
});
