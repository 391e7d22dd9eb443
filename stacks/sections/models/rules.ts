import {
  brokenFeatures,
  type EndpointFeature,
  type InvocationKind,
} from '../../../lib/serving/endpoint/endpoint-limits';
import { type Draft, written } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import { batchRules } from './batch/rules';
import { capacityRules } from './capacity-rules';
import { captureRules } from './capture-rules';
import { doorRules } from './door/rules';
import type { DraftModel, DraftModels } from './draft';
import { experimentRules } from './experiment/rules';
import { rolloutRules } from './rollout-rules';
import { SOURCE_KEYS } from './source';
import { imageOfRegistry, weightsOf } from './values';

/** Rules between the values of `models`. */
export function* modelRules(models: DraftModels, file: Draft): Iterable<FileError> {
  for (const [name, model] of written(models)) {
    const path = ['models', name];
    yield* source(path, model, file);
    yield* capacityRules(path, model, file);
    yield* features(path, model);
    yield* weights(path, model);
    yield* rolloutRules([...path, 'rollout'], model);
    yield* captureRules(path, name, model, file);
    yield* batchRules([...path, 'batch'], model, file);
    yield* doorRules([...path, 'door'], model);
    yield* experimentRules([...path, 'experiment'], model, file);
  }
}

function* source(path: Path, model: DraftModel, file: Draft): Iterable<FileError> {
  const present = SOURCE_KEYS.filter((key) => key in model && !(key === 'image' && 'store' in model));
  if (present.length === 0) {
    yield error(path, `is missing where it comes from; add one of ${SOURCE_KEYS.join(', ')}`, 'key');
  }
  for (const key of present.slice(1)) {
    const message = `must not be beside ${present[0]}, got both; keep one of ${SOURCE_KEYS.join(', ')}`;
    yield error([...path, key], message, 'key');
  }
  if ('store' in model && !('image' in model)) {
    yield error(path, 'is missing the image that serves the archive of the store; add image', 'key');
  }
  const isImage = present[0] === 'image';
  if (isImage && 'version' in model) {
    yield error([...path, 'version'], 'has no effect with an image that has its model; remove it, or add store', 'key');
  }
  if (isImage) {
    for (const key of ['challenger', 'shadow'] as const) {
      if (!(key in model)) continue;
      yield error([...path, key], 'needs versions, which an image alone does not have; take package or store', 'key');
    }
  }
  if (present.length > 0 && !isImage && !('version' in model)) {
    yield error(path, 'is missing its version; add the number of the version that answers', 'key');
  }
  if ('variables' in model && !('image' in model)) {
    yield error([...path, 'variables'], 'has no effect without image: a version has its own; remove it', 'key');
  }
  yield* registered(path, model, file);
  yield* ownImage(path, model, file);
}

/** Who serves a version reads its artifact and pulls its image: what registers it says where they are. */
function* registered(path: Path, { package: name }: DraftModel, file: Draft): Iterable<FileError> {
  const { packages = {} } = file.registry ?? {};
  if (name === undefined || !Object.hasOwn(packages, name)) return;
  const pipelines = Object.values(file.training?.pipelines ?? {});
  if (pipelines.some((pipeline) => pipeline === undefined || !('packages' in pipeline) || pipeline.packages === name)) {
    return;
  }
  const message = `must be one that a pipeline of training.pipelines registers, got '${name}', whose artifacts and image are not known; add a pipeline with packages: ${name}, or write from in place of package`;
  yield error([...path, 'package'], message);
}

function* ownImage(path: Path, { image }: DraftModel, file: Draft): Iterable<FileError> {
  const [name] = (image && imageOfRegistry(image)) || [];
  const { images = [] } = file.registry ?? {};
  if (name === undefined) return;
  const known = Array.isArray(images) ? Object.fromEntries(images.map((one) => [one, {}])) : images;
  if (Object.hasOwn(known, 'undefined') || Object.hasOwn(known, name)) return;
  yield error([...path, 'image'], unknownName('registry.images', name, known));
}

/** Place of a feature in the file. */
const PLACES: Readonly<Record<EndpointFeature, readonly string[]>> = {
  network: [],
  capture: ['capture'],
  split: ['challenger'],
  shadow: ['shadow'],
  rolling: ['rollout', 'rolling'],
};

function* features(path: Path, model: DraftModel): Iterable<FileError> {
  const invocation: InvocationKind =
    'serverless' in model ? 'serverless' : 'asynchronous' in model ? 'asynchronous' : 'real-time';
  const present = (Object.keys(PLACES) as EndpointFeature[]).filter((feature) => {
    if (feature === 'network') return false; // a serverless model gets none
    const [key = '', inner] = PLACES[feature];
    const holder = (model as Readonly<Record<string, object | undefined>>)[key];
    return key in model && (inner === undefined || (holder !== undefined && inner in holder));
  });
  for (const { feature, must, fix } of brokenFeatures({ invocation, features: present })) {
    yield error([...path, ...PLACES[feature]], `${must}, got both; ${fix}`, 'key');
  }
}

function* weights(path: Path, { weight, challenger, ...model }: DraftModel): Iterable<FileError> {
  if (weight !== undefined && !challenger) {
    yield error([...path, 'weight'], 'has no effect without a challenger; remove it', 'key');
    return;
  }
  if (challenger?.weight === undefined) return;
  const [own, other] = weightsOf(weight, challenger.weight);
  if (own + other === 0) {
    const message =
      'must not be 0 beside a challenger with weight 0, because no model would answer, got 0; give one a weight';
    yield error([...path, 'weight'], message);
  }
  if (!('weight' in model) && weight === undefined && other > 100) {
    const message = `must be at most 100 without a weight of the model, which has the rest, got the number ${other}; lower it, or write both weights`;
    yield error([...path, 'challenger', 'weight'], message);
  }
}
