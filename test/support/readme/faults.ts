import { dirname, join, normalize } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseEnvironment } from '../../../stacks/environment';
import type { Sources } from '../house/source';
import { type Block, Document } from './document';

const SCRIPT = /\bnpm (?:run |run-script )([\w:-]+)|\bnpm (test|start)\b/g;

/** npm scripts in a document that `package.json` does not have. */
export function scriptFaults({ path, text }: Document, scripts: readonly string[]): string[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(SCRIPT)]
      .map(([, run, short]) => run ?? short ?? '')
      .filter((script) => !scripts.includes(script))
      .map((script) => `${path}:${index + 1}: no script '${script}' in package.json: it has ${scripts.join(', ')}`),
  );
}

/** Relative links without a target. */
export function linkFaults(document: Document, sources: Sources): string[] {
  const files = sources.files.map(({ path }) => path);
  return document.find(/\]\(([^)\s]+)[^)]*\)/g).flatMap(({ line, text }) => {
    if (/^[a-z]+:/.test(text)) return [];
    const [target = '', anchor] = text.split('#');
    const path = target ? normalize(join(dirname(document.path), target)).replace(/\/$/, '') : document.path;
    if (!files.some((file) => file === path || file.startsWith(`${path}/`))) {
      return [`${document.path}:${line}: '${text}' leads to no file`];
    }
    const anchors = anchor ? new Document(path, sources.get(path)?.text ?? '').anchors : [];
    return anchor && !anchors.includes(anchor)
      ? [`${document.path}:${line}: '${text}' leads to no heading of ${path}`]
      : [];
  });
}

/** Modules that are missing in the table of modules, and rows that are no module. */
export function moduleFaults(document: Document, modules: readonly string[]): string[] {
  const rows = document.column('module');
  if (!rows) return [`${document.path}: no table of modules: its header begins with '| Module |'`];
  return [
    ...rows
      .filter(({ text }) => !modules.includes(text))
      .map(({ line, text }) => `${document.path}:${line}: '${text}' is no folder of lib/`),
    ...modules
      .filter((module) => !rows.some(({ text }) => text === module))
      .map((module) => `${document.path}: the table of modules lacks '${module}'`),
  ];
}

/** Whether a block is a whole environment file. */
export function isEnvironment({ text }: Block): boolean {
  return /^project:/m.test(text);
}

/**
 * Errors of a block, from the loader of environment files or from the YAML parser.
 *
 * @param whole an environment file, in which a block with some of its keys is judged
 */
export function yamlFaults(block: Block, whole = ''): string[] {
  const { path, line, text } = block;
  const name = /^environment: *(\S+)/m.exec(text)?.[1];
  try {
    const content = parse(text);
    if (isEnvironment(block)) parseEnvironment(`${'\n'.repeat(line - 1)}${text}`, `${path}/${name}.yaml`);
    else if (whole && isMap(content)) parseEnvironment(stringify(merged(parse(whole), content)), `${path}/dev.yaml`);
    return [];
  } catch (error) {
    return [`${path}:${line}: ${(error as Error).message}`];
  }
}

function merged(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const parts = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)]);
  return { ...below, ...Object.fromEntries(parts) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
