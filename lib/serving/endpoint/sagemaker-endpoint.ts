import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SagemakerEndpoint } from '@cdktf/provider-aws/lib/sagemaker-endpoint';
import { SagemakerEndpointConfiguration } from '@cdktf/provider-aws/lib/sagemaker-endpoint-configuration';
import { type ITerraformDependable, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { FixedChoice } from '../../core/fixed-choice';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { ITable } from '../../data-lake/table';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import { SecurityGroup } from '../../network/security-group';
import { ContentName } from '../model/content-name';
import { type ModelNetwork, ServedModel } from '../model/served-model';
import { RollbackAlarms } from '../rollout/rollback-alarms';
import { Rollout } from '../rollout/rollout';
import { SmokeTest } from '../smoke/smoke-test';
import type { Traffic } from '../traffic/traffic';
import { CapturedData } from './capture';
import { contentOf, type PlacedVariant } from './configuration';
import { EndpointBase, type IEndpoint, type RequestStore } from './endpoint-base';
import { DEFAULT_ENDPOINT_LOG_DAYS, ENDPOINT, ENDPOINT_CONFIGURATION, type InvocationKind } from './endpoint-limits';
import { type EndpointAttributes, type SageMakerEndpointProps, trafficOf, validateEndpoint } from './endpoint-props';
import { allowRollback, allowServing, ENDPOINT_LOGS, endpointLogGroupArn } from './endpoint-role';
import { EndpointScaling } from './endpoint-scaling';
import { VariantTypes } from './variant-types';

export type { IEndpoint, RequestStore } from './endpoint-base';
export type { EndpointAttributes, SageMakerEndpointProps, Variant } from './endpoint-props';

/**
 * An endpoint of SageMaker that answers with one or several models, and changes without an interruption: a new model, another
 * share, other instances are rolled out in steps and rolled back by alarms.
 *
 * Models and configurations have names that end in a hash of their content, and are made before those in use go. If SageMaker rolls
 * a deployment back, the apply fails and deletes nothing that is in use; the next good apply cleans up. To go back, declare what was
 * there before.
 *
 * Makes the endpoint with its configuration and models, the role of the containers, their security group, the log group, alarms
 * that roll back, scaling, with `smoke` a test of each deployment, and with `capture` a table of the lake.
 *
 * Costs each instance for each second, also without requests; twice as many while a change is rolled out. A serverless endpoint costs
 * by the millisecond of an answer. Each alarm costs by the month. Destroying it interrupts who asks it; captured data stays in the
 * lake, the log is deleted if it may be.
 */
export class SageMakerEndpoint extends EndpointBase {
  /** An existing endpoint. */
  public static fromEndpointAttributes(scope: Construct, id: string, attributes: EndpointAttributes): IEndpoint {
    Properties.need(`${scope.node.path}/${id}`, attributes, 'endpointName');
    const { endpointName, invocation = 'real-time', variantNames = [] } = attributes;
    const arn = Aws.of(scope).arn('sagemaker', `endpoint/${endpointName}`);
    class Import extends EndpointBase {
      public readonly endpointName = endpointName;
      public readonly endpointArn = arn;
      public readonly invocation = invocation;
      public readonly variantNames = variantNames;
      public readonly captured = attributes.captured;
      public readonly requests = attributes.requests;
    }
    return new Import(scope, id);
  }

  public readonly endpointName: string;
  public readonly endpointArn: string;
  public readonly invocation: InvocationKind;
  public readonly variantNames: readonly string[];
  public readonly shadowName?: string;
  public readonly captured?: ITable;
  public readonly requests?: RequestStore;
  /** How requests are divided. */
  public readonly traffic: Traffic;
  /** What the containers may do: grant it what they call, if they are not isolated. */
  public readonly role: Role;
  /** Group of the containers, through which SageMaker loads the model from S3; `undefined` of a serverless endpoint. */
  public readonly securityGroup?: SecurityGroup;
  /** What asks it after each deployment. */
  public readonly smoke?: SmokeTest;
  /** The underlying configuration. */
  public readonly configuration: SagemakerEndpointConfiguration;
  /** The underlying endpoint. */
  public readonly resource: SagemakerEndpoint;
  private readonly rollout: Rollout;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SageMakerEndpointProps,
  ) {
    super(scope, id);
    this.rollout = props?.rollout ?? Rollout.canary();
    validateEndpoint(this, props, this.rollout);

    this.traffic = trafficOf(props)!;
    this.invocation = props.invocation.kind;
    this.variantNames = this.traffic.names;
    this.shadowName = this.traffic.shadow?.name;
    const name = physicalName(this, ENDPOINT, props.name);
    const arn = Aws.of(this).arn('sagemaker', `endpoint/${name}`);
    this.fixVariants();
    const logs = this.makeLogs(name);
    this.role = this.makeRole();
    this.securityGroup = this.makeSecurityGroup();
    allowServing(this.role, {
      logGroupArn: endpointLogGroupArn(this.role, name),
      encryptionKey: props.encryptionKey,
      network: props.network && { of: props.network, model: this.modelNetwork()! },
    });
    this.requests = this.requestsOf(name);
    const captured = this.makeCapture(name);
    this.captured = captured?.table;
    this.smoke = this.makeSmoke(name);
    this.configuration = this.makeConfiguration(captured);
    const alarms = this.makeAlarms(name);
    const types = new VariantTypes(this, 'Types', { types: this.instanceTypes() });
    this.resource = this.makeEndpoint(name, alarms, [logs, types.resource]);
    // no references: what depends on it and is made before it is destroyed, such as a door, makes it so too, and `types`
    this.endpointName = published(this, name, name);
    this.endpointArn = published(this, arn, arn);
    this.scale(name, types);
  }

  /** SageMaker refuses a rollout to other names; Terraform finds out before it makes models for them. */
  private fixVariants(): void {
    new FixedChoice(this, 'Variants', {
      name: `variants of ${this.props.name}`,
      value: [...this.variantNames].sort().join('.'),
      instead:
        'SageMaker rolls a change out within the variants that are there. Make another endpoint with the other names, move who asks, and remove this one',
    });
  }

  private makeLogs(endpointName: string): CloudwatchLogGroup {
    const { encryptionKey, logRetentionDays = DEFAULT_ENDPOINT_LOG_DAYS, removal } = this.props;
    encryptionKey.allowLogs();
    const group = new CloudwatchLogGroup(this, 'Logs', {
      name: claimPhysicalName(this, LOG_GROUP, `${ENDPOINT_LOGS}/${endpointName}`),
      retentionInDays: logRetentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    if (!Token.isUnresolved(logRetentionDays) && logRetentionDays < DEFAULT_ENDPOINT_LOG_DAYS) {
      waive(group, 'a retention below one year is set explicitly', 'CKV_AWS_338');
    }
    return group;
  }

  private makeRole(): Role {
    return new Role(this, 'Role', {
      assumedBy: Principal.service('sagemaker.amazonaws.com', Aws.of(this).account),
      description: 'Containers of an endpoint',
    });
  }

  private makeSecurityGroup(): SecurityGroup | undefined {
    const { network } = this.props;
    if (!network) return undefined;
    const group = new SecurityGroup(this, 'Group', { network, description: 'Containers of an endpoint' });
    network.allowAwsServices(group); // SageMaker loads the model through the VPC, also for isolated containers
    waive(group.resource, 'the models name it, and the scanner does not look there', 'CKV2_AWS_5');
    return group;
  }

  private modelNetwork(): ModelNetwork | undefined {
    const { network } = this.props;
    if (!network || !this.securityGroup) return undefined;
    return { subnets: network.privateSubnetIds, securityGroupIds: [this.securityGroup.securityGroupId] };
  }

  private requestsOf(endpointName: string): RequestStore | undefined {
    const { asynchronous } = this.props.invocation;
    if (!asynchronous) return undefined;
    const { bucket, successTopicArn, errorTopicArn } = asynchronous;
    const [inputs, outputs, failures] = ['requests', 'answers', 'failures'].map((part) => `${endpointName}/${part}`);
    bucket.grantRead(this.role, `${inputs}/*`);
    for (const folder of [outputs, failures]) bucket.grantWrite(this.role, `${folder}/*`);
    const topics = [successTopicArn, errorTopicArn].filter((topic) => topic !== undefined);
    if (topics.length > 0) this.role.addToPolicy({ actions: ['sns:Publish'], resources: topics });
    return { bucket, inputs: inputs!, outputs: outputs!, failures: failures! };
  }

  private makeCapture(endpointName: string): CapturedData | undefined {
    const { capture, name, owner, variants } = this.props;
    if (!capture) return undefined;
    const tableName = `captured_${name.replaceAll('-', '_')}`;
    const variantNames = Object.keys(variants);
    const captured = new CapturedData(this, 'Captured', { ...capture, endpointName, tableName, variantNames, owner });
    captured.grantCapture(this.role);
    return captured;
  }

  private makeAlarms(endpointName: string): readonly string[] {
    const { invocation, variantNames, rollout, props, configuration } = this;
    const { rollback } = rollout;
    const alarms = { endpointName, name: props.name, invocation, variantNames, rollback, configuration };
    const { alarms: own } = new RollbackAlarms(this, 'Rollback', alarms);
    const all = this.smoke ? [...own, this.smoke.alarm] : own;
    allowRollback(this.role, all, rollback.alarmNames);
    return all.map(({ alarmName }) => alarmName);
  }

  private makeSmoke(endpointName: string): SmokeTest | undefined {
    const { smoke, name, variants, encryptionKey, removal } = this.props;
    if (!smoke) return undefined;
    const models = Object.fromEntries(this.variantNames.map((variant) => [variant, variants[variant]!.model]));
    const { rollout } = this;
    return new SmokeTest(this, 'Smoke', { ...smoke, name, endpointName, models, rollout, encryptionKey, removal });
  }

  private makeConfiguration(captured: CapturedData | undefined): SagemakerEndpointConfiguration {
    const { invocation, encryptionKey, name } = this.props;
    const models = this.makeModels();
    const contentWith = (nameOf: (model: ServedModel) => string) => {
      const variants = models.map(({ model, ...variant }) => ({ ...variant, modelName: nameOf(model) }));
      return contentOf({
        invocation,
        traffic: this.traffic,
        variants,
        encryptionKey,
        captured,
        requests: this.requests,
      });
    };
    const named = { kind: ENDPOINT_CONFIGURATION, name, content: contentWith(({ contentName }) => contentName) };
    const content = contentWith(({ modelName }) => modelName);
    const configuration = new SagemakerEndpointConfiguration(this, 'Configuration', {
      name: new ContentName(this, 'ConfigurationName', named).value,
      ...content,
      lifecycle: { createBeforeDestroy: true },
    });
    if (content.kmsKeyArn === undefined) {
      waive(configuration, 'no volume, or one that the hardware encrypts with a key of its own', 'CKV_AWS_98');
    }
    return configuration;
  }

  private makeModels(): (Omit<PlacedVariant, 'modelName'> & { readonly model: ServedModel })[] {
    const { variants, invocation, name, check, isolated = invocation.kind !== 'serverless' } = this.props;
    const { role } = this;
    return Object.entries(variants).map(([variant, { model: source, instanceType, instances }]) => {
      const props = { name: `${name}-${variant}`, source, role, network: this.modelNetwork(), isolated, check };
      const own = invocation.capacity;
      const capacity = own && {
        instanceType: instanceType ?? own.instanceType,
        instances: instances ?? own.instances,
      };
      return { name: variant, capacity, model: new ServedModel(this, `Model-${variant}`, props) };
    });
  }

  /** The instance type of each variant, before anything is known of its model. */
  private instanceTypes(): Readonly<Record<string, string>> {
    const { variants, invocation } = this.props;
    const typeOf = (own?: string) => own ?? invocation.capacity?.instanceType ?? invocation.kind;
    return Object.fromEntries(Object.entries(variants).map(([name, { instanceType }]) => [name, typeOf(instanceType)]));
  }

  private makeEndpoint(
    name: string,
    alarms: readonly string[],
    after: readonly ITerraformDependable[],
  ): SagemakerEndpoint {
    const { terraformResourceType: type, friendlyUniqueId, name: endpointConfigName } = this.configuration;
    return new SagemakerEndpoint(this, 'Resource', {
      name,
      endpointConfigName,
      deploymentConfig: this.rollout.render(alarms),
      dependsOn: [...after, this.role.node.findChild('Policy') as never, ...(this.smoke?.dependables ?? [])],
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.endpoint_config_name == ${type}.${friendlyUniqueId}.name}`,
            errorMessage: `The endpoint ${name} still has the configuration '\${self.endpoint_config_name}': SageMaker has rolled the deployment back. Nothing that is in use was deleted. Look into the rollback alarms and the log ${ENDPOINT_LOGS}/${name}, correct the model and apply again, or declare again what was there before.`,
          },
        ],
      },
    });
  }

  private scale(endpointName: string, types: VariantTypes): void {
    const { variants, invocation, name } = this.props;
    for (const [variantName, { instances = invocation.capacity?.instances }] of Object.entries(variants)) {
      if (!instances?.options || variantName === this.shadowName) continue;
      new EndpointScaling(this, `Scaling-${variantName}`, {
        endpointName,
        name,
        variantName,
        invocation: invocation.kind,
        options: instances.options,
        after: this.resource,
        types,
      });
    }
  }
}
