import { digitsOf } from '../../core/cdktf/token-values';
import { type AlarmSpec, COUNT, DEAD_WITHOUT_DATA, judged, metric, SILENT_WHEN_WELL } from '../alarms/alarm-spec';

/** A pipeline, as far as its alarms depend on it. */
export interface MonitoredPipeline {
  readonly pipelineName: string;
  /** Hours in which a run must succeed, 1 to 168. @default - it may rest: no alarm `no-success` */
  readonly everyHours?: number;
}

/** Names of the alarms of a pipeline. */
export const PIPELINE_ALARMS = ['failed-runs', 'no-success'] as const;
/** One of {@link PIPELINE_ALARMS}. */
export type PipelineAlarm = (typeof PIPELINE_ALARMS)[number];

/** The metrics themselves spell the namespace so. */
const PIPELINES = 'AWS/Sagemaker/ModelBuildingPipeline';
/** Hours that CloudWatch looks back at most. */
export const SUCCESS_HOURS = { min: 1, max: 168 } as const;

/** The alarms of a pipeline. */
export function pipelineAlarms({ pipelineName, everyHours }: MonitoredPipeline): AlarmSpec[] {
  const of = (name: string) => metric(PIPELINES, name, { PipelineName: pipelineName }, 'Sum');
  const failed: AlarmSpec = {
    name: 'failed-runs',
    severity: 'warning',
    means: 'A run of the pipeline has failed.',
    runbook: 'Open the run in SageMaker Studio: its first failed step has the reason, and the log of the job.',
    metrics: { failed: of('ExecutionFailed') },
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    ...judged(5, 1, 1),
    ...SILENT_WHEN_WELL,
  };
  if (everyHours === undefined) return [failed];
  const late: AlarmSpec = {
    name: 'no-success',
    severity: 'warning',
    means: `No run of the pipeline has succeeded in ${digitsOf(everyHours)} hours.`,
    runbook: 'Look at the trigger of the pipeline and its failed events, then at the last runs.',
    metrics: { succeeded: of('ExecutionSucceeded') },
    unit: '',
    bad: 'below',
    threshold: 1,
    thresholdLimits: { min: 1 },
    ...judged(60, everyHours, everyHours),
    ...DEAD_WITHOUT_DATA,
  };
  return [failed, late];
}
