import { MAX_ALARM_TOPICS } from '../../../../lib/aws/alarm-topics';
import { AIRFLOW_CLASSES } from '../../../../lib/scheduler/airflow/class-limits';
import {
  brokenDagId,
  brokenDagQueue,
  brokenDagStarter,
  dagQueueName,
} from '../../../../lib/scheduler/airflow/dag-queue-limits';
import { brokenVersion } from '../../../../lib/scheduler/airflow/version-limits';
import type { Draft } from '../../../environment/draft';
import { broken, error, type FileError } from '../../../environment/errors';
import { AIRFLOW_NAME, CLASSES } from '../airflow/schema';
import type { DraftTrigger, DraftTriggers } from './rules';

/** The DAGs that triggers start, each with its triggers: they share one queue. */
export function dagsOf<T extends { readonly dag?: string | undefined }>(
  triggers: Readonly<Record<string, T | undefined>>,
): [dagId: string, starters: [name: string, trigger: T][]][] {
  const starters = new Map<string, [string, T][]>();
  for (const [name, trigger] of Object.entries(triggers)) {
    if (trigger?.dag !== undefined) starters.set(trigger.dag, [...(starters.get(trigger.dag) ?? []), [name, trigger]]);
  }
  return [...starters];
}

/** A DAG needs Airflow 3, and an id that its queue and the API take. */
export function* dagRules(triggers: DraftTriggers, file: Draft): Iterable<FileError> {
  const { project, environment, scheduler } = file;
  const all = dagsOf(triggers);
  if (scheduler === undefined || all.length === 0) return;
  const version = scheduler.airflow?.version;
  if (version !== undefined && brokenVersion(version).length === 0) {
    yield* broken(['scheduler', 'airflow', 'version'], version, brokenDagStarter(version));
  }
  yield* countOfDags(all, file);
  for (const [dagId, starters] of all) {
    const place = ['scheduler', 'triggers', starters[0]![0], 'dag'];
    if (!('airflow' in scheduler)) {
      yield error(
        place,
        `must be a DAG of scheduler.airflow, which is missing, got '${dagId}'; add it, or start another target`,
      );
    }
    const isKnown = project !== undefined && environment !== undefined;
    const queue = isKnown ? brokenDagQueue(dagQueueName(`${project}-${environment}-${AIRFLOW_NAME}`, dagId)) : [];
    const tooLong = brokenDagId(dagId);
    yield* broken(place, dagId, tooLong.length > 0 ? tooLong : queue);
    yield* topicsOfDag(dagId, starters);
  }
}

/** The alarm of the queue of a DAG tells the topics of all its triggers. */
function* topicsOfDag(dagId: string, starters: readonly [string, DraftTrigger][]): Iterable<FileError> {
  const topics = new Set<string>();
  for (const [name, { alarmTopics = [] }] of starters) {
    const before = topics.size;
    for (const topic of alarmTopics) if (topic !== undefined) topics.add(topic);
    if (before > MAX_ALARM_TOPICS || topics.size <= MAX_ALARM_TOPICS || alarmTopics.length > MAX_ALARM_TOPICS) continue;
    const message = `must be at most ${MAX_ALARM_TOPICS} topics together with those of the other triggers of ${dagId}, whose queue has one alarm, got ${topics.size}; use the same topics`;
    yield error(['scheduler', 'triggers', name, 'alarmTopics'], message);
  }
}

/** Airflow holds at least the DAGs that triggers start. */
function* countOfDags(all: readonly [string, readonly [string, DraftTrigger][]][], file: Draft): Iterable<FileError> {
  const { airflow } = file.scheduler ?? {};
  if (airflow === undefined || ('class' in airflow && airflow.class === undefined)) return;
  const airflowClass = airflow.class ?? CLASSES.of(file.size ?? 'small');
  const { dags: holds } = AIRFLOW_CLASSES[airflowClass];
  const most = airflow.dags ?? holds;
  const [, starters] = all[most] ?? [];
  if (starters === undefined || most > holds) return;
  const isOfClass = airflow.dags === undefined;
  const limit = isOfClass ? `that class ${airflowClass} holds` : 'of scheduler.airflow.dags';
  const message = `must be one of at most ${most} DAGs ${limit}, got ${all.length} in the triggers; ${isOfClass ? 'use a larger class' : 'raise it'}, or remove some`;
  yield error(['scheduler', 'triggers', starters[0]![0], 'dag'], message);
}
