import { brokenCron } from '../../../../lib/scheduler/trigger/cron-limits';
import { DEFAULT_SAMPLING_PERCENT } from '../../../../lib/serving/endpoint/endpoint-limits';
import { brokenInstant } from '../../../../lib/serving/experiment/experiment-limits';
import { currentDay } from '../../../../lib/training/framework/day';
import { brokenProcessor, newestVersion } from '../../../../lib/training/framework/images';
import { processorOf } from '../../../../lib/training/training-limits';
import type { Draft } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unlistedInstance } from '../../training/allowed-instances';
import type { DraftModel } from '../draft';
import { weightsOf } from '../values';

type DraftExperiment = NonNullable<DraftModel['experiment']>;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALL_REQUESTS = 100;

/** Rules between the values of an experiment. */
export function* experimentRules(path: Path, model: DraftModel, file: Draft): Iterable<FileError> {
  const { experiment } = model;
  if (!experiment) return;
  if (!('challenger' in model)) {
    yield error(path, 'needs a challenger, which is compared with the model; add challenger', 'key');
  }
  yield* instance([...path, 'instance'], path, experiment, file);
  if (experiment.cron !== undefined) yield* broken([...path, 'cron'], experiment.cron, brokenCron(experiment.cron));
  yield* times(path, experiment);
  yield* captured(path, model, experiment);
  yield* units(path, model, experiment);
  yield* metrics(path, experiment);
}

function* instance(place: Path, path: Path, { instance: type }: DraftExperiment, file: Draft): Iterable<FileError> {
  if (!('training' in file)) {
    yield error(path, 'needs training, in whose network it is read; add training', 'key');
    return;
  }
  if (type === undefined) return;
  const newest = newestVersion('scikit-learn', currentDay());
  yield* broken(place, type, brokenProcessor('scikit-learn', newest, processorOf(type)));
  yield* unlistedInstance(place, type, file);
}

function* times(path: Path, { start, end }: DraftExperiment): Iterable<FileError> {
  for (const [key, value] of Object.entries({ start, end })) {
    if (value !== undefined) yield* broken([...path, key], value, brokenInstant(value));
  }
  if (start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start)) {
    yield error([...path, 'end'], `must be after the start ${start}, got '${end}'; write a later instant`);
  }
}

/** All requests are captured, and until the last outcomes are known. */
function* captured(path: Path, model: DraftModel, experiment: DraftExperiment): Iterable<FileError> {
  if (!('capture' in model)) {
    yield error(path, 'needs captured requests, which it reads; add capture: { sampling: 100 }', 'key');
    return;
  }
  const { capture } = model;
  if (capture === undefined) return;
  const sampling = 'sampling' in capture ? capture.sampling : DEFAULT_SAMPLING_PERCENT;
  const place = [...path.slice(0, -1), 'capture'];
  if (sampling !== undefined && sampling !== ALL_REQUESTS) {
    const message = `must be ${ALL_REQUESTS} with an experiment: of a part, units with many requests are seen more often, got the number ${sampling}; write ${ALL_REQUESTS}, or remove the experiment`;
    yield error(
      'sampling' in capture ? [...place, 'sampling'] : place,
      message,
      'sampling' in capture ? 'value' : 'key',
    );
  }
  const { start, end, maturityHours } = experiment;
  if (capture.days === undefined || start === undefined || end === undefined || maturityHours === undefined) return;
  const needed = Math.ceil((Date.parse(end) + maturityHours * HOUR - Date.parse(start)) / DAY) + 1;
  if (!Number.isNaN(needed) && capture.days < needed) {
    const message = `must be at least ${needed}, until the outcomes of the experiment are known, got the number ${capture.days}; raise it, or end the experiment earlier`;
    yield error([...place, 'days'], message);
  }
}

function* units(path: Path, { weight, challenger }: DraftModel, experiment: DraftExperiment): Iterable<FileError> {
  const { share, hashed } = experiment;
  const isByRequest = !('unit' in experiment);
  if (hashed === true && isByRequest) {
    const message =
      'must not be true without unit: a request has no variant by its id, got true; add unit, or remove it';
    yield error([...path, 'hashed'], message);
  }
  if (challenger?.weight === undefined) return;
  const [own, other] = weightsOf(weight, challenger.weight);
  const percent = (100 * other) / (own + other);
  if (isByRequest && share !== undefined && own + other > 0 && share !== percent) {
    const message = `must be the ${Number(percent.toFixed(2))} % of its weight, by which SageMaker deals requests out, got the number ${share}; remove it, or add unit, by which clients deal them out`;
    yield error([...path, 'share'], message);
  }
  if (!('share' in experiment) && (own === 0 || other === 0)) {
    yield error(path, 'is missing its share, because one of the weights is 0; add share, for example share: 10', 'key');
  }
}

function* metrics(path: Path, { primary, guards = [] }: DraftExperiment): Iterable<FileError> {
  const all = [[['primary'], primary] as const, ...guards.map((guard, index) => [['guards', index], guard] as const)];
  for (const [place, metric] of all) {
    const { kind, effect = 0 } = metric ?? {};
    if (kind !== 'proportion' || effect < 1) continue;
    const message = `must be below 1 of a proportion, where 0.01 is a percentage point, got the number ${effect}`;
    yield error([...path, ...place, 'effect'], `${message}; write ${Math.min(effect, 99) / 100} for example`);
  }
  const names = [primary?.name, ...guards.map((guard) => guard?.name)];
  for (const [index, name] of names.entries()) {
    if (name === undefined || names.indexOf(name) === index) continue;
    const message = `must be the name of one metric, got '${name}' again; write another`;
    yield error([...path, 'guards', index - 1, 'name'], message);
  }
}
