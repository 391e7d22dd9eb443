import type { Document } from '../../support/readme/document';

/** A section of the README of an example: the change of the file, and what is seen then. */
export interface Step {
  readonly title: string;
  readonly diff?: string;
  /** Versions and shares of the variants. */
  readonly served?: string;
  /** Further texts that are shown. */
  readonly shown: readonly string[];
}

/** The numbered sections of a document. */
export function stepsOf(document: Document): Step[] {
  const titles = document.find(/^## (\d+\. .*)$/g);
  return titles.map(({ line, text: title }, index) => {
    const end = titles[index + 1]?.line ?? Number.POSITIVE_INFINITY;
    const own = document.blocks.filter((block) => block.line > line && block.line < end);
    const texts = own.filter(({ language }) => language === 'text').map(({ text }) => text);
    const isServed = (text: string) => text.startsWith('champion');
    return {
      title,
      diff: own.find(({ language }) => language === 'diff')?.text,
      served: texts.find(isServed),
      shown: texts.filter((text) => !isServed(text)),
    };
  });
}

/** A file after a diff without places, as a person applies it: its lines must be in the file once. */
export function applied(file: string, diff: string, direction: 'forth' | 'back' = 'forth'): string {
  const [taken, given] = direction === 'forth' ? ['-', '+'] : ['+', '-'];
  const lines = diff.split('\n').map((line) => [line.charAt(0) || ' ', line.slice(1)] as const);
  const side = (sign: string) =>
    lines
      .filter(([mark]) => mark === ' ' || mark === sign)
      .map(([, text]) => text)
      .join('\n');
  const parts = `\n${file}`.split(`\n${side(taken!)}\n`);
  if (parts.length !== 2) throw new Error(`the lines of the diff are ${parts.length - 1} times in the file:\n${diff}`);
  return parts.join(`\n${side(given!)}\n`).slice(1);
}

/** The `detail` of the event that a state of a review sends, with the values of its input. */
export function proposalOf(state: Record<string, any>, input: object): unknown {
  const [entry] = state.Parameters.Entries;
  return resolved(entry.Detail, input);
}

/** Parameters of a state with their paths and `States.Format`. */
function resolved(value: unknown, input: object): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, input));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) =>
      key.endsWith('.$') ? [key.slice(0, -2), found(String(one), input)] : [key, resolved(one, input)],
    ),
  );
}

function found(expression: string, input: object): unknown {
  const [, template, places = ''] = /^States\.Format\('(.*)'((?:, \$[\w.]+)*)\)$/.exec(expression) ?? [];
  if (template === undefined) return at(expression, input);
  const values = places.split(', ').slice(1);
  return template.replace(/\{\}/g, () => String(at(values.shift()!, input)));
}

function at(path: string, input: object): unknown {
  return path
    .slice(2)
    .split('.')
    .reduce<any>((value, key) => value?.[key], input);
}
