import { pythonWith } from './python';

/** What the programs of drift and experiments find in the image of scikit-learn 1.9-0, and statsmodels, which computes the same. */
const PACKAGES = [
  'numpy==2.4.6',
  'scipy==1.17.1',
  'pyarrow==25.0.0',
  'boto3==1.44.8',
  'statsmodels==0.15.0',
  'pandas==2.2.3', // statsmodels needs it, the programs do not
];

/** A Python in which the programs of drift and experiments run. */
export function statisticsPython(): string {
  return pythonWith('statistics', PACKAGES);
}
