import { DEFAULT_DOOR_RATE } from '../../../../lib/serving/door/door-limits';
import { written } from '../../../environment/draft';
import { error, type FileError, type Path } from '../../../environment/errors';
import type { DraftModel } from '../draft';

/** Pairs of keys of which a door has one, and what it would lack. */
const PAIRS = [
  ['callers', 'cognito', 'who may ask'],
  ['vpcEndpoints', 'webAcl', 'from where it is reached'],
] as const;

/** Rules between the values of a door. */
export function* doorRules(path: Path, model: DraftModel): Iterable<FileError> {
  const { door } = model;
  if (!('door' in model) || !door) return;
  if ('asynchronous' in model) {
    const message =
      'must not be beside asynchronous, whose answers come later, got both; remove it, and let clients write requests to the bucket';
    yield error(path, message, 'key');
  }
  for (const [one, other, what] of PAIRS) {
    if (!(one in door) && !(other in door)) {
      yield error(path, `is missing ${what}; add ${one} or ${other}`, 'key');
    } else if (one in door && other in door) {
      yield error([...path, other], `must not be beside ${one}, got both; keep one`, 'key');
    }
  }
  const all = 'requestsPerSecond' in door ? door.requestsPerSecond : DEFAULT_DOOR_RATE;
  for (const [name, { requestsPerSecond: own }] of written(door.clients)) {
    if (own === undefined || all === undefined || own <= all) continue;
    const message = `must be at most ${all}, the requestsPerSecond of all together, got the number ${own}; lower it, or raise that of the door`;
    yield error([...path, 'clients', name, 'requestsPerSecond'], message);
  }
}
