import type { BrokenRule } from '../../core/properties';
import type { JobSize } from './batch-limits';

/** What an instance of EC2 has. */
export interface InstanceSize {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly gpus: number;
}

/** Day of the sizes in this file: `DescribeInstanceTypes` of EC2, as moto 5.2.5 has it. A test compares them. */
export const INSTANCES_DAY = '2026-11-27';

/**
 * Families of the generations that are sold, by GiB of memory for each vCPU and by the vCPUs of the largest type. A family
 * that is not here is not judged.
 */
const FAMILIES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  2: {
    48: 'c8ine',
    64: 'c6g c6gd c6gn c7g c7gd c7gn c7i-flex c8i-flex',
    96: 'c5 c5a c5ad c5d',
    128: 'c6i c6id c6in',
    192: 'c6a c7a c7i c8a c8g c8gb c8gd c8gn c9g c9gd',
    384: 'c8i c8ib c8id c8in',
  },
  4: {
    48: 'm5zn m8ine',
    64: 'm6g m6gd m7g m7gd m7i-flex m8i-flex',
    96: 'g4dn m5 m5a m5ad m5d m5dn m5n m8azn',
    128: 'm6i m6id m6idn m6in',
    192: 'g5 g6 g7 m6a m7a m7i m8a m8g m8gb m8gd m8gn m9g m9gd',
    384: 'm8i m8ib m8id m8idb m8idn m8in',
  },
  8: {
    32: 'gr6',
    48: 'z1d',
    64: 'i4g r6g r6gd r7g r7gd r8i-flex',
    96: 'i3en r5 r5a r5ad r5b r5d r5dn r5n',
    128: 'i4i r6i r6id r6idn r6in r7iz',
    192: 'g6e i7i i7ie i8g i8ge r6a r7a r7i r8a r8g r8gb r8gd r8gn r9g r9gd',
    384: 'r8i r8ib r8id r8idb r8idn r8in',
  },
  [2048 / 192]: { 192: 'g7e p5 p5e p5en p6-b200' },
  12: { 96: 'p4d p4de' },
  16: { 64: 'x2gd', 128: 'x2idn', 192: 'x8g', 384: 'x8i' },
  [4096 / 192]: { 192: 'p6-b300' },
  32: { 48: 'x2iezn', 96: 'x8aedz', 128: 'x2iedn' },
};
/** Types whose memory is not that of their family, in GiB. */
const OTHER_MEMORY: Readonly<Record<string, number>> = {
  'g7e.2xlarge': 64,
  'g7e.4xlarge': 128,
  'g7e.8xlarge': 256,
  'p5.4xlarge': 256,
};
const HALF_OR_EIGHT = { 48: 4, 96: 4, 192: 8 };
const QUARTERS = { 48: 2, 96: 4, 192: 8 };
/** Graphics processors of the larger types by their vCPUs; smaller ones of these families have one. */
const GPUS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  g4dn: { 48: 4, 96: 8 },
  g5: HALF_OR_EIGHT,
  g6: HALF_OR_EIGHT,
  g6e: HALF_OR_EIGHT,
  g7: QUARTERS,
  g7e: QUARTERS,
  gr6: {},
  p4d: { 96: 8 },
  p4de: { 96: 8 },
  p5: { 192: 8 },
  p5e: { 192: 8 },
  p5en: { 192: 8 },
  'p6-b200': { 192: 8 },
  'p6-b300': { 192: 8 },
};
const BY_FAMILY = new Map(
  Object.entries(FAMILIES).flatMap(([gib, families]) =>
    Object.entries(families).flatMap(([largest, names]) =>
      names.split(' ').map((family) => [family, { gib: Number(gib), largest: Number(largest) }] as const),
    ),
  ),
);
const SMALL: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };
const MIB = 1024;

/** The size of a type, or of the largest one of a family; `undefined` if this file does not know it. */
export function sizeOf(instanceType: string): InstanceSize | undefined {
  const [family = '', size = 'metal'] = instanceType.split('.');
  const known = BY_FAMILY.get(family);
  if (!known) return undefined;
  const vcpus = size === 'metal' ? known.largest : (SMALL[size] ?? 4 * Number(/^(?:metal-)?(\d+)xl/.exec(size)?.[1]));
  if (!(vcpus <= known.largest)) return undefined; // a type that is not sold
  return {
    vcpus,
    memoryMib: Math.round((OTHER_MEMORY[instanceType] ?? vcpus * known.gib) * MIB),
    gpus: GPUS[family] ? (GPUS[family][vcpus] ?? 1) : 0,
  };
}

/** Part of the memory that Linux keeps for its table of pages, 64 bytes for each 4 KiB: no job gets it. */
const PAGE_TABLE = 1 / 64;
/** MiB that the images of AWS Batch keep for the agent of ECS (user guide, compute resource memory management). */
const AGENT_MIB = 32;

/** Most memory that a job can get on an instance. The system takes some more: one that asks for less may be too large too. */
export function jobMemoryMib({ memoryMib }: InstanceSize): number {
  return Math.floor(memoryMib * (1 - PAGE_TABLE)) - AGENT_MIB;
}

/**
 * The rules that a job breaks if no type of its pool can hold it, by the property that breaks it: AWS Batch would cancel it
 * after it has waited. Nothing is said of a pool with a type that is not known, nor of graphics processors where none has one.
 */
export function brokenPlace(
  instanceTypes: readonly string[],
  { vcpus, memoryMib, gpus: wanted = 0 }: JobSize,
): { readonly key: keyof JobSize; readonly rule: BrokenRule }[] {
  const sizes = instanceTypes.map(sizeOf);
  if (sizes.length === 0 || !sizes.every((size) => size !== undefined)) return [];
  const most = {
    vcpus: Math.max(...sizes.map((size) => size.vcpus)),
    memoryMib: Math.max(...sizes.map(jobMemoryMib)),
    gpus: Math.max(...sizes.map((size) => size.gpus)),
  };
  const gpus = most.gpus === 0 ? 0 : wanted;
  const types = instanceTypes.join(', ');
  const over = (['vcpus', 'memoryMib', 'gpus'] as const).filter((key) => ({ vcpus, memoryMib, gpus })[key] > most[key]);
  if (over.length > 0) {
    return over.map((key) => {
      const less = key === 'memoryMib' ? ' after what the system keeps' : '';
      const must = `must be at most ${most[key]}, all that a job gets of ${types}${less}`;
      return { key, rule: { must, fix: 'lower it, or add a larger type' } };
    });
  }
  const isHeld = sizes.some((size) => vcpus <= size.vcpus && memoryMib <= jobMemoryMib(size) && gpus <= size.gpus);
  if (isHeld) return [];
  const asked = `${vcpus} vCPUs, ${memoryMib} MiB and ${gpus} graphics processors`;
  const rule = { must: `must fit one of ${types}, of which none has ${asked}`, fix: 'lower it, or add a larger type' };
  return [{ key: 'memoryMib', rule }];
}
