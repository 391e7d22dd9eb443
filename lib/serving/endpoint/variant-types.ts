import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';

export interface VariantTypesProps {
  /** The instance type of each variant, or `serverless`. */
  readonly types: Readonly<Record<string, string>>;
}

/**
 * The instance types of an endpoint, between its scaling and itself. SageMaker refuses another type of a variant that is a target of
 * Application Auto Scaling ("must be deregistered"), and Terraform orders the end of a target and an update of its endpoint in no way. Both depend on this: with another type it is replaced, so that the targets go first, the
 * endpoint is updated then, and the targets are made again.
 *
 * Makes nothing in the account, and costs nothing. Destroying it is free.
 */
export class VariantTypes extends Construct {
  /** What the endpoint depends on, and by which its scaling is replaced. */
  public readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, props: VariantTypesProps) {
    super(scope, id);
    Properties.need(this, props, 'types');
    // cdktf's own class of it runs `terraform version` in each synthesis
    this.resource = new TerraformResource(this, 'Resource', { terraformResourceType: 'terraform_data' });
    this.resource.addOverride('triggers_replace', props.types);
  }
}
