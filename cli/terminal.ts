/** Where the command prints; tests replace it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `out` is an interactive terminal: progress is then live, otherwise plain lines. */
  readonly live: boolean;
  /** Width of `out`. @default - not limited */
  readonly columns?: number;
}

/** The terminal of this process. */
export const PROCESS_TERMINAL: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stdout.isTTY === true,
  get columns() {
    return process.stdout.columns;
  },
};
