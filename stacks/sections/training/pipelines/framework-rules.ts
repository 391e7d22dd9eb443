import { currentDay } from '../../../../lib/training/framework/day';
import {
  brokenProcessor,
  brokenVersion,
  FRAMEWORK_IMAGES,
  type FrameworkName,
  newestVersion,
  supportOf,
} from '../../../../lib/training/framework/images';
import { SERVING_FRAMEWORKS } from '../../../../lib/training/pipeline/pipeline-limits';
import { processorOf } from '../../../../lib/training/training-limits';
import { type Draft, entryOf } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import { SIZES } from '../../../environment/schema/choices';
import { INSTANCES } from '../defaults';
import { CUSTOM, imageOfRegistry } from './framework-keys';
import type { DraftPipeline } from './rules';

/** Rules of what trains, and on what. */
export function* frameworkRules(path: Path, pipeline: DraftPipeline, file: Draft): Iterable<FileError> {
  const { framework } = pipeline;
  yield* instanceRules(path, pipeline, file);
  for (const key of ['image', 'servingImage'] as const) yield* imageRules([...path, key], pipeline[key], file);
  if (framework === undefined) return;
  yield* framework === CUSTOM ? customRules(path, pipeline) : versionRules(path, framework, pipeline);
  if (!SERVING_FRAMEWORKS.includes(framework) && !('servingImage' in pipeline)) {
    const message = `needs the servingImage of the model: the training image of ${framework} does not serve, got none; add an image that serves it`;
    yield error(path, message, 'key');
  }
}

function* customRules(path: Path, pipeline: DraftPipeline): Iterable<FileError> {
  if (!('image' in pipeline)) {
    const message = 'is missing; add the image by its digest, for example image: train@sha256:<64 digits>';
    yield error([...path, 'image'], message, 'key');
  }
  if ('unsupportedBecause' in pipeline) {
    const message = 'has no effect with an image of your own, whose patches are yours; remove it';
    yield error([...path, 'unsupportedBecause'], message, 'key');
  }
  if ('scriptMode' in pipeline && pipeline.scriptMode !== false) return;
  for (const key of ['entryPoint', 'preparation'] as const) {
    if (!(key in pipeline)) continue;
    const message = `has no effect with an image that brings its own program, without the code of the team; remove it, or set scriptMode: true`;
    yield error([...path, key], message, 'key');
  }
}

function* versionRules(path: Path, framework: FrameworkName, pipeline: DraftPipeline): Iterable<FileError> {
  for (const key of ['image', 'scriptMode'] as const) {
    if (key in pipeline)
      yield error(
        [...path, key],
        `is not for framework ${framework}; remove it, or choose framework: ${CUSTOM}`,
        'key',
      );
  }
  const { frameworkVersion: version } = pipeline;
  const day = currentDay();
  if (!('frameworkVersion' in pipeline)) {
    const message = `is missing; add for example frameworkVersion: "${newestVersion(framework, day)}"`;
    yield error([...path, 'frameworkVersion'], message, 'key');
  }
  if (version === undefined) return;
  const image = entryOf(FRAMEWORK_IMAGES[framework], version);
  const isAccepted = image !== undefined && 'unsupportedBecause' in pipeline;
  if (!isAccepted) {
    yield* broken([...path, 'frameworkVersion'], version, brokenVersion(framework, version, day));
  } else if (supportOf(image, day).state === 'supported') {
    const message = `has no effect before the patches of ${framework} ${version} end on ${image.supportEnds}; remove it`;
    yield error([...path, 'unsupportedBecause'], message, 'key');
  }
}

/** An image of the registry is one of its repositories; a job pulls from its own region. */
function* imageRules(path: Path, image: string | undefined, { registry, region }: Draft): Iterable<FileError> {
  if (image === undefined) return;
  const [name] = imageOfRegistry(image) ?? [];
  if (name === undefined) {
    const [, there] = /\.dkr\.ecr\.([a-z0-9-]+)\./.exec(image) ?? [];
    if (there === undefined || region === undefined || there === region) return;
    yield error(path, `must be an image in region ${region}, got one in ${there}; replicate it to this region`);
    return;
  }
  if (registry !== undefined && 'images' in registry && registry.images === undefined) return;
  const names = registry?.images ?? {};
  const known = Array.isArray(names) ? Object.fromEntries(names.map((one) => [one, {}])) : names;
  if (Object.hasOwn(known, 'undefined') || Object.hasOwn(known, name)) return;
  yield error(path, unknownName('registry.images', name, known));
}

/** A type outside of the list would be refused by a policy, in the middle of a run. */
function* instanceRules(
  path: Path,
  pipeline: DraftPipeline,
  { training, size = SIZES[0] }: Draft,
): Iterable<FileError> {
  const { framework, frameworkVersion, instance, evaluationInstance, preparation, baseline } = pipeline;
  const isListed = training !== undefined && 'instances' in training;
  const allowed = isListed ? training.instances : INSTANCES.of(size);
  const types = {
    ...{ instance, evaluationInstance },
    'preparation.instance': preparation?.instance,
    'baseline.instance': baseline?.instance,
  };
  for (const [key, type] of Object.entries(types)) {
    if (type === undefined) continue;
    const place = [...path, ...key.split('.')];
    // an empty list and one with an error are refused where they are
    if (allowed && allowed.length > 0 && !allowed.includes(undefined) && !allowed.includes(type)) {
      const message = `must be one of training.instances (${allowed.join(', ')}), got '${type}'; add it there, or choose one of them`;
      yield error(place, message);
    }
    // the program of a baseline has an image of its own
    const isOwn = key !== 'baseline.instance';
    if (isOwn && framework && framework !== CUSTOM && frameworkVersion) {
      yield* broken(place, type, brokenProcessor(framework, frameworkVersion, processorOf(type)));
    }
  }
}
