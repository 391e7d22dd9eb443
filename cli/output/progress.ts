import type { Report } from '../../rehearsal';

/** Shows what a rehearsal reports. */
export interface Progress {
  readonly report: Report;
  /** Closes what is still shown as running. May be called twice. */
  end(): Promise<void>;
}
