import { DefaultTokenResolver, StringConcat, type TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import { holdsData, inWords, keptType } from '../../lib/aws/kept-types';
import { choiceOf } from '../../lib/core/fixed-choice';
import { namesOf } from '../../lib/core/kept/deployed-name';
import { addressOf, pathBelow, resourcesOf } from './addresses';
import type { KeptConstruct, KeptResource, StackRecord, Stacks } from './record';

/** What an app keeps: every resource with `prevent_destroy`, of this library or not. */
export function collect(app: IConstruct): Stacks {
  return Object.fromEntries(stacksOf(app).map((stack) => [stack.node.id, recordOf(stack)]));
}

/** The stacks of an app. */
export function stacksOf(app: IConstruct): TerraformStack[] {
  return app.node.findAll().filter(TerraformStack.isStack);
}

function recordOf(stack: TerraformStack): StackRecord {
  const constructs = stack.node.findAll();
  const names = constructs.flatMap((construct) => {
    const own = namesOf(construct);
    return Object.keys(own).length > 0 ? [[pathBelow(stack, construct), own] as const] : [];
  });
  const choices = constructs.flatMap((construct) => choiceOf(construct) ?? []);
  return {
    kept: keptIn(stack),
    names: Object.fromEntries(names),
    choices: Object.fromEntries(choices.map(({ name, value }) => [name, value])),
    moved: [],
    released: [],
  };
}

function keptIn(stack: TerraformStack): Record<string, KeptConstruct> {
  const resources = resourcesOf(stack);
  const isKept = (resource: TerraformResource) => resource.lifecycle?.preventDestroy === true;
  const holders = new Map<IConstruct, { kept: Record<string, KeptResource>; companions: Record<string, string> }>();
  for (const resource of resources.filter(isKept)) {
    // one directly in a stack is alone: the rest of the stack does not belong to it
    const holder = resource.node.scope === stack ? resource : resource.node.scope!;
    const construct = holders.get(holder) ?? { kept: {}, companions: {} };
    holders.set(holder, construct);
    construct.kept[below(holder, resource)] = keptResource(stack, resource, resources);
  }
  for (const resource of resources.filter((one) => !isKept(one))) {
    const holder = [...resource.node.scopes].reverse().find((scope) => holders.has(scope));
    if (holder) holders.get(holder)!.companions[below(holder, resource)] = addressOf(resource);
  }
  return Object.fromEntries([...holders].map(([holder, construct]) => [pathBelow(stack, holder), construct]));
}

function below(holder: IConstruct, { node }: IConstruct): string {
  return node.path.slice(holder.node.path.length + 1);
}

function keptResource(
  stack: TerraformStack,
  resource: TerraformResource,
  all: readonly TerraformResource[],
): KeptResource {
  const type = resource.terraformResourceType;
  const { replacedBy, label } = keptType(type);
  const byAddress = new Map(all.map((one) => [addressOf(one), one]));
  const names = [...replacedBy, label, 'open_table_format_input'].map((name) => name.split('.')[0]!);
  const attributes = literal(attributesOf(stack, resource, names), stack, byAddress) as Record<string, unknown>;
  const values = replacedBy.map((name) => [name, valueAt(attributes, name) ?? null]);
  return {
    address: addressOf(resource),
    is: inWords(type, attributes),
    holdsData: holdsData(type, attributes),
    replacedBy: Object.fromEntries(values),
  };
}

function valueAt(attributes: Record<string, unknown>, name: string): unknown {
  return name.split('.').reduce<unknown>((of, key) => (of as Record<string, unknown> | undefined)?.[key], attributes);
}

const REFERENCE = /\$\{(\w+\.[\w-]+)\.(\w+)\}/g;

/** A value in which references to values of the configuration are these values: they stay when a resource moves. */
function literal(value: unknown, stack: TerraformStack, all: ReadonlyMap<string, TerraformResource>): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (reference, address: string, attribute: string) => {
      const other = all.get(address);
      const found = other && attributesOf(stack, other, [attribute])[attribute];
      return typeof found === 'string' ? String(literal(found, stack, all)) : reference;
    });
  }
  if (Array.isArray(value)) return value.map((part) => literal(part, stack, all));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, literal(part, stack, all)]));
}

function attributesOf(
  scope: TerraformStack,
  resource: TerraformResource,
  names: readonly string[],
): Record<string, unknown> {
  const block = resource.toTerraform().resource[resource.terraformResourceType][resource.friendlyUniqueId];
  const wanted = Object.fromEntries(names.map((name) => [name, block[name]]));
  return Tokenization.resolve(wanted, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}
