import { BASE_MODEL_CHANNEL } from '../../../../lib/training/pretrained/pretrained-limits';
import { CODE_CHANNEL, MAX_CHANNELS } from '../../../../lib/training/training-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { error, type FileError, type Path } from '../../../environment/errors';
import { inputRules } from '../inputs';
import type { DraftPipeline } from './rules';

type DraftInput = NonNullable<NonNullable<DraftPipeline['inputs']>[string]>;

/** Rules of what a pipeline reads. */
export function* dataRules(path: Path, pipeline: DraftPipeline, file: Draft): Iterable<FileError> {
  const { target, identifiers = [] } = pipeline;
  const dropped = target === undefined ? -1 : identifiers.indexOf(target);
  if (dropped >= 0) {
    const message = `must not be the target, which is the truth and no identifier, got '${target}'; remove it`;
    yield error([...path, 'identifiers', dropped], message);
  }
  yield* sourceRules(path, pipeline, file);
  yield* channelRules(path, pipeline);
  yield* overlapRules(path, pipeline, file);
  yield* baseModelRules(path, pipeline, file);
}

function* sourceRules(path: Path, { inputs, preparation }: DraftPipeline, file: Draft): Iterable<FileError> {
  for (const [channel, input] of written(inputs)) {
    const place = [...path, 'inputs', channel];
    yield* inputRules(place, input, 'training', file);
    const type = typeOf(input, file);
    if ('mode' in input && (type === 'lustre' || type === 'efs')) {
      yield error(
        [...place, 'mode'],
        `has no effect with a file system of ${type}, which is mounted; remove it`,
        'key',
      );
    }
    const plainReads = entryOf(file.training?.fileSystems ?? {}, input.fileSystem ?? '')?.plainReads;
    if (type === 'efs' && plainReads !== true) {
      const message = `must be a file system with plainReads for a training job, which mounts it without TLS and a role, got '${input.fileSystem}'; set plainReads: true there, or use data of a zone`;
      yield error([...place, 'fileSystem'], message);
    }
  }
  const raw = preparation?.inputs;
  if (raw && Object.keys(raw).length === 0) {
    yield error([...path, 'preparation', 'inputs'], 'must have raw data, got none; add it');
  }
  for (const [name, input] of written(raw)) {
    const place = [...path, 'preparation', 'inputs', name];
    yield* inputRules(place, input, 'processing', file);
    if (name === CODE_CHANNEL)
      yield error(place, `must not be called ${name}, which has the program; rename it`, 'key');
  }
}

/** The channels of a training: those of its inputs, of its preparation, and of what the platform adds. */
function* channelRules(path: Path, pipeline: DraftPipeline): Iterable<FileError> {
  const { inputs = {}, preparation, ...rest } = pipeline;
  const prepared = preparation?.channels ?? [];
  if (Object.keys(inputs).length === 0 && !('preparation' in pipeline) && !isFaulty(pipeline, 'inputs')) {
    const message =
      'must have a channel, got none; add for example train: { zone: features, prefix: churn/train }, or a preparation that writes it';
    yield error([...path, 'inputs'], message, 'inputs' in pipeline ? 'value' : 'key');
  }
  for (const [index, channel] of prepared.entries()) {
    if (channel === undefined) continue;
    const place = [...path, 'preparation', 'channels', index];
    if (prepared.indexOf(channel) < index) {
      yield error(place, `must be listed once, got '${channel}' again; remove one`);
    } else if (Object.hasOwn(inputs, channel)) {
      yield error(place, `must not be one of inputs, got '${channel}'; remove it there: the preparation writes it`);
    }
  }
  const reserved = { [CODE_CHANNEL]: 'the code', ...('baseModel' in rest && { [BASE_MODEL_CHANNEL]: 'baseModel' }) };
  const all = [
    ...Object.keys(inputs).map((name) => ({ name, place: [...path, 'inputs', name] })),
    ...prepared.map((name, index) => ({ name, place: [...path, 'preparation', 'channels', index] })),
  ];
  for (const { name, place } of all) {
    const what = name === undefined ? undefined : entryOf<string>(reserved, name);
    if (what === undefined) continue;
    yield error(place, `must not be called ${name}, the channel of ${what}; rename it`, 'key');
  }
  const most = MAX_CHANNELS - Object.keys(reserved).length;
  if (all.length > most) {
    yield error([...path, 'inputs'], `must have at most ${most} channels, got ${all.length}; join some in one folder`);
  }
}

/** Whether the value of a key is invalid, and reported as such. */
function isFaulty(pipeline: DraftPipeline, key: keyof DraftPipeline): boolean {
  return key in pipeline && pipeline[key] === undefined;
}

/** A model that has seen its test data is judged too well. */
function* overlapRules(path: Path, { inputs, preparation, testData }: DraftPipeline, file: Draft): Iterable<FileError> {
  const test = placeOf(testData, file);
  if (test === undefined) return;
  const sources = [
    ...written(inputs).map(([name, source]) => [`the training data of ${name}`, source] as const),
    ...written(preparation?.inputs).map(([name, source]) => [`the raw data of ${name}`, source] as const),
  ];
  for (const [what, source] of sources) {
    const train = placeOf(source, file);
    if (train === undefined || !(test.startsWith(train) || train.startsWith(test))) continue;
    const message = `must not overlap ${what}, got '${testData?.prefix}'; hold data out in a folder of its own`;
    yield error([...path, 'testData', 'prefix'], message);
  }
}

/** The folder of a zone that data is in, also through a cache of it; `undefined` of other data. */
function placeOf(input: DraftInput | undefined, file: Draft): string | undefined {
  const { zone, prefix, fileSystem = '', directory } = input ?? {};
  if (zone !== undefined && prefix !== undefined) return `${zone}/${prefix}/`;
  const cache = entryOf(file.training?.fileSystems ?? {}, fileSystem);
  if (cache?.type !== 'lustre' || cache.zone === undefined || cache.prefix === undefined) return undefined;
  return `${cache.zone}/${cache.prefix}/${directory === undefined ? '' : `${directory}/`}`;
}

function typeOf({ fileSystem = '' }: DraftInput, file: Draft) {
  return entryOf(file.training?.fileSystems ?? {}, fileSystem)?.type;
}

function* baseModelRules(path: Path, { baseModel, team }: DraftPipeline, { training }: Draft): Iterable<FileError> {
  if (baseModel === undefined || team === undefined) return;
  const models = training?.pretrained?.models ?? {};
  const teams = entryOf(models, baseModel)?.teams;
  if (!teams?.length || teams.includes(undefined) || teams.includes(team)) return;
  const message = `must be a model that team ${team} may read, got '${baseModel}'; add the team to training.pretrained.models.${baseModel}.teams`;
  yield error([...path, 'baseModel'], message);
}
