import '../../lib/testing/jest';
import { Lazy, type TerraformStack } from 'cdktf';
import { Table } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import type { IDagQueue } from '../../lib/scheduler/airflow/dag-queue-base';
import { brokenCron, timesOf } from '../../lib/scheduler/trigger/cron-limits';
import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import type { Trigger } from '../../lib/scheduler/trigger/trigger';
import { TriggerHistory } from '../../lib/scheduler/trigger/trigger-history';
import {
  COOLDOWN_MINUTES,
  deletionMinutes,
  napsOf,
  pollSeconds,
  pollsOf,
  RUN_MINUTES,
} from '../../lib/scheduler/trigger/trigger-limits';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { Bucket, type IBucket } from '../../lib/storage/bucket';
import { matchesEvent, Template } from '../../lib/testing';
import { Parameter } from '../../lib/training/pipeline/parameter';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { FailStep } from '../../lib/training/pipeline/steps/flow-steps';
import { lakeIn } from '../support/lake';
import { acmeStack, keyIn, roleIn } from '../support/stack';
import { faultsOfMachine } from '../support/state-machine';
import { workspaceIn } from '../support/training';
import { ALARM_EVENT, OBJECT_EVENT, PACKAGE_EVENT, PIPELINE_EVENT } from './events';

import { ALARM, batchJobIn, churnIn, locksIn, PIPELINE_ARN, triggerIn } from './samples';

type Json = Record<string, any>;

const MACHINE = 'arn:aws:states:eu-north-1:111122223333:stateMachine:promote';
const pipelineElsewhere = (stack: TerraformStack) =>
  Pipeline.fromPipelineArn(stack, 'Far', 'arn:aws:sagemaker:eu-north-1:444455556666:pipeline/churn');
const bucketIn = (stack: TerraformStack) =>
  (stack.node.tryFindChild('Raw') as IBucket | undefined) ??
  Bucket.fromBucketAttributes(stack, 'Raw', { bucketArn: 'arn:aws:s3:::acme-raw' });
const dags = (stack: TerraformStack) =>
  ({
    node: stack.node,
    dagId: 'deploy_model',
    queueName: 'acme-dev-airflow-deploy_model.fifo',
    queueArn: 'arn:aws:sqs:eu-north-1:111122223333:acme-dev-dags',
    queueUrl: 'https://sqs.eu-north-1.amazonaws.com/111122223333/acme-dev-dags',
    grantSend(grantee) {
      grantee.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.queueArn] });
    },
  }) as IDagQueue;
/** The statements of the policy of the role with an id. */
function statements(template: Template, trigger: Trigger, role: 'Role' | 'Delivery' = 'Role'): Json[] {
  const name = template.resolve((trigger.node.findChild(role) as Trigger['role']).roleName);
  const { policy } = template.all('aws_iam_role_policy').find((one) => one.role === name)!;
  return JSON.parse(policy as string).Statement;
}

describe('a trigger', () => {
  const s = acmeStack();
  const trigger = triggerIn(s, {
    cooldownMinutes: 1440,
    alarmTopicArns: ['arn:aws:sns:eu-north-1:111122223333:alerts'],
  });
  const starter = roleIn(s, 'Starter');
  trigger.grantStart(starter);
  const template = Template.synth(s);
  const definition: Json = JSON.parse(template.one('aws_sfn_state_machine').definition as string);

  test('is one standard state machine in the language that Step Functions takes', () => {
    const { definition: text, ...machine } = template.one('aws_sfn_state_machine');
    expect(faultsOfMachine(text as string)).toEqual([]);
    expect(machine).toMatchObject({ name: 'acme-dev-trigger-retrain', type: 'STANDARD' });
  });

  test('makes an event one execution, by a name that follows from what happened and not from the delivery', () =>
    expect(definition.States.Admit.Parameters).toEqual({
      'StateMachineArn.$': '$$.StateMachine.Id',
      'Name.$': "States.Hash(States.Format('{} {}', $.detail.alarmName, $.detail.state.timestamp), 'SHA-256')",
      Input: {
        'cause.$': "States.Format('alarm:{}', $.detail.alarmName)",
        'event.$': '$',
        // Step Functions answers the same name with the same input as before, while that runs: two deliveries must differ
        'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id',
      },
    }));

  test('tells the run why and by which execution it was started, and asks for it once', () =>
    expect(definition.States.Start.Parameters).toEqual({
      PipelineName: 'churn',
      'ClientRequestToken.$': "States.Hash($$.Execution.Id, 'SHA-256')",
      PipelineParameters: [
        { Name: 'Cause', 'Value.$': '$.cause' },
        { Name: 'StartedBy', 'Value.$': '$$.Execution.Id' },
      ],
    }));

  test('keeps the lock until the run has ended and the cooldown is over', () => {
    const [run, cooldown] = definition.States.Follow.Branches;
    expect(run.States.Pause.Seconds).toBe(60);
    expect([cooldown.States.Nap.Seconds, cooldown.States.IsRested.Choices]).toEqual([
      600,
      [{ Variable: '$.naps.count', NumericGreaterThanEquals: 144, Next: 'Rested' }],
    ]);
    expect(definition.States.Follow.Next).toBe('Release');
  });

  test('repeats each call a bounded number of times, and none whose refusal is an answer', () => {
    const tasks = Object.values<Json>({ ...definition.States, ...definition.States.Follow.Branches[0].States }).filter(
      ({ Type }) => Type === 'Task',
    );
    expect(tasks.map(({ Retry }) => Retry.at(-1))).toEqual(
      tasks.map(() => expect.objectContaining({ ErrorEquals: ['States.ALL'], MaxAttempts: 3 })),
    );
    expect(definition.States.Lock.Retry[0]).toEqual({
      ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'],
      MaxAttempts: 0,
    });
  });

  test('may start and follow its pipeline, and lock that only', () =>
    expect(
      statements(template, trigger).map(({ Action, Resource, Condition }) => [Action, Resource, Condition]),
    ).toEqual([
      [['sagemaker:StartPipelineExecution'], [PIPELINE_ARN], undefined],
      [['sagemaker:DescribePipelineExecution'], [`${PIPELINE_ARN}/execution/*`], undefined],
      [
        ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
        [expect.stringMatching(/aws_dynamodb_table.*\.arn/)],
        { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['pipeline/churn'] } },
      ],
      [
        ['states:StartExecution'],
        ['arn:aws:states:eu-north-1:111122223333:stateMachine:acme-dev-trigger-retrain'],
        undefined,
      ],
      [
        ['states:DescribeExecution'],
        ['arn:aws:states:eu-north-1:111122223333:execution:acme-dev-trigger-*'],
        undefined,
      ],
      [['sqs:SendMessage'], [expect.stringMatching(/aws_sqs_queue.*\.arn/)], undefined],
    ]));

  test('is reached by a role that can do nothing else', () =>
    expect(statements(template, trigger, 'Delivery')).toEqual([
      expect.objectContaining({
        Action: ['states:StartExecution'],
        Resource: [expect.stringMatching(/aws_sfn_state_machine/)],
      }),
    ]));

  test('sends what could not be delivered to its queue, whose alarm tells people', () => {
    const queue = expect.stringMatching(/aws_sqs_queue.*\.arn/);
    expect(template.one('aws_cloudwatch_event_target')).toMatchObject({
      dead_letter_config: { arn: queue },
      retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 10 },
    });
    expect(template.one('aws_sqs_queue')).toMatchObject({ message_retention_seconds: 1_209_600 });
    expect(template.one('aws_cloudwatch_metric_alarm')).toMatchObject({
      metric_name: 'ApproximateNumberOfMessagesVisible',
      threshold: 0,
      alarm_actions: ['arn:aws:sns:eu-north-1:111122223333:alerts'],
    });
  });
});

describe('the history of triggers', () => {
  const s = acmeStack();
  const history = new TriggerHistory(s, 'History', { encryptionKey: keyIn(s), name: 'triggers' });
  const trigger = triggerIn(s, { history });
  const template = Template.synth(s);
  const group = template.one('aws_cloudwatch_log_group');

  test('is encrypted, and kept for a year and when the trigger is gone', () => {
    expect(group).toMatchObject({
      name: '/aws/vendedlogs/states/acme-dev-triggers',
      retention_in_days: 365,
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\./),
      skip_destroy: true,
    });
  });

  test('has every step with its data, once the role may deliver it', () => {
    const { logging_configuration: logging, depends_on: before } = template.one('aws_sfn_state_machine');
    expect(logging).toEqual({
      level: 'ALL',
      include_execution_data: true,
      log_destination: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\w+\.arn\}:\*$/),
    });
    expect(before).toEqual([expect.stringMatching(/^aws_iam_role_policy\.Retrain_Role_Policy/)]);
    expect(statements(template, trigger)).toContainEqual({
      Effect: 'Allow',
      Action: expect.arrayContaining(['logs:CreateLogDelivery', 'logs:PutResourcePolicy']),
      Resource: ['*'],
    });
  });

  test('may be shorter, and destroyed, if one says so', () => {
    const other = acmeStack({ removal: 'destroy' });
    const encryptionKey = keyIn(other);
    new TriggerHistory(other, 'History', { encryptionKey, retentionDays: 90, removal: 'destroy' });
    const short = Template.synth(other).one('aws_cloudwatch_log_group');
    expect(short).toMatchObject({ retention_in_days: 90, skip_destroy: false });
    expect(() => new TriggerHistory(other, 'Odd', { encryptionKey, retentionDays: 100 })).toThrow(
      "'retentionDays' must be one of",
    );
  });
});

describe('a schedule', () => {
  const s = acmeStack();
  const trigger = triggerIn(s, { on: Source.cron('cron(0 3 ? * MON *)', 'Europe/Stockholm') });
  triggerIn(s, { on: Source.rate(1, 'hours') }, 'Hourly');
  const template = Template.synth(s);

  test('starts the state machine at its time, with the time as the event', () => {
    const [hourly, weekly] = template.all('aws_scheduler_schedule') as Json[];
    expect(weekly).toMatchObject({
      schedule_expression: 'cron(0 3 ? * MON *)',
      schedule_expression_timezone: 'Europe/Stockholm',
      flexible_time_window: { mode: 'OFF' },
      target: { input: '{"detail-type":"Schedule","time":"<aws.scheduler.scheduled-time>"}' },
    });
    expect(hourly!.schedule_expression).toBe('rate(1 hour)');
  });

  test('may send to the dead-letter queue, because its role does so', () =>
    expect(statements(template, trigger, 'Delivery').flatMap(({ Action }) => Action)).toEqual([
      'states:StartExecution',
      'sqs:SendMessage',
    ]));
});

describe('a pattern', () => {
  const changed = (event: Json, change: (detail: Json) => void): Json => {
    const copy = structuredClone(event);
    change(copy.detail);
    return copy;
  };
  const s = acmeStack();
  const zone = lakeIn(s).zone('raw');
  const packages = ModelPackageGroup.fromModelPackageGroupAttributes(s, 'Packages', {
    packageGroupArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/acme-churn',
  });
  const tableIn = (format: TableFormat, name: string) =>
    new Table(s, name, { zone, name, format, columns: { id: 'string' }, owner: 'fraud' });
  const parts = (source: Source) => JSON.parse(JSON.stringify(source.pattern)) as Json;

  test.each<[string, Source, Json, boolean]>([
    ['an alarm that goes off', Source.alarm(ALARM), ALARM_EVENT, true],
    ['an alarm that is over', Source.alarm(ALARM), changed(ALARM_EVENT, (d) => (d.state.value = 'OK')), false],
    ['another alarm', Source.alarm(`${ALARM}-2`), ALARM_EVENT, false],
    ['any new object', Source.objects(bucketIn(s)), OBJECT_EVENT, true],
    ['a new object below a prefix', Source.objects(bucketIn(s), { prefix: 'daily/' }), OBJECT_EVENT, true],
    ['a new object beside the prefix', Source.objects(bucketIn(s), { prefix: 'weekly/' }), OBJECT_EVENT, false],
    [
      'the file that is written last',
      Source.objects(bucketIn(s), { prefix: 'daily/', suffix: '_SUCCESS' }),
      OBJECT_EVENT,
      true,
    ],
    ['a file with another end', Source.objects(bucketIn(s), { suffix: '.parquet' }), OBJECT_EVENT, false],
    ['an approved version', Source.approvedPackage(packages), PACKAGE_EVENT, true],
    [
      'a rejected version',
      Source.approvedPackage(packages),
      changed(PACKAGE_EVENT, (d) => (d.ModelApprovalStatus = 'Rejected')),
      false,
    ],
    [
      'a later edit of it',
      Source.approvedPackage(packages),
      changed(PACKAGE_EVENT, (d) => (d.UpdatedModelPackageFields = ['CustomerMetadataProperties'])),
      false,
    ],
    ['a finished run', Source.finishedPipeline(churnIn(s)), PIPELINE_EVENT, true],
    [
      'a failed run',
      Source.finishedPipeline(churnIn(s)),
      changed(PIPELINE_EVENT, (d) => (d.currentPipelineExecutionStatus = 'Failed')),
      false,
    ],
    [
      'a failed run that is waited for',
      Source.finishedPipeline(churnIn(s), { status: 'Failed' }),
      changed(PIPELINE_EVENT, (d) => (d.currentPipelineExecutionStatus = 'Failed')),
      true,
    ],
  ])('takes %s as it must', (_title, source, event, matches) => {
    expect(matchesEvent(parts(source), event)).toBe(matches);
    for (const path of matches ? [...source.key, source.cause.path ?? []].flat() : []) {
      const value = path
        .slice(2)
        .split('.')
        .reduce<any>((part, key) => part[key], event);
      expect([path, typeof value]).toEqual([path, 'string']); // a path that is not there would fail the execution
    }
  });

  test('of an Iceberg table takes commits, of another one files', () => {
    const key = (source: Source) => (source.pattern!.detail as Json).object.key;
    expect(key(Source.table(tableIn(TableFormat.iceberg(), 'orders')))).toEqual([
      { wildcard: 'orders/metadata/*.metadata.json' },
    ]);
    expect(key(Source.table(tableIn(TableFormat.parquet(), 'clicks')))).toEqual([{ prefix: 'clicks/' }]);
    expect(Template.synth(s).all('aws_s3_bucket_notification')).toEqual([
      expect.objectContaining({ eventbridge: true }),
    ]);
  });
});

describe('a target', () => {
  const started = (target: (stack: TerraformStack) => Target) => {
    const s = acmeStack();
    const trigger = triggerIn(s, { start: target(s) });
    const template = Template.synth(s);
    const machine = template.all('aws_sfn_state_machine')[0]!.definition as string;
    expect(faultsOfMachine(machine)).toEqual([]);
    return { states: JSON.parse(machine).States as Json, statements: statements(template, trigger) };
  };

  test('can be a pipeline with parameters', () =>
    expect(
      started((s) => Target.pipeline(churnIn(s), { parameters: { Mode: 'full' } })).states.Start.Parameters
        .PipelineParameters,
    ).toContainEqual({ Name: 'Mode', Value: 'full' }));

  test('can be a job, with the share of its team', () => {
    const { states, statements: allowed } = started((s) => Target.batchJob(batchJobIn(s)));
    expect(states.Start.Parameters).toMatchObject({
      'JobName.$': '$$.Execution.Name',
      ShareIdentifier: 'fraud',
      ContainerOverrides: {
        Environment: [
          { Name: 'MLOPS_CAUSE', 'Value.$': '$.cause' },
          { Name: 'MLOPS_STARTED_BY', 'Value.$': '$$.Execution.Id' },
        ],
      },
    });
    expect(allowed.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining(['batch:SubmitJob', 'batch:DescribeJobs']),
    );
  });

  test('can be a job that records in MLflow, which then tags its runs with cause and execution', () => {
    const environment = { MLFLOW_TRACKING_URI: 'https://mlflow.example' };
    const { states } = started((s) => Target.batchJob(batchJobIn(s, { environment })));
    expect(states.Lock.Next).toBe('Tag');
    expect(states.TakeOver.Next).toBe('Tag');
    expect(states.Tag).toEqual({
      Type: 'Pass',
      Parameters: { 'cause.$': '$.cause', 'startedBy.$': '$$.Execution.Id' },
      ResultPath: '$.tags',
      Next: 'Start',
    });
    expect(states.Start.Parameters.ContainerOverrides.Environment[2]).toEqual({
      Name: 'MLFLOW_RUN_CONTEXT',
      'Value.$': 'States.JsonToString($.tags)',
    });
  });

  test('can be a DAG, which gets a message with the id of its run, and is not followed', () => {
    const { states } = started((s) => Target.airflowDag(dags(s), { conf: { stage: 'canary' } }));
    expect(states.Start.Parameters.MessageBody).toEqual({
      dag_id: 'deploy_model',
      'run_id.$': '$$.Execution.Name',
      'cause.$': '$.cause',
      'started_by.$': '$$.Execution.Id',
      conf: { stage: 'canary' },
    });
    expect(states).not.toHaveProperty('Follow');
  });

  test('can be a DAG with a cooldown', () => {
    const s = acmeStack();
    triggerIn(s, { start: Target.airflowDag(dags(s)), cooldownMinutes: 5 });
    const machine = Template.synth(s).one('aws_sfn_state_machine').definition as string;
    expect(faultsOfMachine(machine)).toEqual([]);
    const { Nap, IsRested, Rested } = JSON.parse(machine).States;
    expect([Nap.Seconds, IsRested.Choices[0].NumericGreaterThanEquals, Rested.Next]).toEqual([300, 1, 'Release']);
  });

  test('can be a state machine, which may be started and followed', () => {
    const { states, statements: allowed } = started(() => Target.stateMachine(MACHINE));
    expect(states.Start.Parameters).toEqual({
      StateMachineArn: MACHINE,
      'Name.$': "States.Hash($$.Execution.Id, 'SHA-256')",
      Input: {
        'cause.$': '$.cause',
        'startedBy.$': '$$.Execution.Id',
        'input.$': '$',
        'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id',
      },
    });
    expect(allowed.flatMap(({ Resource }) => Resource)).toEqual(
      expect.arrayContaining([MACHINE, 'arn:aws:states:eu-north-1:111122223333:execution:promote:*']),
    );
  });

  test('can be a state machine that each event starts, without a lock and without looks at it', () => {
    const { states, statements: allowed } = started(() => Target.stateMachine(MACHINE, { parallel: true }));
    expect(states.IsAdmitted.Choices[0].Next).toBe('Start');
    expect(states.Start.Next).toBe('Done');
    for (const name of ['Lock', 'Follow', 'Release', 'Skipped']) expect(states).not.toHaveProperty(name);
    const actions = allowed.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('dynamodb:'))).toEqual([]);
    // that of its own execution, which admits events once
    expect(states.Admit.Catch[0].Next).toBe('Duplicate');
  });
});

describe('a budget', () => {
  const s = acmeStack();
  const monthly = triggerIn(s, { budget: { runs: 4, per: 'month' } }, 'Monthly');
  triggerIn(s, { budget: { runs: 1, per: 'day' } }, 'Daily');
  const template = Template.synth(s);
  const statesOf = (name: string): Json => {
    const machine = template.all('aws_sfn_state_machine').find((one) => one.name === `acme-dev-trigger-${name}`)!;
    expect(faultsOfMachine(String(machine.definition))).toEqual([]);
    return JSON.parse(String(machine.definition)).States;
  };

  test('is asked once the target is locked, before anything starts, and gets back what a failed start has spent', () => {
    const { Lock, TakeOver, Budget, Spend, Start, Refund } = statesOf('monthly');
    expect([Lock, TakeOver, Budget, Spend].map(({ Next }) => Next)).toEqual(['Budget', 'Budget', 'Spend', 'Start']);
    expect(Start.Catch.at(-1).Next).toBe('Refund');
    // the refund names the period of the spending, which may be over when the start has failed for the last time
    expect(Refund.Parameters.Key).toEqual(Spend.Parameters.Key);
    expect(Refund.Next).toBe('ReleaseUnstarted');
  });

  test('counts executions and not writes, so that a repeated write costs nothing', () => {
    const { Spend } = statesOf('monthly');
    expect(Spend.Parameters).toMatchObject({
      UpdateExpression: 'ADD #runs :me',
      ConditionExpression: 'attribute_not_exists(#runs) OR size(#runs) < :most OR contains(#runs, :execution)',
      ExpressionAttributeValues: { ':most': { N: '4' } },
    });
  });

  test('is over with its month or day, in UTC', () => {
    const keyOf = (name: string) => statesOf(name).Budget.Parameters['key.$'];
    expect(keyOf('monthly')).toMatch(
      /^States\.Format\('budget\/pipeline\/churn\/\{\}-\{\}', .*'-'\), 0\), .*'-'\), 1\)\)$/,
    );
    expect(keyOf('daily')).toMatch(/^States\.Format\('budget\/pipeline\/churn\/\{\}', .*'T'\), 0\)\)$/);
  });

  test('tells people what they can do when it is spent, and holds no lock then', () => {
    const { OverBudget } = statesOf('daily');
    expect(OverBudget.Parameters.Cause).toBe(
      'the budget of 1 run a day is spent; send the message again in the next day, or raise it',
    );
    expect(OverBudget.Next).toBe('ReleaseUnstarted');
  });

  test('may be counted for its own target only', () => {
    const policy = template.policyOf(monthly.role);
    const count = (key: string) => ({
      actions: 'dynamodb:UpdateItem',
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } },
    });
    expect(policy).toAllow(count('budget/pipeline/churn/*'));
    expect(policy).not.toAllow(count('budget/pipeline/churn2/*'));
  });
});

/** Events of a look, and of a part of a cooldown, in the history of an execution, which has 25,000. */
const EVENTS = { look: 11, nap: 6, all: 25_000 } as const;

describe('the role of a trigger', () => {
  const s = acmeStack();
  const job = batchJobIn(s, {}, { low: 1, high: 2 });
  const ofPipeline = triggerIn(s, {}, 'OnPipeline');
  const ofJob = triggerIn(s, { start: Target.batchJob(job, { queue: 'low' }) }, 'OnJob');
  const template = Template.synth(s);
  const access = (action: string, resources: string | string[]) => ({ actions: action, resources });
  const pipeline = (rest: string) => `arn:aws:sagemaker:eu-north-1:111122223333:pipeline/${rest}`;
  const lock = (target: string) => ({
    actions: ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [target] } },
  });

  test('starts, follows and locks its pipeline, and no other', () => {
    const policy = template.policyOf(ofPipeline.role);
    expect(policy).toAllow(access('sagemaker:StartPipelineExecution', pipeline('churn')));
    expect(policy).toAllow(access('sagemaker:DescribePipelineExecution', pipeline('churn/execution/a')));
    expect(policy).toAllow(lock('pipeline/churn'));
    expect(policy).not.toAllow(access('sagemaker:StartPipelineExecution', pipeline('churn2')));
    expect(policy).not.toAllow(access('sagemaker:DescribePipelineExecution', pipeline('churn2/execution/a')));
    expect(policy).not.toAllow(access('sagemaker:StopPipelineExecution', pipeline('churn/execution/a')));
    expect(policy).not.toAllow(lock('pipeline/churn2'));
  });

  test('submits its job to its queue, and no other', () => {
    const policy = template.policyOf(ofJob.role);
    const queue = (name: string) => job.training.queue(name).queueArn;
    expect(policy).toAllow(
      access('batch:SubmitJob', [job.jobDefinitionArn, `${job.jobDefinitionArn}:3`, queue('low')]),
    );
    expect(policy).not.toAllow(access('batch:SubmitJob', queue('high')));
    expect(policy).not.toAllow(access('batch:SubmitJob', `${job.jobDefinitionArn}2`));
    expect(policy).not.toAllow(access('batch:TerminateJob', '*'));
    expect(policy).not.toAllow(lock('pipeline/churn'));
  });
});

describe('the longest run', () => {
  test.each([1, 60, 1440, RUN_MINUTES.max])('of %d minutes has room in the history of an execution', (minutes) => {
    const looks = pollsOf(minutes);
    const naps = napsOf(COOLDOWN_MINUTES.max).count;
    expect(looks * EVENTS.look + naps * EVENTS.nap).toBeLessThan(0.8 * EVENTS.all); // the rest is for repeated calls
    expect(looks * pollSeconds(minutes)).toBeGreaterThanOrEqual(minutes * 60);
  });
});

describe('the deletion of a state machine, which is there until each execution reaches another state', () => {
  test.each([1, 5, 25, 1440, 1441, COOLDOWN_MINUTES.max])(
    'has time for each part of a cooldown of %d minutes',
    (minutes) => {
      const { count, seconds } = napsOf(minutes);
      expect(count * seconds).toBeGreaterThanOrEqual(minutes * 60);
      expect(count * seconds - minutes * 60).toBeLessThan(count);
      expect(deletionMinutes(1, minutes) * 60).toBeGreaterThan(seconds + 300);
    },
  );

  test('has time for the longest wait between two looks at a run, and is not cut off by the 5 minutes of the provider', () => {
    expect(deletionMinutes(RUN_MINUTES.max) * 60).toBeGreaterThan(pollSeconds(RUN_MINUTES.max) + 300);
    const s = acmeStack();
    triggerIn(s, { cooldownMinutes: 1440 });
    expect(Template.synth(s).one('aws_sfn_state_machine').timeouts).toEqual({ delete: '20m' });
  });
});

test('an alarm with signs that a model cannot record is the cause without them', () => {
  const { cause } = Source.alarm('arn:aws:cloudwatch:eu-north-1:111122223333:alarm:loss > "0,5": {day}');
  expect(cause).toEqual({ text: 'alarm:loss _ _0_5_: _day_' });
});

test.each([
  { title: 'a schedule', on: Source.rate(1, 'days'), starter: 'aws_scheduler_schedule' },
  { title: 'a rule', on: Source.alarm(ALARM), starter: 'aws_cloudwatch_event_target' },
])(
  '$title is made after the policies, and destroyed before them, so that no event meets a role without rights',
  ({ on, starter }) => {
    const s = acmeStack();
    triggerIn(s, { on });
    const template = Template.synth(s);
    expect(template.one('aws_sfn_state_machine').depends_on).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.Retrain_Role_Policy/),
    ]);
    expect(template.one(starter).depends_on).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.Retrain_Delivery_Policy/),
    ]);
  },
);

describe('cron', () => {
  test.each([
    'cron(0 3 ? * MON *)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(30 2 L * ? *)',
    'cron(0 10 1,15 JAN-JUN ? 2026-2030)',
    'cron(0 0 ? * 6#3 *)',
    'cron(5 4 15W * ? *)',
    'cron(0 3 29 2 ? *)',
    'cron(0 3 29 2 ? 2027-2028)',
    'cron(0 3 31 1-2 ? *)',
    'cron(0 3 ? * FRI-MON 2020-2030)',
  ])('%s is taken', (expression) => expect(brokenCron(expression)).toEqual([]));

  test.each([
    ['0 3 * * 1', 'must be cron(...), as EventBridge Scheduler writes it'],
    ['@daily', 'must be cron(...), as EventBridge Scheduler writes it'],
    ['cron(0 3 * * 1)', 'must have 6 fields, not 5 as in another dialect'],
    ['cron(0 3 * * MON *)', 'must have ? as exactly one of its two days'],
    ['cron(0 3 ? * ? *)', 'must have ? as exactly one of its two days'],
    ['cron(60 3 ? * MON *)', 'must name minutes that EventBridge Scheduler knows'],
    ['cron(0 24 ? * MON *)', 'must name hours that EventBridge Scheduler knows'],
    ['cron(0 3 ? * 0 *)', 'must name days of the week that EventBridge Scheduler knows'],
    ['cron(0 3 32 * ? *)', 'must name days of the month that EventBridge Scheduler knows'],
    ['cron(0 3 ? * MON 1960)', 'must name years that EventBridge Scheduler knows'],
    ['cron(0 3 30 2 ? *)', 'must fire at some time'],
    ['cron(0 3 31 APR,JUN ? *)', 'must fire at some time'],
    ['cron(0 3 31W 2 ? *)', 'must fire at some time'],
    ['cron(0 3 29 2 ? 2027,2100)', 'must fire at some time'],
    ['cron(0 3 ? * MON 2020-2025)', 'must fire at some time'],
  ])('%s is refused', (expression, must) => expect(brokenCron(expression).map((rule) => rule.must)).toEqual([must]));

  test.each([
    ['0 3 * * 1', 'write cron(0 3 ? * MON *)'],
    ['cron(0/15 8-17 * * 1-5)', 'write cron(0/15 8-17 ? * MON-FRI *)'],
    ['30 2 1 * *', 'write cron(30 2 1 * ? *)'],
    ['30 2 * * *', 'write cron(30 2 * * ? *)'],
    ['0 3 * * 7', 'write cron(0 3 ? * SUN *)'],
    ['0 3 1 * 1', expect.stringMatching('^write minutes')], // in Unix either of the days
    ['0 3 * * */2', expect.stringMatching('^write minutes')],
    ['0 99 * * 1', expect.stringMatching('^write minutes')],
  ])('%s of Unix is translated where it is plain', (expression, fix) =>
    expect(brokenCron(expression)[0]?.fix).toEqual(fix),
  );

  const WEEK = [0, 1, 2, 3, 4, 5, 6];
  test.each<[string, number[], number[]]>([
    ['cron(30 3 ? * MON,FRI *)', [1, 5], [210]],
    ['cron(0/20 8-9 ? * MON-WED *)', [1, 2, 3], [480, 500, 520, 540, 560, 580]],
    ['cron(0 10/12 ? * 7 *)', [6], [600, 1320]],
    ['cron(15 0 1,15 * ? *)', WEEK, [15]], // over the years, a date falls on every day of the week
    ['cron(15 0 * * ? 2027)', WEEK, [15]],
  ])('%s fires on plain days and minutes', (expression, weekdays, minutes) => {
    expect(timesOf(expression)).toMatchObject({ weekdays, minutes });
  });

  test('fires in plain months', () => expect(timesOf('cron(0 9 ? JAN-MAR,12 MON *)')?.months).toEqual([1, 2, 3, 12]));

  test.each([
    'cron(0 9 L * ? *)',
    'cron(0 9 15W * ? *)',
    'cron(0 9 ? * 6#3 *)',
    'cron(0 9 ? * 6L *)',
    'cron(0 9 1 * ? 2027)',
    '@daily',
  ])('%s says its days in no plain way', (expression) => expect(timesOf(expression)).toBeUndefined());
});

describe('a mistake is told:', () => {
  const s = () => acmeStack();
  test.each<[string, () => unknown, string]>([
    [
      'a cooldown that ends before the run',
      () => triggerIn(s(), { cooldownMinutes: 60 }),
      "'cooldownMinutes' must be at least 1440, the longest run: it counts from the start of a run, and no other starts before its end, got 60; raise it, remove it, or say how long a run takes at most",
    ],
    [
      'no cooldown at all',
      () => triggerIn(s(), { cooldownMinutes: 0 }),
      "'cooldownMinutes' must be between 1 and 43200, got 0",
    ],
    ['too many repetitions', () => triggerIn(s(), { retries: 11 }), "'retries' must be between 0 and 10, got 11"],
    [
      'a topic by its name',
      () => triggerIn(s(), { alarmTopicArns: ['alerts'] }),
      "'alarmTopicArns[0]' must be the ARN of a topic such as arn:aws:sns:eu-north-1:111122223333:alerts, got 'alerts'",
    ],
    [
      'a longest run of what is not followed',
      () => {
        const stack = s();
        return triggerIn(stack, { start: Target.airflowDag(dags(stack)), maxRunMinutes: 5 });
      },
      "'maxRunMinutes' has no effect on a DAG, whose runs are not followed; remove it",
    ],
    [
      'a path of Step Functions as a key of what a DAG is told, at any depth',
      () => Target.airflowDag(dags(s()), { conf: { steps: [{ 'mode.$': '$.event' }] } }),
      "'conf' must be 1 to 64 letters, digits and underscores, the first no digit, such as mode, got 'mode.$'",
    ],
    [
      'a time zone that is not there',
      () => Source.cron('cron(0 3 ? * MON *)', 'Europe/Stokholm'),
      "'timezone' must be a time zone of the IANA database, got 'Europe/Stokholm'; write its continent and city, such as Europe/Stockholm",
    ],
    [
      'a time zone in another spelling, which Intl takes and EventBridge Scheduler does not',
      () => Source.cron('cron(0 3 ? * MON *)', 'Europe/stockholm'),
      "'timezone' must be a time zone of the IANA database, got 'Europe/stockholm'; write Europe/Stockholm",
    ],
    ['no rate', () => Source.rate(0, 'hours'), "'value' must be between 1 and 100000, got 0"],
    [
      'an alarm of another account and region, whose events EventBridge does not deliver here',
      () => triggerIn(s(), { on: Source.alarm('arn:aws:cloudwatch:eu-west-1:444455556666:alarm:drift') }),
      "'alarmArn' must be in account 111122223333, where the trigger is, got 'arn:aws:cloudwatch:eu-west-1:444455556666:alarm:drift'; use one in that account\n  - 'alarmArn' must be in region eu-north-1",
    ],
    [
      'a machine of another account, which Step Functions does not start',
      () =>
        triggerIn(s(), { start: Target.stateMachine('arn:aws:states:eu-north-1:444455556666:stateMachine:promote') }),
      "'stateMachineArn' must be in account 111122223333, where the trigger is",
    ],
    [
      'a pipeline of another account, whose name would start one of this account',
      () => {
        const stack = s();
        return triggerIn(stack, { start: Target.pipeline(pipelineElsewhere(stack)) });
      },
      "'pipelineArn' must be in account 111122223333, where the trigger is",
    ],
    [
      'the end of a run in another account',
      () => {
        const stack = s();
        return triggerIn(stack, { on: Source.finishedPipeline(pipelineElsewhere(stack)) });
      },
      "'pipelineArn' must be in account 111122223333, where the trigger is",
    ],
    [
      'a version that is approved in another region',
      () => {
        const stack = s();
        const packageGroupArn = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/churn';
        const group = ModelPackageGroup.fromModelPackageGroupAttributes(stack, 'Far', { packageGroupArn });
        return triggerIn(stack, { on: Source.approvedPackage(group) });
      },
      "'packageGroupArn' must be in region eu-north-1, where the trigger is",
    ],
    [
      'a beginning of keys that is longer than a key, as UTF-8',
      () => Source.objects(bucketIn(s()), { prefix: 'é'.repeat(500), suffix: '_SUCCESS_OF_THE_WHOLE_LOAD' }),
      "'prefix' must have at most 1024 bytes of UTF-8 with the suffix",
    ],
    [
      'a beginning of keys that is too long for the pattern of a rule',
      () => Source.objects(bucketIn(s()), { prefix: '"'.repeat(600) }),
      'where a quotation mark counts as two, got 1200; shorten it',
    ],
    ['an alarm by its name', () => Source.alarm('drift'), "'alarmArn' must be the ARN of an alarm"],
    [
      'a pattern as a prefix',
      () => Source.objects(bucketIn(s()), { prefix: 'daily/*' }),
      "'prefix' must be the beginning of keys",
    ],
    [
      'a machine by its name',
      () => Target.stateMachine('promote'),
      "'stateMachineArn' must be the ARN of a state machine",
    ],
    [
      'a parameter that the trigger sets',
      () => Target.pipeline(churnIn(s()), { parameters: { Cause: 'me' } }),
      "'parameters' must not set 'Cause': the trigger does; remove it",
    ],
    [
      'one of several queues that is not named',
      () => Target.batchJob(batchJobIn(s(), {}, { low: 1, high: 2 })),
      "'queue' must be one of low, high, got undefined",
    ],
  ])('%s', (_title, make, message) => expect(make).toThrow(message));
});

test('a pipeline is not started with a parameter that it does not have, a value that is not allowed, or without one that has no default', () => {
  const stack = acmeStack();
  const parameters = [
    Parameter.string('Mode', { allowed: ['full', 'fast'], defaultValue: 'full' }),
    Parameter.string('ticket'),
  ];
  const pipeline = new Pipeline(stack, 'Own', {
    workspace: workspaceIn(stack),
    steps: [new FailStep('Stop', { message: 'stops' })],
    parameters,
  });
  const faultsOf = (id: string, values: Record<string, string>) =>
    triggerIn(stack, { start: Target.pipeline(pipeline, { parameters: values }) }, id).node.validate();
  expect(faultsOf('Good', { ticket: 'ML-1', Mode: 'fast' })).toEqual([]);
  expect(
    faultsOf('Late', {
      ticket: Lazy.stringValue({ produce: () => 'x' }),
      Mode: Lazy.stringValue({ produce: () => 'x' }),
    }),
  ).toEqual([]);
  expect(faultsOf('Bad', { mode: 'full', Mode: 'slow' })).toEqual([
    "'parameters.mode' must be a parameter of the pipeline, which has Mode, ticket; rename or remove it",
    "'parameters.Mode' must be one of full, fast, got 'slow'",
    "'parameters.ticket' must be set, because it has no default: each start would fail",
  ]);
});

test('triggers of one target share a lock by sharing the table, which is billed by request', () => {
  const s = acmeStack();
  triggerIn(s);
  triggerIn(s, { on: Source.rate(1, 'days') }, 'Daily');
  const template = Template.synth(s);
  const keys = template
    .all('aws_sfn_state_machine')
    .map(({ definition }) => JSON.parse(definition as string).States.Lock.Parameters.Item.target);
  expect(keys).toEqual([{ S: 'pipeline/churn' }, { S: 'pipeline/churn' }]);
  expect(locksIn(s)).toBeInstanceOf(TriggerTable);
  expect(template.one('aws_dynamodb_table')).toMatchObject({ billing_mode: 'PAY_PER_REQUEST', hash_key: 'target' });
});
