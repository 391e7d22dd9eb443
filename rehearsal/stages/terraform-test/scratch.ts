import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackCopy } from '../../copy/stack-copy';

/** Writes the copies, their assets and the test file for `terraform test`. */
export function writeScratch(folder: string, copies: readonly StackCopy[], testFile: Record<string, unknown>): void {
  const required = Object.assign(
    {},
    ...copies.map(({ configuration }) => configuration.terraform?.required_providers ?? {}),
  );
  writeJson(join(folder, 'main.tf.json'), { terraform: { required_providers: required } });
  writeJson(join(folder, 'rehearsal.tftest.json'), testFile);
  for (const { stack, folder: synthesized, configuration } of copies) {
    const copy = join(folder, stack);
    mkdirSync(copy, { recursive: true });
    writeJson(join(copy, 'cdk.tf.json'), configuration);
    const assets = join(synthesized, 'assets');
    if (!existsSync(assets)) continue;
    cpSync(assets, join(copy, 'assets'), { recursive: true });
    // relative paths begin at the folder that Terraform runs in, which all stacks share here
    cpSync(assets, join(folder, 'assets'), { recursive: true });
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
