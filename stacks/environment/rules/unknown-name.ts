import { nearest } from '../nearest';

/** Tells that a name refers to nothing, with the one that was probably meant or all there are. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const advice = meant
    ? `did you mean '${meant}'?`
    : known.length > 0
      ? `there are ${known.join(', ')}`
      : 'there are none, add it';
  return `must be ${what}, got '${name}'; ${advice}`;
}
