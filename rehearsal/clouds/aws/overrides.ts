import type { Override } from '../cloud';

/**
 * Every AWS resource type that a rehearsal overrides, with its reason. These are the emulators' limits, not the platform's:
 * a construct is never weakened for them. A type that is not here and fails, fails the rehearsal. What a service
 * forgets or gets wrong can be mended in `patches.ts` instead: the resource is then applied.
 */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  aws_ecr_pull_through_cache_rule: { reason: 'the emulator has no pull-through cache' },
  aws_ecr_repository_creation_template: { reason: 'the emulator has no repository creation templates' },
  aws_glue_data_quality_ruleset: { reason: 'the emulator has no data quality' },
  aws_glue_job: {
    reason: 'the emulator reports an execution class that was never set',
    when: ({ execution_class }) => execution_class === undefined,
  },
  aws_glue_registry: { reason: 'the emulator forgets tags of schema registries' },
  aws_s3_bucket_request_payment_configuration: { reason: 'the emulator always lets the owner pay' },
  aws_s3_bucket_intelligent_tiering_configuration: { reason: 'the emulator has no archive tiers' },
};
