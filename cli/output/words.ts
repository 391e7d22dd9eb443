import type { Fault, Phase, Step } from '../../rehearsal';

export const STEPS: Readonly<Record<Step, string>> = {
  synthesize: 'synthesize',
  emulator: 'emulator',
  initialize: 'initialize',
};

export const PHASES: Readonly<Record<Phase, string>> = { apply: 'apply', plan: 'plan again', destroy: 'destroy' };

/** `stack address: summary`, and the detail indented below. */
export function describeFault({ stack, address, summary, detail }: Fault): string {
  const place = [stack, address].filter(Boolean).join(' ');
  const first = place ? `${place}: ${summary}` : summary;
  return detail ? `${first}\n${detail.replace(/^/gm, '    ')}` : first;
}
