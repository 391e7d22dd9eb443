import { nearest } from '../nearest';

/** Tells that a name is not among those of a mapping, with the one that was probably meant or all there are. */
export function unknownName(mapping: string, name: string, names: object): string {
  const known = Object.keys(names);
  const meant = nearest(name, known);
  const all = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none, add it there';
  return `must be a name under ${mapping}, got '${name}'; ${meant ? `did you mean '${meant}'?` : all}`;
}
