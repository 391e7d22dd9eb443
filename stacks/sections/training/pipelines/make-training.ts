import type { Construct } from 'constructs';
import { registryHost, withReference } from '../../../../lib/registry/image-registry';
import { DataSource } from '../../../../lib/training/data/data-source';
import { Framework } from '../../../../lib/training/framework/framework';
import type { BaseModel, Preparation } from '../../../../lib/training/pipeline/training/training-pipeline-props';
import { BASE_MODEL_CHANNEL } from '../../../../lib/training/pretrained/pretrained-limits';
import { SageMakerTraining } from '../../../../lib/training/sagemaker/sagemaker-training';
import { TrainingCode } from '../../../../lib/training/sagemaker/training-code';
import { mapValues } from '../../../environment/map-values';
import type { Available, Services } from '../../../offers';
import { sourceOf } from '../make-inputs';
import { CODE_ARCHIVE, CUSTOM, imageOfRegistry } from './framework-keys';
import type { Pipelines } from './section';

type Settings = Pipelines[string];
type Parts = Pick<Available['services'], 'environment' | 'data' | 'services'>;

/** Creates the training of a pipeline. */
export function makeTraining(scope: Construct, name: string, settings: Settings, parts: Parts): SageMakerTraining {
  const { team, maxRuntimeHours, baseModel, tracked, tensorBoard } = settings;
  const { training: workspace, pretrained, tracking } = parts.services;
  const framework = frameworkOf(scope, settings, parts);
  const model = baseModel === undefined ? undefined : pretrained!.model(baseModel);
  const training = new SageMakerTraining(scope, name, {
    workspace: workspace!,
    team,
    framework,
    ...(framework.scriptMode && {
      code: TrainingCode.fromBucket(workspace!.bucket, `${name}/${CODE_ARCHIVE}`),
      entryPoint: settings.entryPoint,
    }),
    instanceType: settings.instance,
    inputs: { ...channelsOf(name, settings, parts), ...(model && { [BASE_MODEL_CHANNEL]: model.dataSource }) },
    environment: { ...(model && withoutChecksum(model.environment())), ...(tracked && tracking!.environment) },
    networkIsolation: !tracked, // a container without a network reaches no server
    tensorBoard,
    hyperparameters: settings.hyperparameters,
    metrics: settings.logMetrics,
    spot: settings.spot,
    maxRuntimeMinutes: maxRuntimeHours === undefined ? undefined : maxRuntimeHours * 60,
  });
  if (tracked) tracking!.grantTrack(training.role);
  if (model) pretrained!.grantTeam(training.role, team); // a run may be started with another model
  return training;
}

function frameworkOf(
  scope: Construct,
  { framework: name, frameworkVersion: version, image, ...own }: Settings,
  parts: Parts,
): Framework {
  if (name !== CUSTOM) return Framework.of({ name, version: version!, unsupportedBecause: own.unsupportedBecause });
  return Framework.custom({ image: imageUri(scope, image!, parts), scriptMode: own.scriptMode, version });
}

/** The address of an image, which is one of the registry or an address already. */
export function imageUri(scope: Construct, image: string, { data }: Pick<Parts, 'data'>): string {
  const [name, digest] = imageOfRegistry(image) ?? [];
  if (name === undefined) return image;
  return withReference(`${registryHost(scope)}/${data.images.get(name)!.repositoryName}`, digest!);
}

/** What is written, and a folder for each channel that the preparation writes: a job that is started by hand reads that. */
function channelsOf(name: string, { team, inputs, preparation }: Settings, { data, services }: Parts) {
  const { bucket } = services.training!;
  const prepared = preparation?.channels.map((channel) => {
    return [channel, DataSource.bucket(bucket, `${name}/prepared/${channel}`)] as const;
  });
  const written = mapValues(inputs ?? {}, (input) => sourceOf(input, team, data, services.fileSystems));
  return { ...written, ...Object.fromEntries(prepared ?? []) };
}

/** The checksum is that of the default model; a program finds that of the run's in `model.json` beside the files. */
function withoutChecksum({ PRETRAINED_MODEL_SHA256: _, ...variables }: Readonly<Record<string, string>>) {
  return variables;
}

/** The job before the training. */
export function preparationOf(
  { team, preparation }: Settings,
  { data, services }: Pick<Parts, 'data' | 'services'>,
): Preparation | undefined {
  if (!preparation) return undefined;
  const { entryPoint, channels, instance, cacheDays } = preparation;
  return {
    entryPoint,
    arguments: preparation.arguments,
    inputs: mapValues(preparation.inputs, (input) => sourceOf(input, team, data, services.fileSystems)),
    channels,
    instanceType: instance,
    cacheFor: cacheDays === undefined ? undefined : `P${cacheDays}D`,
  };
}

/** The model that the training starts from: a parameter of each run. */
export function baseModelOf({ team, baseModel }: Settings, { pretrained }: Partial<Services>): BaseModel | undefined {
  if (baseModel === undefined) return undefined;
  return {
    channel: BASE_MODEL_CHANNEL,
    uri: pretrained!.parameter(baseModel, team),
    licence: pretrained!.model(baseModel).licence,
  };
}

/** Whether a run reads files of EFS, of which no job can compute the version. */
export function hasUnknownVersion({ inputs, preparation }: Settings, { fileSystems }: Partial<Services>): boolean {
  const all = [...Object.values(inputs ?? {}), ...Object.values(preparation?.inputs ?? {})];
  return all.some(({ fileSystem }) => fileSystem !== undefined && fileSystems?.efs.has(fileSystem));
}
