import { WHOLE_WEIGHT } from './schema';

/** An image of the registry of this file, `<name>@<digest>`: its name and its digest. `undefined` for a whole address. */
export function imageOfRegistry(image: string): readonly [name: string, digest: string] | undefined {
  const [name = '', digest] = image.split('@');
  const hasHost = /^[^/]*\.[^/]*\//.test(name);
  return digest === undefined || hasHost ? undefined : [name, digest];
}

/** Weights of a model and of its challenger: with one written, the other has the rest of 100. */
export function weightsOf(
  weight: number | undefined,
  challenger: number,
): readonly [model: number, challenger: number] {
  return [weight ?? Math.max(0, WHOLE_WEIGHT - challenger), challenger];
}
