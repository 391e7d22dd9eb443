import { TerraformResource, TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { isWithin, type Move } from './record';

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

/** Paths that a construct had before it was moved, the last one first, each with the index of its move. */
export function formerPaths(path: string, moves: readonly Move[]): { readonly path: string; readonly move: number }[] {
  const former: { path: string; move: number }[] = [];
  for (const [index, { from, to }] of [...moves.entries()].reverse()) {
    const now = former.at(-1)?.path ?? path;
    if (isWithin(now, to)) former.push({ path: from + now.slice(to.length), move: index });
  }
  return former;
}
