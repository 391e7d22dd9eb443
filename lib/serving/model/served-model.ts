import { SagemakerModel } from '@cdktf/provider-aws/lib/sagemaker-model';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { Role } from '../../iam/role';
import type { PackageCheck } from '../check/package-check';
import { ContentName } from './content-name';
import { MODEL } from './model-limits';
import type { ModelSource } from './model-source';

/** Where the containers of a model run. */
export interface ModelNetwork {
  readonly subnets: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface ServedModelProps {
  /** Name after the stack's prefix, before the hash of its content. */
  readonly name: string;
  readonly source: ModelSource;
  /** Role of the containers: what the model may do besides answering. It gets what loads the model. */
  readonly role: Role;
  /** @default - outside of any VPC, as serverless endpoints need it */
  readonly network?: ModelNetwork;
  /**
   * Whether the containers can call nothing, neither AWS nor the internet: SageMaker loads the model for them. Not with
   * serverless endpoints.
   * @default false
   */
  readonly isolated?: boolean;
  /** What a version must pass first. @default - nothing */
  readonly check?: PackageCheck;
}

/**
 * A model as SageMaker serves it: an artifact with its image. Its name changes with everything it is made of, subnets and
 * groups too, which SageMaker would never apply to a model that is there. Another content is another model beside the one in use.
 *
 * Costs nothing. Destroying it deletes nothing in the registry or in S3.
 */
export class ServedModel extends Construct {
  /** Reference to the name, after which Terraform orders. */
  public readonly modelName: string;
  /** The name without a reference, for a hash. */
  public readonly contentName: string;
  /** The underlying model. */
  public readonly resource: SagemakerModel;

  constructor(scope: Construct, id: string, props: ServedModelProps) {
    super(scope, id);
    Properties.of(this)
      .present(props, 'name', 'source', 'role')
      .known(props, 'isolated')
      .matches('name', props?.name, NAME)
      .throwIfInvalid();
    const { source, role, network, isolated = false } = props;
    source.grantLoad(role);
    const checked = props.check?.before(props.name, source);
    const content = {
      executionRoleArn: role.roleArn,
      enableNetworkIsolation: isolated ? true : undefined,
      primaryContainer: source.container,
      vpcConfig: network && {
        subnets: [...network.subnets],
        securityGroupIds: [...network.securityGroupIds],
      },
    };
    const { value } = new ContentName(this, 'Name', { kind: MODEL, name: props.name, content });
    this.contentName = value;
    this.resource = new SagemakerModel(this, 'Resource', {
      name: this.contentName,
      ...content,
      dependsOn: [role.node.findChild('Policy') as never, ...(checked ? [checked] : [])], // SageMaker tries what the role may read at once
      lifecycle: { createBeforeDestroy: true },
    });
    this.modelName = this.resource.name;
    if (!isolated) {
      waive(this.resource, 'a serverless endpoint takes no isolation, and elsewhere it is said', 'CKV_AWS_370');
    }
  }
}
