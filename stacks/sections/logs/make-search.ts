import { TerraformOutput, TerraformStack } from 'cdktf';
import { SearchDomain } from '../../../lib/logging/search/search-domain';
import { LogShipping } from '../../../lib/logging/shipping/log-shipping';
import { AIRFLOW_LOGS, airflowLogGroup } from '../../../lib/scheduler/airflow/airflow-limits';
import { ENDPOINT_LOGS } from '../../../lib/serving/endpoint/endpoint-role';
import { Bucket } from '../../../lib/storage/bucket';
import { JOB_KINDS, sageMakerLogGroup } from '../../../lib/training/training-limits';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, LogSearch } from '../../offers';
import { DEFAULT_SOURCES, type OpenSearchSettings } from './opensearch';
import { DELIVERY_BUCKET, SEARCH_NAME } from './section';
import type { Source } from './sources';

/** Output of the stack: where people open the dashboards, inside the network. */
export const DASHBOARDS_OUTPUT = 'LogDashboards';

/** Creates the domain, the delivery to it, and ships the log groups of the platform. */
export function makeSearch(
  stack: LayerStack,
  settings: OpenSearchSettings,
  available: Available['monitoring'],
): LogSearch {
  const { foundation } = available;
  const { network } = foundation;
  const { removal, refusedDays, instance, nodes, storageGb, master, version, days } = settings;
  const encryptionKey = foundation.keys.of('logs');
  const bucket = new Bucket(stack, 'LogDelivery', {
    name: DELIVERY_BUCKET,
    encryptionKey,
    accessLogs: foundation.accessLogs,
    removal,
  });
  bucket.expireFolder('refused', refusedDays);
  bucket.expireFolder('aws', refusedDays); // where Lambda keeps what a function could not do
  const common = { network, encryptionKey, bucket, removal, name: SEARCH_NAME };
  const domain = new SearchDomain(stack, 'LogSearch', {
    ...common,
    instanceType: instance,
    nodes,
    storageGb,
    masterType: master,
    version,
    days,
    readers: settings.readers,
    administrators: settings.administrators,
    from: settings.from,
    saml: settings.saml,
  });
  const shipping = new LogShipping(stack, 'LogShipping', { ...common, domain });
  for (const source of settings.sources ?? DEFAULT_SOURCES) {
    for (const [id, group] of groupsOf(source, stack, available)) shipping.ship(id, group);
  }
  new TerraformOutput(stack, DASHBOARDS_OUTPUT, {
    staticId: true,
    value: `https://${domain.endpoint}/_dashboards`,
    description: 'Dashboards of the logs, which open inside the network only.',
  });
  return { domain, shipping };
}

/** The log groups of a source, by an id of each. */
function groupsOf(
  source: Source,
  stack: LayerStack,
  { environment, foundation, data, services, models }: Available['monitoring'],
): readonly (readonly [id: string, group: string])[] {
  switch (source) {
    case 'jobs': {
      if (!services.training || !environment.training?.ownsLogGroups) return [];
      stack.addDependency(TerraformStack.of(services.training)); // their names do not say whose they are
      return JOB_KINDS.map((kind) => [`jobs-${kind.toLowerCase()}`, sageMakerLogGroup(kind)]);
    }
    case 'batch':
      return [...(services.batch ?? [])].map(([name, pool]) => [`batch-${name}`, pool.logGroupName]);
    case 'endpoints':
      return [...(models.endpoints ?? [])].map(([name, { endpointName }]) => [
        `model-${name}`,
        `${ENDPOINT_LOGS}/${endpointName}`,
      ]);
    case 'airflow': {
      const { airflow } = services;
      if (!airflow) return [];
      const kinds = Object.keys(AIRFLOW_LOGS) as (keyof typeof AIRFLOW_LOGS)[];
      return kinds.map((kind) => [`airflow-${kind.toLowerCase()}`, airflowLogGroup(airflow.airflowName, kind)]);
    }
    case 'triggers':
      return services.triggerHistory ? [['triggers', services.triggerHistory.logGroupName]] : [];
    case 'database': {
      const identity = data.database?.identity;
      return identity ? [['database', `/aws/rds/${identity.owner}/${identity.identifier}/postgresql`]] : [];
    }
    case 'connections': {
      const { flowLogGroupName } = foundation.network;
      return flowLogGroupName === undefined ? [] : [['connections', flowLogGroupName]];
    }
  }
}
