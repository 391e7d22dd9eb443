import type { Phase, RehearsalError, Step } from '../../rehearsal';

export const STEPS: Readonly<Record<Step, string>> = {
  synthesize: 'synthesize',
  emulator: 'emulator',
  initialize: 'initialize',
};

export const PHASES: Readonly<Record<Phase, string>> = { apply: 'apply', plan: 'plan again', destroy: 'destroy' };

/** `1 stack`, `2 stacks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `45 s`, `2 min 5 s`. */
export function seconds(duration: number): string {
  const whole = Math.round(duration);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `stack address: summary`. */
export function headOfError({ stack, address, summary }: RehearsalError): string {
  const place = [stack, address].filter(Boolean).join(' ');
  return place ? `${place}: ${summary}` : summary;
}

/** `stack address: summary`, with the detail indented below. */
export function describeError(error: RehearsalError): string {
  const first = headOfError(error);
  return error.detail ? `${first}\n${error.detail.replace(/^/gm, '    ')}` : first;
}
