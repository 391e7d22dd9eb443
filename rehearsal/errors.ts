/** The app that was to synthesize the stacks failed; what it printed says why. */
export class AppFailure extends Error {
  public override readonly name = 'AppFailure';

  constructor(
    command: string,
    /** 2 where the app found its own input wrong. */
    public readonly exitCode: number,
    public readonly stderr: string,
  ) {
    super(`the app '${command}' ended with exit code ${exitCode}`);
  }
}

/** A program that the rehearsal needs is missing or fails; the message says what it said, or how to get it. */
export class CannotRehearse extends Error {
  public override readonly name = 'CannotRehearse';
}

/** The rehearsal was interrupted; what it had made is torn down. */
export class Interrupted extends Error {
  public override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}
