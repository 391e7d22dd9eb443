import { appEnvironment } from '../environment';
import { AppFailure, Interrupted } from '../errors';
import { run } from '../process';

/** A command that synthesizes stacks, as in `app` of a `cdktf.json`. */
export interface App {
  /** A shell command line, e.g. `npx tsx main.ts`. */
  readonly command: string;
  /** Its environment, without `CDKTF_OUTDIR`, which a rehearsal sets. The app gets it without the values of secrets. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Synthesizes an app into `folder`, as `cdktf synth` does.
 *
 * @throws AppFailure with the output of the app, if it fails
 */
export async function synthesize(app: App, folder: string, signal?: AbortSignal): Promise<void> {
  const env = { ...appEnvironment(app.env), CDKTF_OUTDIR: folder, SYNTH_HCL_OUTPUT: undefined };
  const { code, stderr } = await run(app.command, undefined, { env, signal });
  if (signal?.aborted) throw new Interrupted();
  if (code !== 0) throw new AppFailure(app.command, code, stderr);
}
