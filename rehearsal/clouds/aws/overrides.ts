import type { Override } from '../cloud';

const FORGETS_DESCRIPTION = 'the emulator forgets descriptions of rules, except of those with addresses';
const hasNoAddresses: Override['when'] = ({ cidr_ipv4 }) => cidr_ipv4 === undefined;

/**
 * Every AWS resource type that a rehearsal overrides, with its reason. These are the emulators' limits, not the platform's:
 * a construct is never weakened for them. A type that is not here and fails, fails the rehearsal. What a service
 * forgets or gets wrong can be mended in `patches.ts` instead: the resource is then applied.
 */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  aws_db_instance: {
    reason: 'the emulator forgets performance insights',
    when: ({ performance_insights_enabled }) => performance_insights_enabled === true,
    values: {
      address: 'db.rehearsal.internal',
      endpoint: 'db.rehearsal.internal:5432',
      port: 5432,
      resource_id: 'db-REHEARSAL',
      master_user_secret: [{ secret_arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-rehearsal' }],
    },
  },
  aws_db_parameter_group: { reason: 'the emulator does not say who set a parameter, so the provider sees none' },
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
  aws_vpc_security_group_egress_rule: { reason: FORGETS_DESCRIPTION, when: hasNoAddresses },
  aws_vpc_security_group_ingress_rule: { reason: FORGETS_DESCRIPTION, when: hasNoAddresses },
};
