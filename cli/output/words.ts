import type { Phase, RehearsalError, Step } from '../../rehearsal';

export const STEPS: Readonly<Record<Step, string>> = {
  synthesize: 'synthesize',
  emulator: 'emulator',
  initialize: 'initialize',
};

export const PHASES: Readonly<Record<Phase, string>> = { apply: 'apply', plan: 'plan again', destroy: 'destroy' };

/** `stack address: summary`, with the detail indented below. */
export function describeError({ stack, address, summary, detail }: RehearsalError): string {
  const place = [stack, address].filter(Boolean).join(' ');
  const first = place ? `${place}: ${summary}` : summary;
  return detail ? `${first}\n${detail.replace(/^/gm, '    ')}` : first;
}
