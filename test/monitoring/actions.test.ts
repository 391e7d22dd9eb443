import { Key } from '../../lib/encryption/key';
import { AlarmActions, type AlarmActionsProps } from '../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../lib/monitoring/actions/alarm-receiver';
import { AlarmRelay } from '../../lib/monitoring/actions/alarm-relay';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { acmeStack, keyIn, testStack } from '../support/stack';

type Json = Record<string, any>;

const SECRET = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/slack-AbCdEf';
const KEY_SECRET = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/pagerduty-AbCdEf';
const BUS = 'arn:aws:events:eu-north-1:444455556666:event-bus/operations';
const topic = (name: string) => `arn:aws:sns:eu-north-1:111122223333:${name}`;
const mail = AlarmReceiver.email(['oncall@acme.example']);

function synthesized(receivers: readonly AlarmReceiver[], props: Partial<AlarmActionsProps> = {}) {
  const stack = acmeStack();
  const bucket = new Bucket(stack, 'Programs', { encryptionKey: keyIn(stack, 'BucketKey') });
  const actions = new AlarmActions(stack, 'Actions', {
    receivers,
    encryptionKey: keyIn(stack),
    name: 'alarms',
    bucket,
    ...props,
  });
  return { actions, template: Template.synth(stack) };
}

describe('mail', () => {
  const { actions, template } = synthesized([
    AlarmReceiver.email(['oncall@acme.example', 'team@acme.example']),
    AlarmReceiver.email(['cto@acme.example'], { from: 'critical' }),
  ]);

  test('goes from an encrypted topic of each severity to those who hear of it', () => {
    expect(template.all('aws_sns_topic')).toMatchObject([
      { name: 'acme-dev-alarms-critical', kms_master_key_id: expect.stringContaining('aws_kms_key') },
      { name: 'acme-dev-alarms-warning', kms_master_key_id: expect.stringContaining('aws_kms_key') },
    ]);
    const all = (template.all('aws_sns_topic_subscription') as Json[]).map(({ topic_arn, endpoint }) => [
      topic_arn.includes('critical'),
      endpoint,
    ]);
    expect(all).toEqual([
      [true, 'cto@acme.example'],
      [true, 'oncall@acme.example'],
      [true, 'team@acme.example'],
      [false, 'oncall@acme.example'],
      [false, 'team@acme.example'],
    ]);
    expect(actions.topicArnsOf('critical')).toHaveLength(1);
  });

  test('the key lets CloudWatch and EventBridge in, which the key of AWS for SNS does not', () => {
    const { Statement } = JSON.parse(
      (template.all('aws_kms_key') as Json[]).find((key) => key.policy.includes('cloudwatch'))!.policy,
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: ['*'],
      }),
    );
  });

  test('the policy of a topic lets alarms of the account publish, and nobody without TLS', () => {
    const [{ policy }] = template.all('aws_sns_topic_policy') as [Json];
    expect(JSON.parse(policy).Statement).toMatchObject([
      {
        Sid: 'Alarms',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
      { Sid: 'Events', Principal: { Service: 'events.amazonaws.com' } },
      { Sid: 'TlsOnly', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });
});

test('two users of a key let alarms in once; an existing key is not changed', () => {
  const stack = acmeStack();
  const key = keyIn(stack);
  key.allowAlarms();
  key.allowAlarms();
  Key.fromKeyArn(stack, 'Existing', 'arn:aws:kms:eu-north-1:111122223333:key/x').allowAlarms();
  const { Statement } = JSON.parse(Template.synth(stack).one('aws_kms_key').policy as string);
  expect(Statement).toHaveLength(2);
});

describe('a chat and PagerDuty', () => {
  const { actions, template } = synthesized([AlarmReceiver.chat(SECRET), AlarmReceiver.pagerDuty(KEY_SECRET)]);
  const relay = template.one('aws_lambda_function') as Json;

  test('are told by a function that reads their secrets itself: no state has them', () => {
    const { RECEIVERS } = relay.environment.variables;
    expect(JSON.parse(RECEIVERS)).toEqual([
      { format: 'slack', secret: SECRET, from: 'warning' },
      { format: 'pagerDuty', secret: KEY_SECRET, from: 'critical' }, // a warning wakes nobody
    ]);
    const policy = template.policyOf(actions.relay!.role);
    policy.allows({ actions: 'secretsmanager:GetSecretValue', resources: SECRET });
    policy.denies({ actions: 'secretsmanager:GetSecretValue', resources: SECRET.replace('slack', 'other') });
  });

  test('a message that was not taken is kept for two weeks, and is an alarm of its own', () => {
    expect(relay.dead_letter_config.target_arn).toContain('aws_sqs_queue.Actions_Relay_Failed');
    const alarm = template.one('aws_cloudwatch_metric_alarm') as Json;
    expect(alarm.metric_name).toBe('ApproximateNumberOfMessagesVisible');
    expect(alarm.alarm_actions).toHaveLength(2);
  });

  test('only the topics may call it', () => {
    for (const permission of template.all('aws_lambda_permission') as Json[]) {
      expect(permission).toMatchObject({
        principal: 'sns.amazonaws.com',
        source_arn: expect.stringContaining('aws_sns_topic.Actions_Topic-'),
      });
    }
  });

  test('its program is named by its content', () => {
    const { key, content_base64 } = template.one('aws_s3_object') as Json;
    expect(key).toMatch(/^alarm-relay\/acme-dev-[a-z-]+\/[0-9a-f]{16}\.zip$/);
    expect(Buffer.from(content_base64, 'base64').subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    expect(actions.relay).toBeInstanceOf(AlarmRelay);
  });

  test('the key of a secret is granted with it', () => {
    const stack = acmeStack();
    const secretKey = keyIn(stack, 'SecretKey');
    const made = new AlarmActions(stack, 'Actions', {
      receivers: [AlarmReceiver.chat(SECRET, 'teams', { secretKey })],
      encryptionKey: keyIn(stack),
      bucket: new Bucket(stack, 'Programs'),
    });
    Template.synth(stack).policyOf(made.relay!.role).allows({ actions: 'kms:Decrypt', resources: secretKey.keyArn });
  });
});

describe('an event bus', () => {
  const { actions, template } = synthesized([AlarmReceiver.eventBus(BUS)]);

  test('gets every change of an alarm of the environment, and of no other', () => {
    const { event_pattern } = template.one('aws_cloudwatch_event_rule') as Json;
    expect(JSON.parse(event_pattern)).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [{ prefix: 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:acme-dev-' }],
    });
    expect(template.one('aws_cloudwatch_event_target')).toMatchObject({ arn: BUS });
  });

  test('needs no topic', () => {
    expect(template.all('aws_sns_topic')).toEqual([]);
    expect(actions.topicArnsOf('warning')).toEqual([]);
  });
});

test('topics that exist are told beside the own one', () => {
  const { actions, template } = synthesized([mail, AlarmReceiver.topic(topic('pager'), { from: 'critical' })]);
  expect(actions.topicArnsOf('critical').map((arn) => template.resolve(arn))).toEqual([
    expect.stringContaining('aws_sns_topic'),
    topic('pager'),
  ]);
  expect(actions.topicArnsOf('warning')).toHaveLength(1);
  const imported = AlarmActions.fromTopicArns(acmeStack(), 'It', { critical: [topic('a')], warning: [topic('b')] });
  expect(imported.topicArnsOf('warning')).toEqual([topic('b')]);
});

describe('mistakes', () => {
  test.each<[string, () => unknown, string]>([
    [
      'no receiver at all',
      () => synthesized([]),
      "'receivers' must have one that hears of critical alarms, got none: they would tell nobody; add AlarmReceiver.email([...])",
    ],
    [
      'nobody who hears of warnings',
      () => synthesized([AlarmReceiver.pagerDuty(KEY_SECRET)]),
      "'receivers' must have one that hears of warning alarms, got none",
    ],
    [
      'five topics beside the own one',
      () => synthesized([mail, ...['a', 'b', 'c', 'd', 'e'].map((name) => AlarmReceiver.topic(topic(name)))]),
      "'receivers' must have at most 4 topics for critical alarms, got 5; use a topic that tells the others",
    ],
    [
      'six topics',
      () => synthesized(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => AlarmReceiver.topic(topic(name)))),
      "'receivers' must have at most 5 topics for critical alarms, got 6",
    ],
    [
      'a chat without a bucket',
      () => synthesized([AlarmReceiver.chat(SECRET)], { bucket: undefined }),
      "'bucket' must be set with receivers of chat or PagerDuty: their program is put there",
    ],
    ['no mail address', () => AlarmReceiver.email([]), "'addresses' must have at least one address, got none"],
    [
      'what is no mail address',
      () => AlarmReceiver.email(['oncall']),
      "'addresses[0]' must be a mail address, got 'oncall'",
    ],
    [
      'a webhook in place of its secret',
      () => AlarmReceiver.chat('https://hooks.slack.com/services/T0/B0/x'),
      "'secretArn' must be the ARN of a secret such as",
    ],
    [
      'a chat that there is not',
      () => AlarmReceiver.chat(SECRET, 'irc' as never),
      "'chat' must be one of slack, teams, got 'irc'",
    ],
    [
      'an integration key in place of its secret',
      () => AlarmReceiver.pagerDuty('R0UT1NGK3Y'),
      "'secretArn' must be the ARN of a secret such as",
    ],
    [
      'the name of a bus',
      () => AlarmReceiver.eventBus('operations'),
      "'eventBusArn' must be the ARN of an event bus such as",
    ],
    ['the name of a topic', () => AlarmReceiver.topic('alerts'), "'topicArn' must be the ARN of a topic such as"],
    [
      'a severity that there is not',
      () => AlarmReceiver.email(['a@acme.example'], { from: 'info' as never }),
      "'from' must be one of critical, warning, got 'info'",
    ],
    [
      'imported topics for one severity only',
      () => AlarmActions.fromTopicArns(acmeStack(), 'It', { critical: [topic('a')], warning: [] }),
      "'warning' must have 1 to 5 topics, got 0",
    ],
    [
      'an event bus without a prefix, which would hear of all alarms of the account',
      () => {
        const stack = testStack();
        new AlarmActions(stack, 'Actions', { receivers: [AlarmReceiver.eventBus(BUS)], encryptionKey: keyIn(stack) });
      },
      "'receivers' must not have an event bus in a stack without 'namePrefix'",
    ],
  ])('%s is refused', (_, make, message) => expect(make).toThrow(message));
});
