import { Construct } from 'constructs';
import { Source } from '../../../../lib/scheduler/trigger/source';
import type { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import { CaptureSource } from '../../../../lib/serving/captured/capture-source';
import type { IEndpoint } from '../../../../lib/serving/endpoint/endpoint-base';
import { ExperimentReport } from '../../../../lib/serving/experiment/experiment-report';
import { currentDay } from '../../../../lib/training/framework/day';
import { Framework } from '../../../../lib/training/framework/framework';
import { newestVersion } from '../../../../lib/training/framework/images';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import type { Models } from '../section';
import { CHALLENGER, CHAMPION } from '../section';
import { weightsOf } from '../values';
import { planOf } from './values';

/** Creates the report of each experiment. */
export function makeExperiments(
  stack: LayerStack,
  models: Models,
  endpoints: Readonly<Record<string, IEndpoint>>,
  { data, foundation, services }: Available['models'],
  locks: () => TriggerTable,
): void {
  const all = Object.entries(models).flatMap(([name, model]) =>
    model.experiment ? [[name, model, model.experiment] as const] : [],
  );
  if (all.length === 0) return;
  const scope = new Construct(stack, 'Experiments');
  const framework = Framework.scikitLearn(newestVersion('scikit-learn', currentDay()));
  for (const [name, { weight, challenger }, experiment] of all) {
    const { outcomes, instance, cron } = experiment;
    new ExperimentReport(scope, name, {
      plan: planOf(experiment, weightsOf(weight, challenger!.weight)),
      workspace: services.training!,
      framework,
      instanceType: instance,
      captured: CaptureSource.endpoint(endpoints[name]!, [CHAMPION, CHALLENGER]),
      outcomes: { bucket: data.lake.zone(outcomes.zone).bucket, prefix: outcomes.prefix },
      locks: locks(),
      on: cron === undefined ? undefined : Source.cron(cron),
      alarmTopicArns: foundation.alarmActions?.topicArnsOf('warning'),
    });
  }
}
