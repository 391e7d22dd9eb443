import { runProgram } from '../../cli/program';

/** Runs the command line where nobody watches or answers. */
export async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await runProgram(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    live: false,
  });
  return { code, ...said };
}
