/** Events as the services send them (EventBridge events reference, and the guides of the services), shortened. */
const envelope = {
  version: '0',
  id: '844e2571-85d4-695f-b930-0153b71dcb42',
  account: '111122223333',
  region: 'eu-north-1',
  time: '2026-02-24T17:00:14Z',
};

/** An alarm that went off. */
export const ALARM_EVENT = {
  ...envelope,
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  resources: ['arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift'],
  detail: {
    alarmName: 'drift',
    configuration: { metrics: [{ id: 'm1', metricStat: { period: 300, stat: 'Average' }, returnData: true }] },
    previousState: { reason: 'below', timestamp: '2026-02-24T16:00:14.000+0000', value: 'OK' },
    state: { reason: 'above', timestamp: '2026-02-24T17:00:14.989+0000', value: 'ALARM' },
  },
};

/** A new object. */
export const OBJECT_EVENT = {
  ...envelope,
  'detail-type': 'Object Created',
  source: 'aws.s3',
  resources: ['arn:aws:s3:::acme-raw'],
  detail: {
    version: '0',
    bucket: { name: 'acme-raw' },
    object: { key: 'daily/2026-02-24/_SUCCESS', size: 5, etag: 'b1946ac9', sequencer: '617f08299329d189' },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '111122223333',
    'source-ip-address': '10.0.0.4',
    reason: 'PutObject',
  },
};

/** A version that was approved. */
export const PACKAGE_EVENT = {
  ...envelope,
  'detail-type': 'SageMaker Model Package State Change',
  source: 'aws.sagemaker',
  resources: ['arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-churn/2'],
  detail: {
    ModelPackageGroupName: 'acme-churn',
    ModelPackageVersion: 2,
    ModelPackageArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-churn/2',
    ModelPackageStatus: 'Completed',
    CertifyForMarketplace: false,
    ModelApprovalStatus: 'Approved',
    UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription'],
  },
};

/** A pipeline whose run has ended. */
export const PIPELINE_EVENT = {
  ...envelope,
  'detail-type': 'SageMaker Model Building Pipeline Execution Status Change',
  source: 'aws.sagemaker',
  resources: [
    'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn',
    'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn/execution/p4jn9xou8a8s',
  ],
  detail: {
    pipelineExecutionDisplayName: 'execution-1',
    currentPipelineExecutionStatus: 'Succeeded',
    previousPipelineExecutionStatus: 'Executing',
    executionStartTime: '2026-02-24T16:00:14Z',
    executionEndTime: '2026-02-24T17:00:14Z',
    pipelineArn: 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn',
    pipelineExecutionArn: 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn/execution/p4jn9xou8a8s',
  },
};

/** A composite alarm that went off. */
export const COMPOSITE_ALARM_EVENT = {
  ...envelope,
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  resources: ['arn:aws:cloudwatch:eu-north-1:111122223333:alarm:ServiceAggregatedAlarm'],
  detail: {
    alarmName: 'ServiceAggregatedAlarm',
    configuration: {
      alarmRule: 'ALARM(ServiceLatency) OR ALARM(ServiceErrors)',
      actionsSuppressor: 'Maintenance',
      actionsSuppressorWaitPeriod: 120,
      actionsSuppressorExtensionPeriod: 180,
    },
    previousState: { reason: 'below', reasonData: '{}', timestamp: '2026-02-24T16:00:14.000+0000', value: 'OK' },
    state: {
      actionsSuppressedBy: 'WaitPeriod',
      actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
      reason: 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:ServiceLatency transitioned to ALARM',
      reasonData: '{"triggeringAlarms":[]}',
      timestamp: '2026-02-24T17:00:14.989+0000',
      value: 'ALARM',
    },
  },
};

/** A new version, which waits for its approval: nothing was updated. */
export const REGISTERED_EVENT = {
  ...envelope,
  'detail-type': 'SageMaker Model Package State Change',
  source: 'aws.sagemaker',
  resources: ['arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-churn/3'],
  detail: {
    ModelPackageGroupName: 'acme-churn',
    ModelPackageVersion: 3,
    ModelPackageArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-churn/3',
    ModelPackageStatus: 'Completed',
    CertifyForMarketplace: false,
    ModelApprovalStatus: 'PendingManualApproval',
  },
};
