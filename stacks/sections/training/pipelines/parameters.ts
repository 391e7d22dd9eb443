import { REQUIRED_METADATA } from '../../../../lib/registry/packages/package-limits';
import { BASE_MODEL_PARAMETER } from '../../../../lib/training/pretrained/pretrained-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { CUSTOM } from './framework-keys';
import type { DraftPipeline } from './rules';

/** Parameter of a pipeline whose data has no version that a job could compute. */
export const DATA_VERSION_PARAMETER = 'DataVersion';

/** What a run of a pipeline of the file may be started with, beside its cause: names, and whether a run must have the value. */
export function parametersOf(pipeline: DraftPipeline, file: Draft): ReadonlyMap<string, boolean> {
  const parameters = new Map<string, boolean>();
  if (pipeline.framework !== CUSTOM || pipeline.scriptMode) parameters.set('CodeUri', false);
  if ('baseModel' in pipeline) parameters.set(BASE_MODEL_PARAMETER, false);
  const inputs = [...written(pipeline.inputs), ...written(pipeline.preparation?.inputs)];
  const isOfEfs = ([, { fileSystem = '' }]: (typeof inputs)[number]) =>
    entryOf(file.training?.fileSystems ?? {}, fileSystem)?.type === 'efs';
  if (inputs.some(isOfEfs)) parameters.set(DATA_VERSION_PARAMETER, true);
  const own: readonly string[] = REQUIRED_METADATA;
  for (const key of entryOf(file.registry?.packages ?? {}, pipeline.packages ?? '')?.metadata ?? []) {
    if (key !== undefined && !own.includes(key)) parameters.set(key, true);
  }
  return parameters;
}
