/** The app that synthesizes the stacks failed; its output says why. */
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

/** A program that the rehearsal needs is missing or fails; the message says how to get it, or repeats the program's own. */
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
