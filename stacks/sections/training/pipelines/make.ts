import { Construct } from 'constructs';
import { ApprovedBaseline } from '../../../../lib/monitoring/drift/approved-baseline';
import { Baseline } from '../../../../lib/monitoring/drift/baseline';
import { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import { DataSource } from '../../../../lib/training/data/data-source';
import { Evaluation } from '../../../../lib/training/evaluation/evaluation';
import { currentDay } from '../../../../lib/training/framework/day';
import { Framework } from '../../../../lib/training/framework/framework';
import { newestVersion } from '../../../../lib/training/framework/images';
import { Parameter } from '../../../../lib/training/pipeline/parameter';
import { ParameterRange } from '../../../../lib/training/pipeline/steps/parameter-range';
import type { TuningSearch } from '../../../../lib/training/pipeline/steps/tuning-step';
import { TrainingPipeline } from '../../../../lib/training/pipeline/training/training-pipeline';
import { mapValues } from '../../../environment/map-values';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { BASELINE_LOCKS, baselineFolder, baselineName } from './baseline';
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
  makeBaselines(scope, pipelines, available);
  return { pipelines: made };
}

/** Makes a profile of the test data at each approval, for each pipeline that has a baseline. */
function makeBaselines(scope: Construct, pipelines: Pipelines, { data, foundation, services }: Available['services']) {
  const wanted = Object.entries(pipelines).filter(([, { baseline }]) => baseline);
  if (wanted.length === 0) return;
  const own = new Construct(scope, 'Baselines');
  const locks = new TriggerTable(own, 'Locks', { name: BASELINE_LOCKS });
  const framework = Framework.scikitLearn(newestVersion('scikit-learn', currentDay()));
  for (const [name, settings] of wanted) {
    const { testData, format, target, identifiers, baseline } = settings;
    new ApprovedBaseline(own, name, {
      name: baselineName(name),
      workspace: services.training!,
      framework,
      instanceType: baseline!.instance ?? settings.evaluationInstance ?? settings.instance,
      packages: data.packages.get(settings.packages)!,
      data: Baseline.dataSet(data.lake.zone(testData.zone).bucket, testData.prefix, format),
      bucket: data.models.bucket,
      folder: baselineFolder(name),
      ignored: [target, ...identifiers],
      categories: baseline!.categories,
      locks,
      alarmTopicArns: foundation.alarmActions?.topicArnsOf('warning') ?? [],
    });
  }
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
