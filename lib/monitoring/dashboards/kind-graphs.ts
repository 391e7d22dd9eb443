import { metric } from '../alarms/alarm-spec';
import type { MonitoredNetwork } from '../kinds/network-alarms';
import type { MonitoredPipeline } from '../kinds/pipeline-alarms';
import type { Graph, Line } from './graph';

const HOUR = 3600;
const GIB = 1_073_741_824;

/** What drives the cost of a network. */
export function networkGraphs({ natGatewayIds = [] }: MonitoredNetwork): Graph[] {
  if (natGatewayIds.length === 0) return [];
  const lines = natGatewayIds.map((id, index) => ({
    label: `NAT gateway ${index + 1}`,
    metrics: { sent: metric('AWS/NATGateway', 'BytesOutToDestination', { NatGatewayId: id }, 'Sum') },
    expression: `sent / ${GIB}`,
  }));
  return [{ title: 'Cost: sent to the internet in an hour', unit: 'GiB', lines, periodSeconds: HOUR, stacked: true }];
}

/** The runs of a pipeline. */
export function pipelineGraphs({ pipelineName }: MonitoredPipeline): Graph[] {
  const of = (name: string) =>
    metric('AWS/Sagemaker/ModelBuildingPipeline', name, { PipelineName: pipelineName }, 'Sum');
  const lines: Line[] = [
    { label: 'succeeded', metrics: { runs: of('ExecutionSucceeded') } },
    { label: 'failed', metrics: { runs: of('ExecutionFailed') } },
  ];
  return [{ title: 'Runs', unit: '', lines, periodSeconds: HOUR, stacked: true }];
}
