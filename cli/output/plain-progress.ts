import type { RehearsalEvent } from '../../rehearsal';
import type { Progress } from './progress';
import { describeFault, PHASES, STEPS } from './words';

/** One line for everything that begins or ends: for logs. */
export function plainProgress(print: (text: string) => void, verbose = false): Progress {
  const line = (text: string): void => print(`${text}\n`);
  const report = (event: RehearsalEvent): void => {
    if (event.type === 'step') line(`${STEPS[event.step]}: ${event.detail}`);
    if (event.type === 'phase' && event.state !== 'running') {
      const of = event.state === 'started' ? `${event.resources} resources` : event.state;
      line(`${PHASES[event.phase]} ${event.stack}: ${of}`);
    }
    if (event.type === 'fault') line(describeFault(event.fault));
    if (event.type === 'output' && verbose) line(`  ${event.line}`);
  };
  return { report, end: async () => {} };
}
