import { partitionOf } from '../../../lib/aws/arns';
import type { Draft } from '../draft';
import { error, type FileError, type Path } from '../errors';
import type { JsonSchema, Schemas } from '../schema/json-schema';
import { nearest } from '../text/nearest';

/** Checks, everywhere in the file, references to names defined elsewhere in it, and ARNs. */
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

/** Message for an unknown name, with the nearest known name or all of them. */
export function unknownName(mapping: string, name: string, names: object): string {
  const known = Object.keys(names);
  const meant = nearest(name, known);
  const all = known.length > 0 ? `use one of ${known.join(', ')}` : 'add it there';
  return `must be a name under ${mapping}, got '${name}'; ${meant ? `did you mean '${meant}'?` : all}`;
}

/** The mapping or list of names at a path, or its default; `undefined` if the value there is invalid. */
function namesOf(path: Path, draft: Draft, schemas: Schemas): object | undefined {
  let value: unknown = draft;
  for (const [index, part] of path.entries()) {
    const holder = value as Record<string, unknown>;
    if (!Object.hasOwn(holder, part)) return defaultAt(path, index, schemas);
    value = holder[part];
    if (typeof value !== 'object' || value === null) return undefined;
  }
  if (!Array.isArray(value)) return value as object;
  // a name of the list that is invalid may be the one that is meant
  return value.includes(undefined) ? undefined : Object.fromEntries(value.map((name) => [name, {}]));
}

/** The default at a path, if the file has no value from its part `index` on. */
function defaultAt(path: Path, index: number, schemas: Schemas): object {
  for (let length = path.length; length > index; length--) {
    const shape = schemas.at(path.slice(0, length)).find((one: JsonSchema) => one.default !== undefined);
    const value = path.slice(length).reduce<unknown>((whole, part) => (whole as never)?.[part], shape?.default);
    if (typeof value === 'object' && value !== null) return value;
  }
  return {};
}

/** An ARN must be in the region of the environment: AWS refuses access across partitions, KMS across regions. */
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
    yield error(path, `must be in region ${region}, got '${arn}'; use one in that region`);
  }
}

/** The `region` of the nearest enclosing mapping that has one: the environment's, or that of `state`. */
function regionOf(path: Path, draft: Draft): string | undefined {
  let region: string | undefined;
  let value: unknown = draft;
  for (const part of [undefined, ...path]) {
    if (part !== undefined) value = (value as Record<string | number, unknown>)[part];
    if (typeof value === 'object' && value !== null && 'region' in value) region = value.region as string | undefined;
  }
  return region;
}
