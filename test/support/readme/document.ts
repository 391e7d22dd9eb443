/** A fenced block of a Markdown file. */
export interface Block {
  readonly path: string;
  /** Line of the first line of its text; lines count from 1. */
  readonly line: number;
  /** First word after the fence, e.g. `ts`. */
  readonly language: string;
  readonly text: string;
}

/** A piece of text outside the blocks, and its line. */
export interface Found {
  readonly line: number;
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/;

/** The parts of a Markdown file that tests use. */
export class Document {
  public readonly blocks: readonly Block[];
  /** Lines outside the blocks; lines of blocks are empty. */
  private readonly prose: readonly string[];

  constructor(
    public readonly path: string,
    public readonly text: string,
  ) {
    const blocks: Block[] = [];
    let open: { fence: string; language: string; line: number; lines: string[] } | undefined;
    this.prose = text.split('\n').map((text, index) => {
      const [, fence = '', language = ''] = FENCE.exec(text) ?? [];
      if (open && fence.startsWith(open.fence) && language === '') {
        blocks.push({ path, line: open.line, language: open.language, text: open.lines.join('\n') });
        open = undefined;
      } else if (open) open.lines.push(text);
      else if (fence) open = { fence, language, line: index + 2, lines: [] };
      else return text;
      return '';
    });
    this.blocks = blocks;
  }

  public blocksIn(...languages: readonly string[]): Block[] {
    return this.blocks.filter(({ language }) => languages.includes(language));
  }

  /** Every match outside the blocks, or its first group. */
  public find(pattern: RegExp): Found[] {
    return this.prose.flatMap((text, index) =>
      [...text.matchAll(pattern)].map((match) => ({ line: index + 1, text: match[1] ?? match[0] })),
    );
  }

  /** Valid values of `#anchor`: headings, in the form of links. */
  public get anchors(): string[] {
    return this.find(/^#{1,6} +(.*?) *#*$/g).map(({ text }) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }

  /** First column of the table whose header begins with `title`, without the marks around each name. */
  public column(title: string): Found[] | undefined {
    const header = this.prose.findIndex((text) => new RegExp(`^\\| *${title} *\\|`, 'i').test(text));
    if (header < 0) return undefined;
    const rows = this.prose.slice(header + 2);
    const end = rows.findIndex((text) => !text.startsWith('|'));
    return rows.slice(0, end < 0 ? undefined : end).map((text, index) => ({
      line: header + 3 + index,
      text: text
        .split('|')[1]!
        .replace(/\]\(.*|[[\]`*\s]/g, '')
        .replace(/^lib\/|\/$/g, ''),
    }));
  }
}
