import { Token } from 'cdktf';
import { dqdlNumber, dqdlRuleset } from '../../../lib/data-lake/quality/dqdl';
import { Expectation } from '../../../lib/data-lake/quality/expectation';
import { brokenPattern, columnKind, MAX_UNIQUE_COLUMNS } from '../../../lib/data-lake/quality/quality-limits';
import { readRuleset } from './dqdl-reader';

describe('an expectation is a rule in the language of Glue', () => {
  test.each<[Expectation, string[]]>([
    [Expectation.completeness('id'), ['Completeness "id" >= 1']],
    [Expectation.completeness('id', { min: 0.995 }), ['Completeness "id" >= 0.995']],
    [Expectation.uniqueness('id'), ['IsUnique "id"']],
    [Expectation.uniqueness(['id', 'day']), ['IsUnique "id" "day"']],
    [Expectation.uniqueness(['id', 'day'], { min: 0.9 }), ['Uniqueness "id" "day" >= 0.9']],
    [Expectation.range('n', { min: 0 }), ['ColumnValues "n" >= 0']],
    [Expectation.range('n', { min: -1.5, max: 1e-7 }), ['ColumnValues "n" >= -1.5', 'ColumnValues "n" <= 0.0000001']],
    [
      Expectation.range('n', { max: 9, share: 0.9, ignoreNull: true }),
      ['ColumnValues "n" <= 9 where "`n` is not null" with threshold >= 0.9'],
    ],
    [
      Expectation.range('n', { min: 1, max: 9, share: 0.9 }),
      ['CustomSql "select avg(if(`n` >= 1 and `n` <= 9, 1, 0)) from primary" >= 0.9'],
    ],
    [
      Expectation.range('n', { min: 1, max: 9, share: 0.9, ignoreNull: true }),
      ['CustomSql "select avg(if(`n` >= 1 and `n` <= 9, 1, 0)) from primary where `n` is not null" >= 0.9'],
    ],
    [Expectation.values('c', ['SE', 'NO']), ['ColumnValues "c" in ["SE", "NO"]']],
    [Expectation.values('n', [1, -2.5], { share: 0.5 }), ['ColumnValues "n" in [1, -2.5] with threshold >= 0.5']],
    [Expectation.matches('c', '[A-Z]{2}|\\d+'), ['ColumnValues "c" matches "^(?:[A-Z]{2}|\\d+)$"']],
    [
      Expectation.freshness('at', { maxHours: 24 }),
      [
        'CustomSql "select (unix_timestamp(current_timestamp()) - max(if(unix_timestamp(cast(`at` as timestamp)) <= unix_timestamp(current_timestamp()), unix_timestamp(cast(`at` as timestamp)), null))) / 3600 from primary" <= 24',
      ],
    ],
    [Expectation.freshness('at', { maxHours: 24, everyRow: true }), ['DataFreshness "at" <= 24 hours']],
    [Expectation.rowCount({ min: 10, max: 20 }), ['RowCount >= 10', 'RowCount <= 20']],
    [Expectation.custom('related', 'ColumnCorrelation "a" "b" > 0.8'), ['ColumnCorrelation "a" "b" > 0.8']],
  ])('%#', ({ rules }, expected) => expect(rules).toEqual(expected));
});

test('texts with every sign reach Glue as they are, by its grammar', () => {
  const values = ['', 'a"b', '"', "it's", ',]', '# no comment', 'ünïcode 🎉', '${x}', '2026-01-31 ', 'NULL', 'a"'];
  const patterns = ['[^"]+', 'a\\\\', '(a|b)\\.c', '"+'];
  const ruleset = dqdlRuleset(
    [Expectation.values('c', values), ...patterns.map((pattern) => Expectation.matches('c', pattern))].flatMap(
      ({ rules }) => rules,
    ),
  );
  const [listed, ...matching] = readRuleset(ruleset);
  expect(listed!.rest.slice(2).filter((_, index) => index % 2 === 0)).toEqual(values);
  expect(matching.map(({ rest }) => rest[1]!.replace(/\\"/g, '"'))).toEqual(
    patterns.map((pattern) => `^(?:${pattern.replace(/\\"/g, '"')})$`),
  );
});

test.each([
  [0.1, '0.1'],
  [1e21, '1000000000000000000000'],
  [1.5e300, `15${'0'.repeat(299)}`],
  [-1.25e-9, '-0.00000000125'],
  [-0, '0'],
])('the number %d has no exponent, which the grammar does not know', (value, text) =>
  expect(dqdlNumber(value)).toBe(text),
);

test('a name tells an expectation from others', () =>
  expect(
    [
      Expectation.uniqueness(['id', 'day']),
      Expectation.rowCount({ max: 9 }),
      Expectation.custom('related', 'RowCount > 1'),
    ].map(({ name }) => name),
  ).toEqual(['uniqueness.id.day', 'rowCount', 'custom.related']));

test('the setting of the program has every limit as a text, so that no digit is lost', () =>
  expect(Expectation.range('n', { min: 0.1, ignoreNull: true }).spec).toEqual({
    kind: 'range',
    columns: ['n'],
    min: '0.1',
    max: null,
    share: '1',
    ignoreNull: true,
  }));

describe('refused is', () => {
  test.each<[string, () => Expectation, string]>([
    ['a share above 1', () => Expectation.completeness('id', { min: 99 }), "'min' must be between 0 and 1, got 99"],
    [
      'a negative share',
      () => Expectation.values('c', ['x'], { share: -0.1 }),
      "'share' must be between 0 and 1, got -0.1",
    ],
    ['no column', () => Expectation.completeness(undefined as never), "'column' must be set, got undefined"],
    [
      'no columns',
      () => Expectation.uniqueness([]),
      `'number of columns' must be between 1 and ${MAX_UNIQUE_COLUMNS}, got 0`,
    ],
    ['a column twice', () => Expectation.uniqueness(['a', 'a']), "'columns' must be different, got a, a"],
    ['no end', () => Expectation.range('n', {}), "'max' must have min, max or both, got 'none'; add one"],
    [
      'ends in the wrong order',
      () => Expectation.range('n', { min: 2, max: 1 }),
      "'max' must be at least min 2, got 1; swap them",
    ],
    [
      'no number',
      () => Expectation.range('n', { min: Number.NaN }),
      "'min' and 'max' must be finite, got NaN and undefined",
    ],
    ['no values', () => Expectation.values('c', []), "'values' must have at least one value, got none"],
    ['a value twice', () => Expectation.values('c', ['a', 'b', 'a']), "'values' must be different, got a, b, a"],
    [
      'a date, which the grammar does not take for a text',
      () => Expectation.values('c', ['2026-01-31']),
      "'values' must not be a date or a time, which Glue compares as such, got '2026-01-31'; use matches instead",
    ],
    [
      'a line break',
      () => Expectation.values('c', ['a\nb']),
      "'values' must have no backslash, line break or control character, got 'a\\nb'; use matches instead",
    ],
    [
      'hours in parts',
      () => Expectation.freshness('at', { maxHours: 0.5 }),
      "'maxHours' must be a whole number, got 0.5",
    ],
    ['no hours', () => Expectation.freshness('at', {} as never), "'maxHours' must be set, got undefined"],
    ['no rows', () => Expectation.rowCount({ min: 0 }), "'min' must be at least 1, got 0"],
    [
      'a name of no metric',
      () => Expectation.custom('Två', 'RowCount > 1'),
      'lower-case letters, digits and underscores',
    ],
    ['two rules', () => Expectation.custom('a', 'RowCount > 1, RowCount < 3'), "'dqdl' must be one rule"],
    ['a comment', () => Expectation.custom('a', 'RowCount > 1 # few'), "'dqdl' must have no # outside of quotes"],
    [
      'the end of the ruleset',
      () => Expectation.custom('a', 'RowCount > 1 ]'),
      'must close each bracket that it opens',
    ],
    [
      'an open text',
      () => Expectation.custom('a', 'IsComplete "id'),
      'must close each bracket and quote that it opens',
    ],
    [
      'an open bracket',
      () => Expectation.custom('a', '(RowCount > 1'),
      'must close each bracket and quote that it opens',
    ],
    ['no rule', () => Expectation.custom('a', ''), 'must begin with a rule type such as RowCount'],
    [
      'a limit that is known only at deploy time',
      () => Expectation.range('n', { min: Token.asNumber({ resolve: () => 1 }) }),
      "'min' must be known before deployment, got a token",
    ],
  ])('%s', (_, make, message) => expect(make).toThrow(message));
});

describe('a pattern is what Java and Python read in the same way', () => {
  test.each(['[a-z0-9_-]+', '(?:SE|NO)\\d{4,6}', '\\w+@\\w+\\.\\w+', '(?!x)[^\\]]+?', 'a\\\\b', '[\\w.]+'])(
    '%s',
    (pattern) => expect(brokenPattern(pattern)).toEqual([]),
  );

  test.each([
    ['(', 'must be a regular expression'],
    ['a{', 'must be a regular expression'],
    ['a++', 'must be a regular expression'],
    ['\\p{L}+', 'must have no \\p'],
    ['(a)\\1', 'must have no \\p'],
    ['(?<n>a)', 'must have no named group'],
    ['(?<=a)b', 'must have no named group'],
    ['[a[b]', 'must have no [, &&'],
    ['[a&&b]', 'must have no [, &&'],
    ['a\nb', 'must have no line break'],
    ['[a-z]*', 'must not match an empty text'],
    ['a|', 'must not match an empty text'],
  ])('not %j', (pattern, message) =>
    expect(
      brokenPattern(pattern)
        .map(({ must }) => must)
        .join(),
    ).toContain(message),
  );
});

test('an expectation says which of its columns a table does not have, or has in a type that does not fit', () => {
  const columns = { id: 'string', n: 'decimal(12,2)', at: 'timestamp', tags: 'array<string>' };
  const broken = [
    Expectation.uniqueness(['id', 'missing']),
    Expectation.range('id', { min: 0 }),
    Expectation.freshness('n', { maxHours: 1 }),
    Expectation.matches('at', 'a+'),
    Expectation.uniqueness('tags'),
    Expectation.values('n', ['1']),
    Expectation.values('id', [1]),
    Expectation.completeness('tags'),
  ].map((expectation) => expectation.brokenFor(columns).map(({ must }) => must));
  expect(broken).toEqual([
    ['must be about columns of the table; missing is none'],
    ['must be about a column of type tinyint, smallint, int, bigint, float, double or decimal; id is string'],
    ['must be about a column of type date or timestamp; n is decimal(12,2)'],
    ['must be about a column of type string, char or varchar; at is timestamp'],
    [
      'must be about a column of type tinyint, smallint, int, bigint, float, double or decimal, or string, char or varchar, or date or timestamp, or boolean; tags is array<string>',
    ],
    ['must be a number, as the column is decimal(12,2)'],
    ['must be a text, as the column is string'],
    [],
  ]);
});

test.each([
  ['varchar(10)', 'text'],
  ['decimal(12,2)', 'number'],
  ['date', 'time'],
  ['boolean', 'boolean'],
  ['binary', 'binary'],
  ['map<string,int>', 'nested'],
  ['struct<date:int>', 'nested'],
])('a column of type %s is of kind %s', (type, kind) => expect(columnKind(type)).toBe(kind));
