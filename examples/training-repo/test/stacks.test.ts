import 'cdktf-mlops/testing/jest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment, Platform } from 'cdktf-mlops/platform';
import { addresses, Template, testApp } from 'cdktf-mlops/testing';
import { ChurnStack } from '../stacks/churn-stack';

const environment = loadEnvironment(join(__dirname, '../environments/dev.yaml'));
const app = testApp();
const platform = new Platform(app, environment);
const churn = new ChurnStack(app, platform);

test('no resource of ours is replaced unnoticed', () => {
  expect(addresses(churn)).toMatchSnapshot();
});

test('training never reads the test data, so that it cannot learn the answers', () => {
  const policy = Template.synth(churn).policyOf(churn.training.role);
  const { bucketArn } = platform.data.lake.zone('features').bucket;
  expect(policy).toAllow({ actions: 's3:GetObject', resources: `${bucketArn}/churn/train/*` });
  expect(policy).not.toAllow({ actions: 's3:GetObject', resources: `${bucketArn}/churn/test/*` });
});

const { Steps } = JSON.parse(churn.pipeline.pipeline.definition);
const conditions = Steps.find(({ Type }: { Type: string }) => Type === 'Condition').Arguments.Conditions;

test('a model is registered only if our own metrics hold', () => {
  expect(conditions.map(({ Type, RightValue }: { Type: string; RightValue: number }) => [Type, RightValue])).toEqual([
    ['GreaterThanOrEqualTo', 0.35],
    ['GreaterThanOrEqualTo', 0.25],
  ]);
});

test('our evaluation writes each metric that a condition reads, so that no run is paid in vain', () => {
  const program = readFileSync(join(__dirname, '../churn/evaluation/evaluate.py'), 'utf8');
  for (const { LeftValue } of conditions) expect(program).toContain(`"${LeftValue['Std:JsonGet'].Path}":`);
});
