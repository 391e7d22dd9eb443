import * as z from 'zod';
import type { TextPattern } from '../../../lib/core/text-pattern';
import type { JsonSchema } from './json-schema';

/*
 * The leaves of the schema. The error of each is what the value must be, in words that fit after "must be"; the error
 * that the user reads adds the place, the value and the fix.
 */

/** A text of one form. */
export function text({ pattern, meaning }: TextPattern) {
  return z.string(meaning).regex(pattern, meaning);
}

/** A whole number between two allowed ends. */
export function integer(min: number, max: number) {
  const must = `a whole number from ${min} to ${max}`;
  return z.int(must).min(min, must).max(max, must);
}

/** A multiple of `step` between two allowed ends. */
export function multiple(step: number, min: number, max: number) {
  const must = `a multiple of ${step} from ${min} to ${max}`;
  return z.number(must).min(min, must).max(max, must).multipleOf(step, must);
}

/** One of a few words. */
export function choice<const T extends readonly string[]>(values: T) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** True or false. */
export function flag() {
  return z.boolean('true or false');
}

/** A mapping from names to what each name stands for. */
export function named<T extends z.ZodType>(name: z.ZodType<string, string>, value: T) {
  return z.record(name, value);
}

/** Days: 1 to 100 years. */
export const days = () => integer(1, 36_500);

/** A name that must be a key of the mapping at `path`, e.g. `lake.zones`, or an item of the list there. */
export function reference<T extends z.ZodType>(path: string, name: T): T {
  return name.meta({ refersTo: path } satisfies JsonSchema) as T;
}

/**
 * The ARN of something in the environment's partition and region, or in the `region` that the mapping around it names.
 *
 * @param pattern what follows `arn:<partition>:`
 */
export function arn(pattern: RegExp, example: string) {
  const whole = { pattern: new RegExp(`^arn:aws[a-z-]*:${pattern.source}$`), meaning: `an ARN such as ${example}` };
  return text(whole).meta({ isArn: true } satisfies JsonSchema);
}

export const bucketArn = () => arn(/s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/, 'arn:aws:s3:::acme-landing');
export const keyArn = () =>
  arn(
    /kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}/,
    'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  );
export const secretArn = () =>
  arn(
    /secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+/,
    'arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf',
  );

/** The key of one section to destroying its data; the environment's own is the other. */
export const removal = (what: string) =>
  choice(['retain', 'destroy'])
    .default('retain')
    .describe(`Whether ${what} may be destroyed; only where the environment's removal is destroy too.`);
