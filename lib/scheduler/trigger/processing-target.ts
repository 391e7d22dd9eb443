import type { IConstruct } from 'constructs';
import type { IProgramJob } from '../../training/processing/program-job';
import { RUN_VARIABLES } from '../../training/run-variables';
import { intrinsic } from '../states/state';
import { integration } from './integrations';
import type { TargetParts } from './target-parts';

const STATUS = 'ProcessingJobStatus';

/**
 * A processing job as the target of a trigger. Its name is made of the execution's: a repeated call finds the job that the first
 * one has made, and starts none beside it.
 */
export function processingParts(scope: IConstruct, job: IProgramJob): TargetParts {
  const { Environment, ...request } = job.request();
  const name = intrinsic('Format', `'${job.jobName}-{}'`, intrinsic('Hash', '$$.Execution.Name', "'MD5'"));
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
    run: '$.run.id',
    follow: {
      look: (run) => ({
        Resource: integration(scope, 'aws-sdk:sagemaker:describeProcessingJob'),
        Parameters: { 'ProcessingJobName.$': run },
        ResultSelector: { 'status.$': `$.${STATUS}` },
      }),
      isActive: (answer) => ({ Or: ['InProgress', 'Stopping'].map((one) => status(answer, one)) }),
      hasSucceeded: (answer) => status(answer, 'Completed'),
    },
    grant: (grantee) => job.grantStart(grantee),
  };
}
