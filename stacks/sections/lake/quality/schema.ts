import * as z from 'zod';
import { IDENTIFIER } from '../../../../lib/data-lake/lake-limits';
import {
  FRESHNESS_HOURS,
  MAX_UNIQUE_COLUMNS,
  RULE_NAME,
  SHARE,
} from '../../../../lib/data-lake/quality/quality-limits';
import { snippet } from '../../../environment/schema/editor';
import { flag, integer, named, text } from '../../../environment/schema/fields';

/** Bucket for the programs and the reports of data quality. */
export const QUALITY_BUCKET = 'quality';

const column = () => text(IDENTIFIER);
const share = () => {
  const must = `a number from ${SHARE.min} to ${SHARE.max}`;
  return z.number(must).min(SHARE.min, must).max(SHARE.max, must);
};
const rows = {
  share: share().describe('Least share of the rows that must fit. Default: 1.').optional(),
  ignoreNull: flag()
    .describe('Whether rows with NULL in the column are left out; otherwise they do not fit. Default: false.')
    .optional(),
};
const end = () => z.number('a number');

/** Keys of which a table has at least one. */
const EXPECTATIONS = [
  'completeness',
  'uniqueness',
  'keys',
  'range',
  'values',
  'matches',
  'freshness',
  'rows',
  'custom',
] as const;

/** What must hold for the data of a table. */
export const QualitySchema = z
  .strictObject({
    completeness: named(column(), share().describe('Least share of values that are not NULL.'))
      .describe('By column: the least share of values that are not NULL. Default: none expected.')
      .meta({ examples: [{ id: 1 }] })
      .optional(),
    uniqueness: named(column(), share().describe('Least share of values that occur once.'))
      .describe(
        'By column: the least share of values that occur exactly once. NULL is left out. Default: none expected.',
      )
      .meta({ examples: [{ id: 1 }] })
      .optional(),
    keys: z
      .array(z.array(column()).max(MAX_UNIQUE_COLUMNS, `at most ${MAX_UNIQUE_COLUMNS} columns`))
      .describe('Lists of columns whose values are unique together. Default: none.')
      .meta({ examples: [[['id', 'day']]] })
      .optional(),
    range: named(
      column(),
      z
        .strictObject({
          min: end().describe('Least number. Default: no lower end.').optional(),
          max: end().describe('Greatest number. Default: no upper end.').optional(),
          ...rows,
        })
        .meta({ anyOf: [{ required: ['min'] }, { required: ['max'] }] }),
    )
      .describe(
        'By column of numbers: the range that values must be in. Both ends belong to it. Default: none expected.',
      )
      .meta({ examples: [{ amount: { min: 0 } }] })
      .optional(),
    values: named(
      column(),
      z.strictObject({
        in: z
          .array(z.union([z.string('a text').describe('A text.'), z.number('a number').describe('A number.')]))
          .min(1, 'at least one value')
          .describe('Values, as texts or numbers like the column.')
          .meta({ examples: [['SE', 'DK']] }),
        ...rows,
      }),
    )
      .describe('By column of text or numbers: the values that it may have. Default: none expected.')
      .meta({ examples: [{ country: { in: ['SE', 'DK'] } }] })
      .optional(),
    matches: named(
      column(),
      z.strictObject({
        pattern: z
          .string('a regular expression')
          .describe('Regular expression for the whole text, in what Java and Python read in the same way.')
          .meta({ examples: ['[a-z0-9]+'] }),
        ...rows,
      }),
    )
      .describe('By column of text: the pattern that values must match. Default: none expected.')
      .meta({ examples: [{ id: { pattern: '[a-z0-9]+' } }] })
      .optional(),
    freshness: named(
      column(),
      z.strictObject({
        maxHours: integer(FRESHNESS_HOURS.min, FRESHNESS_HOURS.max)
          .describe('Hours that the newest value may be old. Values in the future do not count.')
          .meta({ examples: [24] }),
        everyRow: flag().describe('Whether every row must be that new. Default: false.').optional(),
      }),
    )
      .describe('By column of dates or timestamps: how old the data may be. Default: any age.')
      .meta({ examples: [{ at: { maxHours: 24 } }] })
      .optional(),
    rows: z
      .strictObject({
        min: integer(1, Number.MAX_SAFE_INTEGER).describe('Least number of rows. Default: 1.').optional(),
        max: integer(1, Number.MAX_SAFE_INTEGER).describe('Greatest number of rows. Default: no limit.').optional(),
      })
      .describe('Rows of the table. A table without rows never passes. Default: at least 1.')
      .optional(),
    custom: named(
      text(RULE_NAME),
      z
        .string('a rule')
        .describe('A rule in the language of AWS Glue Data Quality (DQDL).')
        .meta({
          examples: ['ColumnCorrelation "a" "b" > 0.8'],
        }),
    )
      .describe('Rules by name that only Glue evaluates. A pipeline cannot use a table that has one. Default: none.')
      .optional(),
    schedule: z
      .string('a schedule such as cron(0 5 * * ? *)')
      .describe(
        'Schedule of evaluations in Glue: cron(minute hour day month weekday year), in UTC. Default: on demand.',
      )
      .meta({ examples: ['cron(0 5 * * ? *)'] })
      .optional(),
  })
  .describe(
    'What must hold for the data: a ruleset that Glue evaluates, and a program for pipelines with the same meaning. It fails closed. Default: nothing is checked.',
  )
  .meta({
    anyOf: EXPECTATIONS.map((name) => ({ required: [name] })),
    defaultSnippets: [
      snippet('a gate', { completeness: { '${1:id}': 1 }, uniqueness: { '${1:id}': 1 } }),
      snippet('a gate for new data', { freshness: { '${1:at}': { maxHours: '^${2:24}' } } }),
    ],
  });

/** The `quality` of a table. */
export type QualitySettings = z.output<typeof QualitySchema>;
