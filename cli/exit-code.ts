/** Exit codes of the command. */
export const ExitCode = {
  /** Everything held. */
  held: 0,
  /** Something did not hold, or a program that is needed is missing. */
  failed: 1,
  /** Wrong usage or bad input: nothing was tried. */
  usage: 2,
  /** Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;
