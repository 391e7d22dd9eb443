import 'cdktf-mlops/testing/jest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment, Platform } from 'cdktf-mlops/platform';
import type { Trigger } from 'cdktf-mlops/scheduler';
import { addresses, matchesEvent, Template, testApp } from 'cdktf-mlops/testing';
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

describe('churn is trained', () => {
  const { triggers, pipeline } = churn;
  const template = Template.synth(churn);
  const ruleOf = (trigger: Trigger) => template.resource(trigger.node.findChild('Rule')).event_pattern as string;
  const bucket = 'acme-dev-features-111122223333-eu-north-1';
  const written = (key: string) => ({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key, sequencer: '617f08299329d189' } },
  });

  test('each Monday at three in Stockholm, summer and winter', () => {
    expect(template.one('aws_scheduler_schedule')).toMatchObject({
      schedule_expression: 'cron(0 3 ? * MON *)',
      schedule_expression_timezone: 'Europe/Stockholm',
    });
  });

  test('when a job has written all training data, not for each of its files, and never by test data', () => {
    const pattern = ruleOf(triggers.newData);
    const keys = ['churn/train/day=1/_SUCCESS', 'churn/train/day=1/part-0.parquet', 'churn/test/_SUCCESS'];
    expect(keys.map((key) => matchesEvent(pattern, written(key)))).toEqual([true, false, false]);
  });

  test('when the alarm goes off, and not when it is over', () => {
    const [alarmArn] = JSON.parse(ruleOf(triggers.worse)).resources;
    const changedTo = (value: string) => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [alarmArn],
      detail: { alarmName: 'acme-dev-churn-reached-revenue', state: { value } },
    });
    expect(['ALARM', 'OK'].map((value) => matchesEvent(ruleOf(triggers.worse), changedTo(value)))).toEqual([
      true,
      false,
    ]);
  });

  test('by one run at a time: all triggers take the same lock, and start nothing but our pipeline', () => {
    const all = [triggers.weekly, triggers.newData, triggers.worse];
    const locks = all.map(({ definition }) => JSON.stringify(definition.States.Lock));
    expect(new Set(locks).size).toBe(1);
    for (const { role } of all) {
      const policy = template.policyOf(role);
      const started = { actions: 'sagemaker:StartPipelineExecution', resources: pipeline.pipeline.pipelineArn };
      expect(policy).toAllow(started);
      expect(policy).not.toAllow({ ...started, resources: `${pipeline.pipeline.pipelineArn}-other` });
    }
  });
});
