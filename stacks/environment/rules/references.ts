import { partitionOf } from '../../../lib/aws/arns';
import type { Draft } from '../draft';
import { error, type FileError, type Path } from '../errors';
import type { JsonSchema, Schemas } from '../schema/json-schema';
import { nearest } from '../text/nearest';

/** Judges, wherever they stand in the file, names that must be defined elsewhere in it, and ARNs. */
export function referenceRules(draft: Draft, schemas: Schemas): readonly FileError[] {
  const errors: FileError[] = [];
  const namesAt = new Map<string, object | undefined>();
  schemas.visit(draft, (value, shapes, path) => {
    if (typeof value !== 'string') return;
    const { refersTo } = shapes.find((shape) => shape.refersTo !== undefined) ?? {};
    if (refersTo !== undefined) {
      if (!namesAt.has(refersTo)) namesAt.set(refersTo, namesOf(refersTo.split('.'), draft, schemas));
      const names = namesAt.get(refersTo);
      if (names && !Object.hasOwn(names, value)) errors.push(error(path, unknownName(refersTo, value, names)));
    }
    if (value.startsWith('arn:') && shapes.some(({ isArn }) => isArn)) errors.push(...arnRule(path, value, draft));
  });
  return errors;
}

/** Says that a name is not among those of a mapping, with the one that was probably meant or all there are. */
export function unknownName(mapping: string, name: string, names: object): string {
  const known = Object.keys(names);
  const meant = nearest(name, known);
  const all = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none, add it there';
  return `must be a name under ${mapping}, got '${name}'; ${meant ? `did you mean '${meant}'?` : all}`;
}

/** The mapping or list of names at a path, or its default; `undefined` where what stands there is wrong. */
function namesOf(path: Path, draft: Draft, schemas: Schemas): object | undefined {
  let value: unknown = draft;
  for (const [index, part] of path.entries()) {
    const holder = value as Record<string, unknown>;
    if (!(part in holder)) return defaultAt(path, index, schemas);
    value = holder[part];
    if (typeof value !== 'object' || value === null) return undefined;
  }
  return Array.isArray(value) ? Object.fromEntries(value.map((name) => [name, {}])) : (value as object);
}

/** What stands at a path where the file says nothing from its part `index` on. */
function defaultAt(path: Path, index: number, schemas: Schemas): object {
  for (let length = path.length; length > index; length--) {
    const shape = schemas.at(path.slice(0, length)).find((one: JsonSchema) => one.default !== undefined);
    const value = path.slice(length).reduce<unknown>((whole, part) => (whole as never)?.[part], shape?.default);
    if (typeof value === 'object' && value !== null) return value;
  }
  return {};
}

/** Buckets, keys and secrets must be where the environment is: AWS refuses them across partitions, KMS across regions. */
function* arnRule(path: Path, arn: string, draft: Draft): Iterable<FileError> {
  const region = regionOf(path.slice(0, -1), draft);
  if (region === undefined) return;
  const [, partition, , arnRegion] = arn.split(':');
  if (partition !== partitionOf(region)) {
    yield error(
      path,
      `must begin with arn:${partitionOf(region)}: in region ${region}, got '${arn}'; correct the ARN or the region`,
    );
  } else if (arnRegion && arnRegion !== region) {
    yield error(path, `must be in region ${region}, got '${arn}'; name one that is there`);
  }
}

/** The region of the nearest mapping around a value that names one: the environment's, or the state's own. */
function regionOf(path: Path, draft: Draft): string | undefined {
  let region: string | undefined;
  let value: unknown = draft;
  for (const part of [undefined, ...path]) {
    if (part !== undefined) value = (value as Record<string | number, unknown>)[part];
    if (typeof value === 'object' && value !== null && 'region' in value) region = value.region as string | undefined;
  }
  return region;
}
