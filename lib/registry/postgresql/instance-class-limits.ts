import { distance } from 'fastest-levenshtein';
import type { BrokenRule } from '../../core/properties';

const SIZES = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const BURSTABLE = SIZES.slice(0, 6);
const GRAVITON = SIZES.slice(3);
const TO_24 = [...GRAVITON, '24xlarge'];
const TO_32 = [...TO_24, '32xlarge'];
const TO_48 = [...TO_24, '48xlarge'];

/**
 * Classes of RDS for PostgreSQL that new instances can have: sizes by family (November 2026). Source: the data of
 * cfn-lint 1.58, without the generations that RDS has retired: t1, t2, m1 to m4, r3 and r4.
 */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  ...each(['t3', 't4g'], BURSTABLE),
  ...each(['m6g', 'm6gd', 'm7g', 'r6g', 'r6gd', 'r7g', 'x2g'], GRAVITON),
  ...each(['m5', 'm5d', 'r5', 'r5b', 'r5d'], TO_24),
  ...each(['m6i', 'm6id', 'm6idn', 'm6in', 'r6i', 'r6id', 'r6idn', 'r6in'], TO_32),
  ...each(['m7i', 'm8a', 'm8g', 'm8gd', 'm9g', 'r7i', 'r8a', 'r8g', 'r8gd'], TO_48),
  x2idn: ['16xlarge', '24xlarge', '32xlarge'],
  x2iedn: ['xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge', '24xlarge', '32xlarge'],
};

const CLASS = /^db\.([a-z]+)(\d+)([a-z]*)\.([a-z0-9]+)$/;
const SIZE = /^(micro|small|medium|large|([1-9]\d{0,2})?xlarge)$/;

/**
 * The rules that the class of a PostgreSQL instance on RDS breaks. A family of a generation that is newer than all known
 * ones passes with any size: the list ages, and RDS has the last word.
 */
export function brokenInstanceClassRules(instanceClass: string): readonly BrokenRule[] {
  const must = 'must be an instance class of RDS for PostgreSQL such as db.t4g.small';
  if (instanceClass === 'db.serverless') {
    return [{ must, fix: 'db.serverless is a class of Aurora: use an Aurora database' }];
  }
  const [, series = '', generation = '', attributes = '', size = ''] = CLASS.exec(instanceClass) ?? [];
  const sizes = FAMILIES[`${series}${generation}${attributes}`];
  if (sizes?.includes(size)) return [];
  if (!sizes && SIZE.test(size) && isNewer(series, Number(generation))) return [];
  const known = sizes ? sizes.map((name) => `db.${series}${generation}${attributes}.${name}`) : CLASSES;
  return [{ must, fix: sizes ? `the nearest is ${nearest(instanceClass, known)}` : nearestOrList(instanceClass) }];
}

const CLASSES = Object.entries(FAMILIES).flatMap(([family, sizes]) => sizes.map((size) => `db.${family}.${size}`));

function nearest(text: string, candidates: readonly string[]): string {
  return candidates.toSorted((a, b) => distance(text, a) - distance(text, b))[0]!;
}

function nearestOrList(text: string): string {
  const near = nearest(text, CLASSES);
  if (distance(text, near) <= 3) return `the nearest is ${near}`;
  return `the families are ${Object.keys(FAMILIES).join(', ')}`;
}

function isNewer(series: string, generation: number): boolean {
  const known = Object.keys(FAMILIES).flatMap((family) => {
    const [, letters, number] = /^([a-z]+)(\d+)/.exec(family)!;
    return letters === series ? [Number(number)] : [];
  });
  return known.length > 0 && generation > Math.max(...known);
}

function each(families: readonly string[], sizes: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(families.map((family) => [family, sizes]));
}

/** GiB for each vCPU. */
const SERIES_GIB: Readonly<Record<string, number>> = { m: 4, r: 8, c: 2, x: 16 };
const BURSTABLE_GIB: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
};

/** GiB of memory of an instance class of RDS, which its name tells; `undefined` if it does not. */
export function memoryGibOf(instanceClass: string): number | undefined {
  const [, series = '', size = ''] = /^db\.([a-z])[0-9][a-z]*\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  if (series === 't') return BURSTABLE_GIB[size];
  const perVcpu = SERIES_GIB[series];
  const times = /^(\d*)xlarge$/.exec(size)?.[1];
  if (perVcpu === undefined || (times === undefined && size !== 'large')) return undefined;
  return perVcpu * (times === undefined ? 2 : 4 * Number(times === '' ? 1 : times));
}
