import {
  type ColumnFormat,
  columnTypeError,
  MAX_CHAR_LENGTH,
  MAX_DECIMAL_PRECISION,
  MAX_VARCHAR_LENGTH,
  SIMPLE_COLUMN_TYPES,
} from '../../lib/data-lake/column-type';

describe('a column type', () => {
  test.each([
    ...SIMPLE_COLUMN_TYPES,
    'decimal(1,0)',
    'decimal(38,38)',
    'char(1)',
    'char(255)',
    'varchar(65535)',
    'array<string>',
    'array<array<decimal(3,1)>>',
    'map<string,array<int>>',
    'struct<a:int,b:struct<c:decimal(3,1),d:map<string,int>>>',
  ])('may be %s', (type) => expect(columnTypeError(type)).toBeUndefined());

  test.each([
    ['decimal', `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`],
    ['decimal(0,0)', `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`],
    ['decimal(39,0)', `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`],
    ['decimal(3,4)', `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`],
    ['decimal<3,1>', `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`],
    ['char(0)', `char(n) with 1 <= n <= ${MAX_CHAR_LENGTH}`],
    ['char(256)', `char(n) with 1 <= n <= ${MAX_CHAR_LENGTH}`],
    ['varchar(65536)', `varchar(n) with 1 <= n <= ${MAX_VARCHAR_LENGTH}`],
    ['string(3)', 'string without brackets'],
    ['array', 'array<T> with one type, such as array<string>'],
    ['array<int,int>', 'array<T> with one type, such as array<string>'],
    ['map<string>', 'map<K,V> with a key that is not nested, such as map<string,int>'],
    ['map<array<int>,int>', 'map<K,V> with a key that is not nested, such as map<string,int>'],
    ['map<string,char(0)>', `char(n) with 1 <= n <= ${MAX_CHAR_LENGTH}; the part 'char(0)' is not`],
    ['struct<>', expect.stringMatching(/^struct<name:T,\.\.\.> with distinct names/)],
    ['struct<a:int,a:int>', expect.stringMatching(/^struct<name:T,\.\.\.> with distinct names/)],
    ['Decimal(12, 2)', 'lower case without spaces: decimal(12,2)'],
  ])('the error for %s', (type, message) => expect(columnTypeError(type)).toEqual(message));

  test.each([
    ['integer', 'int'],
    ['bool', 'boolean'],
    ['long', 'bigint'],
    ['datetime', 'timestamp'],
    ['array<text>', 'string'],
  ])('the error for the type name %s of another system suggests %s', (type, word) =>
    expect(columnTypeError(type)).toMatch(new RegExp(`^a Glue and Athena type: boolean, .*; for '\\w+' use ${word}$`)),
  );

  test.each(['', 'strnig', 'array<int', 'array<int>>', 'constructor', '__proto__', '<>', 'int)'])(
    'is refused if it is unknown: %p',
    (type) => expect(columnTypeError(type)).toMatch(/^a Glue and Athena type: /),
  );
});

describe('a format that does not support a type: the error names an alternative', () => {
  test.each<[ColumnFormat, string[], string[]]>([
    ['parquet', ['binary', 'char(3)', 'array<tinyint>'], []],
    [
      'csv',
      ['string', 'boolean', 'int', 'bigint', 'double'],
      ['date', 'timestamp', 'decimal(3,1)', 'float', 'array<int>'],
    ],
    ['tsv', ['string', 'date', 'timestamp', 'decimal(3,1)', 'varchar(9)'], ['array<int>', 'map<string,int>', 'binary']],
    ['json', ['struct<a:array<int>>', 'date'], ['binary', 'array<binary>']],
    ['iceberg', ['binary', 'date', 'array<int>'], ['tinyint', 'char(3)', 'struct<a:smallint>', 'map<varchar(3),int>']],
  ])('%s', (format, supported, refused) => {
    for (const type of supported) expect([type, columnTypeError(type, format)]).toEqual([type, undefined]);
    for (const type of refused)
      expect([type, columnTypeError(type, format)]).toEqual([type, expect.stringMatching(/; use /)]);
  });
});
