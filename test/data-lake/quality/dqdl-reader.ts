/** A rule of a ruleset, as its grammar reads it. */
export interface ReadRule {
  readonly type: string;
  /** Texts without their quotes, as the service gets them. */
  readonly parameters: readonly string[];
  /** What follows the parameters, token by token. */
  readonly rest: readonly string[];
}

/** In the order of the grammar: of two tokens of the same length, the first one is read. */
const TOKENS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['date', /"\d{4}-\d{2}-\d{2}"/y],
  ['time', /"(\d{1,2}:\d{2} [AP]M|\d{2}:\d{2})"/y],
  ['number', /\d+(\.\d+)?/y],
  ['text', /"(\\"|\\\\|[^"])*?"/y],
  ['word', /[a-zA-Z0-9_.]+/y],
  ['sign', />=|<=|[=<>,()[\]!-]/y],
  ['blank', /[ \t\n]+/y],
];

interface Read {
  readonly name: string;
  readonly text: string;
}

function tokensOf(ruleset: string): Read[] {
  const found: Read[] = [];
  for (let at = 0; at < ruleset.length; ) {
    let best: Read | undefined;
    for (const [name, pattern] of TOKENS) {
      pattern.lastIndex = at;
      const text = pattern.exec(ruleset)?.[0];
      if (text !== undefined && text.length > (best?.text.length ?? 0)) best = { name, text };
    }
    if (!best) throw new Error(`no token at ${ruleset.slice(at, at + 20)}`);
    if (best.name !== 'blank') found.push(best);
    at += best.text.length;
  }
  return found;
}

/**
 * The rules of a ruleset, by the grammar that AWS publishes (awslabs/dqdl): a document `Rules = [ rule, ... ]`, and in
 * each rule a type, parameters, a condition, `where` with a text and `with threshold` with a condition.
 */
export function readRuleset(ruleset: string): ReadRule[] {
  const tokens = tokensOf(ruleset);
  const take = (text: string) => {
    const next = tokens.shift();
    if (next?.text !== text) throw new Error(`expected ${text}, got ${next?.text} before ${tokens[0]?.text}`);
  };
  for (const text of ['Rules', '=', '[']) take(text);
  const rules: ReadRule[] = [];
  for (;;) {
    rules.push(readRule(tokens));
    if (tokens[0]?.text !== ',') break;
    take(',');
  }
  take(']');
  if (tokens.length > 0) throw new Error(`expected the end, got ${tokens[0]!.text}`);
  return rules;
}

function readRule(tokens: Read[]): ReadRule {
  const type = tokens.shift();
  if (type?.name !== 'word') throw new Error(`expected a rule type, got ${type?.text}`);
  const parameters: string[] = [];
  while (tokens[0]?.name === 'text') parameters.push(inside(tokens.shift()!.text));
  const rest = [...condition(tokens)];
  if (tokens[0]?.text === 'where') rest.push(tokens.shift()!.text, inside(expect(tokens, 'text')));
  if (tokens[0]?.text === 'with') {
    rest.push(tokens.shift()!.text, expect(tokens, 'word'), expect(tokens, 'sign'), expect(tokens, 'number'));
  }
  return { type: type.text, parameters, rest };
}

function* condition(tokens: Read[]): Iterable<string> {
  const next = tokens[0]?.text;
  if (next === 'in') yield* list(tokens);
  else if (next === 'matches') yield* [tokens.shift()!.text, inside(expect(tokens, 'text'))];
  else if (next !== undefined && /^[<>]=?$/.test(next)) {
    yield tokens.shift()!.text;
    if (tokens[0]?.text === '-') yield tokens.shift()!.text;
    yield expect(tokens, 'number');
    if (tokens[0]?.text === 'hours') yield tokens.shift()!.text;
  }
}

/** Values of one kind: the grammar has no list of numbers and texts. */
function* list(tokens: Read[]): Iterable<string> {
  yield tokens.shift()!.text;
  yield expect(tokens, 'sign');
  const kind = tokens[0]?.name === 'text' ? 'text' : 'number';
  for (;;) {
    const sign = kind === 'number' && tokens[0]?.text === '-' ? tokens.shift()!.text : '';
    const value = expect(tokens, kind);
    yield sign + (kind === 'text' ? inside(value).replace(/\\(.)/g, '$1') : value); // only here escapes are removed
    const next = expect(tokens, 'sign');
    yield next;
    if (next !== ',') return;
  }
}

function expect(tokens: Read[], name: string): string {
  const next = tokens.shift();
  if (next?.name !== name) throw new Error(`expected a ${name}, got ${next?.text}`);
  return next.text;
}

function inside(text: string): string {
  return text.slice(1, -1);
}
