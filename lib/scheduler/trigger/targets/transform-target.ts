import type { IConstruct } from 'constructs';
import type { JsonValue } from '../../../training/pipeline/json';
import type { ITransformJob } from '../../../training/processing/transform-job';
import { RUN_VARIABLES } from '../../../training/run-variables';
import { integration } from '../../states/integrations';
import { intrinsic } from '../../states/state';
import { NAME_TAKEN, type TargetParts } from './target-parts';

/**
 * A batch transform as the target of a trigger. Its name, and the folder of its answers, are made of the execution's ARN, which
 * two triggers of one event do not share: SageMaker refuses a repeated call, which so finds the job that it has started, and no
 * run writes into the answers of another.
 */
export function transformParts(scope: IConstruct, job: ITransformJob): TargetParts {
  const { Environment, TransformOutput, ...request } = job.request();
  const own = intrinsic('Hash', '$$.Execution.Id', "'MD5'");
  const name = intrinsic('Format', `'${job.jobName}-{}'`, own);
  const status = (answer: string, StringEquals: string) => ({ Variable: `${answer}.status`, StringEquals });
  return {
    lock: `transform/${job.jobName}`,
    start: {
      Resource: integration(scope, 'aws-sdk:sagemaker:createTransformJob'),
      Parameters: {
        'TransformJobName.$': name,
        ...request,
        Environment: {
          ...(Environment as Record<string, string>),
          [`${RUN_VARIABLES.cause}.$`]: '$.cause',
          [`${RUN_VARIABLES.startedBy}.$`]: '$$.Execution.Id',
        },
        TransformOutput: {
          ...(TransformOutput as Record<string, JsonValue>),
          'S3OutputPath.$': intrinsic('Format', `'${job.outputUri}/run={}/'`, own),
        },
      },
      ResultSelector: {
        'id.$': intrinsic('ArrayGetItem', intrinsic('StringSplit', '$.TransformJobArn', "'/'"), '1'),
      },
    },
    started: { error: NAME_TAKEN, answer: { 'id.$': name } },
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration(scope, 'aws-sdk:sagemaker:describeTransformJob'),
        Parameters: { 'TransformJobName.$': run },
        ResultSelector: { 'status.$': '$.TransformJobStatus' },
      }),
      isActive: (answer) => ({ Or: ['InProgress', 'Stopping'].map((one) => status(answer, one)) }),
      hasSucceeded: (answer) => status(answer, 'Completed'),
      gone: 'SageMaker.ResourceNotFoundException',
    },
    grant: (grantee) => job.grantStart(grantee),
  };
}
