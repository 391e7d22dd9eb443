import { managedResources, type StackCopy } from '../copy/stack-copy';
import { runName } from '../copy/test-file';
import type { Fault, Phase, PlannedChange, Report, StackResult } from '../events';
import type { Message } from './messages';

interface Account {
  readonly copy: StackCopy;
  readonly resources: number;
  addresses?: readonly string[];
  changes?: readonly PlannedChange[];
  leftover: readonly string[];
  torn: boolean;
  milliseconds: number;
}

/** Keeps count of what a test run says about each stack, and reports it on. */
export class Tally {
  public readonly faults: Fault[] = [];
  private readonly accounts: Map<string, Account>;
  private readonly runs = new Map<string, { readonly account: Account; readonly phase: Phase }>();
  private current?: {
    readonly account: Account;
    readonly phase: Phase;
    readonly since: number;
    readonly begun: Set<string>;
  };
  private passed = false;

  constructor(
    copies: readonly StackCopy[],
    private readonly isMocked: (address: string) => boolean,
    private readonly report: Report,
    private readonly now: () => number = Date.now,
  ) {
    this.accounts = new Map(copies.map((copy) => [copy.stack, newAccount(copy)]));
    for (const account of this.accounts.values()) {
      this.runs.set(runName('apply', account.copy.stack), { account, phase: 'apply' });
      this.runs.set(runName('plan', account.copy.stack), { account, phase: 'plan' });
    }
    report({ type: 'stacks', stacks: [...this.accounts].map(([stack, { resources }]) => ({ stack, resources })) });
  }

  /** A resource is being created, changed or destroyed. */
  public begin(address: string): void {
    if (!this.current) return;
    this.current.begun.add(address);
    this.tell('running');
  }

  public hear(message: Message): void {
    const run = 'run' in message && message.run ? this.runs.get(message.run) : undefined;
    if (message.type === 'end') this.passed = message.passed;
    if (message.type === 'run' && run) this.follow(message.state, run.account, run.phase);
    if (message.type === 'state' && run?.phase === 'apply') run.account.addresses = message.addresses;
    if (message.type === 'plan' && run?.phase === 'plan') run.account.changes = message.changes;
    if (message.type === 'leftover' && run) run.account.leftover = message.addresses;
    if (message.type === 'error') this.blame({ stack: run?.account.copy.stack, ...message.fault });
  }

  /** Closes the last phase: no message says that the last stack is destroyed. */
  public finish(): void {
    this.close('done');
    for (const account of this.accounts.values()) {
      for (const change of account.changes ?? []) this.blame(driftFault(account.copy.stack, change));
    }
  }

  /** Whether Terraform is content and every second plan is empty. */
  public get held(): boolean {
    const accounts = [...this.accounts.values()];
    return (
      this.passed &&
      accounts.every(({ changes, leftover, torn }) => torn && leftover.length === 0 && changes?.length === 0)
    );
  }

  public get results(): StackResult[] {
    return [...this.accounts.values()].map((account) => {
      const { copy, addresses = [], leftover, torn } = account;
      const overridden = addresses.filter((address) => overrideFor(copy, address)).length;
      const mocked = addresses.filter((address) => !overrideFor(copy, address) && this.isMocked(address)).length;
      return {
        stack: copy.stack,
        resources: Math.max(addresses.length, account.resources),
        applied: addresses.length - overridden - mocked,
        overridden,
        mocked,
        changes: account.changes,
        destroyed: torn ? addresses.length - leftover.length : 0,
        guardsLifted: copy.guardsLifted,
        seconds: Math.round(account.milliseconds / 100) / 10,
      };
    });
  }

  private follow(state: 'started' | 'passed' | 'failed' | 'teardown', account: Account, phase: Phase): void {
    if (state === 'started') this.open(account, phase);
    if (state === 'passed') this.close('done');
    if (state === 'failed') this.close('failed');
    if (state === 'teardown' && this.current?.account !== account) {
      this.close('done'); // nothing says that the stack before is gone; and teardown is said again while it lasts
      this.open(account, 'destroy');
    }
  }

  private open(account: Account, phase: Phase): void {
    this.current = { account, phase, since: this.now(), begun: new Set() };
    this.tell('started');
  }

  private close(state: 'done' | 'failed'): void {
    if (!this.current) return;
    const { account, phase, since } = this.current;
    account.milliseconds += this.now() - since;
    if (phase === 'destroy') account.torn = true;
    this.tell(phase === 'destroy' && account.leftover.length > 0 ? 'failed' : state);
    this.current = undefined;
  }

  private tell(state: 'started' | 'running' | 'done' | 'failed'): void {
    const { account, phase, begun } = this.current!;
    const resources = account.addresses?.length ?? account.resources;
    this.report({ type: 'phase', stack: account.copy.stack, phase, state, begun: begun.size, resources });
  }

  private blame(fault: Fault): void {
    this.faults.push(fault);
    this.report({ type: 'fault', fault });
  }
}

function newAccount(copy: StackCopy): Account {
  return { copy, resources: managedResources(copy.configuration).length, leftover: [], torn: false, milliseconds: 0 };
}

/** An override names a block; with `count` or `for_each` it stands for several instances. */
function overrideFor(copy: StackCopy, address: string): boolean {
  return copy.overrides.some((override) => address.replace(/\[.*\]$/, '') === override.address);
}

function driftFault(stack: string, { address, actions, attributes }: PlannedChange): Fault {
  return {
    stack,
    address,
    summary: `the second plan wants to ${actions.join(' and ')} it`,
    detail: `attributes: ${attributes.join(', ')}`,
  };
}
