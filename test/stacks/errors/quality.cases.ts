import { parseEnvironment } from '../../../stacks';
import { changed, errorOf } from '../environment-text';

const COLUMNS =
  '{ id: string, n: int, amount: "decimal(12,2)", at: timestamp, paid: boolean, tags: array<string>, country: string }';

/** The good file, whose table has some columns and this quality, in the flow style of YAML. */
function withQuality(quality: string, table: Record<string, string> = {}): string {
  const own = { 'columns: { id: string, amount: double }': `columns: ${COLUMNS}\n      quality: ${quality}`, ...table };
  return changed(own);
}

const read = (text: string) => parseEnvironment(text, 'dev.yaml');
const AT = 'lake.tables.orders.quality';

test('every expectation can be written', () => {
  const quality = `{
        completeness: { id: 1, tags: 0.9 }, uniqueness: { id: 0.999 }, keys: [[id, at], [n, amount]],
        range: { n: { min: 0 }, amount: { min: -0.5, max: 1e6, share: 0.99, ignoreNull: true } },
        values: { country: { in: [SE, NO, ""] }, n: { in: [1, 2] } }, matches: { id: { pattern: '[a-z]\\d+' } },
        freshness: { at: { maxHours: 24 } }, rows: { max: 100 }, custom: { mean: 'Mean "n" > 1' },
        schedule: cron(0 5 * * ? *) }`;
  expect(() => read(withQuality(quality))).not.toThrow();
});

describe('refused, at its line, is', () => {
  test.each<[string, string, string]>([
    [
      'nothing',
      '{}',
      `15:16 ${AT}: must have at least one expectation, got none; add for example completeness: { id: 1 }`,
    ],
    [
      'an expectation that is not known',
      '{ completenes: { id: 1 } }',
      `15:18 ${AT}.completenes: is not a known key; did you mean 'completeness'?`,
    ],
    [
      'a share in percent',
      '{ completeness: { id: 99 } }',
      `15:38 ${AT}.completeness.id: must be a number from 0 to 1, got the number 99; the nearest is 1`,
    ],
    [
      'a negative share',
      '{ range: { n: { min: 1, share: -0.5 } } }',
      `${AT}.range.n.share: must be a number from 0 to 1, got the number -0.5`,
    ],
    [
      'a column that is not there',
      '{ completeness: { idd: 1 } }',
      `${AT}.completeness.idd: must be a name under columns, got 'idd'; did you mean 'id'?`,
    ],
    [
      'a key of columns of which one is not there',
      '{ keys: [[id, day]] }',
      `${AT}.keys[0][1]: must be a name under columns, got 'day'; use one of id, n, amount, at, paid, tags, country`,
    ],
    [
      'a key of one column',
      '{ keys: [[id]] }',
      `${AT}.keys[0]: must have at least two columns, got id; write one column under uniqueness`,
    ],
    [
      'a column twice in a key',
      '{ keys: [[id, id]] }',
      `${AT}.keys[0][1]: must be listed once, got 'id' again; remove one`,
    ],
    ['a list of columns as one key', '{ keys: [id, at] }', `${AT}.keys[0]: must be a list, got 'id'; write [id]`],
    ['a key twice', '{ keys: [[id, n], [id, n]] }', `${AT}.keys[1]: must be another key, got id, n again; remove one`],
    [
      'a range of text',
      '{ range: { id: { min: 0 } } }',
      `${AT}.range.id: must be about a column of type tinyint, smallint, int, bigint, float, double or decimal; id is string; use another column`,
    ],
    [
      'a range without ends',
      '{ range: { n: { share: 0.5 } } }',
      `${AT}.range.n: must have min, max or both, got none; add one`,
    ],
    [
      'a range whose ends are swapped',
      '{ range: { n: { min: 2, max: 1 } } }',
      `${AT}.range.n.max: must be at least min 2, got the number 1; swap them`,
    ],
    [
      'freshness by a column without time',
      '{ freshness: { n: { maxHours: 24 } } }',
      `${AT}.freshness.n: must be about a column of type date or timestamp; n is int; use another column`,
    ],
    [
      'freshness in parts of an hour',
      '{ freshness: { at: { maxHours: 0.5 } } }',
      `${AT}.freshness.at.maxHours: must be a whole number from 1 to 87600, got the number 0.5`,
    ],
    [
      'a pattern for numbers',
      "{ matches: { n: { pattern: '[0-9]+' } } }",
      `${AT}.matches.n: must be about a column of type string`,
    ],
    [
      'a pattern that Java and Python read differently',
      "{ matches: { id: { pattern: '\\p{L}+' } } }",
      `${AT}.matches.id.pattern: must have no \\p, \\u, \\x, \\A, \\z, back reference or octal escape, which Glue and Python read differently, got '\\\\p{L}+'; write it without`,
    ],
    [
      'a pattern that is none',
      "{ matches: { id: { pattern: '(' } } }",
      `${AT}.matches.id.pattern: must be a regular expression, got '('`,
    ],
    [
      'a pattern for anything',
      "{ matches: { id: { pattern: '.*' } } }",
      `${AT}.matches.id.pattern: must not match an empty text, got '.*'; write + for *`,
    ],
    [
      'a value twice',
      '{ values: { country: { in: [SE, NO, SE] } } }',
      `${AT}.values.country.in[2]: must be listed once, got 'SE' again; remove one`,
    ],
    ['no values', '{ values: { country: { in: [] } } }', `${AT}.values.country.in: must be at least one value`],
    [
      'a number for text',
      '{ values: { country: { in: [46] } } }',
      `${AT}.values.country.in[0]: must be a text, as the column is string, got the number 46; put it in quotes`,
    ],
    [
      'text for a number',
      "{ values: { amount: { in: ['1.5'] } } }",
      `${AT}.values.amount.in[0]: must be a number, as the column is decimal(12,2), got '1.5'; write it without quotes`,
    ],
    [
      'a date as a value',
      "{ values: { id: { in: ['2026-01-31'] } } }",
      `${AT}.values.id.in[0]: must not be a date or a time, which Glue compares as such, got '2026-01-31'; use matches instead`,
    ],
    ['values of a boolean', '{ values: { paid: { in: [1] } } }', `${AT}.values.paid: must be about a column of type`],
    ['a unique list', '{ uniqueness: { tags: 1 } }', `${AT}.uniqueness.tags: must be about a column of type`],
    [
      'fewer rows than there must be',
      '{ rows: { min: 9, max: 1 } }',
      `${AT}.rows.max: must be at least min 9, got the number 1; swap them`,
    ],
    ['no rows', '{ rows: { min: 0 } }', `${AT}.rows.min: must be a whole number from 1`],
    [
      'a rule with a name of no metric',
      '{ custom: { Mean-N: \'Mean "n" > 1\' } }',
      `${AT}.custom.Mean-N: the name must be up to 64 lower-case letters, digits and underscores`,
    ],
    [
      'two rules in one',
      "{ custom: { rows: 'RowCount > 1, RowCount < 9' } }",
      `${AT}.custom.rows: must be one rule, got 'RowCount > 1, RowCount < 9'; give each its own name`,
    ],
    [
      'the end of the ruleset in a rule',
      "{ custom: { rows: 'RowCount > 1 ]' } }",
      `${AT}.custom.rows: must close each bracket that it opens`,
    ],
    [
      'a schedule of five fields',
      "{ rows: {}, schedule: '0 5 * * *' }",
      `${AT}.schedule: must be six fields in UTC, minute hour day month weekday year, got '0 5 * * *'; for these five write cron(0 5 * * ? *)`,
    ],
    ['a schedule of nothing', '{ schedule: cron(0 5 * * ? *) }', `${AT}: must have at least one expectation, got none`],
  ])('%s', (_, quality, message) => expect(errorOf(() => read(withQuality(quality)))).toContain(message));

  test('a ruleset that is longer than Glue takes', () => {
    const values = [...Array(4000).keys()].map((index) => `value-number-${index}`).join(', ');
    expect(errorOf(() => read(withQuality(`{ values: { id: { in: [${values}] } } }`)))).toMatch(
      /15:7 lake\.tables\.orders\.quality: must make a ruleset of at most 65536 characters, got \d{5,}; use fewer or shorter expectations/,
    );
  });

  test('a schedule for partitions that Glue does not find', () => {
    const text = withQuality('{ freshness: { day: { maxHours: 48 } }, schedule: cron(0 5 * * ? *) }', {
      'owner: fraud': 'owner: fraud\n      partitions: { day: date }',
    });
    expect(errorOf(() => read(text))).toContain(
      `${AT}.schedule: has no rows to evaluate: Glue finds registered partitions only; set partitionDiscovery: catalog`,
    );
    expect(() => read(text.replace('day: date }', 'day: date }\n      partitionDiscovery: catalog'))).not.toThrow();
  });

  test('a zone whose key is not known, where rows would be quarantined unencrypted', () =>
    expect(
      errorOf(() =>
        read(withQuality('{ rows: {} }', { 'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::acme-landing" }' })),
      ),
    ).toContain(`${AT}: writes to zone raw, which has no keyArn; add keyArn to the zone`));

  test('a zone with the name of the bucket for reports', () =>
    expect(
      errorOf(() =>
        read(withQuality('{ rows: {} }', { 'curated: {}': 'curated: {}, quality: {} }' }).replace('{} } }', '{} }')),
      ),
    ).toMatch(/lake\.zones\.quality: .*S3 bucket/));
});
