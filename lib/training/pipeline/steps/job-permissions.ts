import type { IRole } from '../../../iam/role';
import type { PipelineBinding } from './step';

/** Kinds of jobs, as the calls of SageMaker name them, with the resource in their ARNs. */
const KINDS = {
  ProcessingJob: 'processing-job',
  TrainingJob: 'training-job',
  HyperParameterTuningJob: 'hyper-parameter-tuning-job',
  TransformJob: 'transform-job',
} as const;

/**
 * Allows a pipeline to create, tag, describe and stop its jobs of a kind, and to pass them their role. SageMaker names the
 * jobs of pipelines `pipelines-<execution>-<step>-<random>`; the guardrails of the workspace limit what they may be.
 */
export function allowJobs({ role, jobArn }: PipelineBinding, kind: keyof typeof KINDS, jobRole?: IRole): void {
  role.addToPolicy({
    actions: ['AddTags', `Create${kind}`, `Describe${kind}`, `Stop${kind}`].map((action) => `sagemaker:${action}`),
    resources: [jobArn(KINDS[kind])],
  });
  if (!jobRole) return;
  role.addToPolicy({
    actions: ['iam:PassRole'],
    resources: [jobRole.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}
