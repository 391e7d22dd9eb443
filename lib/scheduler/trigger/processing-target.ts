import { RUN_VARIABLES } from '../../training/pipeline/pipeline';
import type { IProgramJob } from '../../training/processing/program-job';
import { intrinsic } from '../states/state';
import type { TargetParts } from './target';

const STATUS = 'ProcessingJobStatus';

/**
 * A processing job as the target of a trigger. Its name is made of the execution's: a repeated call finds the job that the first
 * one has made, and starts none beside it.
 *
 * @param integration gives the ARN of an action that a state machine calls
 */
export function processingParts(job: IProgramJob, integration: (action: string) => string): TargetParts {
  const { Environment, ...request } = job.request();
  const name = intrinsic('Format', `'${job.jobName}-{}'`, intrinsic('Hash', '$$.Execution.Name', "'MD5'"));
  const status = (answer: string, StringEquals: string) => ({ Variable: `${answer}.status`, StringEquals });
  return {
    lock: `processing/${job.jobName}`,
    start: {
      Resource: integration('aws-sdk:sagemaker:createProcessingJob'),
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
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration('aws-sdk:sagemaker:describeProcessingJob'),
        Parameters: { 'ProcessingJobName.$': run },
        ResultSelector: { 'status.$': `$.${STATUS}` },
      }),
      isActive: (answer) => ({ Or: ['InProgress', 'Stopping'].map((one) => status(answer, one)) }),
      hasSucceeded: (answer) => status(answer, 'Completed'),
    },
    grant: (grantee) => job.grantStart(grantee),
  };
}
