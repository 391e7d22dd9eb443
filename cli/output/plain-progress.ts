import type { RehearsalEvent } from '../../rehearsal';
import type { Progress } from './progress';
import { describeError, PHASES, STEPS } from './words';

/** Progress for logs: one line when something starts or ends. */
export function plainProgress(print: (text: string) => void, verbose = false): Progress {
  const line = (text: string): void => print(`${text}\n`);
  const report = (event: RehearsalEvent): void => {
    if (event.type === 'step') line(`${STEPS[event.step]}: ${event.detail}`);
    if (event.type === 'phase' && event.state !== 'running') {
      const of = event.state === 'started' ? `${event.resources} resources` : event.state;
      line(`${PHASES[event.phase]} ${event.stack}: ${of}`);
    }
    if (event.type === 'error') line(describeError(event.error));
    if (event.type === 'output' && verbose) line(`  ${event.line}`);
  };
  return { report, end: async () => {} };
}
