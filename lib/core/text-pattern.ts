const MAX_SHOWN = 60;

/** A text in quotes as an error shows it: on one line and not too long. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text).slice(1, -1);
  return `'${shown.replaceAll('\\"', '"')}'`;
}

/** The form that a text must have. */
export interface TextPattern {
  readonly pattern: RegExp;
  /** The form in words that follow "must be". */
  readonly meaning: string;
}

/** Parts of physical names: no double hyphen and none at the end, which RDS, S3 and ECR refuse. */
export const NAME: TextPattern = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  meaning: 'lower-case letters, digits and single hyphens, beginning with a letter',
};
