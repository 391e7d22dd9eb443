import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { Properties } from '../core/properties';
import type { Removal } from '../core/removal';
import { REMOVALS } from '../core/surroundings';
import type { IKey } from '../encryption/key';
import type { INetwork } from '../network/network';
import type { IDatabase } from '../registry/database';
import type { IManagedAirflow } from '../scheduler/airflow/airflow-base';
import type { IEndpoint } from '../serving/endpoint/endpoint-base';
import type { BatchTraining } from '../training/batch/batch-training';
import type { IPipeline } from '../training/pipeline/pipeline-base';
import type { IAlarmActions } from './actions/alarm-actions';
import type { IAlarm } from './alarms/alarm';
import { DEFAULT_DEPLOYMENT_MINUTES, DEPLOYMENT_MINUTES, STORM_THINGS, THING_NAME } from './alarms/alarm-limits';
import type { AlarmOverrides, AlarmSpec } from './alarms/alarm-spec';
import { Deployment } from './alarms/deployment';
import { checkOverrides, overridden } from './alarms/overrides';
import { Storm } from './alarms/storm';
import { Watch } from './alarms/watch';
import { Dashboard } from './dashboards/dashboard';
import { type DashboardSection, runbookOf } from './dashboards/dashboard-body';
import { type Graph, graphsOf } from './dashboards/graph';
import { networkGraphs, pipelineGraphs } from './dashboards/kind-graphs';
import { modelGraphs } from './dashboards/model-graphs';
import { EventLog } from './events/event-log';
import { LogCounts } from './events/log-counts';
import { MetricCounts } from './events/metric-counts';
import { type AirflowAlarm, airflowAlarms } from './kinds/airflow-alarms';
import { type BatchAlarm, batchAlarms } from './kinds/batch-alarms';
import { type DatabaseAlarm, databaseAlarms } from './kinds/database-alarms';
import { type EndpointAlarm, endpointAlarms, type MonitoredVariant } from './kinds/endpoint-alarms';
import { type LakeAlarm, lakeAlarms, type MonitoredLake } from './kinds/lake-alarms';
import { type LoggingAlarm, loggingAlarms, type MonitoredLogs } from './kinds/logging-alarms';
import { type NetworkAlarm, networkAlarms } from './kinds/network-alarms';
import { type PipelineAlarm, pipelineAlarms } from './kinds/pipeline-alarms';

export interface MonitoringProps {
  /** Who hears of alarms. */
  readonly actions: IAlarmActions;
  /** Key of the log of events that are counted. */
  readonly encryptionKey: IKey;
  /** Whether there is a dashboard of everything, and one of each endpoint. @default true */
  readonly dashboards?: boolean;
  /** Things that are critical at the same time, from which on their cause is taken to be one: 2 to 100. @default 3 */
  readonly stormThings?: number;
  /** Whether the events that it has counted may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name of its parts after the stack's prefix. @default monitoring */
  readonly name?: string;
}

/** How a thing is watched. */
export interface WatchOptions<Name extends string = string> {
  /** Name of the thing in the names of its alarms. @default - from the id of its construct */
  readonly name?: string;
  /** Changes of its alarms by name; `false` removes one. @default - none */
  readonly alarms?: AlarmOverrides<Name>;
  /** Further graphs for its part of the dashboard. @default - none */
  readonly graphs?: readonly Graph[];
}

/** How an endpoint is watched. */
export interface EndpointWatchOptions extends WatchOptions<EndpointAlarm> {
  /** Instance types and weights of its variants, by their names. @default - unknown: no alarms on CPU and GPUs */
  readonly variants?: Readonly<Record<string, Omit<MonitoredVariant, 'name'>>>;
  /** Minutes from the beginning of a deployment in which its alarms tell nobody: 1 to 1440. @default 60 */
  readonly deploymentMinutes?: number;
}

/** How a pipeline is watched. */
export interface PipelineWatchOptions extends WatchOptions<PipelineAlarm> {
  /** Hours in which a run must succeed: 1 to 168. @default - it may rest */
  readonly everyHours?: number;
}

/**
 * Watches the things of an environment: alarms for each by its kind, with what to do first; for each thing and severity one that tells
 * people; one for a storm, which silences warnings; and dashboards of the same.
 *
 * Costs for each month for each alarm by the metrics that it reads, more for a composite one, and for each dashboard beyond the
 * first three of an account. Destroying it loses the history of the alarms, and if both keys say destroy the events that it has
 * counted; otherwise Terraform refuses.
 */
export class Monitoring extends Construct {
  /** Goes off when several things are critical. */
  public readonly storm: IAlarm;
  /** What watches each thing. */
  public readonly watches: readonly Watch[];
  /** The dashboard of everything; `undefined` if there are none. */
  public readonly dashboard?: Dashboard;
  private readonly made: Watch[] = [];
  private readonly sections: DashboardSection[] = [];
  private readonly props: MonitoringProps;
  private readonly counts: MetricCounts;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    Properties.need(this, props, 'actions', 'encryptionKey');
    Properties.of(this)
      .known(props, 'stormThings', 'name')
      .integer('stormThings', props.stormThings, STORM_THINGS)
      .matches('name', props.name, THING_NAME)
      .oneOf('removal', props.removal, REMOVALS)
      .throwIfInvalid();
    this.props = props;
    this.watches = this.made;
    const { stormThings, actions, encryptionKey, removal } = props;
    const makeEvents = () => new EventLog(this, 'Events', { encryptionKey, removal, name: this.partName });
    this.counts = new MetricCounts(new LogCounts(this, 'Logs'), makeEvents);
    const critical = () => this.made.flatMap(({ summaries }) => summaries.filter((one) => one.severity === 'critical'));
    this.storm = new Storm(this, 'Storm', { name: this.partName, stormThings, actions, critical }).alarm;
    if (props.dashboards !== false) {
      this.dashboard = new Dashboard(this, 'Dashboard', { name: this.partName, sections: () => this.allSections() });
    }
    this.node.addValidation({
      validate: () => (this.made.length > 0 ? [] : ['it watches nothing; call one of its monitor... methods']),
    });
  }

  /** Watches an endpoint, its deployments, and gives it a dashboard of its own. */
  public monitorEndpoint(endpoint: IEndpoint, options: EndpointWatchOptions = {}): this {
    const { deploymentMinutes = DEFAULT_DEPLOYMENT_MINUTES, variants: known = {} } = options;
    Properties.of(this)
      .known({ deploymentMinutes }, 'deploymentMinutes')
      .integer('deploymentMinutes', deploymentMinutes, DEPLOYMENT_MINUTES)
      .throwIfInvalid();
    const { endpointName, invocation, variantNames } = endpoint;
    const variants = variantNames.map((name) => ({ ...known[name], name }));
    const facts = { endpointName, invocation, variants };
    const thing = this.nameOf(endpoint, options);
    const deployment = new Deployment(this, `Deployment-${thing}`, {
      thing,
      endpointName,
      holdMinutes: deploymentMinutes,
    });
    this.counts.count(`${thing}-deployment`, deployment.metric);
    const graphs = [...modelGraphs(facts), ...(options.graphs ?? [])];
    const shown = endpoint.smoke ? [endpoint.smoke.alarm] : [];
    const specs = endpointAlarms(facts);
    const section = this.watchThing(endpoint, specs, { ...options, graphs }, deployment.alarm, shown);
    if (this.props.dashboards !== false) {
      new Dashboard(this, `Dashboard-${thing}`, { name: `${this.partName}-${thing}`, sections: () => [section] });
    }
    return this;
  }

  /**
   * Watches a database.
   *
   * @throws InputError if it is an import without `identity`: CloudWatch knows a database by its identifier
   */
  public monitorDatabase(database: IDatabase, options: WatchOptions<DatabaseAlarm> = {}): this {
    const { identity } = database;
    Properties.of(database)
      .require(identity !== undefined, "'monitorDatabase' requires 'identity'; add it to the attributes of this import")
      .throwIfInvalid();
    this.watchThing(database, databaseAlarms(identity!), options);
    return this;
  }

  /** Watches a pipeline. */
  public monitorPipeline(pipeline: IPipeline, options: PipelineWatchOptions = {}): this {
    const { pipelineName } = pipeline;
    const facts = { pipelineName, everyHours: options.everyHours };
    const graphs = [...pipelineGraphs(facts), ...(options.graphs ?? [])];
    this.watchThing(pipeline, pipelineAlarms(facts), { ...options, graphs });
    return this;
  }

  /** Watches managed Airflow. */
  public monitorAirflow(airflow: IManagedAirflow, options: WatchOptions<AirflowAlarm> = {}): this {
    this.watchThing(airflow, airflowAlarms({ airflowName: airflow.airflowName }), options);
    return this;
  }

  /**
   * Watches the NAT gateways of a network, and its denied connections.
   *
   * @throws InputError if it has neither, such as a VPC that exists
   */
  public monitorNetwork(network: INetwork, options: WatchOptions<NetworkAlarm> = {}): this {
    const { natGatewayIds, flowLogGroupName } = network;
    const cidr = flowLogGroupName === undefined ? undefined : network.vpcCidr;
    const vpcCidr = Token.isUnresolved(cidr) ? undefined : cidr;
    const specs = networkAlarms({ natGatewayIds, flowLogGroupName, vpcCidr });
    Properties.of(network)
      .require(specs.length > 0, "'monitorNetwork' found neither NAT gateways nor a flow log; leave it out")
      .throwIfInvalid();
    const graphs = [...networkGraphs({ natGatewayIds }), ...(options.graphs ?? [])];
    this.watchThing(network, specs, { ...options, graphs });
    return this;
  }

  /** Watches the jobs of a pool of AWS Batch. */
  public monitorBatch(pool: BatchTraining, options: WatchOptions<BatchAlarm> = {}): this {
    const queueArns = Object.fromEntries([...pool.jobQueues].map(([name, { queueArn }]) => [name, queueArn]));
    this.watchThing(pool, batchAlarms({ queueArns, logGroupName: pool.logGroupName }), options);
    return this;
  }

  /** Watches conversions and data quality of a lake. */
  public monitorLake(lake: MonitoredLake, options: WatchOptions<LakeAlarm> = {}): this {
    return this.watch(options.name ?? 'lake', lakeAlarms(lake), options);
  }

  /** Watches a domain of logs, and the delivery to it. */
  public monitorLogs(logs: MonitoredLogs, options: WatchOptions<LoggingAlarm> = {}): this {
    return this.watch(options.name ?? 'logs', loggingAlarms(logs), options);
  }

  /** Shows alarms that constructs make themselves, such as that of a trigger, and that have topics of their own. */
  public show(title: string, ...alarms: readonly CloudwatchMetricAlarm[]): this {
    this.sections.push({ title, alarmArns: this.arnsOf(alarms), graphs: [] });
    return this;
  }

  /**
   * Watches a thing of your own.
   *
   * @param thing its name in the names of its alarms
   */
  public watch(thing: string, specs: readonly AlarmSpec[], options: Omit<WatchOptions, 'name'> = {}): this {
    this.add(thing, specs, options);
    return this;
  }

  /**
   * The alarms of a part of a thing that is watched, such as a variant of an endpoint: none if it has no such part.
   *
   * @param thing its name in the names of its alarms
   */
  public alarmsOf(thing: string, part: string): readonly IAlarm[] {
    const watches = this.made.filter((watch) => watch.thing === thing);
    return watches.flatMap(({ alarms }) => alarms.filter(({ spec }) => spec.part === part));
  }

  private watchThing(
    of: IConstruct,
    specs: readonly AlarmSpec[],
    options: WatchOptions,
    heldBy?: IAlarm,
    shown?: readonly CloudwatchMetricAlarm[],
  ): DashboardSection {
    return this.add(this.nameOf(of, options), specs, options, heldBy, shown);
  }

  private arnsOf(alarms: readonly CloudwatchMetricAlarm[]): string[] {
    return alarms.map(({ alarmNameInput: name, arn }) =>
      name === undefined || Token.isUnresolved(name) ? arn : Aws.of(this).arn('cloudwatch', `alarm:${name}`),
    );
  }

  private add(
    thing: string,
    specs: readonly AlarmSpec[],
    { alarms, graphs = [] }: Omit<WatchOptions, 'name'>,
    heldBy?: IAlarm,
    shown: readonly CloudwatchMetricAlarm[] = [],
  ): DashboardSection {
    const properties = Properties.of(this).known({ thing }, 'thing').matches('name', thing, THING_NAME);
    properties.throwIfInvalid();
    checkOverrides(properties, specs, alarms);
    properties.throwIfInvalid();
    const wanted = overridden(specs, alarms);
    const { actions } = this.props;
    const watch = new Watch(this, `Watch-${thing}`, { thing, specs: wanted, actions, heldBy, storm: this.storm });
    this.made.push(watch);
    this.counts.countAll(thing, wanted);
    const section = {
      title: thing,
      text: wanted.length > 0 ? runbookOf(wanted) : undefined,
      alarmArns: [...watch.alarms.map(({ alarmArn }) => alarmArn), ...this.arnsOf(shown)],
      graphs: [...graphs, ...graphsOf(wanted)],
    };
    this.sections.push(section);
    return section;
  }

  private get partName(): string {
    return this.props.name ?? 'monitoring';
  }

  private nameOf({ node }: IConstruct, { name }: WatchOptions): string {
    return name ?? node.id.replace(/([a-z0-9])(?=[A-Z])/g, '$1-').toLowerCase();
  }

  private allSections(): readonly DashboardSection[] {
    const summaries = this.made.flatMap((watch) => watch.summaries.map(({ alarm }) => alarm.alarmArn));
    const overview = { title: 'What needs a person', alarmArns: [this.storm.alarmArn, ...summaries], graphs: [] };
    return [overview, ...this.sections];
  }
}
