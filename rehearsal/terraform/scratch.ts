import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackCopy } from '../copy/stack-copy';
import type { SynthesizedStack } from '../source/manifest';

/** Writes the copies, their assets and the test file where `terraform test` finds them. */
export function writeScratch(
  folder: string,
  stacks: readonly SynthesizedStack[],
  copies: readonly StackCopy[],
  testFile: Record<string, unknown>,
): void {
  const required = Object.assign(
    {},
    ...copies.map(({ configuration }) => configuration.terraform?.required_providers ?? {}),
  );
  writeJson(join(folder, 'main.tf.json'), { terraform: { required_providers: required } });
  writeJson(join(folder, 'rehearsal.tftest.json'), testFile);
  for (const [index, stack] of stacks.entries()) {
    const copy = join(folder, stack.name);
    mkdirSync(copy);
    writeJson(join(copy, 'cdk.tf.json'), copies[index]!.configuration);
    const assets = join(stack.folder, 'assets');
    if (!existsSync(assets)) continue;
    cpSync(assets, join(copy, 'assets'), { recursive: true });
    // a relative path means the folder that Terraform runs in: here all stacks share it
    cpSync(assets, join(folder, 'assets'), { recursive: true });
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
