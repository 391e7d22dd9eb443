import type { IConstruct } from 'constructs';
import { knownPartOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { policyDocument } from '../../iam/policy-document';
import { SCP } from '../../iam/policy-limits';
import type { PolicyConditions, PolicyStatement } from '../../iam/statement';
import { hasInstanceStore, RUNTIME_LIMITS_MINUTES } from '../training-limits';

/*
 * The condition keys that each action carries (service authorization reference of SageMaker). A `Null` condition on a key
 * that an action does not carry is always true, and would deny the action altogether: so each limit names its actions.
 * `sagemaker:VolumeKmsKey` and `sagemaker:OutputKmsKey` are deprecated, no action carries them.
 */
const JOBS = ['CreateTrainingJob', 'CreateProcessingJob', 'CreateHyperParameterTuningJob'] as const;
const WITH_TRANSFORM = [...JOBS, 'CreateTransformJob'] as const;
/** A batch transform runs in the network of its model. */
const WITH_MODEL = [...JOBS, 'CreateModel'] as const;

/**
 * Ways to start jobs whose instance types, network or run time no condition key shows, or that belong to services closed
 * to new customers. They are denied as a whole.
 */
const OTHER_WAYS = [
  'CreateAIBenchmarkJob',
  'CreateAIRecommendationJob',
  'CreateAutoMLJob',
  'CreateAutoMLJobV2',
  'CreateCompilationJob',
  'CreateDataQualityJobDefinition',
  'CreateEdgePackagingJob',
  'CreateInferenceRecommendationsJob',
  'CreateJob',
  'CreateLabelingJob',
  'CreateModelBiasJobDefinition',
  'CreateModelExplainabilityJobDefinition',
  'CreateModelQualityJobDefinition',
  'CreateMonitoringSchedule',
  'CreateOptimizationJob',
] as const;

export interface GuardrailsProps {
  /** Subnets in which jobs may run. */
  readonly subnetIds: readonly string[];
  /** Types on which jobs may run. Those with an instance store are exempt from a key for the volume. */
  readonly instanceTypes: readonly string[];
  /** Maximal run time of a job. */
  readonly maxRuntimeMinutes: number;
}

/** How the guardrails become a service control policy. */
export interface ScpOptions {
  /** ARNs of roles that are exempt, with `*` for a part, e.g. `arn:aws:iam::*:role/break-glass`. @default - none */
  readonly exceptRoleArns?: readonly string[];
}

/**
 * What no job of SageMaker may do, as statements that deny: run outside the subnets, on another instance type, write to
 * a volume or an output without a key, run longer than the limit, or name none.
 *
 * A processing job without outputs names the key all the same, in `ProcessingOutputConfig`. Types with an instance store
 * take no key for their volume; their hardware encrypts it, and their output still needs the key. A batch transform has
 * no key of its own for the network and the run time: the network is its model's, which `CreateModel` limits. Every other
 * kind of job (AutoML, compilation, optimization, recommendations, labeling, monitoring schedules) shows too little of what
 * it starts, and is denied. Clusters (HyperPod), notebook instances and endpoints are no jobs: these policies say nothing of
 * them, and no role of this library may make one.
 */
export class Guardrails {
  constructor(
    private readonly scope: IConstruct,
    private readonly props: GuardrailsProps,
  ) {
    Properties.need(scope, props, 'subnetIds', 'instanceTypes', 'maxRuntimeMinutes');
    Properties.of(scope)
      .known(props, 'instanceTypes')
      .integer('maxRuntimeMinutes', props.maxRuntimeMinutes, RUNTIME_LIMITS_MINUTES)
      .throwIfInvalid();
  }

  /** The statements, for the policy of every role that may start a job. */
  public get statements(): readonly PolicyStatement[] {
    const { subnetIds, instanceTypes, maxRuntimeMinutes } = this.props;
    const stores = instanceTypes.filter(hasInstanceStore);
    const seconds = `${maxRuntimeMinutes * 60}`;
    return [
      deny(WITH_MODEL, isMissing('VpcSubnets')),
      deny(WITH_MODEL, { 'ForAnyValue:StringNotEquals': { 'sagemaker:VpcSubnets': subnetIds } }),
      deny(WITH_TRANSFORM, isMissing('InstanceTypes')),
      deny(WITH_TRANSFORM, { 'ForAnyValue:StringNotEquals': { 'sagemaker:InstanceTypes': instanceTypes } }),
      deny(WITH_TRANSFORM, isMissing('OutputKmsKeyArn')),
      deny(WITH_TRANSFORM, {
        ...isMissing('VolumeKmsKeyArn'),
        ...(stores.length > 0 && { 'ForAnyValue:StringNotEquals': { 'sagemaker:InstanceTypes': stores } }),
      }),
      deny(JOBS, isMissing('MaxRuntimeInSeconds')),
      deny(JOBS, { NumericGreaterThan: { 'sagemaker:MaxRuntimeInSeconds': seconds } }),
      deny(OTHER_WAYS),
    ];
  }

  /**
   * The same as a service control policy for an account or an organizational unit: JSON on one line, at most 5,120
   * characters. It binds every principal there, also those that this platform has not made; it grants nothing.
   *
   * @throws InputError if it is longer: shorten the list of instance types
   * @example
   * new OrganizationsPolicy(stack, 'Jobs', { name: 'jobs', content: workspace.guardrails.scpDocument() });
   */
  public scpDocument({ exceptRoleArns = [] }: ScpOptions = {}): string {
    const exception = exceptRoleArns.length > 0 ? { ArnNotLike: { 'aws:PrincipalArn': exceptRoleArns } } : undefined;
    const statements = this.statements.map((statement) => ({
      ...statement,
      conditions: exception || statement.conditions ? { ...statement.conditions, ...exception } : undefined,
    }));
    const text = JSON.stringify(JSON.parse(policyDocument(statements)));
    const { length } = knownPartOf(this.scope, text);
    Properties.of(this.scope)
      .require(
        length <= SCP.maxCharacters,
        `the ${SCP.kind} has ${length} characters, the limit is ${SCP.maxCharacters}; ${SCP.fix}`,
      )
      .throwIfInvalid();
    return text;
  }
}

function isMissing(key: string): PolicyConditions {
  return { Null: { [`sagemaker:${key}`]: 'true' } };
}

/** Statements that deny are not limited to resources: a name would be a way around them. */
function deny(actions: readonly string[], conditions?: PolicyConditions): PolicyStatement {
  return {
    effect: 'Deny',
    actions: actions.map((action) => `sagemaker:${action}`),
    resources: ['*'],
    ...(conditions && { conditions }),
  };
}
