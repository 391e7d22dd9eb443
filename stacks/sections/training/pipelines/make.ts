import { Construct } from 'constructs';
import { DataSource } from '../../../../lib/training/data/data-source';
import { Evaluation } from '../../../../lib/training/evaluation/evaluation';
import { Parameter } from '../../../../lib/training/pipeline/parameter';
import { ParameterRange } from '../../../../lib/training/pipeline/steps/parameter-range';
import type { TuningSearch } from '../../../../lib/training/pipeline/steps/tuning-step';
import { TrainingPipeline } from '../../../../lib/training/pipeline/training/training-pipeline';
import { mapValues } from '../../../environment/map-values';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { baseModelOf, hasUnknownVersion, imageUri, makeTraining, preparationOf } from './make-training';
import { DATA_VERSION_PARAMETER } from './parameters';
import { PIPELINES_ID, type Pipelines } from './section';

type Settings = Pipelines[string];

/** Creates a training and its pipeline for each name. */
export function makePipelines(
  stack: LayerStack,
  pipelines: Pipelines,
  available: Available['services'],
): Pick<Services, 'pipelines'> {
  const { data, services } = available;
  const scope = new Construct(stack, PIPELINES_ID);
  const made = new Map<string, TrainingPipeline>();
  for (const [name, settings] of Object.entries(pipelines)) {
    const training = makeTraining(scope, name, settings, available);
    const { task, target, format, identifiers, tuning } = settings;
    const pipeline = new TrainingPipeline(training, 'Pipeline', {
      name,
      training,
      owner: settings.team,
      testData: DataSource.zone(data.lake.zone(settings.testData.zone), settings.testData.prefix),
      evaluation: Evaluation.tabular({ task, target, format, identifiers }),
      evaluationInstanceType: settings.evaluationInstance,
      metrics: settings.metrics,
      champion: settings.champion,
      packages: data.packages.get(settings.packages)!,
      quality: settings.quality === undefined ? undefined : data.quality.get(settings.quality),
      tuning: tuning && searchOf(tuning),
      servingImage: settings.servingImage && imageUri(scope, settings.servingImage, available),
      preparation: preparationOf(settings, available),
      baseModel: baseModelOf(settings, services),
      dataVersion: hasUnknownVersion(settings, services) ? Parameter.string(DATA_VERSION_PARAMETER) : undefined,
      servingProgram: settings.servingProgram,
    });
    made.set(name, pipeline);
  }
  return { pipelines: made };
}

function searchOf({ metric, goal, ranges, ...search }: NonNullable<Settings['tuning']>): TuningSearch {
  return {
    ...search,
    objective: { metric, goal },
    ranges: mapValues(ranges, (range) => {
      if (Array.isArray(range)) return ParameterRange.categorical(range);
      const { min, max, integer, logarithmic } = range as Exclude<typeof range, readonly string[]>;
      const scaling = logarithmic ? 'Logarithmic' : 'Auto';
      return integer ? ParameterRange.integer(min, max, scaling) : ParameterRange.continuous(min, max, scaling);
    }),
  };
}
