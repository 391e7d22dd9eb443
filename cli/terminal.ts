/** Where the command prints; a test hands in its own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches `out`: then progress is live, else it is plain lines. */
  readonly live: boolean;
}

/** The terminal of this process. */
export const PROCESS_TERMINAL: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stdout.isTTY === true,
};
