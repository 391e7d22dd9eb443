import { TerraformResource, TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';

/** The Terraform address of a resource. */
export function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

/** Every managed resource of a stack. */
export function resourcesOf(stack: TerraformStack): TerraformResource[] {
  return stack.node.findAll().filter(TerraformResource.isTerraformResource);
}

/** The path of a construct below its stack. */
export function pathBelow(stack: TerraformStack, construct: IConstruct): string {
  return construct.node.path.slice(stack.node.path.length + 1);
}

/** The address that a resource of this type has at another path of its stack: it follows from the ids. */
export function addressAt(path: string, type: string): string {
  const app = new Construct(undefined as never, '');
  const stack = new TerraformStack(app, 'stack');
  const parent = path.split('/').reduce<Construct>((scope, id) => new Construct(scope, id), stack);
  return `${type}.${stack.getLogicalId(parent.node)}`;
}

/** The type in an address. */
export function typeOf(address: string): string {
  return address.split('.')[0]!;
}
