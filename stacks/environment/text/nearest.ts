import { distance } from 'fastest-levenshtein';

/** The nearest candidate: it differs from the word in at most a third of its letters, or only in their order. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const difference = (candidate: string) =>
    sorted(candidate) === sorted(word) ? 1 : distance(word.toLowerCase(), candidate.toLowerCase());
  const [best] = candidates.toSorted((a, b) => difference(a) - difference(b));
  return best !== undefined && difference(best) <= Math.max(1, word.length / 3) ? best : undefined;
}

function sorted(word: string): string {
  return [...word.toLowerCase()].sort().join('');
}
