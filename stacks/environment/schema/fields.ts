import * as z from 'zod';

/*
 * The leaves of the schema. The error of each is what the value must be, in words that fit after "must be"; the fault
 * that the user reads adds the place, the value got and the fix.
 */

/** A string of one form. */
export function text(pattern: RegExp, must: string) {
  return z.string(must).regex(pattern, must);
}

/** A whole number between two allowed ends. */
export function integer(min: number, max: number) {
  const must = `a whole number from ${min} to ${max}`;
  return z.int(must).min(min, must).max(max, must);
}

export function choice<const T extends readonly string[]>(values: T) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

export function flag() {
  return z.boolean('true or false');
}

/** A mapping from names to what each name stands for. */
export function named<T extends z.ZodType>(name: z.ZodType<string, string>, value: T) {
  return z.record(name, value);
}

/** Parts of physical names: no double hyphen and none at the end, which RDS, S3 and ECR refuse. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const NAME_MEANING = 'lower-case letters, digits and single hyphens, beginning with a letter';

/** Tables and columns: what Glue and Athena take unquoted. */
export const IDENTIFIER_MEANING = 'up to 255 lower-case letters, digits and underscores, not beginning with a digit';

/** Days: 1 to 100 years. */
export const days = () => integer(1, 36_500);

const ARN_MEANING = 'an ARN such as';
export const bucketArn = () =>
  text(/^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, `${ARN_MEANING} arn:aws:s3:::acme-landing`);
export const keyArn = () =>
  text(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/,
    `${ARN_MEANING} arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  );
export const secretArn = () =>
  text(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
    `${ARN_MEANING} arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf`,
  );

/** The key of one part of the environment; the environment's own is the other. */
export const removal = (what: string) =>
  choice(['retain', 'destroy'])
    .default('retain')
    .describe(`Whether ${what} may be destroyed; only where the environment's removal is destroy too.`);
