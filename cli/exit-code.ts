/** Exit codes of the command. */
export const ExitCode = {
  /** Everything held. */
  held: 0,
  /** An error was found, or a required program is missing. */
  failed: 1,
  /** Wrong usage or bad input; nothing was done. */
  usage: 2,
  /** Interrupted by Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;
