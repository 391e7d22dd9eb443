import type { Draft } from '../../environment/draft';
import type { Environment } from '../../environment/environment';
import { error, type FileError } from '../../environment/errors';
import { TRAINING_KEYS } from './keys';

type DraftTraining = NonNullable<Draft['training']>;

/** Rules between the values of `training`. */
export function* trainingRules(training: DraftTraining, file: Draft): Iterable<FileError> {
  yield* instances(training);
  if (training.ownsLogGroups === false && 'logDays' in training) {
    const message = 'has no effect without the log groups, got ownsLogGroups false; remove one of them';
    yield error(['training', 'logDays'], message, 'key');
  }
  yield* TRAINING_KEYS.rules(training, file);
}

function* instances({ instances }: DraftTraining): Iterable<FileError> {
  if (instances === undefined) return;
  if (instances.length === 0) {
    yield error(['training', 'instances'], 'must name at least one type, got none; add one, or remove the key');
  }
  for (const [index, type] of instances.entries()) {
    if (type === undefined || instances.indexOf(type) === index) continue;
    yield error(['training', 'instances', index], `must be listed once, got '${type}' again; remove one`);
  }
}

/** SageMaker has one set of log groups in an account and region. */
export function* trainingCollisions(one: Environment, other: Environment, otherName: string): Iterable<FileError> {
  const owns = [one, other].every(({ training }) => training?.ownsLogGroups);
  if (!owns || one.account !== other.account || one.region !== other.region) return;
  const message = `must be false in all but one environment of an account and region, ${otherName} owns them too, got true; set it to false in one of them`;
  yield error(['training', 'ownsLogGroups'], message);
}
