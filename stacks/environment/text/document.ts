import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { quote } from '../../../lib/core/text-pattern';
import type { FileError, Path, PlacedError } from '../errors';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const CONTROL_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Messages for the most frequent syntax errors; the others have the parser's message. */
const SYNTAX: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  BLOCK_AS_IMPLICIT_KEY: "has a second ': ' in its line or is indented too far; put text with a colon in quotes",
  MULTILINE_IMPLICIT_KEY: "is not followed by a colon; write 'key: value'",
  BAD_INDENT:
    'is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
  BAD_SCALAR_START: 'starts with a character that YAML reserves; put the value in quotes',
  MULTIPLE_DOCS: 'starts a second document; write one environment in one file',
  TAG_RESOLVE_FAILED: 'has a tag; write the plain value',
  MISSING_CHAR: 'is preceded by text without a closing quote, a comma or a colon; add it',
  RESOURCE_EXHAUSTION: 'is nested too deeply; an environment has at most six levels',
};

/** What cdktf replaces by the value of another construct: the text of its tokens, and the numbers that stand for them. */
const TOKEN = /[$#&]\{TfToken\[|-(1\.[89]|8\.[123])\d*e\+2(89|98)/;
const TOKEN_REFUSAL = 'contains text that cdktf replaces, TfToken or the number of one; remove it';

/** Characters of one text: more than any service takes, and few enough for every pattern. */
export const MAX_TEXT_LENGTH = 16_384;

/** Why a text is refused before its form is checked. */
function refusalOf(text: string): string | undefined {
  if (text.length > MAX_TEXT_LENGTH)
    return `has ${text.length} characters, the limit is ${MAX_TEXT_LENGTH}; shorten it`;
  return TOKEN.test(text) ? TOKEN_REFUSAL : undefined;
}

/** Names that no mapping can have. A list of names that becomes a mapping cannot have them either. */
export const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  ['<<', 'is a merge key, which is not supported; write out the keys'],
  ['__proto__', 'is reserved in JavaScript; choose another name'],
  ['constructor', 'is reserved in JavaScript; choose another name'],
]);

/** A YAML text as plain data, with the position of each part. */
export class Document {
  public readonly data: unknown;
  /** Whether the text is valid YAML; if not, `data` is unreliable. */
  public readonly readable: boolean;
  /** Syntax errors, and YAML features that are not supported. */
  public readonly errors: PlacedError[] = [];

  private readonly lines = new LineCounter();
  private readonly root: Node | null;

  constructor(private readonly text: string) {
    const document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      logLevel: 'error',
      uniqueKeys: false, // compares every key with every other; `readMap` finds them
    });
    this.root = document.contents;
    const errors = [...document.errors, ...document.warnings];
    const control = text.search(CONTROL_CHARACTER);
    if (control >= 0) this.refuseText(control, 'has a control character; remove it, or name a YAML file');
    for (const { code, message, pos } of errors) {
      this.refuseText(pos[0], SYNTAX[code] ?? `is not valid YAML: ${message}`);
    }
    this.readable = this.errors.length === 0;
    this.data = this.read(this.root, []);
  }

  /** Whether the document has `path`, also with an empty value. */
  public has(path: Path): boolean {
    return path.length === 0 || this.pair(path) !== undefined || this.node(path) !== undefined;
  }

  /** The value at `path`. */
  public get(path: Path): unknown {
    return path.reduce<unknown>(
      (value, part) => (value as Record<string, unknown> | undefined | null)?.[part],
      this.data,
    );
  }

  /** Adds line and column to an error. A missing key is placed at its parent. */
  public place({ path, at, message }: FileError): PlacedError {
    let there = path;
    while (!this.has(there)) there = there.slice(0, -1);
    const key = this.pair(there)?.key as Node | undefined;
    const node = at === 'key' || there !== path ? (key ?? this.node(there)) : (this.node(there) ?? key);
    return { ...this.position(node?.range?.[0] ?? 0), path, message };
  }

  /** The value at `path` for an error message. */
  public show(path: Path): string {
    const node = this.node(path);
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return node.items.length === 0 ? 'an empty list' : 'a list';
    if (!isScalar(node) || node.value === null) return 'nothing';
    if (typeof node.value === 'string') return quote(node.value);
    const isNumber = typeof node.value === 'number' && !Number.isNaN(node.value);
    return isNumber ? `the number ${this.source(path)}` : this.source(path);
  }

  /** The source text of a value, e.g. `0123` for 123. */
  public source(path: Path): string {
    const [start = 0, end = 0] = this.node(path)?.range ?? [];
    return this.text.slice(start, end);
  }

  private read(node: unknown, path: Path): unknown {
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    if (isMap(node)) return this.readMap(node, path);
    if (isScalar(node)) return this.readScalar(node, path);
    if (!isAlias(node)) return null;
    this.refuse(path, node, `is an alias, '*${node.source}', which is not supported; write out the value`);
    return undefined;
  }

  private readScalar(node: Scalar, path: Path): unknown {
    const refusal = typeof node.value === 'string' ? refusalOf(node.value) : undefined;
    if (refusal === undefined) return node.value;
    this.refuse(path, node, refusal);
    return undefined;
  }

  private readMap(map: YAMLMap, path: Path): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const name = nameOf(key);
      if (name === undefined) {
        this.refuse(path, key, 'has a key that is not a plain name; write a name before the colon');
        continue;
      }
      const here = [...path, name];
      const refusal = entries.has(name)
        ? `is already set in line ${this.lineOf(here)}; keep one`
        : (refusalOf(name) ?? REFUSED_KEYS.get(name));
      if (refusal) this.refuse(here, key, refusal);
      else entries.set(name, this.read(value, here));
    }
    return Object.fromEntries(entries);
  }

  private lineOf(path: Path): number {
    return this.place({ path, at: 'key', message: '' }).line;
  }

  /** Adds only the first error of a line, because one mistake causes several errors. */
  private refuseText(offset: number, message: string): void {
    const position = this.position(offset);
    if (this.errors.some(({ line }) => line === position.line)) return;
    this.errors.push({ ...position, path: [], message });
  }

  private refuse(path: Path, node: unknown, message: string): void {
    const offset = (node as Node | null)?.range?.[0] ?? 0;
    this.errors.push({ ...this.position(offset), path, message });
  }

  private position(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  private pair(path: Path): Pair | undefined {
    const parent = this.node(path.slice(0, -1));
    const name = path.at(-1);
    return isMap(parent) ? parent.items.find(({ key }) => nameOf(key) === name) : undefined;
  }

  private node(path: Path): Node | undefined {
    let node: unknown = this.root;
    for (const part of path) {
      if (isSeq(node) && typeof part === 'number') node = node.items[part];
      else if (isMap(node)) node = node.items.find(({ key }) => nameOf(key) === part)?.value;
      else return undefined;
    }
    return (node ?? undefined) as Node | undefined;
  }
}

/** A key as it is written, without quotes: YAML would read `2.50` as the number 2.5, and `0x10` as 16. */
function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? (key.source ?? '') : undefined;
}
