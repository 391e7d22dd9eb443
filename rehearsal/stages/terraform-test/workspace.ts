import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformProgram } from '../../../lib/testing/terraform';
import type { StackCopy } from '../../copy/stack-copy';
import { downloadEnvironment, isSecret, NO_SECRET, runningEnvironment } from '../../environment';
import { Interrupted } from '../../errors';
import { type Finished, run } from '../../process';
import type { RequiredProvider } from '../../source/manifest';
import type { StageContext } from '../stage';
import { installationFor } from './providers';

const VARIABLE = 'TF_VAR_';

/** The folder and the environment that Terraform runs in. */
export class Workspace {
  public readonly root: string;
  /** Where Terraform keeps providers and modules. */
  public readonly data: string;
  private readonly settings: NodeJS.ProcessEnv;

  constructor(
    public readonly program: TerraformProgram,
    private readonly context: StageContext,
  ) {
    const { folder } = context;
    this.root = join(folder, 'root');
    this.data = join(folder, 'data');
    this.settings = {
      TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
      TF_DATA_DIR: this.data,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
    };
  }

  /**
   * Empties the workspace, writes the files and installs their providers and modules.
   *
   * @param write writes the files into `root`, after the sources of `required` are set for this machine
   * @returns output of the program, and where the providers come from
   * @throws Interrupted
   */
  public async init(
    required: readonly RequiredProvider[],
    write: () => void,
  ): Promise<Finished & { readonly from: string }> {
    const { from, text } = installationFor(this.program, required);
    for (const folder of [this.root, this.data]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    writeFileSync(this.settings.TF_CLI_CONFIG_FILE!, text);
    write();
    const env = { ...downloadEnvironment(this.context.env, 'terraform'), ...this.settings };
    const { signal } = this.context;
    const finished = await run(this.program.path, ['init', '-no-color', '-input=false'], {
      cwd: this.root,
      env,
      signal,
    });
    if (signal?.aborted) throw new Interrupted();
    return { ...finished, from };
  }

  /** Runs the test file in `root`, which destroys what it created, also after an interruption. */
  public async test(
    copies: readonly StackCopy[],
    lines: { onLine: (line: string) => void; onErrorLine: (line: string) => void },
  ): Promise<void> {
    const { env, services, signal } = this.context;
    await run(this.program.path, ['test', '-json', '-verbose', '-no-color'], {
      cwd: this.root,
      env: {
        ...runningEnvironment(env),
        ...variables(copies, env),
        ...this.settings,
        ...services,
        TF_LOG_CORE: 'trace', // the log shows which resources it starts and ends to apply
      },
      signal,
      ...lines,
    });
  }
}

/** Values of the user's environment for variables of the stacks. Secrets are replaced. */
function variables(copies: readonly StackCopy[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const declared = copies.flatMap(({ configuration }) => Object.entries(configuration.variable ?? {}));
  const set = declared.filter(([name]) => env[VARIABLE + name] !== undefined);
  return Object.fromEntries(
    set.map(([name, { sensitive }]) => [
      VARIABLE + name,
      sensitive === true || isSecret(name) ? NO_SECRET : env[VARIABLE + name],
    ]),
  );
}
