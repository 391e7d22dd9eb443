import { AwsStack } from '../../lib/aws/aws-stack';
import { Key } from '../../lib/encryption/key';
import { AlarmActions } from '../../lib/monitoring/actions/alarm-actions';
import { driftGraphs } from '../../lib/monitoring/drift/drift-graphs';
import { DEFAULT_FEATURE_METRICS, DEFAULT_THRESHOLDS } from '../../lib/monitoring/drift/drift-limits';
import { Monitoring } from '../../lib/monitoring/monitoring';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { Template, testApp } from '../../lib/testing';
import { svgOf } from './svg';

/** Where the picture is. */
export const PICTURE = 'docs/pictures/model-dashboard.svg';

const TOPIC = 'arn:aws:sns:eu-north-1:111122223333:alerts';

/** The dashboard of a model with a challenger, drawn from the body that is synthesized, with made-up values. */
export function dashboardPicture(): string {
  const stack = new AwsStack(testApp(), 'picture', {
    namePrefix: 'acme-prod',
    account: '111122223333',
    region: 'eu-north-1',
  });
  const endpoint = SageMakerEndpoint.fromEndpointAttributes(stack, 'Endpoint', {
    endpointName: 'acme-prod-card-fraud',
    variantNames: ['champion', 'challenger'],
  });
  new Monitoring(stack, 'Monitoring', {
    actions: AlarmActions.fromTopicArns(stack, 'Actions', { critical: [TOPIC], warning: [TOPIC] }),
    encryptionKey: new Key(stack, 'Key', { description: 'events' }),
  }).monitorEndpoint(endpoint, {
    name: 'card-fraud',
    variants: { champion: { instanceType: 'ml.m5.xlarge' }, challenger: { instanceType: 'ml.m5.xlarge' } },
    graphs: driftGraphs('acme-prod-drift-card-fraud', DEFAULT_FEATURE_METRICS, { PSI: DEFAULT_THRESHOLDS.psi }),
  });
  const template = Template.synth(stack);
  const alarms = template.resources('aws_cloudwatch_metric_alarm') as Record<string, any>;
  const dashboards = template.all('aws_cloudwatch_dashboard') as Record<string, any>[];
  const body = dashboards.find(({ dashboard_name }) => dashboard_name.endsWith('card-fraud'))!.dashboard_body;
  const named = (body as string).replace(
    /\$\{(aws_cloudwatch_metric_alarm\.[\w-]+)\.arn\}/g,
    (_, address: string) => `arn:aws:cloudwatch:eu-north-1:111122223333:alarm:${alarms[address].alarm_name}`,
  );
  return svgOf('The dashboard of a model with a challenger', JSON.parse(named).widgets);
}
