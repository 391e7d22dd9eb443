import { metricMath, type Series } from '../../lib/testing';

/** Points of a line. */
const POINTS = 72;

interface Course {
  /** Value in the middle of the day, and of the night. */
  readonly day: number;
  readonly night: number;
  /** Spread around them, as a share. */
  readonly noise: number;
  /** Added in the trouble of the afternoon. @default 0 */
  readonly trouble?: number;
}

/** Made-up courses of the metrics of an endpoint, in the units of SageMaker: a day with trouble in the afternoon. */
const COURSES: Readonly<Record<string, Course>> = {
  Invocations: { day: 5200, night: 900, noise: 0.06 },
  Invocation5XXErrors: { day: 4, night: 1, noise: 0.8, trouble: 130 },
  Invocation4XXErrors: { day: 60, night: 10, noise: 0.3 },
  'ModelLatency p50': { day: 92_000, night: 80_000, noise: 0.04, trouble: 40_000 },
  'ModelLatency p90': { day: 190_000, night: 150_000, noise: 0.08, trouble: 410_000 },
  'ModelLatency p99': { day: 330_000, night: 260_000, noise: 0.14, trouble: 620_000 },
  OverheadLatency: { day: 21_000, night: 18_000, noise: 0.2 },
  'CPUUtilization SampleCount': { day: 4, night: 2, noise: 0 },
  CPUUtilization: { day: 230, night: 90, noise: 0.08, trouble: 90 },
  MemoryUtilization: { day: 61, night: 58, noise: 0.02, trouble: 4 },
  DiskUtilization: { day: 23, night: 22, noise: 0.01 },
  DriftedFeatures: { day: 0, night: 0, noise: 0, trouble: 1 },
  PSI: { day: 0.025, night: 0.02, noise: 0.4, trouble: 0.19 },
  MissingRate: { day: 0.012, night: 0.01, noise: 0.3 },
};
/** Features that a search finds, the worst one first. */
const FEATURES = ['amount', 'country', 'hour'];
/** What has no trouble in the afternoon. */
const QUIET = ['challenger', 'country', 'hour'];

/** Values between 0 and 1 that look random, and are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A row of a graph: a metric with its dimensions and its options, or an expression. */
export type Row = readonly [...(string | Options)[]];
interface Options {
  readonly id?: string;
  readonly stat?: string;
  readonly label?: string;
  readonly visible?: boolean;
  readonly expression?: string;
}

/** A line that is drawn. */
export interface Drawn {
  readonly label: string;
  readonly values: Series;
}

/** The lines of a graph, with its metric math evaluated as that of an alarm. */
export function drawnLines(rows: readonly Row[]): Drawn[] {
  const known: Record<string, Series> = {};
  for (const row of rows) {
    const { id, stat = '' } = row.at(-1) as Options;
    if (row.length > 1) known[id!] = courseOf(row[1] as string, stat, row.slice(2, -1) as string[]);
  }
  return rows.flatMap((row) => {
    const { id, label = '', visible, expression } = row.at(-1) as Options;
    if (visible === false) return [];
    const [, searched] = /^SORT\(SEARCH\(.*MetricName="(\w+)"/.exec(expression ?? '') ?? [];
    if (searched) return FEATURES.map((name) => ({ label: name, values: courseOf(searched, 'Maximum', [name]) }));
    return [{ label, values: expression === undefined ? known[id!]! : metricMath(expression, known) }];
  });
}

function courseOf(name: string, stat: string, dimensions: readonly string[]): Series {
  const {
    day,
    night,
    noise,
    trouble = 0,
  } = COURSES[`${name} ${stat}`] ?? COURSES[name] ?? { day: 1, night: 1, noise: 0 };
  const isSmall = dimensions.some((one) => QUIET.includes(one));
  const share = isSmall && name.startsWith('Invocation') ? 0.11 : 1;
  const seed = [...`${name}${stat}${dimensions.join()}`].reduce(
    (sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) | 0,
    7,
  );
  const next = random(seed);
  return Array.from({ length: POINTS }, (_, index) => {
    const light = (1 - Math.cos((index / POINTS) * 2 * Math.PI)) / 2;
    const afternoon = isSmall ? 0 : Math.exp(-(((index - POINTS * 0.68) / 4) ** 2));
    const value = night + (day - night) * light + trouble * afternoon;
    return Math.max(0, (stat === 'SampleCount' ? Math.round(value) : value * (1 + noise * (next() - 0.5) * 2)) * share);
  });
}
