/** The app that synthesizes the stacks failed; its output contains the reason. */
export class AppFailure extends Error {
  public override readonly name = 'AppFailure';

  constructor(
    command: string,
    /** 2 if the app refused its input. */
    public readonly exitCode: number,
    public readonly stderr: string,
  ) {
    super(`the app '${command}' ended with exit code ${exitCode}`);
  }
}

/** A required program is missing or fails; the message contains how to install it, or its output. */
export class CannotRehearse extends Error {
  public override readonly name = 'CannotRehearse';
}

/** The rehearsal was interrupted; everything it created is destroyed. */
export class Interrupted extends Error {
  public override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}
