import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../../aws/log-group';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import type { INetwork } from '../../network/network';
import type { IBucket } from '../../storage/bucket';
import {
  AIRFLOW_LOG_LEVELS,
  AIRFLOW_SUBNETS,
  type AirflowLogLevel,
  brokenDagCount,
  brokenOption,
  brokenRequirement,
  CONFIGURATION_KEY,
  CONFIGURATION_VALUE,
  MAINTENANCE_WINDOW,
  OBJECT_VERSION,
  REQUIREMENT,
  SECRETS_PREFIX,
} from './airflow-limits';
import { AIRFLOW_CLASS_NAMES, AIRFLOW_CLASSES, type AirflowClass, DEFAULT_AIRFLOW_CLASS } from './class-limits';
import { brokenVersion } from './version-limits';

/** Settings of a `ManagedAirflow`. */
export interface ManagedAirflowProps {
  /** The environment is in its first two private subnets. */
  readonly network: INetwork;
  /**
   * Encrypts the database of Airflow, its bucket, logs and queues. Another key replaces the environment. Whoever deploys needs
   * `kms:CreateGrant` on it: MWAA takes a grant for its own services.
   */
  readonly encryptionKey: IKey;
  /** Name after the stack's prefix. Another name replaces the environment. @default - from the construct's path */
  readonly name?: string;
  /**
   * One of `AIRFLOW_VERSIONS`. Between minor versions MWAA updates in place; `docs/airflow.md` says how a major version is
   * reached, which the provider would replace the environment for.
   * @default 3.0.6
   */
  readonly version?: string;
  /** One of `AIRFLOW_CLASS_NAMES`. An update in place of some 20 minutes. @default small */
  readonly class?: AirflowClass;
  /** Number of DAGs that it is to hold, judged by the class. @default - not judged */
  readonly dagCount?: number;
  /** Most workers, each charged for each hour: 1 to 25; 1 in class `micro`. @default - 4; 1 in class micro */
  readonly maxWorkers?: number;
  /** Bucket in the same region for the access logs of the new bucket. @default - no access logs */
  readonly accessLogs?: IBucket;
  /**
   * Packages beside those of MWAA's image, each in one version: `acme-tools==1.4.0`. A change restarts the workers.
   * @default - none
   */
  readonly requirements?: readonly string[];
  /**
   * Version id of `plugins.zip` in the bucket of the environment, uploaded by who has `grantDeploy`: plugins, and wheels for a
   * network without internet access. A change restarts the environment.
   * @default - no plugins
   */
  readonly pluginsVersion?: string;
  /**
   * Whether `requirements` come from wheels in `plugins.zip` only, as in a network without internet access.
   * @default false
   */
  readonly wheels?: boolean;
  /**
   * Beginning of the names of the secrets that Airflow reads: connections are `<prefix>/connections/<id>`, variables
   * `<prefix>/variables/<key>`.
   * @default - the name of the environment
   */
  readonly secretsPrefix?: string;
  /** Key of these secrets. @default - `encryptionKey` */
  readonly secretsKey?: IKey;
  /** Options of Airflow by name, e.g. `core.parallelism`. A change restarts the environment. @default - none */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Level of all five logs. @default INFO */
  readonly logLevel?: AirflowLogLevel;
  /** Retention of the logs in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Start of the weekly maintenance in UTC, which restarts the environment. @default SUN:03:00 */
  readonly maintenanceWindow?: string;
  /** Whether the environment with its history, the bucket and the logs may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** Checks the properties of an environment. */
export function validateAirflow(scope: Construct, props: ManagedAirflowProps): void {
  Properties.need(scope, props, 'network', 'encryptionKey');
  const { version, class: airflowClass = DEFAULT_AIRFLOW_CLASS, dagCount, maxWorkers } = props;
  const properties = Properties.of(scope)
    .known(props, 'version', 'class', 'dagCount', 'requirements', 'configuration', 'wheels')
    .known({ 'privateSubnetIds of network': props.network.privateSubnetIds }, 'privateSubnetIds of network')
    .matches('name', props.name, NAME)
    .oneOf('class', airflowClass, AIRFLOW_CLASS_NAMES)
    .oneOf('logLevel', props.logLevel, AIRFLOW_LOG_LEVELS)
    .oneOf('logRetentionDays', props.logRetentionDays, LOG_RETENTION_DAYS)
    .matches('maintenanceWindow', props.maintenanceWindow, MAINTENANCE_WINDOW)
    .matches('pluginsVersion', props.pluginsVersion, OBJECT_VERSION)
    .matches('secretsPrefix', props.secretsPrefix, SECRETS_PREFIX)
    .integer('dagCount', dagCount, { min: 1 })
    .keeps('version', version ?? '', version === undefined || Token.isUnresolved(version) ? [] : brokenVersion(version))
    .require(
      Token.isUnresolved(props.network.privateSubnetIds) || props.network.privateSubnetIds.length >= AIRFLOW_SUBNETS,
      `'network' must have ${AIRFLOW_SUBNETS} private subnets, got ${props.network.privateSubnetIds.length}; add one in another zone`,
    );
  if (Object.hasOwn(AIRFLOW_CLASSES, airflowClass)) {
    if (dagCount !== undefined && !Token.isUnresolved(dagCount)) {
      properties.keeps('dagCount', dagCount, brokenDagCount(airflowClass, dagCount));
    }
    properties.integer('maxWorkers', maxWorkers, AIRFLOW_CLASSES[airflowClass].workers);
  }
  validateFiles(properties, props);
  validateConfiguration(properties, props);
  properties.throwIfInvalid();
}

function validateFiles(
  properties: Properties,
  { requirements = [], wheels, pluginsVersion }: ManagedAirflowProps,
): void {
  const lines = Token.isUnresolved(requirements) ? [] : requirements;
  lines.forEach((line, index) => {
    const place = `requirements[${index}]`;
    properties.known({ [place]: line }, place).matches(place, line, REQUIREMENT);
    if (!Token.isUnresolved(line)) properties.keeps(place, line, brokenRequirement(line, index, lines));
  });
  properties
    .require(
      wheels !== true || lines.length === 0 || pluginsVersion !== undefined,
      "'pluginsVersion' must be set with 'wheels': the packages of 'requirements' are wheels in plugins.zip; upload it, and set its version id",
    )
    .require(
      wheels !== true || lines.length > 0,
      "'wheels' has no effect without 'requirements'; remove it, or name the packages",
    );
}

function validateConfiguration(properties: Properties, { configuration = {} }: ManagedAirflowProps): void {
  for (const [option, value] of Token.isUnresolved(configuration) ? [] : Object.entries(configuration)) {
    if (Token.isUnresolved(option)) continue;
    properties
      .matches('configuration', option, CONFIGURATION_KEY)
      .keeps('configuration', option, brokenOption(option))
      .matches(`configuration.${option}`, value, CONFIGURATION_VALUE);
  }
}
