import pc from 'picocolors';
import type { Phase, RehearsalEvent, Step } from '../../rehearsal';
import { counted, PHASES, STEPS, seconds } from './words';

type State = 'pending' | 'running' | 'done' | 'failed' | 'not reached';

/** A line of the list. */
interface Line {
  readonly label: string;
  state: State;
  detail: string;
  /** What is waited for, and since when. */
  waiting?: { readonly address: string; readonly more: number; readonly since: number };
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shown after this many milliseconds. */
const WORTH_NAMING = 2000;

/** The list of steps and phases of a rehearsal. It prints nothing. */
export class Frame {
  private readonly steps = new Map<Step, Line>(
    Object.entries(STEPS).map(([step, label]) => [step as Step, newLine(label)]),
  );
  private readonly phases = new Map<Phase, Map<string, Line>>(
    (Object.keys(PHASES) as Phase[]).map((phase) => [phase, new Map()]),
  );
  private readonly since = new Map<string, number>();
  private note?: string;

  constructor(private readonly now: () => number = Date.now) {}

  public take(event: RehearsalEvent): void {
    if (event.type === 'step') {
      const line = this.steps.get(event.step)!;
      line.detail = event.detail;
      line.state = event.state === 'done' ? 'done' : 'running';
    }
    if (event.type === 'stacks') {
      for (const [phase, lines] of this.phases) {
        const order = phase === 'destroy' ? event.stacks.toReversed() : event.stacks;
        for (const { stack } of order) lines.set(stack, newLine(stack));
      }
    }
    if (event.type === 'phase') this.follow(event);
  }

  /** Says something below the list, until another note. */
  public say(note: string): void {
    this.note = note;
  }

  /** Nothing more will happen. */
  public end(): void {
    const lines = [...this.steps.values(), ...[...this.phases.values()].flatMap((stacks) => [...stacks.values()])];
    for (const line of lines) {
      if (line.state === 'running' || line.state === 'pending') line.state = 'not reached';
      line.waiting = undefined;
    }
  }

  /** The lines, none longer than `columns`. */
  public draw(columns: number): string[] {
    const lines = [...this.steps.values()].map((line) => this.drawn(line, '', columns));
    for (const [phase, stacks] of this.phases) {
      if (stacks.size === 0) continue;
      lines.push(cut(`  ${PHASES[phase]}`, columns));
      for (const line of stacks.values()) lines.push(this.drawn(line, '  ', columns));
    }
    if (this.note) lines.push(...wrapped(this.note, columns).map(pc.bold));
    return lines;
  }

  private follow({ stack, phase, state, done, waiting, resources }: RehearsalEvent & { type: 'phase' }): void {
    const line = this.phases.get(phase)?.get(stack);
    if (!line) return;
    line.state = state === 'started' ? 'running' : state;
    line.detail = line.state === 'running' ? `${done}/${resources}` : counted(resources, 'resource');
    if (phase === 'plan') line.detail = counted(resources, 'resource'); // the log does not count plans
    const [address, ...more] = waiting;
    if (address === undefined || line.state !== 'running') {
      line.waiting = undefined;
      return;
    }
    const key = `${phase} ${stack} ${address}`;
    if (!this.since.has(key)) this.since.set(key, this.now());
    line.waiting = { address, more: more.length, since: this.since.get(key)! };
  }

  private drawn({ label, state, detail, waiting }: Line, indent: string, columns: number): string {
    const elapsed = waiting ? this.now() - waiting.since : 0;
    const more = waiting && waiting.more > 0 ? ` and ${waiting.more} more` : '';
    const waits = waiting && elapsed >= WORTH_NAMING ? `, ${seconds(elapsed / 1000)} ${waiting.address}${more}` : '';
    const rest = state === 'not reached' ? ': not reached' : detail && ` (${detail}${waits})`;
    const [mark, paint] = this.marked(state);
    return paint(mark) + cut(`${indent} ${label}${rest}`, columns - 1);
  }

  private marked(state: State): readonly [string, (text: string) => string] {
    if (state === 'done') return ['✔', pc.green];
    if (state === 'failed') return ['✖', pc.red];
    if (state === 'running') return [SPINNER[Math.floor(this.now() / 100) % SPINNER.length]!, pc.cyan];
    return [state === 'pending' ? ' ' : '-', pc.dim];
  }
}

function newLine(label: string): Line {
  return { label, state: 'pending', detail: '' };
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

function wrapped(text: string, columns: number): string[] {
  return text.match(new RegExp(`.{1,${Math.max(1, columns)}}(?:\\s|$)`, 'g'))?.map((line) => line.trimEnd()) ?? [];
}
