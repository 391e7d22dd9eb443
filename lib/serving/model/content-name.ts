import { Fn, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { AwsNameKind } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { CONTENT_HASH_LENGTH, contentHash } from './content-hash';

/** Characters that tell one making of the same content from another. */
const MAKING_LENGTH = 4;

export interface ContentNameProps {
  readonly kind: AwsNameKind;
  /** The part after the stack's prefix. */
  readonly name: string;
  /** What the resource is made of. */
  readonly content: object;
}

/**
 * The name of a resource that cannot change, only be made anew beside the one in use: `<prefix>-<name>-<hash>-<making>`. It changes
 * with the content and only with it.
 *
 * The hash alone is not enough. After a deployment that SageMaker has rolled back, Terraform still holds what is in use, as an object
 * to be deleted once its successor is. To declare the content of before is then to make it a second time: under the same name
 * SageMaker refuses it, and Terraform would delete by that name what is in use.
 *
 * Makes nothing in the account, and costs nothing. Destroying it is free.
 */
export class ContentName extends Construct {
  public readonly value: string;

  constructor(scope: Construct, id: string, props: ContentNameProps) {
    super(scope, id);
    Properties.need(this, props, 'kind', 'name', 'content');
    const { kind, name, content } = props;
    const hash = contentHash(content);
    // cdktf's own class of it runs `terraform version` in each synthesis
    const making = new TerraformResource(this, 'Resource', {
      terraformResourceType: 'terraform_data',
      lifecycle: { createBeforeDestroy: true },
    });
    making.addOverride('triggers_replace', hash);
    const end = Fn.substr(making.getStringAttribute('id'), 0, MAKING_LENGTH);
    this.value = physicalName(this, kind, name, `${hash}-${end}`, CONTENT_HASH_LENGTH + 1 + MAKING_LENGTH);
  }
}
