/** A resource that no emulator of `emulator/services.ts` can hold: its provider plans it, but no service is called. */
export interface Override {
  /** What the emulator lacks, as the report shows it. */
  readonly reason: string;
  /** Narrows it to some resources of the type, by their synthesized configuration. @default - all of the type */
  readonly when?: (configuration: Readonly<Record<string, unknown>>) => boolean;
  /** Computed attributes that others read, in their right shape; ARNs are made up anyway. @default - none */
  readonly values?: Readonly<Record<string, unknown>>;
}

const FORGETS_DESCRIPTION = 'the emulator forgets descriptions of rules, except of those with addresses';
const hasNoAddresses: Override['when'] = ({ cidr_ipv4 }) => cidr_ipv4 === undefined;

/**
 * Every resource type that a rehearsal overrides, with its reason. These are the emulator's limits, not the platform's:
 * a construct is never weakened for them. A type that is not here and fails, fails the rehearsal.
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

/** Why a resource is overridden; undefined if a service holds it. */
export function overrideOf(type: string, configuration: Readonly<Record<string, unknown>>): Override | undefined {
  const override = OVERRIDES[type];
  return override && (override.when?.(configuration) ?? true) ? override : undefined;
}
