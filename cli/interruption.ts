import { ExitCode } from './exit-code';

/** Within this time, a second signal is the same Ctrl-C, forwarded by npm or tsx. */
const ECHO_MILLISECONDS = 1000;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C ends the rehearsal after its teardown; the second ends the process immediately. */
export class Interruption {
  private readonly abort = new AbortController();
  private since?: number;

  /** @param announce called once, at the first Ctrl-C */
  constructor(private readonly announce: () => void) {
    for (const signal of SIGNALS) process.on(signal, this.interrupt);
  }

  public get signal(): AbortSignal {
    return this.abort.signal;
  }

  public forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupt);
  }

  private readonly interrupt = (): void => {
    if (this.since !== undefined && Date.now() - this.since > ECHO_MILLISECONDS) process.exit(ExitCode.interrupted);
    if (this.since !== undefined) return;
    this.since = Date.now();
    this.announce();
    this.abort.abort();
  };
}
