import type { SourceFile, Sources } from './source';

export interface Violation {
  readonly line: number;
  /** What it is, why it is wrong, and what to do: `what: why; fix`. */
  readonly message: string;
}

/** A violation that is correct nevertheless. */
export interface Exception {
  /** A file, or a folder with all its files. */
  readonly path: string;
  /** A part of the message. @default - any message */
  readonly about?: string;
  readonly reason: string;
}

/** A convention of this repository that can be checked, one file at a time. */
export interface Rule {
  /** A sentence about the whole repository. */
  readonly name: string;
  /** @default - none */
  readonly exceptions?: readonly Exception[];
  /** @param all the other files, for rules about files that belong together */
  check(source: SourceFile, all: Sources): readonly Violation[];
}

/** Every violation as `path:line: what: why; fix`. */
export function violationsOf(rule: Rule, all: Sources): string[] {
  return found(rule, all)
    .filter(({ source, message }) => !rule.exceptions?.some((exception) => excuses(exception, source, message)))
    .map(({ source, line, message }) => `${source.path}:${line}: ${message}`);
}

/** Exceptions without a violation. */
export function staleExceptionsOf(rule: Rule, all: Sources): Exception[] {
  const violations = found(rule, all);
  return (rule.exceptions ?? []).filter(
    (exception) => !violations.some(({ source, message }) => excuses(exception, source, message)),
  );
}

const checked = new WeakMap<Sources, Map<Rule, readonly Found[]>>();

interface Found extends Violation {
  readonly source: SourceFile;
}

function found(rule: Rule, all: Sources): readonly Found[] {
  const results = checked.get(all) ?? new Map<Rule, readonly Found[]>();
  checked.set(all, results);
  const known = results.get(rule);
  if (known) return known;
  const result = all.files.flatMap((source) => rule.check(source, all).map((violation) => ({ source, ...violation })));
  results.set(rule, result);
  return result;
}

function excuses({ path, about = '' }: Exception, source: SourceFile, message: string): boolean {
  return source.isIn(path) && message.includes(about);
}
