import type * as z from 'zod';
import { brokenCron } from '../../../../lib/scheduler/trigger/cron-limits';
import { currentDay } from '../../../../lib/training/framework/day';
import { brokenProcessor, newestVersion } from '../../../../lib/training/framework/images';
import { processorOf } from '../../../../lib/training/training-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import { unlistedInstance } from '../../training/allowed-instances';
import { retrainRules } from '../loop/rules';
import { DATA_SET_KEYS, type DriftSchema, PROFILE_KEYS } from './schema';

type DraftDrift = Draft<NonNullable<z.input<typeof DriftSchema>>>;
type DraftMonitor = NonNullable<DraftDrift[string]>;

/** Rules of the monitors of drift: each watches a model that captures, and runs where jobs run. */
export function* driftRules(own: DraftDrift | undefined, file: Draft): Iterable<FileError> {
  for (const [name, monitor] of written(own)) {
    const path = ['monitoring', 'drift', name];
    yield* modelRules(path, name, monitor, file);
    yield* instanceRules(path, monitor, file);
    yield* baselineRules([...path, 'baseline'], monitor);
    yield* pipelineRules([...path, 'baseline', 'pipeline'], name, monitor, file);
    if (monitor.cron !== undefined) yield* broken([...path, 'cron'], monitor.cron, brokenCron(monitor.cron));
    yield* columnRules(path, monitor);
    yield* retrainRules([...path, 'retrain'], name, monitor.retrain, file);
  }
}

function* modelRules(path: Path, name: string, { windowHours }: DraftMonitor, file: Draft): Iterable<FileError> {
  if ('models' in file && file.models === undefined) return;
  const models = file.models ?? {};
  if (!Object.hasOwn(models, name)) {
    yield error(path, unknownName('models', name, models), 'key');
    return;
  }
  const model = entryOf(models, name);
  if (model !== undefined && !('capture' in model)) {
    yield error(path, `is missing captured data, because models.${name} captures nothing; add its capture`, 'key');
  }
  const keptHours = (model?.capture?.days ?? Infinity) * 24;
  if (windowHours !== undefined && windowHours > keptHours) {
    const message = `must be at most ${keptHours}, because models.${name} keeps what it captures for ${keptHours / 24} days, got the number ${windowHours}; lower it, or raise capture.days`;
    yield error([...path, 'windowHours'], message);
  }
}

function* instanceRules(path: Path, { instance }: DraftMonitor, file: Draft): Iterable<FileError> {
  if (!('training' in file)) {
    yield error(path, 'is missing a place to run, because the file has no training; add training: {}', 'key');
    return;
  }
  if (instance !== undefined) {
    const newest = newestVersion('scikit-learn', currentDay());
    yield* broken([...path, 'instance'], instance, brokenProcessor('scikit-learn', newest, processorOf(instance)));
  }
  yield* unlistedInstance([...path, 'instance'], instance, file);
}

function* baselineRules(path: Path, { baseline }: DraftMonitor): Iterable<FileError> {
  if (baseline === undefined) return;
  const given = DATA_SET_KEYS.filter((key) => key in baseline);
  const missing = DATA_SET_KEYS.filter((key) => !(key in baseline));
  const whole = PROFILE_KEYS.filter((key) => key in baseline);
  const [spare] = [...given, ...whole.slice(1)];
  if (whole.length > 0 && spare !== undefined) {
    yield error(
      [...path, spare],
      `has no effect beside ${whole[0]}, which is a baseline by itself; remove one of them`,
      'key',
    );
  } else if (whole.length === 0 && missing.length > 0) {
    yield error(
      path,
      `is missing ${missing.join(', ')} of a data set, or a profile; add them, or pipeline, or profile`,
    );
  }
}

/** The profile of a pipeline belongs to the group whose versions are approved. */
function* pipelineRules(path: Path, model: string, { baseline }: DraftMonitor, file: Draft): Iterable<FileError> {
  const name = baseline?.pipeline;
  const pipeline = name === undefined ? undefined : entryOf(file.training?.pipelines ?? {}, name);
  if (pipeline === undefined) return;
  if (!('baseline' in pipeline)) {
    const message = `must be a pipeline with a baseline, got '${name}'; add baseline: {} to training.pipelines.${name}`;
    yield error(path, message);
  }
  const served = entryOf(file.models ?? {}, model);
  const { packages } = pipeline;
  if (served === undefined || packages === undefined || served.package === packages) return;
  if ('package' in served && served.package === undefined) return; // invalid, and reported
  const message = `must register in the group of models.${model}, got '${name}', which registers in ${packages}; name another pipeline, or let the model take its versions from ${packages}`;
  yield error(path, message);
}

function* columnRules(path: Path, monitor: DraftMonitor): Iterable<FileError> {
  for (const key of ['features', 'predictions', 'ignored', 'categories'] as const) {
    const names = monitor[key] ?? [];
    for (const [index, name] of names.entries()) {
      if (name === undefined || names.indexOf(name) === index) continue;
      yield error([...path, key, index], `must be there once, got '${name}' again; remove it`);
    }
  }
  const { ignored = [], categories = [], predictions = [] } = monitor;
  for (const [index, name] of ignored.entries()) {
    if (name === undefined || !(categories.includes(name) || predictions.includes(name))) continue;
    const message = `must not be in categories or predictions too, got '${name}'; remove it from one of them`;
    yield error([...path, 'ignored', index], message);
  }
}
