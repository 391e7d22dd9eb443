import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, type TerraformStack } from 'cdktf';
import { synthesizeInto } from './synthesis';
import { Template } from './template';
import { findTerraform, type Machine, providerInstallation, type TerraformProgram, thisMachine } from './terraform';

/** An error that Terraform finds in a stack. */
export interface Problem {
  readonly stack: string;
  /** Such as `aws_s3_bucket.Lake_Raw_1A2B3C4D` or `output.name`; empty if the error is about the whole stack. */
  readonly address: string;
  /** Path of the construct; empty if there is none. */
  readonly path: string;
  /** Terraform's error and its explanation. */
  readonly message: string;
  /** The line of the synthesized JSON. */
  readonly line: string;
}

/** Options of a validation. */
export interface ValidateOptions {
  /** @default - see `findTerraform` */
  readonly terraform?: TerraformProgram;
}

/**
 * Runs `terraform validate` (or `tofu validate`) with the real schemas of the providers: names, types, required
 * attributes, references. No account, credentials or state are needed; `providerInstallation` locates the providers.
 *
 * All stacks are validated in one run, as modules of one configuration: most of the time is the start of the provider.
 *
 * @returns the errors, sorted by place; empty if everything is valid: `expect(await validate(app)).toEqual([])`
 * @throws Error if there is no Terraform, or its `init` fails
 */
export async function validate(subject: App | TerraformStack, options: ValidateOptions = {}): Promise<Problem[]> {
  const machine = thisMachine();
  const terraform = options.terraform ?? findTerraform(machine);
  const folder = mkdtempSync(join(tmpdir(), 'cdktf-validate-'));
  try {
    synthesizeInto(folder, App.of(subject));
    const all = Template.all(folder);
    const templates = App.isApp(subject) ? all : { [subject.node.id]: all[subject.node.id]! };
    writeConfiguration(folder, templates);
    const run = runner(terraform, folder, withProviders(terraform, folder, templates, machine));
    await run('init', '-backend=false', '-input=false', '-no-color');
    const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(await run('validate', '-json', '-no-color'));
    const problems = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map((found) => problemOf(found, templates));
    return problems.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string };
  readonly snippet?: { readonly context: string | null; readonly code: string };
}

function writeConfiguration(folder: string, templates: Record<string, Template>): void {
  const modules = Object.entries(templates).map(([id, template], index) => {
    const variables = Object.keys(template.json.variable ?? {}).map((name) => [name, null]);
    const assets = join(folder, 'stacks', id, 'assets');
    // file functions read below the working directory, which in a deployment is the folder of the stack
    if (existsSync(assets)) cpSync(assets, join(folder, 'assets'), { recursive: true });
    return [`stack_${index}`, { source: `./stacks/${id}`, ...Object.fromEntries(variables) }];
  });
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ module: Object.fromEntries(modules) }));
}

function withProviders(
  { product }: TerraformProgram,
  folder: string,
  templates: Record<string, Template>,
  machine: Machine,
): NodeJS.ProcessEnv {
  const required = Object.values(templates).flatMap((template) =>
    Object.values<{ source: string; version?: string }>(template.json.terraform?.required_providers ?? {}),
  );
  const versions = Object.fromEntries(required.map(({ source, version }) => [source, version ?? '']));
  const { from, text } = providerInstallation(versions, product, machine);
  const env = { ...machine.env, CHECKPOINT_DISABLE: '1' };
  if (from === 'user') return env;
  const file = join(folder, 'terraform.rc');
  writeFileSync(file, text);
  return { ...env, TF_CLI_CONFIG_FILE: file };
}

function runner(
  { path }: TerraformProgram,
  cwd: string,
  env: NodeJS.ProcessEnv,
): (...args: string[]) => Promise<string> {
  return async (...args) => {
    try {
      return (await promisify(execFile)(path, args, { cwd, env, maxBuffer: 1 << 28 })).stdout;
    } catch (error) {
      const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
      if (stdout.startsWith('{')) return stdout; // an invalid configuration is a result, not a failure
      throw new Error(`${path} ${args.join(' ')} failed: ${stderr.trim() || stdout.trim() || message}`);
    }
  };
}

function problemOf({ summary, detail, range, snippet }: Diagnostic, templates: Record<string, Template>): Problem {
  const stack = /^stacks\/([^/]+)\//.exec(range?.filename ?? '')?.[1] ?? '';
  const address = /^(?:resource\.)?((?:data\.)?[^.]+\.[^.]+)/.exec(snippet?.context ?? '')?.[1] ?? '';
  return {
    stack,
    address,
    path: templates[stack]?.pathOf(address) ?? '',
    message: detail ? `${summary}: ${detail}` : summary,
    line: snippet?.code.trim() ?? '',
  };
}

function placeOf({ stack, address, line }: Problem): string {
  return [stack, address, line].join('\n');
}
