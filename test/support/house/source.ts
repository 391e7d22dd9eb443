import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from '@babel/parser';
import type { File, Node } from '@babel/types';

export const ROOT = join(__dirname, '../../..');

/** A reference to another file or package: `import`, `export from`, `import()`, `require()`, `import('x').T`. */
export interface Reference {
  readonly specifier: string;
  readonly line: number;
  /** Whether it is loaded whenever this file is: not for types, and not inside a function. */
  readonly loads: boolean;
}

/** A text file of the repository. TypeScript is parsed when it is first needed. */
export class SourceFile {
  private parsed?: File;
  /** Every node with its parent; the program with itself. */
  private readonly parents = new Map<Node, Node>();
  private readonly byType = new Map<Node['type'], Node[]>();
  private named?: readonly Reference[];

  constructor(
    /** Relative to the root of the repository, with `/`. */
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
  public get module(): string | undefined {
    return this.isTypeScript ? moduleOf(this.path) : undefined;
  }

  public get file(): File {
    this.parsed ??= parse(this.text, { sourceType: 'module', plugins: ['typescript'], sourceFilename: this.path });
    return this.parsed;
  }

  /** Every node, parents before children. */
  public get nodes(): Iterable<Node> {
    this.walk();
    return this.parents.keys();
  }

  public nodesOf<T extends Node['type']>(type: T): readonly Extract<Node, { type: T }>[] {
    this.walk();
    return (this.byType.get(type) ?? []) as Extract<Node, { type: T }>[];
  }

  /** The node's parent, its parent, and so on. */
  public ancestors(node: Node): Node[] {
    const parent = this.parents.get(node);
    return parent && parent !== node ? [parent, ...this.ancestors(parent)] : [];
  }

  public get references(): readonly Reference[] {
    this.named ??= REFERRING.flatMap((type) => [...this.nodesOf(type)])
      .flatMap((node): Reference[] => {
        const specifier = specifierOf(node);
        return specifier === undefined ? [] : [{ specifier, line: lineOf(node), loads: isLoading(node) }];
      })
      .sort((one, other) => one.line - other.line);
    return this.named;
  }

  /** Path that a relative specifier refers to, without an ending; others refer to no file of the repository. */
  public resolve(specifier: string): string | undefined {
    return specifier.startsWith('.') ? normalize(join(dirname(this.path), specifier)) : undefined;
  }

  private walk(): void {
    if (this.parents.size === 0) this.visit(this.file.program);
  }

  private visit(node: Node, parent: Node = node): void {
    this.parents.set(node, parent);
    const alike = this.byType.get(node.type);
    if (alike) alike.push(node);
    else this.byType.set(node.type, [node]);
    for (const key in node) {
      const value: unknown = node[key as keyof Node];
      if (typeof value !== 'object' || value === null || key === 'loc' || key.endsWith('Comments')) continue;
      if (!Array.isArray(value)) {
        if (isNode(value)) this.visit(value, node);
      } else for (const child of value) if (isNode(child)) this.visit(child, node);
    }
  }
}

/** The files that rules check, by path. */
export class Sources {
  private readonly byPath: ReadonlyMap<string, SourceFile>;
  public readonly files: readonly SourceFile[];
  private readonly byFolder: Partial<Record<string, SourceFile[]>>;
  private readonly loaded = new Map<SourceFile, readonly SourceFile[]>();

  /** What Git tracks or would add: the same in a fresh clone and in a working copy, and without build output. */
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
    this.files = [...this.byPath.values()];
    this.byFolder = groupBy(this.files, ({ path }) => dirname(path));
  }

  public get(path: string): SourceFile | undefined {
    return this.byPath.get(path);
  }

  /** The files directly in a folder. */
  public filesIn(folder: string): readonly SourceFile[] {
    return this.byFolder[folder] ?? [];
  }

  /** Files of the repository that are loaded whenever a file is. */
  public loadedBy(source: SourceFile): readonly SourceFile[] {
    let loaded = this.loaded.get(source);
    if (!loaded) {
      const references = source.isTypeScript ? source.references.filter(({ loads }) => loads) : [];
      loaded = references.flatMap(({ specifier }) => this.named(specifier, source) ?? []);
      this.loaded.set(source, loaded);
    }
    return loaded;
  }

  /** The TypeScript file of the repository that a relative specifier in a file refers to. */
  public named(specifier: string, source: SourceFile): SourceFile | undefined {
    const target = source.resolve(specifier);
    return target === undefined ? undefined : (this.get(`${target}.ts`) ?? this.get(`${target}/index.ts`));
  }
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Partial<Record<string, T[]>> {
  const groups: Partial<Record<string, T[]>> = {};
  for (const value of values) {
    const key = keyOf(value);
    groups[key] = [...(groups[key] ?? []), value];
  }
  return groups;
}

/** TypeScript that the package ships. */
export function isProduct(source: SourceFile): boolean {
  return source.isTypeScript && source.isIn('lib', 'stacks', 'rehearsal', 'cli');
}

export function moduleOf(path: string): string | undefined {
  return /^lib\/([^/.]+)(\/|$)/.exec(path)?.[1];
}

export function lineOf(node: Node): number {
  return node.loc!.start.line;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}

const REFERRING = [
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'TSImportType',
  'TSExternalModuleReference',
  'CallExpression',
] as const;

/** The linter requires `type` for imports that only types need. */
function isLoading(node: Node): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
      return node.importKind !== 'type' && !isAllTypes(node.specifiers, 'importKind');
    case 'ExportAllDeclaration':
      return node.exportKind !== 'type';
    case 'ExportNamedDeclaration':
      return node.exportKind !== 'type' && !isAllTypes(node.specifiers, 'exportKind');
    default:
      return false;
  }
}

function isAllTypes(specifiers: readonly Node[], kind: 'importKind' | 'exportKind'): boolean {
  return (
    specifiers.length > 0 && specifiers.every((specifier) => kind in specifier && specifier[kind as never] === 'type')
  );
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
