import type { InvocationKind } from '../../serving/endpoint/endpoint-limits';
import {
  type AlarmSpec,
  COUNT,
  DEAD_WITHOUT_DATA,
  judged,
  metric,
  PERCENT,
  SILENT_WHEN_WELL,
  UNKNOWN_WITHOUT_DATA,
} from '../alarms/alarm-spec';
import { gpusOf, vcpusOf } from './instance-parts';

/** A variant of an endpoint, as far as its alarms depend on it. */
export interface MonitoredVariant {
  readonly name: string;
  /** E.g. `ml.m5.large`. @default - none: serverless */
  readonly instanceType?: string;
  /** 0 gets no requests, and has no alarm for that. @default 1 */
  readonly weight?: number;
}

/** An endpoint, as far as its alarms depend on it. */
export interface MonitoredEndpoint {
  readonly endpointName: string;
  /** How it answers: each kind publishes other metrics. */
  readonly invocation: InvocationKind;
  readonly variants: readonly MonitoredVariant[];
}

/** Names of the alarms of an endpoint. Which it has depends on how it is called. */
export const ENDPOINT_ALARMS = [
  'server-errors',
  'client-errors',
  'high-latency',
  'high-overhead',
  'no-traffic',
  'high-cpu',
  'high-memory',
  'high-disk',
  'high-gpu-memory',
  'few-instances',
  'high-concurrency',
  'old-requests',
  'failed-requests',
] as const;
/** One of {@link ENDPOINT_ALARMS}. */
export type EndpointAlarm = (typeof ENDPOINT_ALARMS)[number];

const INVOCATIONS = 'AWS/SageMaker';
const HOSTS = '/aws/sagemaker/Endpoints';
/** Requests in a period below which a share of errors says nothing. */
export const LEAST_REQUESTS = 20;
/** Microseconds in a millisecond, which is how SageMaker reports latency. */
const MICROSECONDS = 1000;

/** The alarms of an endpoint: of each variant, since a share of the traffic hides a bad one. */
export function endpointAlarms({ endpointName, invocation, variants }: MonitoredEndpoint): AlarmSpec[] {
  const ofVariants = variants.flatMap((variant) => {
    const dimensions = { EndpointName: endpointName, VariantName: variant.name };
    const part = variants.length === 1 ? {} : { part: variant.name };
    return [
      ...errors(dimensions, invocation),
      ...latency(dimensions, invocation),
      ...traffic(dimensions, invocation, variant),
      ...saturation(dimensions, invocation, variant),
    ].map((spec) => ({ ...spec, ...part }));
  });
  return invocation === 'asynchronous' ? [...ofVariants, backlog(endpointName)] : ofVariants;
}

type Dimensions = Readonly<Record<string, string>>;

function errors(dimensions: Dimensions, invocation: InvocationKind): AlarmSpec[] {
  // an asynchronous endpoint does not report its invocations, but one value of either error for each
  const requests =
    invocation === 'asynchronous'
      ? metric(INVOCATIONS, 'Invocation5XXErrors', dimensions, 'SampleCount')
      : metric(INVOCATIONS, 'Invocations', dimensions, 'Sum');
  const share = (name: string) => ({
    metrics: { failed: metric(INVOCATIONS, name, dimensions, 'Sum'), requests },
    expression: `IF(requests >= ${LEAST_REQUESTS}, 100 * failed / requests, 0)`,
    unit: '%' as const,
    bad: 'above' as const,
    thresholdLimits: PERCENT,
    ...SILENT_WHEN_WELL,
  });
  return [
    {
      name: 'server-errors',
      severity: 'critical',
      means: 'The model answers requests with errors of its own (5xx).',
      runbook:
        'Read the log of the variant in /aws/sagemaker/Endpoints; if the model is new, roll back to the last version.',
      ...share('Invocation5XXErrors'),
      threshold: 1,
      ...judged(1, 3, 5),
    },
    {
      name: 'client-errors',
      severity: 'warning',
      means: 'The endpoint refuses many requests (4xx).',
      runbook: 'Compare a refused request with the schema of the model: a client has changed, or is throttled.',
      ...share('Invocation4XXErrors'),
      threshold: 5,
      ...judged(5, 2, 3),
    },
  ];
}

function latency(dimensions: Dimensions, invocation: InvocationKind): AlarmSpec[] {
  const of = (name: string) => ({
    metrics: { latency: metric(INVOCATIONS, name, dimensions, 'p90') },
    expression: `latency / ${MICROSECONDS}`,
    unit: 'ms' as const,
    bad: 'above' as const,
    thresholdLimits: COUNT,
    ...UNKNOWN_WITHOUT_DATA,
  });
  const model: AlarmSpec = {
    name: 'high-latency',
    severity: 'warning',
    means: 'One request in ten waits too long for the model.',
    runbook:
      'Look at CPU, memory and the number of instances; raise the most of the autoscaling, or take a larger instance.',
    ...of('ModelLatency'),
    threshold: invocation === 'asynchronous' ? 60_000 : 500,
    ...judged(1, 5, 5),
  };
  // that of a serverless endpoint has its cold starts; an asynchronous one reports none
  if (invocation !== 'real-time') return [model];
  return [
    model,
    {
      name: 'high-overhead',
      severity: 'warning',
      means: 'SageMaker itself takes long to hand requests to the model.',
      runbook: 'Compare the size of requests and answers, and the number of connections that clients open anew.',
      ...of('OverheadLatency'),
      threshold: 200,
      ...judged(5, 3, 3),
    },
  ];
}

function traffic(dimensions: Dimensions, invocation: InvocationKind, { weight = 1 }: MonitoredVariant): AlarmSpec[] {
  if (invocation === 'asynchronous') return [failedRequests(dimensions)]; // it may rest
  if (weight === 0) return [];
  return [
    {
      name: 'no-traffic',
      severity: 'warning',
      means: 'Nobody has called the model for an hour.',
      runbook: 'Ask the callers; an endpoint that is not needed costs as much as one that is.',
      metrics: { requests: metric(INVOCATIONS, 'Invocations', dimensions, 'Sum') },
      unit: '',
      bad: 'below',
      threshold: 1,
      thresholdLimits: { min: 1 },
      ...judged(15, 4, 4),
      ...DEAD_WITHOUT_DATA,
    },
  ];
}

function saturation(
  dimensions: Dimensions,
  invocation: InvocationKind,
  { instanceType }: MonitoredVariant,
): AlarmSpec[] {
  const share = (name: string, statistic: string, units = 1) => ({
    metrics: { used: metric(HOSTS, name, dimensions, statistic) },
    ...(units > 1 && { expression: `used / ${units}` }),
    unit: '%' as const,
    bad: 'above' as const,
    thresholdLimits: PERCENT,
    ...judged(5, 3, 3),
    ...UNKNOWN_WITHOUT_DATA,
  });
  const memory: AlarmSpec = {
    name: 'high-memory',
    severity: 'critical',
    means: 'The model is close to the end of its memory; then it is killed.',
    runbook: 'Look for a leak since the last deployment; take an instance with more memory.',
    ...share('MemoryUtilization', 'Maximum'),
    threshold: 90,
  };
  if (invocation === 'serverless') return [memory, concurrency(dimensions)];
  const vcpus = vcpusOf(instanceType);
  const gpus = gpusOf(instanceType);
  const alarms: AlarmSpec[] = [memory];
  if (vcpus !== undefined) {
    alarms.push({
      name: 'high-cpu',
      severity: 'warning',
      means: 'The instances are busy most of the time.',
      runbook: 'Raise the most of the autoscaling, or take a larger instance.',
      ...share('CPUUtilization', 'Average', vcpus), // a sum over the cores
      threshold: 85,
    });
  }
  if (gpus !== undefined) {
    alarms.push({
      name: 'high-gpu-memory',
      severity: 'warning',
      means: 'The memory of the GPUs is almost full.',
      runbook: 'Lower the batch size of the server, or take an instance with larger GPUs.',
      ...share('GPUMemoryUtilization', 'Maximum', gpus), // a sum over the GPUs
      threshold: 95,
    });
  }
  alarms.push({
    name: 'high-disk',
    severity: 'warning',
    means: 'The disk of an instance is almost full.',
    runbook: 'Look for files that the model writes; deploy again for a clean disk.',
    ...share('DiskUtilization', 'Maximum'),
    threshold: 85,
  });
  return invocation === 'asynchronous' ? alarms : [...alarms, instances(dimensions)];
}

/** Each instance reports its CPU once a minute, so that the number of samples is that of the instances (SageMaker's FAQ). */
function instances(dimensions: Dimensions): AlarmSpec {
  return {
    name: 'few-instances',
    severity: 'critical',
    means: 'No instance of the variant is alive.',
    runbook:
      'Look at the events of the endpoint for a failed deployment or missing capacity, then deploy the last version again.',
    metrics: { instances: metric(HOSTS, 'CPUUtilization', dimensions, 'SampleCount') },
    unit: '',
    bad: 'below',
    threshold: 1,
    thresholdLimits: { min: 1 },
    ...judged(1, 5, 5),
    ...DEAD_WITHOUT_DATA,
  };
}

function concurrency(dimensions: Dimensions): AlarmSpec {
  return {
    name: 'high-concurrency',
    severity: 'warning',
    means: 'The endpoint is close to its most concurrent requests; more are refused.',
    runbook: 'Raise the concurrency of the variant, or move it to instances.',
    metrics: { used: metric(INVOCATIONS, 'ServerlessConcurrentExecutionsUtilization', dimensions, 'Maximum') },
    expression: '100 * used',
    unit: '%',
    bad: 'above',
    threshold: 80,
    thresholdLimits: PERCENT,
    ...judged(5, 2, 3),
    ...SILENT_WHEN_WELL,
  };
}

function failedRequests(dimensions: Dimensions): AlarmSpec {
  return {
    name: 'failed-requests',
    severity: 'critical',
    means: 'Requests of the queue have failed; nobody waits for their answers.',
    runbook: 'Read the failures below the failure path of the endpoint, then send those requests again.',
    metrics: { failed: metric(INVOCATIONS, 'InvocationFailures', dimensions, 'Sum') },
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    ...judged(5, 1, 1),
    ...SILENT_WHEN_WELL,
  };
}

function backlog(endpointName: string): AlarmSpec {
  return {
    name: 'old-requests',
    severity: 'critical',
    means: 'A request has waited in the queue for a long time.',
    runbook:
      'Look at the number of instances: one that scales from zero needs a step policy on HasBacklogWithoutCapacity.',
    metrics: { age: metric(INVOCATIONS, 'ApproximateAgeOfOldestRequest', { EndpointName: endpointName }, 'Maximum') },
    unit: 's',
    bad: 'above',
    threshold: 900,
    thresholdLimits: COUNT,
    ...judged(5, 2, 2),
    ...SILENT_WHEN_WELL,
  };
}
