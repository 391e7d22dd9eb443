/**
 * The user's input is invalid. The message gives the place, the value, the limit and the fix. A program prints it
 * without a stack trace, which would point into the library.
 */
export class InputError extends Error {
  public override readonly name: string = 'InputError';
}
