import { pythonWith } from './python';

/** What the image of scikit-learn 1.4-2 has, and what its packages need. */
const SCIKIT_LEARN = [
  'scikit-learn==1.4.2',
  'pandas==2.2.3',
  'pyarrow==17.0.0',
  'numpy==1.26.4',
  'scipy==1.13.1',
  'joblib==1.4.2',
  'threadpoolctl==3.5.0',
  'python-dateutil==2.9.0.post0',
  'pytz==2024.2',
  'tzdata==2024.2',
  'six==1.16.0',
  'boto3==1.35.99',
  'botocore==1.35.99',
  's3transfer==0.10.4',
  'jmespath==1.0.1',
  'urllib3==2.2.3',
];

/** A Python as in the image of scikit-learn that evaluates and serves its models. */
export function scikitLearnPython(): string {
  return pythonWith('scikit-learn', SCIKIT_LEARN);
}
