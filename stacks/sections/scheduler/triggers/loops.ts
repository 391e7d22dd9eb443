import { written } from '../../../environment/draft';
import { error, type FileError } from '../../../environment/errors';
import type { DraftTriggers } from './rules';

/** A trigger that starts a pipeline when another has ended. */
interface Step {
  readonly trigger: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Triggers whose pipelines start one another in a circle would never rest, whatever their cooldowns. An approval ends a chain: no pipeline
 * approves what it registers.
 */
export function* loopRules(triggers: DraftTriggers): Iterable<FileError> {
  const steps: Step[] = [];
  for (const [trigger, { finished: from, pipeline: to }] of written(triggers)) {
    if (from === undefined || to === undefined) continue;
    const back = from === to ? [] : wayBetween(steps, to, from);
    if (back === undefined) steps.push({ trigger, from, to });
    else yield error(['scheduler', 'triggers', trigger, 'pipeline'], messageOf({ trigger, from, to }, back));
  }
}

function messageOf({ trigger, from, to }: Step, back: readonly Step[]): string {
  if (back.length === 0) {
    return `must be another pipeline, got '${to}' again: each run would start the next; write every or cron in place of finished`;
  }
  const circle = [from, to, ...back.map((step) => step.to)].join(', ');
  const triggers = [...back.map((step) => step.trigger), trigger].join(', ');
  return `must not lead back to '${from}': the runs of ${circle} would start one another without end; remove one of the triggers ${triggers}`;
}

/** The steps from one pipeline to another; `undefined` if none lead there. */
function wayBetween(steps: readonly Step[], from: string, to: string, seen = new Set<string>()): Step[] | undefined {
  seen.add(from);
  for (const step of steps) {
    if (step.from !== from || seen.has(step.to)) continue;
    const rest = step.to === to ? [] : wayBetween(steps, step.to, to, seen);
    if (rest !== undefined) return [step, ...rest];
  }
  return undefined;
}
