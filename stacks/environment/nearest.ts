import { distance } from 'fastest-levenshtein';

/** The candidate that differs from a word in at most a third of its letters. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, difference: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.difference - b.difference);
  const [best] = ranked;
  return best && best.difference <= Math.max(1, word.length / 3) ? best.candidate : undefined;
}
