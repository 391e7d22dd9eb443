import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { name, exports as published } from '../../../package.json';
import { ROOT } from '../house/source';
import type { Block } from './document';

/** Ignored by Git, and below the packages that the blocks import. */
const SCRATCH = join(ROOT, 'cdktf.out');

/** What users import, and its source: `cdktf-mlops/core` is `<root>/lib/core/index.ts`. */
const SOURCES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(published)
    .filter(([, built]) => built.endsWith('.js'))
    .map(([subpath, built]) => [
      subpath.replace('.', name),
      join(ROOT, built.replace('./dist/', '').replace(/\.js$/, '.ts')),
    ]),
);

const PLACE = /^block-(\d+)\.ts\((\d+),(\d+)\)/;

/** Type-checks all blocks in one run, as in a user's project. Errors are placed in the document. */
export function typeErrors(blocks: readonly Block[]): string[] {
  return inScratch((folder) => {
    blocks.forEach(({ line, text }, index) => {
      // empty lines, so that errors have the lines of the document; an export makes it a module
      writeFileSync(join(folder, `block-${index}.ts`), `${'\n'.repeat(line - 1)}${text}\nexport {};\n`);
    });
    const paths = Object.fromEntries(Object.entries(SOURCES).map(([specifier, source]) => [specifier, [source]]));
    const compilerOptions = { paths, noUnusedLocals: false, noUnusedParameters: false };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line && !line.startsWith(' ') && !line.startsWith('..')) // `..`: the sources, checked elsewhere
      .map((line) => line.replace(PLACE, (_, index, at, column) => `${blocks[index]!.path}:${at}:${column}`));
  });
}

/** Whether a block is a whole app, which can be run: it ends with a synthesis, or is the program of a platform. */
export function isApp({ text }: Block): boolean {
  return /\.synth\(\);?$|(^|\n)main\(/.test(text.trimEnd());
}

/** Runs a block in the root of the repository. @returns the stacks that it synthesized */
export function run({ path, line, text }: Block): string[] {
  const { code } = transformSync(text, {
    filename: `${path}:${line}`,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  return inScratch((outdir) => {
    const before = process.env.CDKTF_OUTDIR;
    process.env.CDKTF_OUTDIR = outdir;
    try {
      new Function('require', 'exports', code)((specifier: string) => require(SOURCES[specifier] ?? specifier), {});
    } finally {
      if (before === undefined) delete process.env.CDKTF_OUTDIR;
      else process.env.CDKTF_OUTDIR = before;
    }
    const stacks = join(outdir, 'stacks');
    return existsSync(stacks) ? readdirSync(stacks) : [];
  });
}

function inScratch<T>(work: (folder: string) => T): T {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, 'readme-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
