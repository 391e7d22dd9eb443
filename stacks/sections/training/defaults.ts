import { DEFAULT_RUNTIME_MINUTES } from '../../../lib/training/training-limits';
import { bySize } from '../../environment/schema/choices';

/** Types that every team's first model fits, and from staging on also those for larger ones. */
export const INSTANCES = bySize<readonly string[]>(
  {
    small: ['ml.m5.large', 'ml.m5.xlarge', 'ml.g4dn.xlarge'],
    medium: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.4xlarge', 'ml.g4dn.xlarge', 'ml.g5.xlarge'],
    large: [
      'ml.m5.large',
      'ml.m5.xlarge',
      'ml.m5.4xlarge',
      'ml.m5.12xlarge',
      'ml.g4dn.xlarge',
      'ml.g5.xlarge',
      'ml.g5.12xlarge',
    ],
  },
  (types) => types.join(', '),
);

/** Minutes of an hour. */
export const MINUTES_PER_HOUR = 60;
/** A job that runs longer than a day is more often stuck than busy. */
export const DEFAULT_MAX_RUNTIME_HOURS = DEFAULT_RUNTIME_MINUTES / MINUTES_PER_HOUR;
