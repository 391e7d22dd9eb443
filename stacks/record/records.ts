import type { App, TerraformStack } from 'cdktf';
import { InputError } from '../../lib/core/input-error';
import { type DeployedNames, deployedNamesContext } from '../../lib/core/kept/deployed-name';
import { addressAt, addressOf, formerPaths, pathBelow, resourcesOf } from './addresses';
import { refusalOf } from './check';
import { collect, stacksOf } from './collect';
import { isWithin, type Move, readRecord, recordFileOf, type Stacks } from './record';

/**
 * The records of some environments, for one app. An app without `main` uses it as `main` does:
 *
 * @example const records = Records.of(['environments/dev.yaml']);
 * const app = new App({ context: records.context });
 * new Platform(app, loadEnvironment('environments/dev.yaml'));
 * records.apply(app);
 * app.synth();
 */
export class Records {
  /**
   * Reads the records beside environment files; a file without one keeps nothing.
   *
   * @throws InputError if a file is not a record
   */
  public static of(environmentFiles: readonly string[]): Records {
    return new Records(
      environmentFiles.flatMap((environment) => {
        const file = recordFileOf(environment);
        const stacks = readRecord(file);
        return stacks ? [{ file, name: nameOf(file), stacks }] : [];
      }),
    );
  }

  /** Context of the app: moved constructs keep their deployed names. */
  public readonly context: Readonly<Record<string, unknown>>;

  private constructor(
    private readonly records: readonly { readonly file: string; readonly name: string; readonly stacks: Stacks }[],
  ) {
    this.context = deployedNamesContext(this.deployedName);
  }

  /**
   * Compares the records with an app, and adds the blocks `moved` and `removed` to its stacks.
   *
   * @throws InputError with everything that would be lost, and the ways to go on
   */
  public apply(app: App): void {
    const refusals = this.records.flatMap(({ file, name, stacks }) => refusalOf(file, name, stacks, app) ?? []);
    if (refusals.length > 0) throw new InputError(refusals.join('\n\n'));
    for (const stack of stacksOf(app)) {
      const own = this.records.flatMap(({ stacks }) => stacks[stack.node.id] ?? []);
      const addresses = new Set(resourcesOf(stack).map(addressOf));
      const isGone = (address: string) => !addresses.has(address);
      const moved = movedBlocks(
        stack,
        addresses,
        own.flatMap((record) => record.moved),
      );
      const released = [...new Set(own.flatMap((record) => record.released))].filter(isGone);
      addBlocks(stack, 'moved', moved);
      const lifecycle = { destroy: false };
      addBlocks(
        stack,
        'removed',
        released.map((from) => ({ from, lifecycle })),
      );
    }
  }

  private readonly deployedName: DeployedNames = (path, kind) => {
    const [stack = '', ...ids] = path.split('/');
    const below = ids.join('/');
    const own = this.records.map(({ stacks }) => stacks[stack]).find((record) => record);
    return own?.moved.some(({ to }) => isWithin(below, to)) ? own.names[below]?.[kind] : undefined;
  };
}

/** Adds blocks to those that the app has overridden the stack with. */
function addBlocks(stack: TerraformStack, name: string, blocks: readonly { readonly from: string }[]): void {
  if (blocks.length === 0) return;
  const overrides = (stack as unknown as { rawOverrides: Readonly<Record<string, unknown>> }).rawOverrides;
  const others = [overrides[name] ?? []].flat() as { from: string }[];
  stack.addOverride(name, [...others.filter((other) => blocks.every(({ from }) => from !== other.from)), ...blocks]);
}

/** What a record says after the configuration has changed: refuses what would be lost, keeps moves and releases. */
export function renewed(file: string, record: Stacks | undefined, app: App): Stacks {
  const refusal = record && refusalOf(file, nameOf(file), record, app);
  if (refusal) throw new InputError(refusal);
  const trees = new Map(stacksOf(app).map((stack) => [stack.node.id, stack]));
  return Object.fromEntries(
    Object.entries(collect(app)).map(([id, now]) => {
      const addresses = new Set(resourcesOf(trees.get(id)!).map(addressOf));
      const { moved = [], released = [] } = record?.[id] ?? {};
      return [id, { ...now, moved, released: released.filter((address) => !addresses.has(address)) }];
    }),
  );
}

/**
 * One block for each former address: the earlier place of each resource, and the place before that. A former place may be
 * another resource's today; Terraform refuses a second block from or to an address, so that only the last move counts.
 */
function movedBlocks(stack: TerraformStack, addresses: ReadonlySet<string>, moves: readonly Move[]): Move[] {
  if (moves.length === 0) return [];
  const last = new Map<string, { readonly to: string; readonly move: number }>();
  for (const resource of resourcesOf(stack)) {
    let to = addressOf(resource);
    for (const { path, move } of formerPaths(pathBelow(stack, resource), moves)) {
      const from = addressAt(path, resource.terraformResourceType);
      if (addresses.has(from)) break;
      if (move >= (last.get(from)?.move ?? 0)) last.set(from, { to, move });
      to = from;
    }
  }
  return [...last].map(([from, { to }]) => ({ from, to }));
}

function nameOf(recordFile: string): string {
  return recordFile.replace(/^.*[\\/]/, '').replace(/\.record\.json$/, '');
}
