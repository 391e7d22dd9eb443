import type { AwsNameKind } from '../../aws/name-kind';

/** Names of functions of Lambda. */
export const CHECK_FUNCTION: AwsNameKind = { kind: 'Lambda function', maxLength: 64, uniqueIn: 'region' };
/** Name of the check of an environment. */
export const CHECK_NAME = 'package-check';
/** Days that the log of checks is kept. */
export const CHECK_LOG_DAYS = 365;
/** Seconds that a check may take: the most that Lambda allows. */
export const CHECK_TIMEOUT_SECONDS = 900;
/** Memory of a check: with it a function has a whole processor. */
export const CHECK_MEMORY_MIB = 1769;
