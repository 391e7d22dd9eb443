import { Construct } from 'constructs';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { Alarm, type IAlarm } from './alarm';
import { type AlarmSpec, COUNT, type MetricSpec, metric, SILENT_WHEN_WELL } from './alarm-spec';

const EVENT = 'SageMaker Endpoint Deployment State Change';

export interface DeploymentProps {
  /** Name of the endpoint in the names of its alarms. */
  readonly thing: string;
  readonly endpointName: string;
  /** How long a deployment takes at most. */
  readonly holdMinutes: number;
}

/**
 * An alarm that is on from the beginning of a deployment of an endpoint for some minutes, and then tells nobody: it holds
 * the others. It ends by itself, so that an event which is lost silences nothing for good.
 *
 * Costs an alarm by the month. Destroying it is free.
 */
export class Deployment extends Construct {
  /** Deployments that have begun. */
  public readonly metric: MetricSpec;
  public readonly alarm: IAlarm;

  constructor(scope: Construct, id: string, props: DeploymentProps) {
    super(scope, id);
    Properties.need(this, props, 'thing', 'endpointName', 'holdMinutes');
    const { thing, endpointName, holdMinutes } = props;
    this.metric = {
      ...metric('MLOps/Events', 'EndpointDeployments', { EndpointName: endpointName }, 'Sum'),
      from: {
        event: EVENT,
        eventPattern: {
          source: ['aws.sagemaker'],
          'detail-type': [EVENT],
          detail: { EndpointName: [endpointName], EndpointStatus: ['UPDATING'] },
        },
        selectors: { EndpointName: '$.detail.EndpointName' },
      },
    };
    this.alarm = new Alarm(this, 'Alarm', { thing, spec: specOf(this.metric, holdMinutes) });
  }
}

function specOf(begun: MetricSpec, holdMinutes: number): AlarmSpec {
  return {
    name: 'deploying',
    severity: 'warning',
    means: `A deployment of the endpoint has begun in the last ${digitsOf(holdMinutes)} minutes; its alarms tell nobody.`,
    runbook: 'nothing; the rollout has alarms of its own, which roll it back.',
    metrics: { begun },
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    periodSeconds: 60,
    periods: holdMinutes,
    badPeriods: 1,
    ...SILENT_WHEN_WELL,
  };
}
