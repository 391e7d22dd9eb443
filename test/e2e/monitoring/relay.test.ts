import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlarmActions } from '../../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../../lib/monitoring/actions/alarm-receiver';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { acmeStack, keyIn } from '../../support/stack';

/*
 * The relay as it is deployed, its archive and its variables as synthesized, tells real servers over HTTP. What is not here: Lambda
 * and SNS themselves, and whether Slack, Teams and PagerDuty still take what their documents say.
 */

const RUNS = join(__dirname, '../../monitoring/relay_runs.py');
const secretArn = (name: string) => `arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/${name}-AbCdEf`;
const [SLACK, TEAMS, PAGER] = ['slack', 'teams', 'pagerduty'].map(secretArn) as [string, string, string];
const ARN = 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:acme-dev-fraud-critical';

const stack = acmeStack();
new AlarmActions(stack, 'Actions', {
  receivers: [AlarmReceiver.chat(SLACK), AlarmReceiver.chat(TEAMS, 'teams'), AlarmReceiver.pagerDuty(PAGER)],
  encryptionKey: keyIn(stack),
  bucket: new Bucket(stack, 'Programs'),
});
const template = Template.synth(stack);
const { environment } = template.one('aws_lambda_function') as any;
const severities: Record<string, string> = JSON.parse(environment.variables.SEVERITIES);
const topicOf = (severity: string) => Object.keys(severities).find((arn) => severities[arn] === severity)!;
const archive = (template.one('aws_s3_object') as any).content_base64 as string;

const folder = mkdtempSync(join(tmpdir(), 'relay-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly told: [path: string, body: any][];
  readonly error: string | null;
}

const SECRETS = { [SLACK]: '{server}/slack\n', [TEAMS]: '{server}/teams', [PAGER]: 'R0UT1NG' };

function relay(messages: [severity: string, text: string][], changes: Record<string, unknown> = {}): Outcome {
  const path = join(folder, 'relay.zip');
  writeFileSync(path, Buffer.from(archive, 'base64'));
  const input = JSON.stringify({
    archive: path,
    variables: environment.variables,
    secrets: SECRETS,
    messages: messages.map(([severity, text]) => [topicOf(severity), text]),
    ...changes,
  });
  return JSON.parse(execFileSync('python3', [RUNS], { input, encoding: 'utf8' }));
}

const alarm = (state: string, more: object = {}) =>
  JSON.stringify({
    AlarmName: 'acme-dev-fraud-critical',
    AlarmDescription:
      'At least one of 4 critical alarms of fraud has gone off. First: see which, below; each says what to do.',
    AlarmArn: ARN,
    NewStateValue: state,
    NewStateReason: `${ARN} transitioned to ${state} <!channel>`,
    TriggeringChildren: [{ Arn: `${ARN.replace('critical', 'server-errors')}`, State: { Value: 'ALARM' } }],
    ...more,
  });

test('a critical alarm reaches all, with what caused it and where to look', () => {
  const { told, error } = relay([['critical', alarm('ALARM')]]);
  expect(error).toBeNull();
  const bodies = Object.fromEntries(told);
  expect(bodies['/slack'].text).toContain(':red_circle: *acme-dev-fraud-critical is ALARM*');
  expect(bodies['/slack'].text).toContain('Caused by: acme-dev-fraud-server-errors');
  expect(bodies['/slack'].text).toContain('&lt;!channel&gt;'); // what a value says wakes nobody
  expect(bodies['/teams'].attachments[0].content.actions[0].url).toBe(
    'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#alarmsV2:alarm/acme-dev-fraud-critical',
  );
  expect(bodies['/pagerduty']).toMatchObject({
    routing_key: 'R0UT1NG',
    event_action: 'trigger',
    dedup_key: ARN,
    payload: { severity: 'critical', source: ARN },
  });
});

test('an alarm that is over ends the incident that it began', () => {
  const { told } = relay([['critical', alarm('OK')]]);
  expect(Object.fromEntries(told)['/pagerduty']).toEqual({
    routing_key: 'R0UT1NG',
    event_action: 'resolve',
    dedup_key: ARN,
  });
});

test('a warning wakes nobody', () => {
  const { told } = relay([['warning', alarm('ALARM')]]);
  expect(told.map(([path]) => path)).toEqual(['/slack', '/teams']);
});

test('a receiver that fails keeps the message from nobody else, and the function fails so that it is called again', () => {
  const { told, error } = relay([['critical', alarm('ALARM')]], {
    statuses: { '/slack': 500 },
    secrets: { ...SECRETS, [TEAMS]: null },
  });
  expect(told.map(([path]) => path)).toEqual(['/slack', '/pagerduty']);
  expect(error).toBe('NotTold: slack: HTTPError 500; teams: PermissionError'); // neither addresses nor keys
});

test('any other message is told as it is', () => {
  const { told } = relay([
    ['warning', 'not JSON'],
    ['warning', '{"source": "aws.glue"}'],
  ]);
  expect(told.filter(([path]) => path === '/slack').map(([, { text }]) => text)).toEqual([
    ':warning: *A message*\nnot JSON',
    ':warning: *A message*\n{"source": "aws.glue"}',
  ]);
});
