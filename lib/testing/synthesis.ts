import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppConfig, LazyBase, Manifest, TerraformStack, Token, Tokenization } from 'cdktf';
import { forgetWhereTokensAreMade, resolvingFast } from '../core/cdktf/synthesis';

/** A stack and the text of its `cdk.tf.json`. */
export interface SynthesizedStack {
  readonly stack: TerraformStack;
  readonly text: string;
}

/**
 * An app for tests. It writes files only if it is synthesized directly, and then into its own folder below the system's
 * temporary folder, never into the working directory. The folder is removed when the tests of the file, or the process, end.
 *
 * @param config as for `App`. Stack traces are off by default, those of tokens in the whole process: they take a third
 *   of a synthesis, and most of a small test
 */
export function testApp(config: AppConfig = {}): App {
  if (!config.stackTraces) forgetWhereTokensAreMade();
  // an app makes its folder at once; those of tests begin in one, and each makes its own when it is written
  const app = new TestApp({ stackTraces: false, outdir: sharedFolder(), ...config });
  if (!config.outdir) redirect(app, `${sharedFolder()}-${++apps}`);
  return app;
}

let shared: string | undefined;
let apps = 0;
function sharedFolder(): string {
  shared ??= mkdtempSync(join(tmpdir(), 'cdktf-test-'));
  return shared;
}

/** Folders of test apps that were synthesized directly. */
const written = new Set<string>();
function removeWritten(): void {
  for (const folder of [...written, ...(shared ? [shared] : [])]) rmSync(folder, { recursive: true, force: true });
  written.clear();
  shared = undefined;
}
process.once('exit', removeWritten);
try {
  // Jest never tells its tests' `process` of the exit
  (globalThis as { afterAll?: (remove: () => void) => void }).afterAll?.(removeWritten);
} catch {
  // loaded within a test, where Jest takes no hook
}

class TestApp extends App {
  public override synth(): void {
    written.add(this.outdir);
    mkdirSync(join(this.outdir, Manifest.stacksFolder), { recursive: true });
    super.synth();
  }
}

const synthesized = new WeakMap<App, { readonly state: readonly unknown[]; readonly stacks: SynthesizedStacks }>();

/** By stack id. */
type SynthesizedStacks = ReadonlyMap<string, SynthesizedStack>;

/**
 * The stacks of an app, after preparation, aspects and validations, as for a deployment. It uses a scratch folder and
 * does not change what the app has written.
 *
 * An app of several stacks is synthesized again only if it has changed: a construct, one of its fields, an override, an
 * aspect, the result of a lazy value. This check costs half a synthesis, so an app of one stack is always synthesized.
 */
export function synthesizeOnce(app: App): SynthesizedStacks {
  const known = synthesized.get(app);
  if (known && isSame(known.state, stateOf(app))) return known.stacks;
  const stacks = synthesize(app);
  if (stacks.size > 1) synthesized.set(app, { state: stateOf(app), stacks });
  return stacks;
}

let depth = 0;
/** In a folder that the next synthesis uses again: to make and remove one takes longer than a small synthesis. */
function synthesize(app: App): SynthesizedStacks {
  try {
    return synthesizeInto(join(sharedFolder(), `scratch-${depth++}`), app); // a lazy value may synthesize another app
  } finally {
    depth--;
  }
}

/** Synthesizes an app into another folder than its own, for plain stacks in less time than cdktf does. */
export function synthesizeInto(folder: string, app: App): SynthesizedStacks {
  const restore = redirect(app, folder);
  try {
    mkdirSync(join(folder, Manifest.stacksFolder), { recursive: true });
    resolvingFast(() => app.synth());
    const stacks = app.node.findAll().filter(TerraformStack.isStack);
    return new Map(
      stacks.map((stack) => {
        const { synthesizedStackPath } = app.manifest.forStack(stack);
        return [stack.node.id, { stack, text: readFileSync(join(folder, synthesizedStackPath), 'utf8') }];
      }),
    );
  } finally {
    restore();
  }
}

/** The app and its manifest each hold the output folder; both read it only during synthesis. */
function redirect(app: App, outdir: string): () => void {
  const holders: { outdir: string }[] = [app, app.manifest];
  const before = holders.map((holder) => holder.outdir);
  for (const holder of holders) holder.outdir = outdir;
  return () => {
    for (const [index, holder] of holders.entries()) holder.outdir = before[index]!;
  };
}

/**
 * Everything reachable from an app, as a list. If two lists are equal, their syntheses are equal.
 *
 * It does not recurse: a chain of constructs that refer to each other may be longer than the call stack.
 */
function stateOf(app: App): readonly unknown[] {
  const state: unknown[] = [];
  const seen = new Map<object, number>();
  const pending: unknown[] = [app];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'object' && value !== null) {
      const index = seen.get(value);
      state.push(index);
      if (index !== undefined) continue;
      seen.set(value, seen.size);
      visit(value, app, state, pending);
    } else if (mayHoldToken(value) && Token.isUnresolved(value)) {
      // Tokens get new numbers whenever they are created, so their values are compared.
      if (typeof value === 'string') state.push(...Tokenization.reverseString(value).literals.map(String));
      pending.push(...Tokenization.reverse(value));
    } else {
      state.push(value);
    }
  }
  return state;
}

function visit(value: object, scope: App, state: unknown[], pending: unknown[]): void {
  if (value instanceof LazyBase) {
    pending.push(
      value.resolve({ scope, preparing: false, resolve: (inner) => inner, registerPostProcessor: () => {} }),
    );
  } else if (value instanceof Map || value instanceof Set) {
    pending.push(...[...value].flat());
  }
  for (const key of Reflect.ownKeys(value)) {
    const field: unknown = Reflect.get(value, key);
    if (field === undefined) continue;
    state.push(key);
    pending.push(field);
  }
}

function mayHoldToken(value: unknown): value is string | number {
  return typeof value === 'string' ? value.includes('TfToken[') : typeof value === 'number' && value < -1e200;
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}
