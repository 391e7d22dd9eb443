import type { Phase, RehearsalEvent, Step } from '../../rehearsal';
import type { Progress } from './progress';
import { PHASES, STEPS } from './words';

type ListrTask = import('listr2', { with: { 'resolution-mode': 'import' }}).ListrTask;
type Outcome = 'done' | 'failed' | 'not reached';

/** A line of the list. */
class Line {
  public readonly outcome: Promise<Outcome>;
  public end!: (outcome: Outcome) => void;
  private show?: (detail: string) => void;
  private detail = '';

  constructor(private readonly label: string) {
    this.outcome = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  public tell(detail: string): void {
    this.detail = detail;
    this.show?.(detail);
  }

  public get task(): ListrTask {
    return {
      title: this.label,
      task: async (_, task) => {
        this.show = (detail) => {
          task.title = detail ? `${this.label} (${detail})` : this.label;
        };
        this.show(this.detail);
        const outcome = await this.outcome;
        if (outcome === 'failed') throw new Error(task.title);
        if (outcome === 'not reached') task.skip(`${this.label}: not reached`);
      },
    };
  }
}

/** A list that is redrawn in place, with a running count of resources, for a terminal. */
export async function liveProgress(): Promise<Progress> {
  const { Listr } = await import('listr2'); // an ES module
  const lines = new Map<string, Line>(Object.entries(STEPS).map(([step, label]) => [step, new Line(label)]));
  let stacks: readonly string[] = [];
  let knowStacks!: () => void;
  const stacksKnown = new Promise<void>((resolve) => {
    knowStacks = resolve;
  });

  const phase = (name: Phase): ListrTask => ({
    title: PHASES[name],
    task: async (_, task) => {
      await stacksKnown;
      if (stacks.length === 0) return task.skip(`${PHASES[name]}: not reached`);
      const order = name === 'destroy' ? stacks.toReversed() : stacks;
      return task.newListr(
        order.map((stack) => lines.get(`${name} ${stack}`)!.task),
        { exitOnError: false, rendererOptions: { collapseSubtasks: false } },
      );
    },
  });
  const list = new Listr(
    [
      ...(Object.keys(STEPS) as Step[]).map((step) => lines.get(step)!.task),
      ...(Object.keys(PHASES) as Phase[]).map(phase),
    ],
    { exitOnError: false, registerSignalListeners: false, rendererOptions: { showErrorMessage: false } },
  );
  const drawn = list.run();

  const report = (event: RehearsalEvent): void => {
    if (event.type === 'step') {
      lines.get(event.step)!.tell(event.detail);
      if (event.state === 'done') lines.get(event.step)!.end('done');
    }
    if (event.type === 'stacks') {
      stacks = event.stacks.map(({ stack }) => stack);
      for (const stack of stacks) {
        for (const name of Object.keys(PHASES)) lines.set(`${name} ${stack}`, new Line(stack));
      }
      knowStacks();
    }
    if (event.type === 'phase') {
      const { stack, state, begun, resources } = event;
      const line = lines.get(`${event.phase} ${stack}`)!;
      line.tell(state === 'running' ? `${begun}/${resources}` : `${resources}`);
      if (state === 'done' || state === 'failed') line.end(state);
    }
  };
  const end = async (): Promise<void> => {
    knowStacks();
    for (const line of lines.values()) line.end('not reached');
    await drawn;
  };
  return { report, end };
}
