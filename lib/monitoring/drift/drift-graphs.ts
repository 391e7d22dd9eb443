import { digitsOf } from '../../core/cdktf/token-values';
import { metric } from '../alarms/alarm-spec';
import type { Graph } from '../dashboards/graph';
import { DRIFT_NAMESPACE, type FeatureMetric } from './drift-limits';

const DAY = 86_400;
/** A run a day makes one point: a line needs more of them than a dashboard shows. */
const DAYS = 28;
/** Features in a graph: those with the highest values, of whatever features there are. */
const WORST = 5;

const TITLES: Readonly<Record<FeatureMetric, string>> = {
  PSI: 'Population stability index',
  KolmogorovSmirnov: 'Kolmogorov-Smirnov distance',
  JensenShannon: 'Jensen-Shannon distance',
  MissingRate: 'Missing values, as a part',
  NewCategories: 'New categories, as a part',
  Drifted: 'Drifted',
};

/**
 * What a dashboard shows of a monitor: how many features have drifted, and of each metric by feature the five that are worst. A search finds these, since
 * the names of features are those of the data.
 *
 * @param monitor value of the dimension `Monitor`
 * @param levels values from which on a change matters, by metric
 */
export function driftGraphs(
  monitor: string,
  featureMetrics: readonly FeatureMetric[],
  levels: Readonly<Partial<Record<FeatureMetric, number>>>,
): Graph[] {
  const style = { unit: '', periodSeconds: DAY, days: DAYS } as const;
  const counted = metric(DRIFT_NAMESPACE, 'DriftedFeatures', { Monitor: monitor }, 'Maximum');
  const worst = featureMetrics.map((name): Graph => {
    const found = `SEARCH('{${DRIFT_NAMESPACE},Monitor,Feature} MetricName="${name}" Monitor="${monitor}"', 'Maximum', ${digitsOf(DAY)})`;
    const level = levels[name];
    return {
      ...style,
      title: `${TITLES[name]}: worst features`,
      lines: [{ label: '', metrics: {}, expression: `SORT(${found}, MAX, DESC, ${digitsOf(WORST)})` }],
      ...(level !== undefined && { threshold: { level, severity: 'warning', bad: 'above' } }),
    };
  });
  return [
    {
      ...style,
      title: 'Drifted features',
      lines: [{ label: 'features', metrics: { features: counted } }],
      threshold: { level: 0, severity: 'warning', bad: 'above' },
    },
    ...worst,
  ];
}
