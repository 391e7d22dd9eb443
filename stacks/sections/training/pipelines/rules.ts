import { metricNames } from '../../../../lib/training/evaluation/metric-limits';
import {
  DEFAULT_PARALLEL_JOBS,
  DEFAULT_TUNING_JOBS,
  PARAMETER_NAME,
  TUNING_LIMITS,
} from '../../../../lib/training/pipeline/pipeline-limits';
import {
  brokenMetric,
  listedMetrics,
  MAX_GATE_METRICS,
} from '../../../../lib/training/pipeline/training/metric-limits';
import { brokenExpression } from '../../../../lib/training/training-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { trackedRules } from '../../tracking/rules';
import { DEFAULT_MAX_RUNTIME_HOURS } from '../defaults';
import { baselineRules } from './baseline';
import { dataRules } from './data-rules';
import { frameworkRules } from './framework-rules';

type DraftPipelines = NonNullable<NonNullable<Draft['training']>['pipelines']>;
/** A pipeline as it is written. */
export type DraftPipeline = NonNullable<DraftPipelines[string]>;

/** Rules between the values of `training.pipelines`. */
export function* pipelineRules(pipelines: DraftPipelines, file: Draft): Iterable<FileError> {
  for (const [name, pipeline] of written(pipelines)) {
    const path = ['training', 'pipelines', name];
    yield* frameworkRules(path, pipeline, file);
    yield* dataRules(path, pipeline, file);
    yield* metricRules(path, pipeline);
    yield* baselineRules(path, pipeline);
    yield* expressionRules(path, pipeline);
    yield* tuningRules(path, pipeline);
    yield* runtimeRules(path, pipeline, file);
    yield* metadataRules(path, pipeline, file);
    yield* qualityRules(path, pipeline, file);
    yield* trackedRules(path, pipeline.tracked, file);
  }
}

function* metricRules(path: Path, { metrics, champion, task }: DraftPipeline): Iterable<FileError> {
  const count = Object.keys(metrics ?? {}).length;
  if (metrics && (count === 0 || count > MAX_GATE_METRICS)) {
    const message = `must have 1 to ${MAX_GATE_METRICS} metrics, got ${count}; declare what a good model must reach`;
    yield error([...path, 'metrics'], message);
  }
  if (task === undefined) return;
  const computed = metricNames(task);
  for (const [name, limit] of written(metrics)) {
    if ((Object.values(limit) as unknown[]).includes(undefined)) continue; // invalid, and reported
    for (const { part, ...rule } of brokenMetric(name, limit, computed)) {
      const [found] = broken([...path, 'metrics', name, ...(part ? [part] : [])], name, [rule]);
      yield { ...found!, at: part ? 'value' : 'key' };
    }
  }
  if (champion?.metric !== undefined && !computed.includes(champion.metric)) {
    const message = `must be a metric that the evaluation computes, got '${champion.metric}'; name ${listedMetrics(computed)}`;
    yield error([...path, 'champion', 'metric'], message);
  }
}

function* expressionRules(path: Path, { logMetrics }: DraftPipeline): Iterable<FileError> {
  for (const [name, expression] of written(logMetrics)) {
    yield* broken([...path, 'logMetrics', name], expression, brokenExpression(expression));
  }
}

function* tuningRules(
  path: Path,
  { tuning, logMetrics = {}, hyperparameters = {} }: DraftPipeline,
): Iterable<FileError> {
  if (!tuning) return;
  const place = [...path, 'tuning'];
  const { strategy = 'Bayesian', metric, ranges } = tuning;
  if (metric !== undefined && !Object.hasOwn(logMetrics, metric)) {
    const known = Object.keys(logMetrics).join(', ') || 'none';
    const message = `must be one of logMetrics (${known}), got '${metric}'; add its expression there`;
    yield error([...place, 'metric'], message);
  }
  const count = Object.keys(ranges ?? {}).length;
  if (ranges && (count === 0 || count > TUNING_LIMITS.ranges)) {
    yield error(
      [...place, 'ranges'],
      `must have 1 to ${TUNING_LIMITS.ranges} hyperparameters, got ${count}; name what to tune`,
    );
  }
  yield* roundRules(place, tuning);
  if (strategy === 'Grid' && 'maxJobs' in tuning) {
    yield error(
      [...place, 'maxJobs'],
      'has no effect with strategy Grid, which starts a job for each combination; remove it',
      'key',
    );
  }
  for (const [name, range] of written(ranges)) {
    if (Object.hasOwn(hyperparameters, name)) {
      const message = `must not be one of hyperparameters, which are the same for all jobs, got '${name}'; remove it from one of the two`;
      yield error([...place, 'ranges', name], message, 'key');
    }
    yield* rangeRules([...place, 'ranges', name], range, strategy);
  }
  yield* limitRules(place, tuning);
}

type DraftTuning = NonNullable<DraftPipeline['tuning']>;

/** By the rounds of a job Hyperband decides which jobs go on. */
function* roundRules(place: Path, tuning: DraftTuning): Iterable<FileError> {
  const isWanted = tuning.strategy === 'Hyperband';
  if (isWanted && !('rounds' in tuning)) {
    yield error(
      place,
      'is missing its rounds for strategy Hyperband; add for example rounds: { min: 1, max: 27 }',
      'key',
    );
  }
  if ('rounds' in tuning && !isWanted && !('strategy' in tuning && tuning.strategy === undefined)) {
    yield error([...place, 'rounds'], 'has no effect without strategy: Hyperband; remove it, or choose it', 'key');
  }
  const { min, max } = tuning.rounds ?? {};
  if (min !== undefined && max !== undefined && min >= max) {
    yield error([...place, 'rounds', 'min'], `must be less than max ${max}, got the number ${min}; lower it`);
  }
}

/** What the hours must be enough for, and the parallel jobs not more than. */
function* limitRules(place: Path, tuning: DraftTuning): Iterable<FileError> {
  const { maxJobs = DEFAULT_TUNING_JOBS, parallelJobs = DEFAULT_PARALLEL_JOBS, maxInstanceHours } = tuning;
  const isUnknown = (['maxJobs', 'parallelJobs'] as const).some((key) => key in tuning && tuning[key] === undefined);
  if (isUnknown) return;
  if (tuning.strategy !== 'Grid' && parallelJobs > maxJobs) {
    const key = 'parallelJobs' in tuning ? 'parallelJobs' : 'maxJobs';
    const message =
      key === 'parallelJobs'
        ? `must be at most maxJobs ${maxJobs}, got the number ${parallelJobs}; the others would never run, and take their part of maxInstanceHours`
        : `must be at least parallelJobs ${parallelJobs}, got the number ${maxJobs}; raise it, or set parallelJobs`;
    yield error([...place, key], message);
  }
  const { min } = TUNING_LIMITS.seconds;
  if (maxInstanceHours !== undefined && (maxInstanceHours * 3600) / parallelJobs < min) {
    const message = `must leave each of ${parallelJobs} parallel jobs ${min} seconds at least, got the number ${maxInstanceHours}; raise it, or lower parallelJobs`;
    yield error([...place, 'maxInstanceHours'], message);
  }
}

type DraftRange = NonNullable<NonNullable<DraftTuning['ranges']>[string]>;

function* rangeRules(path: Path, range: DraftRange, strategy: string): Iterable<FileError> {
  if (Array.isArray(range)) {
    const twice = range.find((word, index) => range.indexOf(word) < index);
    if (twice !== undefined) yield error(path, `must list each word once, got '${twice}' again; remove one`);
    return;
  }
  const { min, max, integer, logarithmic } = range as Exclude<DraftRange, readonly unknown[]>;
  if (strategy === 'Grid') {
    yield error(
      path,
      'must be a list of words with strategy Grid, got a range of numbers; list the values, or use another strategy',
      'key',
    );
  }
  if (min === undefined || max === undefined) return;
  if (min >= max) yield error([...path, 'min'], `must be less than max ${max}, got ${min}; lower it`);
  if (logarithmic && min <= 0)
    yield error([...path, 'min'], `must be above 0 for a logarithmic range, got ${min}; raise it`);
  for (const [key, value] of [
    ['min', min],
    ['max', max],
  ] as const) {
    if (integer && !Number.isInteger(value)) {
      yield error([...path, key], `must be a whole number in a range of integers, got ${value}; round it`);
    }
  }
}

function* runtimeRules(path: Path, { maxRuntimeHours }: DraftPipeline, { training }: Draft): Iterable<FileError> {
  const limit = training && 'maxRuntimeHours' in training ? training.maxRuntimeHours : DEFAULT_MAX_RUNTIME_HOURS;
  if (maxRuntimeHours === undefined || limit === undefined || maxRuntimeHours <= limit) return;
  const message = `must be at most training.maxRuntimeHours ${limit}, got ${maxRuntimeHours}; a policy refuses longer jobs`;
  yield error([...path, 'maxRuntimeHours'], message);
}

/** Every run is started with a parameter for each further key of the group. */
function* metadataRules(path: Path, { packages }: DraftPipeline, { registry }: Draft): Iterable<FileError> {
  if (packages === undefined) return;
  for (const key of entryOf(registry?.packages ?? {}, packages)?.metadata ?? []) {
    if (key === undefined || PARAMETER_NAME.pattern.test(key)) continue;
    const message = `must be a group whose metadata a run can be started with, ${key} is no parameter, got '${packages}'; rename it in registry.packages.${packages}.metadata to ${PARAMETER_NAME.meaning}`;
    yield error([...path, 'packages'], message);
  }
}

function* qualityRules(path: Path, { quality }: DraftPipeline, { lake }: Draft): Iterable<FileError> {
  if (quality === undefined) return;
  const table = entryOf(lake?.tables ?? {}, quality);
  if (!table) return;
  const place = [...path, 'quality'];
  if (!('quality' in table)) {
    const message = `must be a table with quality, got '${quality}'; add expectations to lake.tables.${quality}.quality`;
    yield error(place, message);
    return;
  }
  if (table.format === 'iceberg') {
    const message = `must not be an Iceberg table, which only Glue checks, got '${quality}'; remove it, and set a schedule in lake.tables.${quality}.quality`;
    yield error(place, message);
  }
  const [custom] = Object.keys(table.quality?.custom ?? {});
  if (custom !== undefined) {
    const message = `must be a table without custom rules, which only Glue checks, got '${quality}'; remove lake.tables.${quality}.quality.custom.${custom}, or this key`;
    yield error(place, message);
  }
}
