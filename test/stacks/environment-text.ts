import { EnvironmentFileError } from '../../stacks/environment';

/** A small valid environment file. */
export const GOOD = `project: acme
environment: dev
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network:
  cidr: 10.20.0.0/16
lake:
  zones: { raw: {}, curated: {} }
  tables:
    orders:
      zone: raw
      format: parquet
      columns: { id: string, amount: double }
      owner: fraud
registry:
  images: [train]
teams:
  fraud: {}
`;

/** The valid file, with the first occurrence of each key replaced by its value. */
export function changed(changes: Record<string, string>): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nothing to replace: '${from}'`);
    return text.replace(from, () => to);
  }, GOOD);
}

/** The error message for an invalid file. */
export function errorOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

/** Training with a pipeline that registers in `churn`. */
export const PIPELINE = `training:
  instances: [ml.m5.large, ml.g5.xlarge]
  pipelines:
    churn:
      team: fraud
      framework: scikit-learn
      frameworkVersion: "1.9-0"
      instance: ml.m5.large
      inputs: { train: { zone: curated, prefix: churn/train } }
      testData: { zone: curated, prefix: churn/test }
      task: classification
      target: churned
      metrics: { auc: { min: 0.8 } }
      packages: churn
`;
