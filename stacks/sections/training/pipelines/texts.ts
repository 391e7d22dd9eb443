import type { TextPattern } from '../../../../lib/core/text-pattern';

/** A text on one line that becomes a part of a definition: what begins a template of Terraform has no place in it. */
export const line = (most: number): TextPattern => ({
  pattern: new RegExp(`^(?!.*[$%]\\{)[^\\p{Cc}]{1,${most}}$`, 'u'),
  meaning: `one line of at most ${most} characters, without \${ and %{`,
});
