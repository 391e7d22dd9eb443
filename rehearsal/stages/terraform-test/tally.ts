import { isDeepStrictEqual } from 'node:util';
import type { StackCopy } from '../../copy/stack-copy';
import type { Phase, PlannedChange, RehearsalError, Report, SlowResource, StackResult } from '../../events';
import { emptyResult } from '../result';
import type { Message } from './messages';
import { runName } from './test-file';

/** State of one stack. */
interface Ledger {
  readonly copy: StackCopy;
  readonly resources: number;
  /** Resource instances that Terraform started to apply. */
  begun: ReadonlySet<string>;
  /** Resource instances that exist after applying. @default - applying failed */
  addresses?: readonly string[];
  changes?: readonly PlannedChange[];
  /** Resource instances that could not be destroyed. */
  leftover: readonly string[];
  /** Whether its destruction was reported. */
  torn: boolean;
  milliseconds: number;
  readonly durations: SlowResource[];
}

/** Resources that the report names as slow, of each stack. */
const SLOWEST = 3;

/** Counts the results of each stack from the messages of a test run, and reports progress. */
export class Tally {
  public readonly errors: RehearsalError[] = [];
  private readonly ledgers: Map<string, Ledger>;
  private readonly runs = new Map<string, { readonly ledger: Ledger; readonly phase: Phase }>();
  private current?: {
    readonly ledger: Ledger;
    readonly phase: Phase;
    readonly since: number;
    readonly begun: Set<string>;
    /** When each resource began that is not finished. */
    readonly waiting: Map<string, number>;
  };
  private end?: { readonly passed: boolean };

  constructor(
    copies: readonly StackCopy[],
    private readonly isMocked: (address: string) => boolean,
    private readonly report: Report,
    private readonly now: () => number = Date.now,
  ) {
    this.ledgers = new Map(copies.map((copy) => [copy.stack, newLedger(copy)]));
    for (const ledger of this.ledgers.values()) {
      this.runs.set(runName('apply', ledger.copy.stack), { ledger, phase: 'apply' });
      this.runs.set(runName('plan', ledger.copy.stack), { ledger, phase: 'plan' });
    }
  }

  /** A resource is being created, changed or destroyed. */
  public begin(address: string): void {
    if (!this.current) return;
    this.current.begun.add(address);
    this.current.waiting.set(address, this.now());
    this.show('running');
  }

  /** A resource is created, changed or destroyed. Without `begin`, it is not one that is counted. */
  public finishOne(address: string): void {
    const since = this.current?.waiting.get(address);
    if (!this.current || since === undefined) return;
    const { ledger, phase, waiting } = this.current;
    waiting.delete(address);
    ledger.durations.push({ address, phase, seconds: Math.round((this.now() - since) / 100) / 10 });
    this.show('running');
  }

  public take(message: Message): void {
    const run = 'run' in message && message.run ? this.runs.get(message.run) : undefined;
    if (message.type === 'end') this.end = message;
    if (message.type === 'run' && run) this.follow(message.state, run.ledger, run.phase);
    if (message.type === 'state' && run?.phase === 'apply') run.ledger.addresses = message.addresses;
    if (message.type === 'plan' && run?.phase === 'plan') run.ledger.changes = message.changes;
    if (message.type === 'leftover' && run) run.ledger.leftover = message.addresses;
    if (message.type === 'error') this.add({ stack: run?.ledger.copy.stack, ...message.error });
  }

  /** Ends the last phase, which has no message, and adds the errors that only the whole output shows. */
  public finish(): void {
    this.closeLast();
    if (this.end) {
      const unreported = [...this.ledgers.values()].filter(({ torn, addresses }) => !torn && addresses);
      for (const ledger of unreported.reverse()) this.close('done', ledger, 'destroy');
    }
    for (const { copy, changes = [], leftover } of this.ledgers.values()) {
      for (const change of changes) this.add(drift(copy.stack, change));
      for (const address of leftover) this.add({ stack: copy.stack, address, summary: 'could not be destroyed' });
    }
  }

  /** Whether the test run passed, every second plan is empty and everything is destroyed. */
  public get held(): boolean {
    return (
      this.end?.passed === true &&
      this.errors.length === 0 &&
      [...this.ledgers.values()].every(({ addresses, changes }) => addresses !== undefined && changes !== undefined)
    );
  }

  public get results(): StackResult[] {
    return [...this.ledgers.values()].map((ledger) => {
      const { copy, addresses = this.survivors(ledger), leftover } = ledger;
      const mocked = addresses.filter(this.isMocked).length;
      const overridden = addresses.filter((address) => !this.isMocked(address) && isOverridden(copy, address)).length;
      return {
        ...emptyResult(copy),
        resources: Math.max(addresses.length, ledger.resources),
        applied: addresses.length - overridden - mocked,
        overridden,
        mocked,
        changes: ledger.changes,
        destroyed: this.end ? addresses.length - leftover.length : 0,
        ...(ledger.durations.length > 0 && { slowest: slowest(ledger.durations) }),
        seconds: Math.round(ledger.milliseconds / 100) / 10,
      };
    });
  }

  private follow(state: 'started' | 'passed' | 'failed' | 'teardown', ledger: Ledger, phase: Phase): void {
    if (state === 'started') this.open(ledger, phase);
    if (state === 'passed') this.close('done', ledger, phase);
    if (state === 'failed') this.close('failed', ledger, phase);
    if (state === 'teardown' && this.current?.ledger !== ledger) {
      this.closeLast(); // there is no message for the end of a destruction, and `teardown` is repeated while it lasts
      this.open(ledger, 'destroy');
    }
  }

  private open(ledger: Ledger, phase: Phase): void {
    this.current = { ledger, phase, since: this.now(), begun: new Set(), waiting: new Map() };
    this.show('started');
  }

  /** Opens the phase first if it is not open: OpenTofu has no message for its start. */
  private close(state: 'done' | 'failed', ledger: Ledger, phase: Phase): void {
    if (!this.current) this.open(ledger, phase);
    const { since, begun } = this.current!;
    ledger.milliseconds += this.now() - since;
    if (phase === 'destroy') ledger.torn = true;
    if (phase === 'apply') ledger.begun = begun;
    this.show(phase === 'destroy' && ledger.leftover.length > 0 ? 'failed' : state);
    this.current = undefined;
  }

  private closeLast(): void {
    if (this.current) this.close('done', this.current.ledger, this.current.phase);
  }

  /** Terraform prints no state of a failed stack. A resource that was started without an error exists. */
  private survivors({ copy: { stack }, begun, leftover }: Ledger): string[] {
    const failed = this.errors.filter((error) => error.stack === stack).map(({ address }) => address);
    return [...new Set([...[...begun].filter((address) => !failed.includes(address)), ...leftover])];
  }

  private show(state: 'started' | 'running' | 'done' | 'failed'): void {
    const { ledger, phase, begun, waiting } = this.current!;
    const done = state === 'done' ? begun.size : begun.size - waiting.size;
    const resources = ledger.addresses?.length ?? ledger.resources;
    this.report({
      type: 'phase',
      stack: ledger.copy.stack,
      phase,
      state,
      begun: begun.size,
      done,
      waiting: [...waiting.keys()],
      resources,
    });
  }

  /** Terraform may repeat an error, e.g. at the end of its run. */
  private add(error: RehearsalError): void {
    if (this.errors.some((known) => isDeepStrictEqual(known, error))) return;
    this.errors.push(error);
    this.report({ type: 'error', error });
  }
}

function newLedger(copy: StackCopy): Ledger {
  const { resources } = emptyResult(copy);
  return { copy, resources, begun: new Set(), leftover: [], torn: false, milliseconds: 0, durations: [] };
}

function slowest(durations: readonly SlowResource[]): SlowResource[] {
  return durations.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
}

/** An override names a block, which has several instances with `count` or `for_each`. */
function isOverridden(copy: StackCopy, address: string): boolean {
  return copy.overrides.some((override) => address.replace(/\[.*\]$/, '') === override.address);
}

function drift(stack: string, { address, actions, attributes }: PlannedChange): RehearsalError {
  return {
    stack,
    address,
    summary: `the second plan would ${actions.join(' and ')} it`,
    detail: `attributes: ${attributes.join(', ')}`,
  };
}
