import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { AirflowClass } from './class-limits';
import { AIRFLOW_CLASSES } from './class-limits';

/** Names of MWAA environments (MWAA API, `EnvironmentName`). */
export const AIRFLOW: AwsNameKind = { kind: 'MWAA environment', maxLength: 80, uniqueIn: 'region' };

/** Subnets of an environment: one in each of two zones (MWAA guide, "About networking"). */
export const AIRFLOW_SUBNETS = 2;

/** What writes logs, as the names of log groups end, by the argument of the provider. */
export const AIRFLOW_LOGS = {
  dagProcessingLogs: 'DAGProcessing',
  schedulerLogs: 'Scheduler',
  taskLogs: 'Task',
  webserverLogs: 'WebServer',
  workerLogs: 'Worker',
} as const;
/** Levels of logs (MWAA API, `LoggingLevel`). */
export const AIRFLOW_LOG_LEVELS = ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;
/** A level in {@link AIRFLOW_LOG_LEVELS}. */
export type AirflowLogLevel = (typeof AIRFLOW_LOG_LEVELS)[number];
/** Shows what each task did, without the noise of the libraries. */
export const DEFAULT_AIRFLOW_LOG_LEVEL: AirflowLogLevel = 'INFO';
/** Default retention in days: one year, as of the other logs. */
export const DEFAULT_AIRFLOW_LOG_DAYS = 365;

/** The log group of one kind of log; MWAA fixes its name. */
export function airflowLogGroup(environment: string, log: keyof typeof AIRFLOW_LOGS): string {
  return `airflow-${environment}-${AIRFLOW_LOGS[log]}`;
}

/** Start of the weekly maintenance (MWAA API, `WeeklyMaintenanceWindowStart`). */
export const MAINTENANCE_WINDOW: TextPattern = {
  pattern: /^(MON|TUE|WED|THU|FRI|SAT|SUN):([01]\d|2[0-3]):(00|30)$/,
  meaning: 'a day and a half hour in UTC such as SUN:03:00 or TUE:21:30',
};
/** When the fewest runs are disturbed. */
export const DEFAULT_MAINTENANCE_WINDOW = 'SUN:03:00';

/** An option of Airflow, as MWAA takes it (MWAA API, `ConfigKey`). */
export const CONFIGURATION_KEY: TextPattern = {
  pattern: /^(?=.{1,64}$)[a-z]+([a-z0-9._]*[a-z0-9_]+)?$/,
  meaning: 'an option in lower case such as core.parallelism, up to 64 characters',
};
/** Value of an option (MWAA API, `ConfigValue`). */
export const CONFIGURATION_VALUE: TextPattern = {
  pattern: /^[ -~]{1,65536}$/,
  meaning: '1 to 65536 printable characters of ASCII',
};

/**
 * Options that MWAA sets itself, whatever is configured (aws/amazon-mwaa-docker-images, `get_essential_airflow_config` and
 * `_is_protected_os_environ`).
 */
const SET_BY_MWAA = [
  'api.base_url',
  'api.secret_key',
  'api_auth.jwt_algorithm',
  'api_auth.jwt_secret',
  'aws_mwaa.redirect_url',
  'celery.broker_url',
  'celery.celery_config_options',
  'celery.result_backend',
  'celery.worker_enable_remote_control',
  'celery_broker_transport_options.visibility_timeout',
  'core.auth_manager',
  'core.database_access_isolation',
  'core.execution_api_server_url',
  'core.executor',
  'core.fernet_key',
  'core.load_examples',
  'database.sql_alchemy_conn',
  'execution_api.jwt_expiration_time',
  'fab.config_file',
  'logging.colored_console_log',
  'logging.logging_config_class',
  'operators.default_queue',
  'scheduler.standalone_dag_processor',
  'webserver.base_url',
] as const;
/** Section of options that MWAA needs for its own metrics, and those of them that it leaves to others. */
const METRICS = { section: 'metrics.', free: ['statsd_on', 'metrics_allow_list', 'metrics_block_list'] } as const;
/** Options that the construct sets. */
const SET_BY_PLATFORM = ['secrets.backend', 'secrets.backend_kwargs'] as const;
/** Section of the options that DAGs read to find their queues. */
export const PLATFORM_SECTION = 'mlops';

/** What is wrong with an option: someone else sets it, so that it would have no effect or break the environment. */
export function brokenOption(option: string): BrokenRule[] {
  const isOwn = SET_BY_PLATFORM.some((own) => own === option) || option.startsWith(`${PLATFORM_SECTION}.`);
  const owner = isSetByMwaa(option) ? 'MWAA' : isOwn ? 'the platform' : undefined;
  if (owner === undefined) return [];
  return [{ must: `must not be an option that ${owner} sets itself`, fix: 'remove it' }];
}

function isSetByMwaa(option: string): boolean {
  if (!option.startsWith(METRICS.section)) return SET_BY_MWAA.some((own) => own === option);
  return !METRICS.free.some((free) => option === `${METRICS.section}${free}`);
}

/** A line of `requirements.txt`: a package in one version. */
export const REQUIREMENT: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.-]*(\[[\w.,-]+\])?==[\w.!+-]+$/,
  meaning: 'a package in one version such as apache-airflow-providers-cncf-kubernetes==10.7.0',
};

/** What is wrong with a requirement: another Airflow than that of the environment, or a package twice. */
export function brokenRequirement(requirement: string, index: number, all: readonly string[]): BrokenRule[] {
  const name = packageOf(requirement);
  if (name === 'apache-airflow') {
    return [{ must: 'must not be Airflow itself, whose version is that of the environment', fix: 'remove it' }];
  }
  const isRepeated = all.slice(0, index).some((other) => packageOf(other) === name);
  return isRepeated ? [{ must: `must be the only version of ${name}`, fix: 'remove one' }] : [];
}

/** The name of a package as an index compares it (PEP 503). */
function packageOf(requirement: string): string {
  return requirement
    .split(/\[|==/)[0]!
    .toLowerCase()
    .replace(/[._-]+/g, '-');
}

/** Version of an object of S3 (S3 guide, "Working with version IDs"). */
export const OBJECT_VERSION: TextPattern = {
  pattern: /^(?!.*\.zip$)[\w.-]{1,1024}$/,
  meaning: 'the version id of an object of S3, as `aws s3api head-object` prints it, not its name',
};
/** Prefix of the names of secrets. */
export const SECRETS_PREFIX: TextPattern = {
  pattern: /^[A-Za-z0-9_+=.@-]+(\/[A-Za-z0-9_+=.@-]+)*$/,
  meaning: 'words of letters, digits and _+=.@- with slashes between them, such as acme/airflow',
};

/** What is wrong with the number of DAGs in a class. */
export function brokenDagCount(airflowClass: AirflowClass, dags: number): BrokenRule[] {
  const { dags: most } = AIRFLOW_CLASSES[airflowClass];
  if (dags <= most) return [];
  const larger = Object.entries(AIRFLOW_CLASSES).find(([, size]) => size.dags >= dags)?.[0];
  const fix = larger ? `use class ${larger}` : 'split them into several environments';
  return [{ must: `must be at most ${most} in class ${airflowClass}`, fix, got: `${dags}` }];
}
