import type { RehearsalEvent } from '../../rehearsal';
import type { Progress } from './progress';
import { counted, headOfError, PHASES, STEPS } from './words';

/** Progress for logs: one line when something starts or ends. */
export function plainProgress(print: (text: string) => void, verbose = false): Progress {
  const line = (text: string): void => print(`${text}\n`);
  const report = (event: RehearsalEvent): void => {
    if (event.type === 'step') line(`${STEPS[event.step]}: ${event.detail}`);
    if (event.type === 'phase' && event.state !== 'running') {
      const of = event.state === 'started' ? counted(event.resources, 'resource') : event.state;
      line(`${PHASES[event.phase]} ${event.stack}: ${of}`);
    }
    if (event.type === 'error') line(headOfError(event.error)); // the summary has the detail
    if (event.type === 'output' && verbose) line(`  ${event.line}`);
  };
  return { report, say: line, end: async () => {} };
}
