const MAX_SHOWN = 60;

/** A text in quotes for an error message: on one line, shortened if it is long. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text).slice(1, -1);
  return `'${shown.replaceAll('\\"', '"')}'`;
}

/** A text that Terraform takes as it is: the start of a template in it is escaped. */
export function escaped(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/** A text without the `$` and `%` that escape the start of a Terraform template, as the service gets and counts it. */
export function unescaped(text: string): string {
  return text.replace(/([$%])\1(?=\{)/g, '$1');
}

/** The required form of a text. */
export interface TextPattern {
  readonly pattern: RegExp;
  /** The form in words that follow "must be". */
  readonly meaning: string;
}

/** Prefixes of tags that AWS (`aws:`) and RDS (`rds:`) reserve, in keys and values. */
export const RESERVED_TAG: RegExp = /^(aws|rds):/i;
/** Key of a tag in AWS. */
export const TAG_KEY: TextPattern = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
  meaning: '1 to 128 letters, digits, spaces and . : / = + @ - _',
};
/** Value of a tag in AWS, with the characters that all services accept. */
export const TAG_VALUE: TextPattern = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
  meaning: 'up to 256 letters, digits, spaces and . : / = + @ - _',
};
/** Most tags of one resource in AWS. */
export const MAX_TAGS = 50;

/** Part of a physical name. RDS, S3 and ECR refuse a double hyphen, and a hyphen at the end. */
export const NAME: TextPattern = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  meaning: 'lower-case letters, digits and single hyphens, beginning with a letter',
};
