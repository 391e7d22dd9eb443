import { pythonWith } from './python';

/** What the image of scikit-learn 1.9-0 has, XGBoost beside it, and what they need. */
const PACKAGES = [
  'scikit-learn==1.9.0',
  'pandas==2.2.3',
  'pyarrow==25.0.0',
  'numpy==2.5.1; python_version >= "3.12"', // the image's
  'numpy==2.4.6; python_version < "3.12"', // the last for Python 3.11
  'scipy==1.17.1',
  'joblib==1.6.0',
  'threadpoolctl==3.8.0',
  'cloudpickle==3.1.3',
  'narwhals==2.29.0',
  'python-dateutil==2.9.0.post0',
  'pytz==2026.6',
  'tzdata==2026.6',
  'six==1.17.0',
  'boto3==1.44.8',
  'botocore==1.44.8',
  's3transfer==0.19.3',
  'jmespath==1.1.0',
  'urllib3==2.8.0',
  'xgboost-cpu==3.2.0', // a tenth of the size of xgboost
];

/** A Python as in an image that trains and evaluates models. */
export function trainingPython(): string {
  return pythonWith('training', PACKAGES);
}
