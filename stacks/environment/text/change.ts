import { isScalar, parseDocument } from 'yaml';
import { InputError } from '../../../lib/core/input-error';

/** A value of an environment file that changes: what `Model Change Proposed` events of retraining loops have in their list. */
export interface ValueChange {
  /** Path of a key that is in the file, such as `models.card-fraud.challenger.version`. */
  readonly path: string;
  readonly value: number;
}

/**
 * The text of an environment file with other values. Nothing else of it changes, neither comments nor order: who reviews the change
 * sees those values only. It is not judged by the rules of the file, which is what the build of the change does.
 *
 * @throws InputError that lists the paths which have no number in the file
 */
export function changedText(text: string, changes: readonly ValueChange[]): string {
  const document = parseDocument(text, { logLevel: 'error' });
  const missing: string[] = [];
  const places = changes.flatMap(({ path, value }) => {
    const node = document.getIn(path.split('.'), true);
    if (isScalar(node) && typeof node.value === 'number' && node.range) {
      return [{ begin: node.range[0], end: node.range[1], value }];
    }
    missing.push(`${path} must be a number in the file, got ${isScalar(node) ? String(node.value) : 'none'}`);
    return [];
  });
  if (missing.length > 0) throw new InputError(`${missing.join('; ')}; write it there, then take the change again`);
  const fromTheEnd = places.sort((one, other) => other.begin - one.begin);
  return fromTheEnd.reduce((all, { begin, end, value }) => `${all.slice(0, begin)}${value}${all.slice(end)}`, text);
}
