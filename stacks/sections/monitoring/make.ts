import { TerraformOutput } from 'cdktf';
import { partitionOf } from '../../../lib/aws/arns';
import type { AlarmOverrides } from '../../../lib/monitoring/alarms/alarm-spec';
import { Monitoring as Watching } from '../../../lib/monitoring/monitoring';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Monitoring as Offered } from '../../offers';
import { MONITORING_NAME } from './schema';
import type { Monitoring } from './section';

type Settings = NonNullable<Monitoring>;

/** Output of the stack: the page of the dashboard in the console. */
export const DASHBOARD_OUTPUT = 'Dashboard';
/** Domains of the consoles by partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Watches everything that the environment has. */
export function makeMonitoring(stack: LayerStack, settings: Settings, available: Available['monitoring']): Offered {
  const { foundation, environment } = available;
  const watching = new Watching(stack, 'Monitoring', {
    actions: foundation.alarmActions!,
    encryptionKey: foundation.keys.of('monitoring'),
    dashboards: settings.dashboards,
    stormThings: settings.stormThings,
    name: MONITORING_NAME,
  });
  watchBase(watching, settings, available);
  watchServices(watching, settings, available);
  watchModels(watching, settings, available);
  const host = CONSOLES[partitionOf(environment.region)];
  if (host !== undefined && watching.dashboard) {
    const { region } = environment;
    new TerraformOutput(stack, DASHBOARD_OUTPUT, {
      staticId: true,
      value: `https://${region}.${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${watching.dashboard.dashboardName}`,
      description: 'Page of the dashboard of everything in the console.',
    });
  }
  return {};
}

function watchBase(
  watching: Watching,
  { alarms }: Settings,
  { environment, foundation, data }: Available['monitoring'],
) {
  if (!('vpcId' in environment.network)) {
    watching.monitorNetwork(foundation.network, { name: 'network', alarms: changes(alarms.network) });
  }
  if (data.database) watching.monitorDatabase(data.database, { name: 'database', alarms: changes(alarms.database) });
  const conversions = Object.fromEntries([...data.conversions].map(([table, { jobName }]) => [table, jobName]));
  const gates = [...data.quality.keys()].map((name) => {
    const { tableName, zone } = data.tables.get(name)!;
    return { tableName, databaseName: zone.databaseName };
  });
  if (gates.length + data.conversions.size === 0) return;
  watching.monitorLake({ conversions, gates }, { alarms: changes(alarms.lake) });
}

function watchServices(watching: Watching, settings: Settings, { services }: Available['monitoring']) {
  const { alarms, succeedsEvery } = settings;
  const { airflow, pipelines = new Map(), batch = new Map(), triggers = new Map(), dagQueues = new Map() } = services;
  if (airflow) watching.monitorAirflow(airflow, { name: 'airflow', alarms: changes(alarms.airflow) });
  for (const [name, pipeline] of pipelines) {
    const everyHours = succeedsEvery[name];
    watching.monitorPipeline(pipeline, {
      name: `pipeline-${name}`,
      everyHours,
      alarms: changes(alarms.pipelines?.[name]),
    });
  }
  for (const [name, pool] of batch) {
    watching.monitorBatch(pool, { name: `batch-${name}`, alarms: changes(alarms.batch?.[name]) });
  }
  const shown = [...triggers.values()].map(({ alarm }) => alarm);
  const unread = [...dagQueues.values()].map((queue) => queue.unread);
  if (shown.length + unread.length > 0) watching.show('triggers', ...shown, ...unread);
}

function watchModels(watching: Watching, { alarms }: Settings, { models }: Available['monitoring']) {
  for (const [name, endpoint] of models.endpoints ?? []) {
    watching.monitorEndpoint(endpoint, { name, alarms: changes(alarms.models?.[name]) });
  }
}

/** The schema has exactly the alarms of the kind. */
function changes(alarms: object | undefined): AlarmOverrides {
  return (alarms ?? {}) as AlarmOverrides;
}
