import 'cdktf-mlops/testing/jest';
import { join } from 'node:path';
import { loadEnvironment, Platform } from 'cdktf-mlops/platform';
import { addresses, Template, testApp } from 'cdktf-mlops/testing';
import { ChurnStack } from '../stacks/churn-stack';
import { LabStack } from '../stacks/lab-stack';

const environment = loadEnvironment(join(__dirname, '../environments/dev.yaml'));
const app = testApp();
const platform = new Platform(app, environment);
const churn = new ChurnStack(app, platform);
const lab = new LabStack(app, environment);

test('no resource of ours is replaced unnoticed', () => {
  expect(addresses(churn)).toMatchSnapshot();
  expect(addresses(lab)).toMatchSnapshot();
});

test('the trainer publishes only its own model', () => {
  const policy = Template.synth(churn).policyOf(churn.trainer);
  const { bucketArn } = platform.data.models.bucket;
  expect(policy).toAllow({ actions: 's3:PutObject', resources: `${bucketArn}/churn/*` });
  expect(policy).not.toAllow({ actions: 's3:PutObject', resources: `${bucketArn}/fraud/*` });
  expect(policy).not.toAllow({ actions: 's3:DeleteObject*' });
});

test('training jobs get the key of the model store, without which it refuses their upload', () => {
  const template = Template.synth(churn);
  const { bucket, encryptionKey } = platform.data.models;
  expect(template.outputs.TrainingOutput?.value).toEqual(
    template.resolve({ S3OutputPath: `s3://${bucket.bucketName}/churn/`, KmsKeyId: encryptionKey!.keyArn }),
  );
});

test('researchers read samples and write results', () => {
  const policy = Template.synth(lab).policyOf(lab.researcher);
  const [samples, results] = ['samples', 'results'].map((zone) => lab.lake.zone(zone).bucket.bucketArn);
  expect(policy).toAllow({ actions: 's3:GetObject', resources: `${samples}/*` });
  expect(policy).toAllow({ actions: 's3:PutObject', resources: `${results}/experiments/*` });
  expect(policy).not.toAllow({ actions: 's3:PutObject', resources: `${samples}/*` });
});
