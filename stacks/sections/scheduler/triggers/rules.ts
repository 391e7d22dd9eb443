import type * as z from 'zod';
import { MAX_ALARM_TOPICS } from '../../../../lib/aws/alarm-topics';
import { brokenTimeZone } from '../../../../lib/aws/time-zone';
import { QUARANTINE_PREFIX } from '../../../../lib/data-lake/quality/quality-limits';
import { brokenCron } from '../../../../lib/scheduler/trigger/cron-limits';
import {
  brokenCooldown,
  brokenPlace,
  brokenWatch,
  WATCHED_PREFIX,
  WATCHED_SUFFIX,
} from '../../../../lib/scheduler/trigger/trigger-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import { awakeRules } from './awake';
import { dagRules } from './dags';
import { loopRules } from './loops';
import { parameterRules } from './parameters';
import {
  BELONGS,
  DEFAULT_RUN_HOURS,
  MINUTES_PER_HOUR,
  namePartOf,
  SOURCE_KEYS,
  TARGET_KEYS,
  type TriggersSchema,
} from './schema';

export type DraftTriggers = Draft<NonNullable<z.input<typeof TriggersSchema>>>;
export type DraftTrigger = NonNullable<DraftTriggers[string]>;

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
    yield* longestRun(path, trigger, file);
    yield* job(path, trigger, file);
    yield* awakeRules(path, trigger, file);
    yield* quarantine(path, trigger, file);
    yield* topics(path, trigger);
    yield* otherTrigger(path, trigger, triggers, file);
    yield* accounts(path, trigger, file);
    yield* parameterRules(path, trigger, file);
  }
  yield* loopRules(triggers);
  yield* dagRules(triggers, file);
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
  if (prefix !== undefined) yield* broken([...path, 'objects', 'prefix'], prefix, brokenWatch(prefix, suffix ?? ''));
}

/** A check of data writes what fails it into the bucket of its table: a run must not start the next by that. */
function* quarantine(path: Path, { objects: watched, pipeline }: DraftTrigger, file: Draft): Iterable<FileError> {
  const quality = entryOf(file.training?.pipelines ?? {}, pipeline ?? '')?.quality;
  const table = entryOf(file.lake?.tables ?? {}, quality ?? '');
  if (watched?.zone === undefined || table?.zone !== watched.zone) return;
  if ('prefix' in watched && !`${QUARANTINE_PREFIX}/`.startsWith(watched.prefix ?? '-')) return;
  const message = `must have a prefix other than ${QUARANTINE_PREFIX}/, below which the check of ${quality} writes rows that fail: each run of ${pipeline} would start the next; watch table ${quality}, or a folder`;
  yield error([...path, 'objects'], message, 'key');
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

/** What the file lets run longer would be reported as overdue while all is well. */
function* longestRun(path: Path, trigger: DraftTrigger, { training }: Draft): Iterable<FileError> {
  const { pipeline, job: name = '', maxRunHours } = { maxRunHours: DEFAULT_RUN_HOURS, ...trigger };
  const [pool = '', own = ''] = name.split('.');
  const minutes = entryOf(entryOf(training?.batch ?? {}, pool)?.jobs ?? {}, own)?.timeoutMinutes;
  const hours =
    entryOf(training?.pipelines ?? {}, pipeline ?? '')?.maxRuntimeHours ?? (minutes ?? 0) / MINUTES_PER_HOUR;
  if (maxRunHours === undefined || hours <= maxRunHours) return;
  const what =
    pipeline === undefined ? `timeoutMinutes ${minutes} of ${name}` : `maxRuntimeHours ${hours} of ${pipeline}`;
  const message = `must be at least the ${what}, got the number ${maxRunHours}; raise it: what takes longer is reported as overdue`;
  yield 'maxRunHours' in trigger
    ? error([...path, 'maxRunHours'], message)
    : error(path, `maxRunHours ${message}`, 'key');
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

/** A trigger that starts a trigger would hide what it starts, also where the two start one another. */
function* otherTrigger(
  path: Path,
  { machine = '' }: DraftTrigger,
  triggers: DraftTriggers,
  { project, environment }: Draft,
): Iterable<FileError> {
  const beginning = `${project}-${environment}-${namePartOf('')}`;
  const whole = machine.split(':').at(-1)!;
  const name = whole.startsWith(beginning) ? whole.slice(beginning.length) : '';
  if (!Object.hasOwn(triggers, name)) return;
  yield error([...path, 'machine'], `must not be that of a trigger, got that of ${name}; write what ${name} starts`);
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
