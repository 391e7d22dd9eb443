import { Construct } from 'constructs';
import { DagQueue } from '../../../../lib/scheduler/airflow/dag-queue';
import { Source } from '../../../../lib/scheduler/trigger/source';
import { Target } from '../../../../lib/scheduler/trigger/target';
import { Trigger } from '../../../../lib/scheduler/trigger/trigger';
import { TriggerHistory } from '../../../../lib/scheduler/trigger/trigger-history';
import { TriggerTable } from '../../../../lib/scheduler/trigger/trigger-table';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { showPages } from '../consoles';
import { dagsOf } from './dags';
import { MINUTES_PER_HOUR } from './schema';
import { HISTORY, LOCKS, type Triggers } from './section';

type Settings = Triggers[string];

/** Outputs of the stack: pages of the console for each trigger, and for what all of them have done. */
export const CONSOLE_OUTPUTS = {
  machines: 'TriggerConsoles',
  alarms: 'TriggerAlarmConsoles',
  history: 'TriggerHistoryConsole',
} as const;

/** Creates the table of locks, and a trigger for each name. */
export function makeTriggers(
  stack: LayerStack,
  settings: Triggers,
  available: Available['services'],
): Pick<Services, 'triggers' | 'dagQueues' | 'triggerLocks' | 'triggerHistory'> {
  const scope = new Construct(stack, 'Triggers');
  const locks = new TriggerTable(scope, 'Locks', { name: LOCKS });
  const history = new TriggerHistory(scope, 'History', {
    name: HISTORY,
    encryptionKey: available.foundation.keys.of('scheduler'),
    removal: available.environment.scheduler?.removal,
  });
  const dagQueues = makeDagQueues(scope, settings, available);
  const triggers = new Map(
    Object.entries(settings).map(([name, one]) => {
      const trigger = new Trigger(scope, `Trigger-${name}`, {
        name,
        on: sourceOf(one, available),
        start: targetOf(one, available, dagQueues),
        ...{ locks, history },
        cooldownMinutes: one.cooldownHours === undefined ? undefined : one.cooldownHours * MINUTES_PER_HOUR,
        maxRunMinutes: one.maxRunHours === undefined ? undefined : one.maxRunHours * MINUTES_PER_HOUR,
        retries: one.retries,
        alarmTopicArns: topicsOf(one.alarmTopics, available),
      });
      return [name, trigger] as const;
    }),
  );
  showConsoles(stack, triggers, history);
  return { triggers, dagQueues, triggerLocks: locks, triggerHistory: history };
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

/** Where people see what triggers have done. */
function showConsoles(stack: LayerStack, triggers: ReadonlyMap<string, Trigger>, history: TriggerHistory): void {
  const pages = (pageOf: (trigger: Trigger) => string) => mapEntries(triggers, pageOf);
  const { machines, alarms, history: log } = CONSOLE_OUTPUTS;
  const each = 'Pages of the triggers in the console';
  showPages(stack, machines, `${each}: each execution is an event.`, pages(machinePage));
  showPages(
    stack,
    alarms,
    `${each}: the alarms of events that have started nothing because of an error.`,
    pages(alarmPage),
  );
  const group = history.logGroupName.replaceAll('/', '$252F'); // as the console writes addresses within its own
  showPages(stack, log, 'Page of the log of all triggers.', `cloudwatch/home#logsV2:log-groups/log-group/${group}`);
}

const machinePage = ({ stateMachineArn }: Trigger) => `states/home#/statemachines/view/${stateMachineArn}`;
const alarmPage = ({ alarm }: Trigger) => `cloudwatch/home#alarmsV2:alarm/${alarm.alarmNameInput}`;

function mapEntries<T, R>(map: ReadonlyMap<string, T>, change: (value: T) => R): ReadonlyMap<string, R> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}
