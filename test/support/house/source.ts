import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from '@babel/parser';
import type { File, Node } from '@babel/types';

export const ROOT = join(__dirname, '../../..');

/** Names another module in any way: `import`, `export from`, `import()`, `require()`, `import('x').T`. */
export interface Reference {
  readonly specifier: string;
  readonly line: number;
}

/** A text file of the repository. TypeScript is parsed when it is first asked for. */
export class SourceFile {
  private parsed?: File;
  private readonly parents = new Map<Node, Node>();

  constructor(
    /** From the root of the repository, with `/`. */
    public readonly path: string,
    public readonly text: string,
  ) {}

  public get isTypeScript(): boolean {
    return this.path.endsWith('.ts');
  }

  public isIn(...places: readonly string[]): boolean {
    return places.some((place) => this.path === place || this.path.startsWith(`${place}/`));
  }

  /** `core` for a TypeScript file somewhere below `lib/core/`. */
  public get room(): string | undefined {
    return this.isTypeScript ? roomOf(this.path) : undefined;
  }

  public get file(): File {
    this.parsed ??= parse(this.text, { sourceType: 'module', plugins: ['typescript'], sourceFilename: this.path });
    return this.parsed;
  }

  /** Every node, parents before children. */
  public get nodes(): Iterable<Node> {
    if (this.parents.size === 0) this.visit(this.file.program);
    return this.parents.keys();
  }

  public nodesOf<T extends Node['type']>(...types: readonly T[]): Extract<Node, { type: T }>[] {
    return [...this.nodes].filter((node) => types.includes(node.type as T)) as Extract<Node, { type: T }>[];
  }

  /** The node's parent, its parent, and so on. */
  public ancestors(node: Node): Node[] {
    const parent = this.parents.get(node);
    return parent && parent !== node ? [parent, ...this.ancestors(parent)] : [];
  }

  public get references(): Reference[] {
    return [...this.nodes].flatMap((node) => {
      const specifier = specifierOf(node);
      return specifier === undefined ? [] : [{ specifier, line: lineOf(node) }];
    });
  }

  /** Path of what a relative specifier names, without an ending; other specifiers name no file of ours. */
  public resolve(specifier: string): string | undefined {
    return specifier.startsWith('.') ? normalize(join(dirname(this.path), specifier)) : undefined;
  }

  private visit(node: Node, parent: Node = node): void {
    this.parents.set(node, parent);
    for (const [key, value] of Object.entries(node)) {
      if (key.endsWith('Comments')) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) this.visit(child, node);
    }
  }
}

/** The files that rules look at, by path. */
export class Sources {
  private readonly byPath: ReadonlyMap<string, SourceFile>;

  /** What Git tracks, or would if it were added: in a fresh clone and while working, and no build output in either. */
  public static ofRepository(): Sources {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const paths = [...new Set(listed.split('\0'))].filter((path) => path && existsSync(join(ROOT, path))).sort();
    return new Sources(Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])));
  }

  constructor(texts: Readonly<Record<string, string>>) {
    this.byPath = new Map(Object.entries(texts).map(([path, text]) => [path, new SourceFile(path, text)]));
  }

  public get files(): SourceFile[] {
    return [...this.byPath.values()];
  }

  public get(path: string): SourceFile | undefined {
    return this.byPath.get(path);
  }
}

/** TypeScript that the package ships. */
export function isProduct(source: SourceFile): boolean {
  return source.isTypeScript && source.isIn('lib', 'stacks', 'rehearsal', 'cli');
}

export function roomOf(path: string): string | undefined {
  return /^lib\/([^/.]+)(\/|$)/.exec(path)?.[1];
}

export function lineOf(node: Node): number {
  return node.loc!.start.line;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node.source?.value;
    case 'TSImportType':
      return node.argument.type === 'StringLiteral' ? node.argument.value : undefined;
    case 'TSExternalModuleReference':
      return node.expression.value;
    case 'CallExpression': {
      const [argument] = node.arguments;
      const loads =
        node.callee.type === 'Import' || (node.callee.type === 'Identifier' && node.callee.name === 'require');
      return loads && argument?.type === 'StringLiteral' ? argument.value : undefined;
    }
    default:
      return undefined;
  }
}
