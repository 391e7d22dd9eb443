import { type AwsNameKind, QUEUE } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import { hasWatchers } from './version-limits';

/** Names of the queues of DAGs, which follow from their ids. */
export const DAG_QUEUE: AwsNameKind = { ...QUEUE, property: 'dagId' };
/** End of the name of a queue in order (SQS API, `CreateQueue`). */
export const FIFO = '.fifo';

/** Most characters of a path of the REST API (MWAA API, `RestApiPath`). */
const MAX_REST_PATH = 64;
/** Most characters of the id of a DAG whose runs can be asked for with `InvokeRestApi`. */
export const MAX_DAG_ID_LENGTH = MAX_REST_PATH - '/dags//dagRuns'.length;
/** Id of a DAG that a queue starts; its queue has the id in its name, which has no dots. */
export const DAG_ID: TextPattern = {
  pattern: /^[A-Za-z0-9_-]+$/,
  meaning: 'the id of a DAG of letters, digits, hyphens and underscores such as deploy_model',
};
/** Key of what a run is told: none that Step Functions takes for a path, which ends in `.$`. */
export const CONF_KEY: TextPattern = {
  pattern: /^[A-Za-z_]\w{0,63}$/,
  meaning: '1 to 64 letters, digits and underscores, the first no digit, such as mode',
};

/** Seconds for which a message is retained: the most of SQS, longer than any outage of an environment. */
export const MESSAGE_RETENTION_SECONDS = 14 * 86_400;
/** Seconds in which a message that was read but not deleted is hidden: several times what the watcher needs for both. */
export const VISIBILITY_SECONDS = 300;
/** Minutes after which a message that no DAG has read is an alarm. */
export const DEFAULT_UNREAD_MINUTES = 30;
/** Limits of these minutes: at least a few polls of the watcher, at most a day. */
export const UNREAD_MINUTES = { min: 5, max: 1440 } as const;

/** Name of the queue that starts a DAG: `<environment>-<dag id>.fifo`. */
export function dagQueueName(environment: string, dagId: string): string {
  return `${environment}-${dagId}${FIFO}`;
}

/** What is wrong with a DAG as a target of a trigger. */
export function brokenDagId(dagId: string): BrokenRule[] {
  const excess = dagId.length - MAX_DAG_ID_LENGTH;
  if (excess <= 0) return [];
  const must = `must have at most ${MAX_DAG_ID_LENGTH} characters, because a path of the API of MWAA has at most ${MAX_REST_PATH}`;
  return [{ must, fix: `shorten it by ${excess}`, got: `'${dagId}' of ${dagId.length}` }];
}

/** What is wrong with the name of the queue of a DAG, which has the names of the environment and of the DAG. */
export function brokenDagQueue(queueName: string): BrokenRule[] {
  const excess = queueName.length - DAG_QUEUE.maxLength;
  if (excess <= 0) return [];
  const must = `makes the queue '${queueName}' of ${queueName.length} characters, the limit is ${DAG_QUEUE.maxLength}`;
  return [{ must, fix: `shorten it, the name of the environment or the prefix by ${excess}` }];
}

/** What is wrong with an environment whose DAGs a trigger is to start. */
export function brokenDagStarter(version: string): BrokenRule[] {
  if (hasWatchers(version)) return [];
  return [
    {
      must: 'must be 3 or newer where a trigger starts a DAG: the web server is private, so that nothing outside its VPC can start one, and only Airflow 3 reads a queue',
      fix: 'use 3.0.6, or another target',
    },
  ];
}

/** What a trigger tells a DAG: the body of the message, as JSON. `cause_of` of `platform_triggers` gives it to the DAG. */
export interface DagMessage {
  readonly dag_id: string;
  /** Id of the run of the trigger: the same however often the message is sent, and its deduplication id. */
  readonly run_id: string;
  /** Why the run starts: `<kind>:<what>`, e.g. `alarm:drift`. */
  readonly cause: string;
  /** Who or what started it, e.g. the ARN of an execution of the trigger. */
  readonly started_by: string;
  /** What the trigger hands on. */
  readonly conf: Readonly<Record<string, unknown>>;
}
