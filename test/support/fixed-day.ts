import { setCurrentDay } from '../../lib/training/framework/day';

/*
 * Loaded before each test file: what ends, such as the support of an image, does not turn a test red. Programs that a test
 * starts inherit the variable.
 */

/** Day of all tests that name no other one. */
export const TEST_DAY = '2026-11-27';

process.env.CDKTF_MLOPS_DAY = TEST_DAY;
setCurrentDay(TEST_DAY);
