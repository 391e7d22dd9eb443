import '../../../lib/testing/jest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriftMonitor } from '../../../lib/monitoring/drift/drift-monitor';
import { RetrainingLoop } from '../../../lib/monitoring/loop/retraining-loop';
import { alarmStates, matchesEvent, Template, testApp } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { changedText, type ValueChange } from '../../../stacks/environment/text/change';
import { changed, PIPELINE } from '../../stacks/environment-text';
import { driftPropsIn } from '../../support/drift';
import { type DriftJobOutcome, runDriftJob } from '../../support/drift-job';
import { loopPropsIn } from '../../support/loop';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';

/*
 * The way of a model back to training and to its endpoint, from captured data to the variant of the new version: the shipped program, the
 * alarm, the state machines and the environment file, each link with what the one before it has given.
 */

const [ENDPOINT, GROUP, WATCHED, SHARE] = ['acme-dev-churn', 'acme-dev-churn', 'acme-dev-errors', 20] as const;
const DRIFT_ALARM = `arn:aws:cloudwatch:${ACME.region}:${ACME.account}:alarm:acme-dev-fraud-drift`;

/** What EventBridge sends when the alarm of drift goes off. */
const ALARM_EVENT = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  resources: [DRIFT_ALARM],
  detail: {
    alarmName: 'acme-dev-fraud-drift',
    previousState: { value: 'OK' },
    state: { value: 'ALARM', timestamp: '2026-11-02T06:20:00.000+0000' },
  },
};

/** A file with a model that serves version 1, and has a challenger without requests. */
const FILE = changed({
  'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
  'teams:\n': `${PIPELINE}models:
  churn: # asked by the shop
    team: fraud
    package: churn
    version: 1
    instance: ml.m5.large
    challenger: { version: 1, weight: 0 } # the next version
teams:\n`,
});

const IAM: Readonly<Record<string, string>> = {
  SFN: 'states',
  DynamoDB: 'dynamodb',
  SageMaker: 'sagemaker',
  SQS: 'sqs',
  CloudWatch: 'cloudwatch',
  EventBridge: 'events',
};

/** Versions and weights of the variants that a file gives to SageMaker. */
function servedBy(file: string): Record<string, unknown> {
  const template = Template.synth(new Platform(testApp(), parseEnvironment(file, 'dev.yaml')).models!);
  const versionOf = (variant: string) => {
    const model = template.all('aws_sagemaker_model').find(({ name }) => String(name).includes(`-${variant}-`))!;
    const [container] = [model.primary_container].flat() as { model_package_name: string }[];
    return container!.model_package_name.split('/').at(-1);
  };
  const [configuration] = template.all('aws_sagemaker_endpoint_configuration');
  const variants = configuration!.production_variants as Record<string, unknown>[];
  return Object.fromEntries(
    variants.map((one) => [one.variant_name, [versionOf(String(one.variant_name)), one.initial_variant_weight]]),
  );
}

describeWith(['python', 'registry'], 'a model that drifts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loop-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const s = acmeStack();
  const monitor = new DriftMonitor(s, 'Fraud', { ...driftPropsIn(s), features: ['amount', 'country'] });
  const loop = new RetrainingLoop(s, 'Loop', {
    ...loopPropsIn(s),
    alarmArn: monitor.driftAlarmArn,
    watched: [WATCHED],
    share: SHARE,
    watchHours: 1,
    trialDays: 1,
    budget: { runs: 1, per: 'month' },
  });
  const template = Template.synth(s);
  const alarm = template
    .all('aws_cloudwatch_metric_alarm')
    .find(({ metric_name }) => metric_name === 'DriftedFeatures')!;
  const pattern = (name: string) => {
    const rule = template.all('aws_cloudwatch_event_rule').find((one) => one.name === `acme-dev-trigger-${name}`)!;
    return JSON.parse(String(rule.event_pattern).replace(/\$\{aws_cloudwatch_metric_alarm\.\w+\.arn\}/, DRIFT_ALARM));
  };
  let found: DriftJobOutcome;
  let report: Record<string, any>;
  let error: string | null;
  let calls: string[];
  const story: string[] = [];
  const tell = (line: string) => story.push(line);

  beforeAll(async () => {
    found = await runDriftJob(template, monitor);
    const machines = template
      .all('aws_sfn_state_machine')
      .map(({ name, definition }) => [
        String(name),
        String(definition)
          .replace(/\$\{aws_sqs_queue\.\w+\.url\}/g, 'FAILED_URL')
          .replace(/\$\{aws_dynamodb_table\.\w+\.name\}/g, 'acme-dev-locks'),
      ])
      .filter(([name]) => name!.endsWith('churn'));
    const plan = {
      machines: Object.fromEntries(machines),
      table: 'acme-dev-locks',
      pipeline: 'churn',
      locks: { pipeline: 'pipeline/churn' },
      alarm: ALARM_EVENT,
      training: 'acme-dev-trigger-retrain-churn',
      approval: 'acme-dev-trigger-approved-churn',
      review: 'acme-dev-review-churn',
      ...{ group: GROUP, endpoint: ENDPOINT, watched: WATCHED, share: SHARE },
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...blockedProxies(),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      MOTO_ACCOUNT_ID: ACME.account,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const program = join(__dirname, '../../monitoring/loop_runs.py');
    const { code, stdout, stderr } = await run(python, [program, join(folder, 'plan.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    ({ report, error, calls } = JSON.parse(stdout.slice(stdout.indexOf('{'))));
  });

  afterAll(() => process.stdout.write(`\n${story.map((line, index) => `${index + 1}. ${line}\n`).join('')}`));

  test('comes to the end of its story', () => expect(error).toBeNull());

  test('is found by the program, whose metric sends the alarm off until a run finds no drift', () => {
    expect(found).toMatchObject({ code: 0, message: 'DRIFT in 1,000 rows: amount, prediction', drifted: [2] });
    const DriftedFeatures = [0, null, found.drifted[0]!, null, 0];
    const states = alarmStates(alarm, { DriftedFeatures });
    expect(states).toEqual(['OK', 'OK', 'ALARM', 'ALARM', 'OK']);
    tell(
      `The program: ${found.message}. Metric DriftedFeatures: ${DriftedFeatures.join(', ')}. Alarm: ${states.join(', ')}.`,
    );
  });

  test('is trained once for its alarm and within the cooldown, and the run knows why', () => {
    expect(matchesEvent(pattern('retrain-churn'), ALARM_EVENT)).toBe(true);
    expect(report.training).toEqual([1, 'alarm:acme-dev-fraud-drift', true]);
    expect(report['the same alarm again']).toEqual(['Duplicate', 1]);
    expect(report['another alarm within the cooldown']).toEqual(['Skipped', 1]);
    expect(report['the end of the training']).toEqual(['Done', null]);
    tell(
      `The alarm starts the pipeline, because of ${report.training[1]}. The same alarm again: Duplicate. Another: Skipped.`,
    );
  });

  test('is not trained beyond the budget, which people hear of', () => {
    const [end, { Error: name, Cause }, runs, lock] = report['an alarm over the budget'];
    expect([end, name, runs, lock]).toEqual(['Failed', 'OverBudget', 1, null]);
    tell(`An alarm in the same month: ${Cause}.`);
  });

  test('waits for a person: what the pipeline has registered starts nothing, its approval starts one review', () => {
    expect(matchesEvent(pattern('approved-churn'), report.registered)).toBe(false);
    expect(matchesEvent(pattern('approved-churn'), report.approved)).toBe(true);
    expect(report['the same approval again']).toEqual(['Duplicate', 1]);
    tell('The pipeline registers version 2, a person approves it.');
  });

  test('gets the new version into its challenger by the change of the file that the review asks for', () => {
    const { Source, DetailType, Detail } = report['asked for'];
    const [rule] = template.all('aws_cloudwatch_event_rule').filter(({ name }) => name === 'acme-dev-review-churn');
    expect(rule).toBeUndefined(); // without topics
    expect([Source, DetailType, Detail.step, Detail.version]).toEqual([
      'mlops.retraining',
      'Model Change Proposed',
      'try',
      2,
    ]);
    const file = changedText(FILE, Detail.changes as ValueChange[]);
    expect(file).toContain('challenger: { version: 2, weight: 20 } # the next version');
    expect(servedBy(FILE)).toEqual({ champion: ['1', 100], challenger: ['1', 0] });
    expect(servedBy(file)).toEqual({ champion: ['1', 80], challenger: ['2', SHARE] });
    tell(`The review asks: ${Detail.text}`);
    tell(`Its file gives SageMaker: ${JSON.stringify(servedBy(file))}`);
  });

  test('is promoted when its alarms were silent while it was served, and not before', () => {
    expect(report['before it is served']).toEqual(['RUNNING', false]);
    const [end, { Detail }, weight] = report['after the watch'];
    expect([end, Detail.step, weight]).toEqual(['Proposed', 'promote', SHARE]);
    const file = changedText(changedText(FILE, report['asked for'].Detail.changes), Detail.changes);
    expect(servedBy(file)).toEqual({ champion: ['2', 100], challenger: ['2', 0] });
    tell(`It is served and watched. Then: ${Detail.text}`);
  });

  test('loses its requests when an alarm goes off, and the file is to say so too', () => {
    const [end, { Detail }, weight] = report['after an alarm'];
    expect([end, Detail.step, Detail.version, weight]).toEqual(['Withdrawn', 'withdraw', 3, 0]);
    expect(Detail.changes).toEqual([{ path: 'models.churn.challenger.weight', value: 0 }]);
    tell(`Version 3 is served, an alarm goes off: ${Detail.text}`);
  });

  test('is left alone when the approval was taken back', () => {
    expect(report['an approval that was taken back']).toEqual(['Revoked', 0]);
    expect(report.failed).toEqual([]);
  });

  test('is led by calls that the roles of the loop allow, and no other ones', () => {
    const roles = [loop.training.role, loop.approval.role, loop.role].map((one) => template.resolve(one.roleName));
    const allowed = template
      .all('aws_iam_role_policy')
      .filter(({ role }) => roles.includes(template.resolve(String(role))))
      .flatMap(({ policy }) => JSON.parse(String(policy)).Statement)
      .flatMap(({ Action }) => Action as string[] | string);
    const made = calls.map((call) => `${IAM[call.split(' ')[0]!]}:${call.split(' ')[1]}`);
    expect(made.filter((call) => !allowed.includes(call))).toEqual([]);
    expect([...new Set(allowed)].filter((action) => !made.includes(action))).toEqual([]);
  });
});
