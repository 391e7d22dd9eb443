import type { TextPattern } from '../core/text-pattern';

/** IAM paths of roles. */
export const ROLE_PATH: TextPattern = {
  pattern: /^\/([!-.0-~]+\/)*$(?<=^.{1,512})/,
  meaning: "1 to 512 characters that begin and end with '/', such as /ml/",
};
