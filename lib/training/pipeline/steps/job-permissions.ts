import type { IRole } from '../../../iam/role';
import type { PipelineBinding } from './step';

/**
 * Kinds of jobs, as the calls of SageMaker name them, with the resource in their ARNs and the names that pipelines give
 * them: `pipelines-<execution>-<step>-<random>`. The 32 characters of a tuning leave no room for the first word.
 */
const KINDS = {
  ProcessingJob: ['processing-job', 'pipelines-*'],
  TrainingJob: ['training-job', 'pipelines-*'],
  HyperParameterTuningJob: ['hyper-parameter-tuning-job', '*'],
} as const;

/**
 * Allows a pipeline to create, tag, describe and stop its jobs of a kind, and to pass them their role. The guardrails of
 * the workspace limit what they may be.
 */
export function allowJobs({ role, jobArn }: PipelineBinding, kind: keyof typeof KINDS, jobRole: IRole): void {
  const [resource, name] = KINDS[kind];
  role.addToPolicy({
    actions: ['AddTags', `Create${kind}`, `Describe${kind}`, `Stop${kind}`].map((action) => `sagemaker:${action}`),
    resources: [jobArn(resource, name)],
  });
  role.addToPolicy({
    actions: ['iam:PassRole'],
    resources: [jobRole.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}
