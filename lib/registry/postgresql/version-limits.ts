import type { BrokenRule } from '../../core/properties';

/** First minor version of each major one; source: the data of cfn-lint 1.58. */
const FIRST = {
  rds: { 14: 1, 15: 2, 16: 1, 17: 1, 18: 1 },
  aurora: { 14: 3, 15: 2, 16: 1, 17: 4, 18: 3 },
} as const;
/** First minor versions of Aurora whose instances can pause (Aurora user guide, automatic pause and resume). */
const FIRST_THAT_PAUSES = { 14: 12, 15: 7, 16: 3, 17: 4, 18: 3 } as const;

/**
 * The rules that a minor version of PostgreSQL breaks. A newer one than is known here passes: RDS adds some each quarter
 * and withdraws others for new databases, while existing ones keep theirs.
 *
 * @param mayPause whether instances of Aurora are to pause
 */
export function brokenVersionRules(engine: 'rds' | 'aurora', version: string, mayPause = false): readonly BrokenRule[] {
  const [major, minor] = version.split('.');
  if (minor === undefined || !(major! in FIRST[engine])) return [];
  const key = major as unknown as keyof typeof FIRST_THAT_PAUSES;
  const name = { rds: 'RDS', aurora: 'Aurora' }[engine];
  if (Number(minor) < FIRST[engine][key]) {
    const first = `${major}.${FIRST[engine][key]}`;
    return [{ must: `must be a version that ${name} has`, fix: `the first of ${major} is "${first}"` }];
  }
  if (!mayPause || Number(minor) >= FIRST_THAT_PAUSES[key]) return [];
  return [
    {
      must: 'must be a version that can pause, as minCapacityAcu 0 asks',
      fix: `write "${major}.${FIRST_THAT_PAUSES[key]}" or later, or raise minCapacityAcu`,
    },
  ];
}
