/**
 * What the user wrote cannot be built. The message names the place, the value, the limit and the fix, so a program shows
 * it alone: a stack trace would point into the library.
 */
export class InputError extends Error {
  public override readonly name: string = 'InputError';
}
