import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../../lib/aws/log-group';
import {
  AIRFLOW_LOG_LEVELS,
  CONFIGURATION_KEY,
  DEFAULT_AIRFLOW_LOG_DAYS,
  DEFAULT_AIRFLOW_LOG_LEVEL,
  DEFAULT_MAINTENANCE_WINDOW,
  MAINTENANCE_WINDOW,
  OBJECT_VERSION,
  REQUIREMENT,
  SECRETS_PREFIX,
} from '../../../../lib/scheduler/airflow/airflow-limits';
import {
  AIRFLOW_CLASS_NAMES,
  AIRFLOW_CLASSES,
  type AirflowClass,
  DEFAULT_MAX_WORKERS,
} from '../../../../lib/scheduler/airflow/class-limits';
import {
  AIRFLOW_VERSIONS,
  AIRFLOW_VERSIONS_DAY,
  DEFAULT_AIRFLOW_VERSION,
} from '../../../../lib/scheduler/airflow/version-limits';
import { bySize } from '../../../environment/schema/choices';
import { snippet } from '../../../environment/schema/editor';
import { choice, integer, named, text } from '../../../environment/schema/fields';

/** The environment of MWAA. */
export const AIRFLOW_NAME = 'airflow';

/** The smallest that holds the DAGs of the teams; micro does not survive the loss of a zone. */
export const CLASSES = bySize<AirflowClass>({ small: 'micro', medium: 'small', large: 'medium' }, (name) => name);

const VERSION = { pattern: /^\d+\.\d+\.\d+$/, meaning: 'a version such as 3.0.6' };
/** As MWAA takes it, and Terraform as it is. */
const VALUE = {
  pattern: /^(?!.*[$%]\{)[ -~]{1,65536}$/,
  meaning: 'a text of ASCII, in quotes if it could be a number, without ${ or %{',
};
const CIDR = { pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, meaning: 'an IPv4 block such as 10.20.0.0/16' };
const { dags: mostDags, workers } = AIRFLOW_CLASSES['2xlarge'];

/** What may be written under `scheduler.airflow`. */
export const AirflowSchema = z
  .strictObject({
    version: text(VERSION)
      .default(DEFAULT_AIRFLOW_VERSION)
      .describe(
        `Version of Airflow, one of ${Object.keys(AIRFLOW_VERSIONS).join(', ')}, which MWAA offered on ${AIRFLOW_VERSIONS_DAY}. A minor version is updated in place; docs/airflow.md shows how a major one is. Default: ${DEFAULT_AIRFLOW_VERSION}.`,
      ),
    class: choice(AIRFLOW_CLASS_NAMES)
      .describe(`Class of the environment, charged for each hour. ${CLASSES.description}`)
      .optional(),
    dags: integer(1, mostDags)
      .describe(
        'Number of DAGs that it is to hold, judged by the class: micro holds 25, small 50, medium 250. Default: not judged.',
      )
      .optional(),
    maxWorkers: integer(1, workers.max)
      .describe(
        `Most workers, each charged for each hour; class micro has one. Default: ${DEFAULT_MAX_WORKERS}, or 1 with class micro.`,
      )
      .optional(),
    requirements: z
      .array(text(REQUIREMENT))
      .describe(
        "Packages beside those of MWAA's image, each in one version. With network.nat none they come from wheels in plugins.zip. Default: none.",
      )
      .meta({ examples: [['apache-airflow-providers-cncf-kubernetes==10.7.0']] })
      .default([]),
    plugins: text(OBJECT_VERSION)
      .describe(
        'Version id of plugins.zip in the bucket of the environment: plugins, and wheels of requirements. Default: no plugins.',
      )
      .optional(),
    secretsPrefix: text(SECRETS_PREFIX)
      .describe(
        'Beginning of the names of secrets: connections are <prefix>/connections/<id>, variables <prefix>/variables/<key>. Default: the name of the environment, <project>-<environment>-airflow.',
      )
      .optional(),
    configuration: named(text(CONFIGURATION_KEY), text(VALUE))
      .describe('Options of Airflow, for example core.parallelism, with texts as values. Default: none.')
      .meta({ defaultSnippets: [snippet('an option', { '${1:core.parallelism}': '${2:64}' })] })
      .default({}),
    webAccess: z
      .array(text(CIDR))
      .describe(
        'IPv4 blocks whose people and programs reach the web server and its API, for example that of a VPN. Default: none; only Airflow itself does.',
      )
      .default([]),
    logLevel: choice(AIRFLOW_LOG_LEVELS)
      .describe(`Level of all five logs. Default: ${DEFAULT_AIRFLOW_LOG_LEVEL}.`)
      .default(DEFAULT_AIRFLOW_LOG_LEVEL),
    logDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .describe(`Days that the logs are kept. Default: ${DEFAULT_AIRFLOW_LOG_DAYS}.`)
      .default(DEFAULT_AIRFLOW_LOG_DAYS),
    maintenanceWindow: text(MAINTENANCE_WINDOW)
      .describe(
        `Start of the weekly maintenance in UTC, which restarts the environment. Default: ${DEFAULT_MAINTENANCE_WINDOW}.`,
      )
      .default(DEFAULT_MAINTENANCE_WINDOW),
  })
  .describe(
    'Apache Airflow, managed by MWAA, in two private subnets, with a web server inside the VPC only. It is charged for each hour, also if no DAG runs. Default: none.',
  )
  .meta({ defaultSnippets: [snippet('Airflow', { version: DEFAULT_AIRFLOW_VERSION, class: '${1:small}' })] })
  .optional();
