import { managedResources, type StackCopy } from '../copy/stack-copy';
import { runName } from '../copy/test-file';
import type { Fault, Phase, PlannedChange, Report, StackResult } from '../events';
import type { Message } from './messages';

/** What is known of one stack. */
interface Ledger {
  readonly copy: StackCopy;
  readonly resources: number;
  /** Resource instances that applying began with, whatever became of them. */
  begun: ReadonlySet<string>;
  /** Resource instances that exist after applying. @default - it failed */
  addresses?: readonly string[];
  changes?: readonly PlannedChange[];
  /** Resource instances that could not be destroyed. */
  leftover: readonly string[];
  /** Whether its destruction was reported. */
  torn: boolean;
  milliseconds: number;
}

/** Keeps count of what a test run says about each stack, and reports it on. */
export class Tally {
  public readonly faults: Fault[] = [];
  private readonly ledgers: Map<string, Ledger>;
  private readonly runs = new Map<string, { readonly ledger: Ledger; readonly phase: Phase }>();
  private current?: {
    readonly ledger: Ledger;
    readonly phase: Phase;
    readonly since: number;
    readonly begun: Set<string>;
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
    report({ type: 'stacks', stacks: [...this.ledgers].map(([stack, { resources }]) => ({ stack, resources })) });
  }

  /** A resource is being created, changed or destroyed. */
  public begin(address: string): void {
    if (!this.current) return;
    this.current.begun.add(address);
    this.tell('running');
  }

  public hear(message: Message): void {
    const run = 'run' in message && message.run ? this.runs.get(message.run) : undefined;
    if (message.type === 'end') this.end = message;
    if (message.type === 'run' && run) this.follow(message.state, run.ledger, run.phase);
    if (message.type === 'state' && run?.phase === 'apply') run.ledger.addresses = message.addresses;
    if (message.type === 'plan' && run?.phase === 'plan') run.ledger.changes = message.changes;
    if (message.type === 'leftover' && run) run.ledger.leftover = message.addresses;
    if (message.type === 'error') this.blame({ stack: run?.ledger.copy.stack, ...message.fault });
  }

  /** Closes the last phase, whose end no message tells, and blames what is not as it should be. */
  public finish(): void {
    this.closeLast();
    if (this.end) {
      const untold = [...this.ledgers.values()].filter(({ torn, addresses }) => !torn && addresses);
      for (const ledger of untold.reverse()) this.close('done', ledger, 'destroy');
    }
    for (const { copy, changes = [], leftover } of this.ledgers.values()) {
      for (const change of changes) this.blame(drift(copy.stack, change));
      for (const address of leftover) this.blame({ stack: copy.stack, address, summary: 'could not be destroyed' });
    }
  }

  /** Whether Terraform is content, every second plan is empty and nothing is left. */
  public get held(): boolean {
    return (
      this.end?.passed === true &&
      this.faults.length === 0 &&
      [...this.ledgers.values()].every(({ addresses, changes }) => addresses !== undefined && changes !== undefined)
    );
  }

  public get results(): StackResult[] {
    return [...this.ledgers.values()].map((ledger) => {
      const { copy, addresses = this.survivors(ledger), leftover } = ledger;
      const mocked = addresses.filter(this.isMocked).length;
      const overridden = addresses.filter((address) => !this.isMocked(address) && isOverridden(copy, address)).length;
      return {
        stack: copy.stack,
        resources: Math.max(addresses.length, ledger.resources),
        applied: addresses.length - overridden - mocked,
        overridden,
        mocked,
        changes: ledger.changes,
        destroyed: this.end ? addresses.length - leftover.length : 0,
        guardsLifted: copy.guardsLifted,
        seconds: Math.round(ledger.milliseconds / 100) / 10,
      };
    });
  }

  private follow(state: 'started' | 'passed' | 'failed' | 'teardown', ledger: Ledger, phase: Phase): void {
    if (state === 'started') this.open(ledger, phase);
    if (state === 'passed') this.close('done', ledger, phase);
    if (state === 'failed') this.close('failed', ledger, phase);
    if (state === 'teardown' && this.current?.ledger !== ledger) {
      this.closeLast(); // nothing says that the stack before is gone; and teardown is said again while it lasts
      this.open(ledger, 'destroy');
    }
  }

  private open(ledger: Ledger, phase: Phase): void {
    this.current = { ledger, phase, since: this.now(), begun: new Set() };
    this.tell('started');
  }

  /** OpenTofu never says that a phase begins. */
  private close(state: 'done' | 'failed', ledger: Ledger, phase: Phase): void {
    if (!this.current) this.open(ledger, phase);
    const { since, begun } = this.current!;
    ledger.milliseconds += this.now() - since;
    if (phase === 'destroy') ledger.torn = true;
    if (phase === 'apply') ledger.begun = begun;
    this.tell(phase === 'destroy' && ledger.leftover.length > 0 ? 'failed' : state);
    this.current = undefined;
  }

  private closeLast(): void {
    if (this.current) this.close('done', this.current.ledger, this.current.phase);
  }

  /** Terraform tells no state of a stack that failed: what was begun and not blamed was made. */
  private survivors({ copy: { stack }, begun }: Ledger): string[] {
    const blamed = this.faults.filter((fault) => fault.stack === stack).map(({ address }) => address);
    return [...begun].filter((address) => !blamed.includes(address));
  }

  private tell(state: 'started' | 'running' | 'done' | 'failed'): void {
    const { ledger, phase, begun } = this.current!;
    const resources = ledger.addresses?.length ?? ledger.resources;
    this.report({ type: 'phase', stack: ledger.copy.stack, phase, state, begun: begun.size, resources });
  }

  private blame(fault: Fault): void {
    this.faults.push(fault);
    this.report({ type: 'fault', fault });
  }
}

function newLedger(copy: StackCopy): Ledger {
  const resources = managedResources(copy.configuration).length;
  return { copy, resources, begun: new Set(), leftover: [], torn: false, milliseconds: 0 };
}

/** An override names a block; with `count` or `for_each` it stands for several instances. */
function isOverridden(copy: StackCopy, address: string): boolean {
  return copy.overrides.some((override) => address.replace(/\[.*\]$/, '') === override.address);
}

function drift(stack: string, { address, actions, attributes }: PlannedChange): Fault {
  return {
    stack,
    address,
    summary: `the second plan wants to ${actions.join(' and ')} it`,
    detail: `attributes: ${attributes.join(', ')}`,
  };
}
