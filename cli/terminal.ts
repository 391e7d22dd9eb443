import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

/** Where the command prints; tests replace it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `out` is an interactive terminal: progress is then live, otherwise plain lines. */
  readonly live: boolean;
  /** Asks the user, who may answer yes. Missing if nobody is there to answer. */
  ask?(question: string): Promise<boolean>;
  /** Everything that is piped in. Missing if nothing is. */
  read?(): string;
  /** Width of `out`. @default - not limited */
  readonly columns?: number;
}

/** The terminal of this process. */
export const PROCESS_TERMINAL: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stdout.isTTY === true,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
  read: process.stdin.isTTY ? undefined : () => readFileSync(0, 'utf8'),
  get columns() {
    return process.stdout.columns;
  },
};

async function ask(question: string): Promise<boolean> {
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<string>((resolve) => dialogue.once('close', () => resolve(''))); // by Ctrl-D or Ctrl-C
  const answer = await Promise.race([dialogue.question(question).catch(() => ''), left]);
  dialogue.close();
  return /^y(es)?$/i.test(answer.trim());
}
