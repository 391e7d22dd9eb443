import { pythonWith } from './python';

/** What the image of scikit-learn 1.4-2 has, XGBoost beside it, and what they need. */
const PACKAGES = [
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
  'xgboost-cpu==3.2.0', // a tenth of the size of xgboost
];

/** A Python as in an image that trains and evaluates models. */
export function trainingPython(): string {
  return pythonWith('training', PACKAGES);
}
