import type { Report } from '../../rehearsal';

/** Shows the events of a rehearsal. */
export interface Progress {
  readonly report: Report;
  /** Says something that is no event, at once. */
  say(note: string): void;
  /** Ends everything that is shown as running. A second call has no effect. */
  end(): Promise<void>;
}
