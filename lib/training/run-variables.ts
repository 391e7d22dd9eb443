import { Reference, type Value } from './pipeline/value';

/** Environment variables of every job of a pipeline: why and by whom its run was started. */
export const RUN_VARIABLES = { cause: 'MLOPS_CAUSE', startedBy: 'MLOPS_STARTED_BY' } as const;
/** Cause of a run that was started without one. */
export const DEFAULT_CAUSE = 'manual';

/** Variables that every client of MLflow reads by itself, in 2.13 as in 3.17. */
export const MLFLOW_VARIABLES = {
  /** Address of the server. */
  server: 'MLFLOW_TRACKING_URI',
  /** Experiment of a run whose program names none; it is created if it is not there. */
  experiment: 'MLFLOW_EXPERIMENT_NAME',
  /** JSON object whose entries become tags of every run. A client that cannot parse it warns, and goes on without them. */
  tags: 'MLFLOW_RUN_CONTEXT',
} as const;

/** Names the experiment by its number: clients refuse a name beside it. */
const EXPERIMENT_ID = 'MLFLOW_EXPERIMENT_ID';

/**
 * Tags of the runs that a job records: why it was started, by whom or what, and the run of the pipeline. The names are short,
 * because SageMaker takes 512 characters, and a cause and the ARN of the execution of a trigger need most of them.
 */
export const RUN_TAGS = { cause: 'cause', startedBy: 'startedBy', run: 'run' } as const;

/** Whether a program with these variables records in a server of MLflow. */
export function isTracked(environment: Readonly<Record<string, Value>>): boolean {
  return MLFLOW_VARIABLES.server in environment;
}

/**
 * The variables of a job. One that is tracked has an experiment and tags besides, unless its own variables say otherwise.
 *
 * @param experiment `undefined` for jobs that run at the same time: two clients that do not find an experiment both create it, and
 *   the second one fails
 */
export function trackedVariables<V extends Value>(
  own: Readonly<Record<string, V>>,
  { experiment, tags }: { readonly experiment: V | undefined; readonly tags: V },
): Readonly<Record<string, V>> {
  if (!isTracked(own)) return own;
  const isNamed = experiment !== undefined && !(EXPERIMENT_ID in own);
  return {
    ...(isNamed && { [MLFLOW_VARIABLES.experiment]: experiment }),
    [MLFLOW_VARIABLES.tags]: tags,
    ...own,
  };
}

/**
 * A value of {@link MLFLOW_VARIABLES.tags}. What is known only when a job starts must be free of quotes and backslashes: SageMaker
 * joins texts, and escapes nothing.
 */
export function runTags(tags: { readonly [Tag in keyof typeof RUN_TAGS]?: Value }): Value {
  const parts: Value[] = [];
  for (const tag of Object.values(RUN_TAGS)) {
    const value = tags[tag];
    if (value === undefined) continue;
    const name = `${parts.length === 0 ? '{' : ','}${JSON.stringify(tag)}:`;
    parts.push(...(typeof value === 'string' ? [name + JSON.stringify(value)] : [`${name}"`, value, '"']));
  }
  const isKnown = parts.every((part) => typeof part === 'string');
  return isKnown ? `${parts.join('')}}` : Reference.text(...parts, '}');
}
