import type { IConstruct } from 'constructs';
import type { IProgramJob } from '../../../training/processing/program-job';
import { RUN_VARIABLES } from '../../../training/run-variables';
import { integration } from '../../states/integrations';
import { intrinsic } from '../../states/state';
import { NAME_TAKEN, type TargetParts } from './target-parts';

/** Error of the call that describes a job, when there is none. */
const GONE = 'SageMaker.ResourceNotFoundException';

/**
 * A processing job as the target of a trigger. Its name is made of the execution's ARN, which two triggers of one
 * event do not share: SageMaker refuses a repeated call, which so finds the job that it has started.
 */
export function processingParts(scope: IConstruct, job: IProgramJob): TargetParts {
  const { Environment, ...request } = job.request();
  const name = intrinsic('Format', `'${job.jobName}-{}'`, intrinsic('Hash', '$$.Execution.Id', "'MD5'"));
  const status = (answer: string, StringEquals: string) => ({ Variable: `${answer}.status`, StringEquals });
  return {
    lock: `processing/${job.jobName}`,
    start: {
      Resource: integration(scope, 'aws-sdk:sagemaker:createProcessingJob'),
      Parameters: {
        'ProcessingJobName.$': name,
        ...request,
        Environment: {
          ...(Environment as Record<string, string>),
          [`${RUN_VARIABLES.cause}.$`]: '$.cause',
          [`${RUN_VARIABLES.startedBy}.$`]: '$$.Execution.Id',
        },
      },
      ResultSelector: {
        'id.$': intrinsic('ArrayGetItem', intrinsic('StringSplit', '$.ProcessingJobArn', "'/'"), '1'),
      },
    },
    started: { error: NAME_TAKEN, answer: { 'id.$': name } },
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration(scope, 'aws-sdk:sagemaker:describeProcessingJob'),
        Parameters: { 'ProcessingJobName.$': run },
        ResultSelector: { 'status.$': '$.ProcessingJobStatus' },
      }),
      isActive: (answer) => ({ Or: ['InProgress', 'Stopping'].map((one) => status(answer, one)) }),
      hasSucceeded: (answer) => status(answer, 'Completed'),
      gone: GONE,
    },
    grant: (grantee) => job.grantStart(grantee),
  };
}
