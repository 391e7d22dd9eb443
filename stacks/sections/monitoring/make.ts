import { MASTERS } from '../../../lib/logging/logging-limits';
import { type EndpointWatchOptions, Monitoring as Watching } from '../../../lib/monitoring/monitoring';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Monitoring as Offered } from '../../offers';
import { WHOLE_WEIGHT } from '../models/schema';
import { CHALLENGER, CHAMPION, type ModelSettings } from '../models/section';
import { showPages } from '../scheduler/consoles';
import { type DriftParts, makeDrift } from './drift/make';
import { graphsFor } from './graphs';
import { makeLoops } from './loop/make';
import { MONITORING_NAME } from './schema';
import type { Monitoring } from './section';

type Settings = NonNullable<Monitoring>;

/** Output of the stack: the page of the dashboard in the console. */
export const DASHBOARD_OUTPUT = 'Dashboard';

/** Watches everything that the environment has. */
export function makeMonitoring(stack: LayerStack, settings: Settings, available: Available['monitoring']): Offered {
  const { foundation } = available;
  const watching = new Watching(stack, 'Monitoring', {
    actions: foundation.alarmActions!,
    encryptionKey: foundation.keys.of('monitoring'),
    dashboards: settings.dashboards,
    stormThings: settings.stormThings,
    removal: settings.removal,
    name: MONITORING_NAME,
  });
  watchBase(watching, settings, available);
  watchServices(watching, settings, available);
  const drift = makeDrift(stack, settings.drift, available);
  watchModels(watching, settings, available, drift?.monitors);
  if (drift) {
    watching.show('drift', ...[...drift.monitors.values()].flatMap(({ alarms }) => alarms));
    makeLoops(stack, settings, available, { ...drift, watching });
  }
  watchLogs(watching, settings, available);
  if (watching.dashboard) {
    const page = `cloudwatch/home#dashboards/dashboard/${watching.dashboard.dashboardName}`;
    showPages(stack, DASHBOARD_OUTPUT, 'Page of the dashboard of everything in the console.', page);
  }
  return {};
}

function watchBase(watching: Watching, settings: Settings, { environment, foundation, data }: Available['monitoring']) {
  if (!('vpcId' in environment.network)) {
    watching.monitorNetwork(foundation.network, { name: 'network', ...optionsOf('network', settings) });
  }
  if (data.database) watching.monitorDatabase(data.database, { name: 'database', ...optionsOf('database', settings) });
  const conversions = Object.fromEntries([...data.conversions].map(([table, { jobName }]) => [table, jobName]));
  const gates = Object.fromEntries(
    [...data.quality.keys()].map((name) => {
      const { tableName, zone } = data.tables.get(name)!;
      return [name, { tableName, databaseName: zone.databaseName }];
    }),
  );
  if (data.quality.size + data.conversions.size === 0) return;
  watching.monitorLake({ conversions, gates }, { ...optionsOf('lake', settings) });
}

function watchServices(watching: Watching, settings: Settings, { services }: Available['monitoring']) {
  const { succeedsEvery } = settings;
  const { airflow, pipelines = new Map(), batch = new Map(), triggers = new Map(), dagQueues = new Map() } = services;
  if (airflow) watching.monitorAirflow(airflow, { name: 'airflow', ...optionsOf('airflow', settings) });
  for (const [name, pipeline] of pipelines) {
    const thing = `pipeline-${name}`;
    watching.monitorPipeline(pipeline, { name: thing, everyHours: succeedsEvery[name], ...optionsOf(thing, settings) });
  }
  for (const [name, pool] of batch) {
    watching.monitorBatch(pool, { name: `batch-${name}`, ...optionsOf(`batch-${name}`, settings) });
  }
  const shown = [...triggers.values()].map(({ alarm }) => alarm);
  const unread = [...dagQueues.values()].map(({ unread: alarm }) => alarm);
  if (shown.length + unread.length > 0) watching.show('triggers', ...shown, ...unread);
}

function watchModels(
  watching: Watching,
  settings: Settings,
  { environment, models }: Available['monitoring'],
  monitors?: DriftParts['monitors'],
) {
  for (const [name, endpoint] of models.endpoints ?? []) {
    const variants = variantsOf(environment.models[name]!);
    const thing = `model-${name}`;
    const { alarms, graphs } = optionsOf(thing, settings);
    const drift = monitors?.get(name)?.graphs ?? [];
    watching.monitorEndpoint(endpoint, { name: thing, variants, alarms, graphs: [...drift, ...graphs] });
  }
}

function watchLogs(watching: Watching, settings: Settings, { environment, monitoring }: Available['monitoring']) {
  const { logSearch } = monitoring;
  const { logs, account } = environment;
  if (!logSearch || logs.engine !== 'opensearch') return;
  const { domain, shipping } = logSearch;
  const facts = {
    domainName: domain.domainName,
    account,
    nodes: logs.nodes + (logs.master === undefined ? 0 : MASTERS),
    storageGb: logs.storageGb,
    streamName: shipping.streamName,
    splitterName: shipping.splitter.program.functionName,
  };
  watching.monitorLogs(facts, { name: 'logs', ...optionsOf('logs', settings) });
}

/** What the file says of a thing, by its name in the names of its alarms. */
function optionsOf(thing: string, { alarms, graphs }: Settings) {
  return { alarms: alarms[thing], graphs: graphsFor(graphs[thing]) };
}

/** Instances and weights of the variants, on which their alarms depend. */
function variantsOf({ instance, weight, challenger }: ModelSettings): EndpointWatchOptions['variants'] {
  const other = challenger && { instanceType: challenger.instance ?? instance, weight: challenger.weight };
  const own = weight ?? WHOLE_WEIGHT - (challenger?.weight ?? 0);
  return { [CHAMPION]: { instanceType: instance, weight: own }, ...(other && { [CHALLENGER]: other }) };
}
