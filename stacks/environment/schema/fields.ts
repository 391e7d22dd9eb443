import * as z from 'zod';
import type { TextPattern } from '../../../lib/core/text-pattern';
import type { JsonSchema } from './json-schema';

/*
 * Building blocks of the schema. The error message of each says what the value must be, worded to follow "must be". The
 * error shown to the user adds the place, the value and the fix.
 */

/** A text that matches a pattern. */
export function text({ pattern, meaning }: TextPattern) {
  return z.string(meaning).regex(pattern, meaning);
}

/** An integer within inclusive limits. */
export function integer(min: number, max: number) {
  const must = `a whole number from ${min} to ${max}`;
  return z.int(must).min(min, must).max(max, must);
}

/** A multiple of `step` between two allowed ends. */
export function multiple(step: number, min: number, max: number) {
  const must = `a multiple of ${step} from ${min} to ${max}`;
  return z.number(must).min(min, must).max(max, must).multipleOf(step, must);
}

/** One of the given values. */
export function choice<const T extends readonly string[]>(values: T) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** True or false. */
export function flag() {
  return z.boolean('true or false');
}

/** A mapping from names to values. */
export function named<T extends z.ZodType>(name: z.ZodType<string, string>, value: T) {
  return z.record(name, value);
}

/** Days, up to 100 years. */
export const days = () => integer(1, 36_500);

/** A name that must be a key of the mapping, or an item of the list, at `path`, e.g. `lake.zones`. */
export function reference<T extends z.ZodType>(path: string, name: T): T {
  return name.meta({ refersTo: path } satisfies JsonSchema) as T;
}

/**
 * An ARN in the environment's partition and region, or in the `region` of the enclosing mapping.
 *
 * @param pattern the part after `arn:<partition>:`
 */
export function arn(pattern: RegExp, example: string, what = 'an ARN') {
  const whole = { pattern: new RegExp(`^arn:aws[a-z-]*:${pattern.source}$`), meaning: `${what} such as ${example}` };
  return text(whole).meta({ isArn: true } satisfies JsonSchema);
}

export const bucketArn = () => arn(/s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/, 'arn:aws:s3:::acme-landing');
export const keyArn = () =>
  arn(
    /kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}/,
    'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  );

/** The `keyArn` of a section with a data domain: an existing key instead of a new one. */
export const domainKey = (what: string) =>
  keyArn()
    .describe(
      `ARN of an existing KMS key that encrypts ${what}. Its policy must let IAM policies of this account grant access, and CloudWatch Logs of this region use it. Choose it before the first deployment: most services cannot change the key. Default: a new key.`,
    )
    .optional();

/**
 * The whole ARN of a secret. Secrets Manager finds one without the six characters that it has added too, but a policy
 * with such an ARN allows nothing.
 */
export const secretArn = (example: string) =>
  arn(
    /secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}/,
    example,
    'the ARN of a secret with its last six characters',
  );

/** The `removal` of a section: data is destroyed only if the environment's `removal` is `destroy` too. */
export const removal = (what: string) =>
  choice(['retain', 'destroy'])
    .default('retain')
    .describe(
      `Whether ${what} may be destroyed. Data is destroyed only if the environment's removal is destroy too. Default: retain.`,
    );
