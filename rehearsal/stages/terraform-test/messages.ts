import type { PlannedChange, RehearsalError } from '../../events';

/** A message of `terraform test -json -verbose` or `tofu test` that a rehearsal uses. */
export type Message =
  | { readonly type: 'run'; readonly run: string; readonly state: 'started' | 'passed' | 'failed' | 'teardown' }
  /** Addresses of the resource instances after a run. */
  | { readonly type: 'state'; readonly run: string; readonly addresses: readonly string[] }
  | { readonly type: 'plan'; readonly run: string; readonly changes: readonly PlannedChange[] }
  | { readonly type: 'error'; readonly run?: string; readonly error: Omit<RehearsalError, 'stack'> }
  /** Addresses of the resource instances that could not be destroyed. */
  | { readonly type: 'leftover'; readonly run?: string; readonly addresses: readonly string[] }
  | { readonly type: 'end'; readonly passed: boolean };

interface StateModule {
  readonly resources?: readonly { readonly address: string; readonly mode: string }[];
  readonly child_modules?: readonly StateModule[];
}

interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
    readonly after_unknown: Record<string, unknown> | boolean;
  };
}

interface Line {
  readonly '@message'?: string;
  readonly type?: string;
  readonly '@testrun'?: string;
  readonly test_run?: { readonly run: string; readonly progress?: string; readonly status?: string };
  /** OpenTofu puts the module below `values`. */
  readonly test_state?: {
    readonly root_module?: StateModule;
    readonly values?: { readonly root_module?: StateModule };
  };
  readonly test_plan?: { readonly resource_changes?: readonly ResourceChange[] };
  readonly test_cleanup?: { readonly failed_resources: readonly { readonly instance: string }[] };
  readonly test_summary?: { readonly status: string };
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
    readonly snippet?: { readonly context?: string };
  };
}

/** Parses one line of output; undefined for a message that a rehearsal does not use. */
export function parseLine(text: string): Message | undefined {
  if (!text.startsWith('{')) return undefined;
  const line = JSON.parse(text) as Line;
  const run = line['@testrun'];
  if (line.type === 'test_run' && line.test_run) return runMessage(line.test_run);
  if (line.test_state && run)
    return {
      type: 'state',
      run,
      addresses: addressesIn(line.test_state.root_module ?? line.test_state.values?.root_module),
    };
  if (line.test_plan && run) return { type: 'plan', run, changes: changesIn(line.test_plan.resource_changes ?? []) };
  if (line.test_cleanup) {
    return { type: 'leftover', run, addresses: line.test_cleanup.failed_resources.map(({ instance }) => instance) };
  }
  if (line.test_summary) return { type: 'end', passed: line.test_summary.status === 'pass' };
  if (line.diagnostic?.severity === 'error') {
    const { summary, detail, address, snippet } = line.diagnostic;
    return {
      type: 'error',
      run,
      error: { summary, detail: detail || undefined, address: address ?? addressIn(snippet?.context) },
    };
  }
  return undefined;
}

/** Text of a line for the user; undefined for a whole state or plan. */
export function readableLine(text: string): string | undefined {
  if (!text.startsWith('{')) return text;
  const line = JSON.parse(text) as Line;
  return line.test_state || line.test_plan ? undefined : line['@message'];
}

const STARTING = /\[INFO\]\s+Starting apply for (\S+)/;
const COMPLETE = /\[TRACE\]\s+vertex "(.+?)(?: \(destroy\))?": visit (?:complete|aborted)/;

/** Address of the resource in a log line about the start of its creation, change or destruction. */
export function begunResource(logLine: string): string | undefined {
  return STARTING.exec(logLine)?.[1];
}

/** Address of the resource in a log line about its end. Other steps of Terraform have such lines too. */
export function endedResource(logLine: string): string | undefined {
  const address = COMPLETE.exec(logLine)?.[1];
  return address?.replaceAll('\\"', '"');
}

function runMessage({ run, progress, status }: NonNullable<Line['test_run']>): Message | undefined {
  if (progress === 'starting') return { type: 'run', run, state: 'started' };
  if (progress === 'teardown') return { type: 'run', run, state: 'teardown' };
  // OpenTofu reports all runs at the end, without `progress`
  if ((progress === 'complete' || progress === undefined) && status !== 'skip') {
    return { type: 'run', run, state: status === 'pass' ? 'passed' : 'failed' };
  }
  return undefined;
}

function addressesIn(module: StateModule | undefined): string[] {
  const own = (module?.resources ?? []).filter(({ mode }) => mode === 'managed').map(({ address }) => address);
  return [...own, ...(module?.child_modules ?? []).flatMap(addressesIn)];
}

function changesIn(changes: readonly ResourceChange[]): PlannedChange[] {
  return changes
    .filter(({ mode, change }) => mode === 'managed' && change.actions.join() !== 'no-op')
    .map(({ address, change }) => ({ address, actions: change.actions, attributes: changedAttributes(change) }));
}

function changedAttributes({ before, after, after_unknown }: ResourceChange['change']): string[] {
  const unknown = typeof after_unknown === 'object' ? after_unknown : {};
  return Object.keys({ ...before, ...after, ...unknown }).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]) || unknown[name] === true,
  );
}

/** `resource.aws_s3_bucket.raw`: the block in a diagnostic's snippet. */
function addressIn(context: string | undefined): string | undefined {
  return context?.startsWith('resource.') ? context.slice('resource.'.length) : undefined;
}
