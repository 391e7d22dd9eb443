import type * as z from 'zod';
import { MAX_ALARM_TOPICS } from '../../../../lib/aws/alarm-topics';
import { brokenTimeZone } from '../../../../lib/aws/time-zone';
import {
  brokenDagId,
  brokenDagQueue,
  brokenDagStarter,
  dagQueueName,
} from '../../../../lib/scheduler/airflow/dag-queue-limits';
import { brokenVersion } from '../../../../lib/scheduler/airflow/version-limits';
import {
  brokenCooldown,
  brokenCron,
  brokenPlace,
  WATCHED_PREFIX,
  WATCHED_SUFFIX,
} from '../../../../lib/scheduler/trigger/trigger-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import { AIRFLOW_NAME } from '../airflow/schema';
import { dagsOf } from './dags';
import { BELONGS, DEFAULT_RUN_HOURS, MINUTES_PER_HOUR, SOURCE_KEYS, TARGET_KEYS, type TriggersSchema } from './schema';

type DraftTriggers = Draft<NonNullable<z.input<typeof TriggersSchema>>>;
type DraftTrigger = NonNullable<DraftTriggers[string]>;

/** Parameters that every trigger sets. */
const OWN_PARAMETERS = ['Cause', 'StartedBy'];

/** Rules between the values of `scheduler.triggers`. */
export function* triggerRules(triggers: DraftTriggers, file: Draft): Iterable<FileError> {
  for (const [name, trigger] of written(triggers)) {
    const path = ['scheduler', 'triggers', name];
    yield* one(path, trigger, SOURCE_KEYS, 'what it waits for');
    yield* one(path, trigger, TARGET_KEYS, 'what it starts');
    yield* strays(path, trigger);
    yield* times(path, trigger);
    yield* objects(path, trigger);
    yield* cooldown(path, trigger);
    yield* job(path, trigger, file);
    yield* loop(path, trigger);
    yield* topics(path, trigger);
    yield* accounts(path, trigger, file);
    for (const parameter of OWN_PARAMETERS) {
      if (!Object.hasOwn(trigger.parameters ?? {}, parameter)) continue;
      yield error([...path, 'parameters', parameter], 'is set by the trigger; remove it', 'key');
    }
  }
  yield* dags(triggers, file);
}

/** A DAG needs Airflow 3, and an id that its queue and the API take. */
function* dags(triggers: DraftTriggers, { project, environment, scheduler }: Draft): Iterable<FileError> {
  const all = dagsOf(triggers);
  if (scheduler === undefined || all.length === 0) return;
  const version = scheduler.airflow?.version;
  if (version !== undefined && brokenVersion(version).length === 0) {
    yield* broken(['scheduler', 'airflow', 'version'], version, brokenDagStarter(version));
  }
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

function* one(path: Path, trigger: DraftTrigger, keys: readonly string[], what: string): Iterable<FileError> {
  const present = keys.filter((key) => key in trigger);
  if (present.length === 0) {
    yield error(path, `is missing ${what}; add one of ${keys.join(', ')}`, 'key');
  }
  for (const key of present.slice(1)) {
    yield error(
      [...path, key],
      `must not be beside ${present[0]}, got both; keep one of ${keys.join(', ')}, or write two triggers`,
      'key',
    );
  }
}

function* strays(path: Path, trigger: DraftTrigger): Iterable<FileError> {
  for (const [key, owner] of Object.entries(BELONGS)) {
    if (!(key in trigger) || owner in trigger) continue;
    yield error([...path, key], `has no effect without ${owner}; remove it`, 'key');
  }
  if ('dag' in trigger && 'maxRunHours' in trigger) {
    yield error([...path, 'maxRunHours'], 'has no effect beside dag, whose runs are not followed; remove it', 'key');
  }
}

function* times(path: Path, { cron, zone }: DraftTrigger): Iterable<FileError> {
  if (cron !== undefined) yield* broken([...path, 'cron'], cron, brokenCron(cron));
  if (zone !== undefined) yield* broken([...path, 'zone'], zone, brokenTimeZone(zone));
}

function* objects(path: Path, { objects: watched = {} }: DraftTrigger): Iterable<FileError> {
  const { prefix, suffix } = watched;
  const parts = [
    ['prefix', prefix, WATCHED_PREFIX, 'write for example daily/'],
    ['suffix', suffix, WATCHED_SUFFIX, 'write for example .csv'],
  ] as const;
  for (const [key, value, { pattern, meaning }, fix] of parts) {
    if (value === undefined || pattern.test(value)) continue;
    yield* broken([...path, 'objects', key], value, [{ must: `must be ${meaning}`, fix }]);
  }
}

function* cooldown(path: Path, trigger: DraftTrigger): Iterable<FileError> {
  const { cooldownHours, maxRunHours } = { maxRunHours: DEFAULT_RUN_HOURS, ...trigger };
  if (cooldownHours === undefined || maxRunHours === undefined || 'dag' in trigger) return;
  const rules = brokenCooldown(cooldownHours * MINUTES_PER_HOUR, maxRunHours * MINUTES_PER_HOUR);
  const inHours = rules.map((rule) => ({
    ...rule,
    must: `must be at least the maxRunHours ${maxRunHours}: it counts from the start of a run, and no other starts before its end`,
    fix: 'raise it, remove it, or lower maxRunHours',
  }));
  yield* broken([...path, 'cooldownHours'], cooldownHours, inHours);
}

function* job(path: Path, { job: name, queue }: DraftTrigger, file: Draft): Iterable<FileError> {
  if (name === undefined) return;
  const pools = file.training?.batch ?? {};
  const [poolName = '', jobName = ''] = name.split('.');
  const place = [...path, 'job'];
  if (!Object.hasOwn(pools, poolName)) {
    yield error(place, unknownName('training.batch', poolName, pools));
    return;
  }
  const pool = entryOf(pools, poolName);
  if (pool === undefined) return;
  const jobs = pool.jobs ?? {};
  if (!Object.hasOwn(jobs, jobName)) yield error(place, unknownName(`training.batch.${poolName}.jobs`, jobName, jobs));
  const queues = Object.keys(pool.queues ?? { normal: 1 });
  if (queue === undefined && queues.length > 1) {
    yield error(path, `is missing its queue, because the pool has ${queues.join(', ')}; add one of them`, 'key');
  }
  if (queue !== undefined && !queues.includes(queue)) {
    yield error([...path, 'queue'], `must be one of ${queues.join(', ')}, got '${queue}'; correct it`);
  }
}

/** A pipeline whose end starts it would never rest. */
function* loop(path: Path, { finished, pipeline }: DraftTrigger): Iterable<FileError> {
  if (finished === undefined || finished !== pipeline) return;
  const message = `must be another pipeline, got '${pipeline}' again: each run would start the next; write every or cron in place of finished`;
  yield error([...path, 'pipeline'], message);
}

function* topics(path: Path, { alarmTopics = [] }: DraftTrigger): Iterable<FileError> {
  if (alarmTopics.length > MAX_ALARM_TOPICS) {
    const message = `must have at most ${MAX_ALARM_TOPICS} topics, got ${alarmTopics.length}; use a topic that tells the others`;
    yield error([...path, 'alarmTopics'], message);
  }
}

/** The region of every ARN is judged by a rule for all of them. */
function* accounts(path: Path, { alarm, machine }: DraftTrigger, { account }: Draft): Iterable<FileError> {
  for (const [key, arn] of Object.entries({ alarm, machine })) {
    if (arn !== undefined) yield* broken([...path, key], arn, brokenPlace(arn, { account }));
  }
}
