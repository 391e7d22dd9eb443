import type { TextPattern } from '../core/text-pattern';

/** IAM paths of roles. */
export const ROLE_PATH: TextPattern = {
  pattern: /^\/([!-.0-~]+\/)*$(?<=^.{1,512})/,
  meaning: "1 to 512 characters that begin and end with '/', such as /ml/",
};
/** ARNs of customer-managed and AWS managed policies. */
export const POLICY_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
  meaning: 'the ARN of a policy, such as arn:aws:iam::111122223333:policy/boundary',
};
