import { type MetricSpec, metric } from '../alarms/alarm-spec';
import type { MonitoredEndpoint, MonitoredVariant } from '../kinds/endpoint-alarms';
import type { Graph, Line } from './graph';

const INVOCATIONS = 'AWS/SageMaker';
const HOSTS = '/aws/sagemaker/Endpoints';
const HOUR = 3600;

/** What the dashboard of a model shows beyond its alarms: traffic, latency as people read it, and what it costs. */
export function modelGraphs(endpoint: MonitoredEndpoint): Graph[] {
  const { endpointName, invocation, variants } = endpoint;
  const of = (variant: MonitoredVariant, namespace: string, name: string, statistic: string) =>
    metric(namespace, name, { EndpointName: endpointName, VariantName: variant.name }, statistic);
  const each = (namespace: string, name: string, statistic: string, expression?: string): Line[] =>
    variants.map((variant) => line(variant.name, of(variant, namespace, name, statistic), expression));
  const latencies = variants.flatMap((variant) =>
    ['p50', 'p90', 'p99'].map((statistic) =>
      line(
        variants.length === 1 ? statistic : `${variant.name} ${statistic}`,
        of(variant, INVOCATIONS, 'ModelLatency', statistic),
        'value / 1000',
      ),
    ),
  );
  const requests =
    invocation === 'asynchronous'
      ? each(INVOCATIONS, 'Invocation5XXErrors', 'SampleCount')
      : each(INVOCATIONS, 'Invocations', 'Sum');
  return [
    { title: 'Requests', unit: '', lines: requests, stacked: true },
    { title: 'Latency of the model', unit: 'ms', lines: latencies },
    ...(invocation === 'serverless' ? serverlessCost(each) : instanceCost(each)),
  ];
}

/** Each instance reports its CPU once a minute. */
function instanceCost(
  each: (namespace: string, name: string, statistic: string, expression?: string) => Line[],
): Graph[] {
  return [
    { title: 'Instances', unit: '', lines: each(HOSTS, 'CPUUtilization', 'SampleCount'), periodSeconds: 60 },
    {
      title: 'Cost: instance hours in an hour',
      unit: '',
      lines: each(HOSTS, 'CPUUtilization', 'SampleCount', 'value / 60'),
      periodSeconds: HOUR,
      stacked: true,
    },
  ];
}

function serverlessCost(
  each: (namespace: string, name: string, statistic: string, expression?: string) => Line[],
): Graph[] {
  return [
    {
      title: 'Cost: compute in an hour',
      unit: 's',
      lines: each(INVOCATIONS, 'ModelLatency', 'Sum', 'value / 1000000'),
      periodSeconds: HOUR,
      stacked: true,
    },
  ];
}

function line(label: string, value: MetricSpec, expression?: string): Line {
  return { label, metrics: { value }, ...(expression !== undefined && { expression }) };
}
