import { isDeepStrictEqual } from 'node:util';
import type { IConstruct } from 'constructs';
import { keptType } from '../../lib/aws/kept-types';
import { choiceOf } from '../../lib/core/fixed-choice';
import { typeOf } from './addresses';
import { collect, stacksOf } from './collect';
import { isWithin, type KeptConstruct, type KeptResource, type StackRecord, type Stacks } from './record';

/** Something in a record that the configuration would lose. */
interface Loss {
  /** Path of the topmost construct that is gone, or of the resource that would be replaced. */
  readonly path: string;
  readonly resource: KeptResource;
  /** `gone`, or which attribute replaces it. */
  readonly how: string;
  readonly gone: boolean;
}

/**
 * Everything that is in a record and that a configuration would lose, with the ways to go on.
 *
 * @param file of the record
 * @param name of the environment, for the commands
 * @returns `undefined` if nothing would be lost
 */
export function refusalOf(file: string, name: string, record: Stacks, app: IConstruct): string | undefined {
  const now = collect(app);
  const losses = Object.entries(record).flatMap(([stack, of]) => lossesIn(stack, of, now[stack], app));
  const choices = Object.entries(record).flatMap(([stack, of]) => changedChoices(stack, of, now[stack], app));
  const lines = [...choices, ...linesOf(losses)];
  if (lines.length === 0) return undefined;
  const count = losses.length === 1 ? '1 resource that is' : `${losses.length} resources that are`;
  const headline = `${file}: this configuration would lose or change ${count} kept; nothing was written`;
  return [headline, ...lines.map((line) => `  - ${line}`), ...waysOn(name, losses, record, now)].join('\n');
}

function lossesIn(stack: string, record: StackRecord, now: StackRecord | undefined, app: IConstruct): Loss[] {
  const tree = stacksOf(app).find(({ node }) => node.id === stack);
  return Object.entries(record.kept).flatMap(([holder, { kept }]) =>
    Object.entries(kept).flatMap(([below, resource]): Loss[] => {
      const path = [stack, holder, below].filter(Boolean).join('/');
      const found = tree && resourceAt(tree, path.slice(stack.length + 1), resource.address);
      if (!found) return [{ path: topmostGone(app, path), resource, how: 'gone from the configuration', gone: true }];
      const values = now?.kept[holder]?.kept[below]?.replacedBy;
      const change = values && changeOf(resource.replacedBy, values);
      const { instead } = keptType(typeOf(resource.address));
      return change ? [{ path, resource, how: instead ? `${change}; ${instead}` : change, gone: false }] : [];
    }),
  );
}

function resourceAt(stack: IConstruct, path: string, address: string): IConstruct | undefined {
  const found = path.split('/').reduce<IConstruct | undefined>((scope, id) => scope?.node.tryFindChild(id), stack);
  return (found as { terraformResourceType?: string } | undefined)?.terraformResourceType === typeOf(address)
    ? found
    : undefined;
}

function topmostGone(app: IConstruct, path: string): string {
  const ids = path.split('/');
  let scope: IConstruct | undefined = app;
  for (const [index, id] of ids.entries()) {
    scope = scope.node.tryFindChild(id);
    if (!scope) return ids.slice(0, index + 1).join('/');
  }
  return path;
}

function changeOf(before: KeptResource['replacedBy'], after: KeptResource['replacedBy']): string | undefined {
  // a name that is in one of them only is known to another version of this library: whether it changed is not
  const changes = Object.keys(before)
    .filter((name) => Object.hasOwn(after, name) && !isDeepStrictEqual(before[name] ?? false, after[name] ?? false))
    .map((name) => `'${name}' changes from ${shown(before[name])} to ${shown(after[name])}`);
  return changes.length > 0 ? `would be replaced: ${changes.join(', ')}` : undefined;
}

function shown(value: unknown): string {
  return value === null ? 'none' : typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function changedChoices(stack: string, record: StackRecord, now: StackRecord | undefined, app: IConstruct): string[] {
  const tree = stacksOf(app).find(({ node }) => node.id === stack);
  const choices = tree?.node.findAll().flatMap((construct) => choiceOf(construct) ?? []) ?? [];
  return Object.entries(record.choices).flatMap(([name, value]) => {
    const after = now?.choices[name];
    if (after === undefined || after === value) return [];
    const instead = choices.find((choice) => choice.name === name)?.instead;
    return [`${name} is '${value}' in what is deployed and cannot become '${after}': set it back. ${instead}`];
  });
}

function linesOf(losses: readonly Loss[]): string[] {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) {
    const key = `${loss.path}\n${loss.how}`;
    groups.set(key, [...(groups.get(key) ?? []), loss]);
  }
  return [...groups.values()].map(
    (group) => `${group[0]!.path}: ${group.map(({ resource }) => resource.is).join(', ')}: ${group[0]!.how}`,
  );
}

/** The ways on, with the commands for what is gone. */
function waysOn(name: string, losses: readonly Loss[], record: Stacks, now: Stacks): string[] {
  const gone = [...new Set(losses.filter((loss) => loss.gone).map(({ path }) => path))];
  const outages = gone.filter((path) => losses.every((loss) => loss.path !== path || !loss.resource.holdsData));
  const cli = 'npx cdktf-mlops';
  const stacks = gone.filter((path) => !path.includes('/'));
  const movable = gone.filter((path) => path.includes('/'));
  const renames = movable.flatMap((path) => {
    const to = newPathOf(path, record, now);
    return to === undefined ? [] : [`${path} ${to}`];
  });
  const moves = renames.length > 0 ? renames : ['<path> <new path>'];
  return [
    'Set it back, or choose a way for each:',
    ...(stacks.length > 0
      ? [`  ${stacks.join(', ')}: a stack cannot be renamed; its name begins with the project and the environment`]
      : []),
    ...(movable.length > 0
      ? [
          '  renamed: move it; it keeps its data and its deployed name',
          ...moves.map((paths) => `      ${cli} move ${name} ${paths}`),
        ]
      : []),
    ...(gone.length > 0
      ? ['  let go: Terraform forgets it, and nothing is destroyed', `      ${cli} release ${name} ${gone.join(' ')}`]
      : []),
    ...(outages.length > 0
      ? [
          '  given up: it holds no data, but what uses it fails',
          `      ${cli} record ${name} --drop ${outages.join(' ')}`,
        ]
      : []),
    '  destroyed: in this order, because Terraform destroys with the settings that are deployed',
    "      1. set it back, and set 'removal: destroy' for the environment and for its section:",
    '         lake (of teams too), features, registry, logs (of the network too), training, tracking, scheduler, monitoring or state',
    '      2. deploy: only now is the deletion protection off and force_destroy on',
    `      3. ${cli} record ${name}`,
    stacks.length > 0
      ? `      4. npx cdktf destroy ${stacks.join(' ')}, then remove it: Terraform destroys no stack that is not there`
      : "      4. remove or change it, deploy, and set 'removal' back",
  ];
}

/** The one new construct beside a lost one that keeps the same resources. */
function newPathOf(path: string, record: Stacks, now: Stacks): string | undefined {
  const [stack = '', ...ids] = path.split('/');
  const lost = ids.join('/');
  const parent = ids.slice(0, -1).join('/');
  const shape = shapeBelow(record[stack]?.kept ?? {}, lost);
  const candidates = new Set(
    Object.keys(now[stack]?.kept ?? {})
      .filter((other) => parent === '' || isWithin(other, parent))
      .map((other) => other.split('/').slice(0, ids.length).join('/')),
  );
  const known = Object.keys(record[stack]?.kept ?? {});
  const fitting = [...candidates].filter(
    (other) =>
      !known.some((one) => isWithin(one, other)) && isDeepStrictEqual(shapeBelow(now[stack]?.kept ?? {}, other), shape),
  );
  return fitting.length === 1 ? `${stack}/${fitting[0]}` : undefined;
}

/** Paths below a construct and types of what it keeps. */
function shapeBelow(kept: Readonly<Record<string, KeptConstruct>>, path: string): string[] {
  return Object.entries(kept)
    .filter(([holder]) => isWithin(holder, path))
    .flatMap(([holder, construct]) =>
      Object.entries(construct.kept).map(
        ([below, { address }]) => `${holder.slice(path.length)}/${below} ${typeOf(address)}`,
      ),
    )
    .sort();
}
