import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { partitionOf } from '../../../../lib/aws/arns';
import { DagQueue } from '../../../../lib/scheduler/airflow/dag-queue';
import { Source } from '../../../../lib/scheduler/trigger/source';
import { Target } from '../../../../lib/scheduler/trigger/target';
import { Trigger } from '../../../../lib/scheduler/trigger/trigger';
import { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { dagsOf } from './dags';
import { MINUTES_PER_HOUR } from './schema';
import { LOCKS, type Triggers } from './section';

type Settings = Triggers[string];

/** Output of the stack: the page of each trigger in the console. */
export const CONSOLES_OUTPUT = 'TriggerConsoles';

/** Domains of the consoles by partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Creates the table of locks, and a trigger for each name. */
export function makeTriggers(
  stack: LayerStack,
  settings: Triggers,
  available: Available['services'],
): Pick<Services, 'triggers' | 'dagQueues' | 'triggerLocks'> {
  const scope = new Construct(stack, 'Triggers');
  const locks = new TriggerTable(scope, 'Locks', { name: LOCKS });
  const dagQueues = makeDagQueues(scope, settings, available);
  const triggers = new Map(
    Object.entries(settings).map(([name, one]) => {
      const trigger = new Trigger(scope, `Trigger-${name}`, {
        name,
        on: sourceOf(one, available),
        start: targetOf(one, available, dagQueues),
        locks,
        cooldownMinutes: one.cooldownHours === undefined ? undefined : one.cooldownHours * MINUTES_PER_HOUR,
        maxRunMinutes: one.maxRunHours === undefined ? undefined : one.maxRunHours * MINUTES_PER_HOUR,
        retries: one.retries,
        alarmTopicArns: topicsOf(one.alarmTopics, available),
      });
      return [name, trigger] as const;
    }),
  );
  showConsoles(stack, available.environment.region, triggers);
  return { triggers, dagQueues, triggerLocks: locks };
}

/** A queue for each DAG, which all triggers of the DAG share: its watcher deletes what it reads. */
function makeDagQueues(
  scope: Construct,
  settings: Triggers,
  available: Available['services'],
): ReadonlyMap<string, DagQueue> {
  const { airflow } = available.services;
  return new Map(
    dagsOf(settings).map(([dagId, starters]) => {
      const topics = new Set(starters.flatMap(([, { alarmTopics }]) => alarmTopics));
      const alarmTopicArns = topicsOf([...topics], available);
      return [dagId, new DagQueue(scope, `Dag-${dagId}`, { airflow: airflow!, dagId, alarmTopicArns })] as const;
    }),
  );
}

/** Topics of the file, else those of monitoring. */
function topicsOf(alarmTopics: readonly string[], { foundation }: Available['services']): readonly string[] {
  return alarmTopics.length > 0 ? alarmTopics : (foundation.alarmActions?.topicArnsOf('warning') ?? []);
}

function sourceOf(settings: Settings, { data, services }: Available['services']): Source {
  const { cron, zone, every, table, objects, alarm, approved, finished } = settings;
  if (cron !== undefined) return Source.cron(cron, zone);
  if (every) return Source.rate(every.value, every.unit);
  if (table !== undefined) return Source.table(data.tables.get(table)!);
  if (objects) return Source.objects(data.lake.zone(objects.zone).bucket, objects);
  if (alarm !== undefined) return Source.alarm(alarm);
  if (approved !== undefined) return Source.approvedPackage(data.packages.get(approved)!);
  return Source.finishedPipeline(services.pipelines!.get(finished!)!);
}

function targetOf(
  { pipeline, parameters, job, queue, dag, conf, machine }: Settings,
  { services }: Available['services'],
  dagQueues: ReadonlyMap<string, DagQueue>,
): Target {
  if (pipeline !== undefined) return Target.pipeline(services.pipelines!.get(pipeline)!, { parameters });
  if (job !== undefined) return Target.batchJob(services.batchJobs!.get(job)!, { queue });
  if (dag !== undefined) return Target.airflowDag(dagQueues.get(dag)!, { conf });
  return Target.stateMachine(machine!);
}

/** Where people see what a trigger has done. */
function showConsoles(stack: LayerStack, region: string, triggers: ReadonlyMap<string, Trigger>): void {
  const host = CONSOLES[partitionOf(region)];
  if (host === undefined) return;
  const pages = [...triggers].map(([name, { stateMachineArn }]) => [
    name,
    `https://${region}.${host}/states/home?region=${region}#/statemachines/view/${stateMachineArn}`,
  ]);
  new TerraformOutput(stack, CONSOLES_OUTPUT, {
    staticId: true,
    value: Object.fromEntries(pages),
    description: 'Pages of the triggers in the console: each execution is an event.',
  });
}
