import type { BrokenRule } from '../../core/properties';

/*
 * Texts of the Data Quality Definition Language (DQDL), as its grammar reads them (awslabs/dqdl, CommonLexerRules.g4).
 */

/** A number without exponent, which the grammar does not know: `0.0000001`. */
export function dqdlNumber(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(`${value}`) ?? [];
  const shift = Number(exponent);
  if (shift === 0) return `${value}`;
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** A text in double quotes. */
export function dqdlText(value: string): string {
  return `"${value.replaceAll('"', '\\"')}"`;
}

/** A pattern in double quotes. The reader leaves escapes as they are, and so must the writer. */
export function dqdlPattern(pattern: string): string {
  return `"^(?:${pattern.replace(/\\.|"/g, (found) => (found === '"' ? '\\"' : found))})$"`;
}

/** A rule that asks Spark SQL for a number. What is inside the quotes is passed on as it is: no double quotes there. */
export function dqdlSql(expression: string, condition: string, where?: string): string {
  return `CustomSql "select ${expression} from primary${where === undefined ? '' : ` where ${where}`}" ${condition}`;
}

/** All rules as one ruleset. */
export function dqdlRuleset(rules: readonly string[]): string {
  return `Rules = [\n${rules.map((rule) => `    ${rule}`).join(',\n')}\n]\n`;
}

const OPENING = '[(';
const CLOSING = '])';
/** Signs of the language outside of quotes. */
const SIGN = /^[\w\s.,:()[\]<>=!+*/-]$/;

/** The rules that a rule breaks which could end the ruleset early or swallow others, for a construct and for a file. */
export function brokenDqdl(rule: string): BrokenRule[] {
  if (!/^\s*[A-Z(]/.test(rule))
    return [{ must: 'must begin with a rule type such as RowCount', fix: 'write one rule' }];
  const open: string[] = [];
  let inText = false;
  for (let index = 0; index < rule.length; index++) {
    const character = rule[index]!;
    if (character === '"') inText = !inText;
    else if (inText) index += character === '\\' ? 1 : 0;
    else if (!SIGN.test(character))
      return [
        { must: `must have no ${character} outside of quotes`, fix: 'write one rule without comments and variables' },
      ];
    else if (character === ',' && open.length === 0)
      return [{ must: 'must be one rule', fix: 'give each its own name' }];
    else if (OPENING.includes(character)) open.push(CLOSING[OPENING.indexOf(character)]!);
    else if (CLOSING.includes(character) && open.pop() !== character)
      return [{ must: 'must close each bracket that it opens', fix: 'correct the brackets' }];
  }
  if (inText || open.length > 0)
    return [{ must: 'must close each bracket and quote that it opens', fix: 'correct them' }];
  return [];
}
