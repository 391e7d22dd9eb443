import '../../lib/testing/jest';
import type { TerraformStack } from 'cdktf';
import { sentenceOf } from '../../lib/monitoring/loop/file-change';
import { looksIn, TRIAL_DAYS, WATCH_HOURS } from '../../lib/monitoring/loop/loop-limits';
import type { RetrainingLoopProps } from '../../lib/monitoring/loop/loop-props';
import { RetrainingLoop } from '../../lib/monitoring/loop/retraining-loop';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { Template } from '../../lib/testing';
import { changedText } from '../../stacks/environment/text/change';
import { loopPropsIn } from '../support/loop';
import { acmeStack, roleIn } from '../support/stack';
import { faultsOfMachine } from '../support/state-machine';

const TOPIC = 'arn:aws:sns:eu-north-1:111122223333:alerts';
const loopIn = (stack: TerraformStack, props: Partial<RetrainingLoopProps> = {}) =>
  new RetrainingLoop(stack, 'Loop', { ...loopPropsIn(stack), ...props });

describe('a retraining loop', () => {
  const s = acmeStack();
  const loop = loopIn(s, { alarmTopicArns: [TOPIC] });
  loop.grantStart(roleIn(s, 'Starter'));
  const template = Template.synth(s);
  const machine = (name: string) => {
    const found = template.all('aws_sfn_state_machine').find((one) => one.name === `acme-dev-${name}`)!;
    return String(found.definition);
  };

  test.each(['trigger-retrain-churn', 'trigger-approved-churn', 'review-churn'])(
    'has %s in the language that Step Functions takes',
    (name) => expect(faultsOfMachine(machine(name))).toEqual([]),
  );

  test('keeps alarms from starting trainings without end: a day apart, and four a month', () => {
    const { States } = JSON.parse(machine('trigger-retrain-churn'));
    expect(States.OverBudget.Parameters.Cause).toContain('budget of 4 runs a month');
    expect(JSON.stringify(States.Follow.Branches[1])).toContain('"Seconds":600');
  });

  test('reviews each approval, also beside another review', () => {
    const { States } = JSON.parse(machine('trigger-approved-churn'));
    expect(States.IsAdmitted.Choices[0].Next).toBe('Start');
    expect(States.Lock).toBeUndefined();
  });

  test('tells its topics what it asks for, in words', () => {
    const rule = template.all('aws_cloudwatch_event_rule').find(({ name }) => name === 'acme-dev-review-churn')!;
    expect(JSON.parse(String(rule.event_pattern))).toEqual({
      source: ['mlops.retraining'],
      'detail-type': ['Model Change Proposed'],
      detail: { loop: ['acme-dev-review-churn'] },
    });
    const target = template.all('aws_cloudwatch_event_target').find(({ arn }) => arn === TOPIC)!;
    expect(target.input_transformer).toMatchObject({
      input_paths: { text: '$.detail.text' },
      input_template: '"<text>"',
    });
  });

  test('may change no more of the endpoint than the weights, and speak as itself only', () => {
    const name = template.resolve(loop.role.roleName);
    const { policy } = template.all('aws_iam_role_policy').find((one) => template.resolve(String(one.role)) === name)!;
    const { Statement } = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
    const of = (action: string) => Statement.find(({ Action }) => [Action].flat().includes(action));
    expect(of('sagemaker:UpdateEndpointWeightsAndCapacities')!.Resource).toEqual([
      'arn:aws:sagemaker:eu-north-1:111122223333:endpoint/acme-dev-churn',
    ]);
    expect(of('events:PutEvents')!.Condition).toEqual({
      StringEquals: { 'events:source': 'mlops.retraining', 'events:detail-type': 'Model Change Proposed' },
    });
    expect(Statement.flatMap(({ Action }) => Action)).not.toContain('sagemaker:UpdateEndpoint');
    expect(Statement.flatMap(({ Action }) => Action)).not.toContain('sagemaker:UpdateModelPackage');
  });

  test('shows trainings and reviews, and its alarms', () => {
    expect(loop.graphs.map(({ title }) => title)).toEqual(['Trainings', 'Reviews']);
    expect(loop.alarms).toHaveLength(2);
  });
});

describe('what a loop is given', () => {
  const noChallenger = (stack: TerraformStack) =>
    SageMakerEndpoint.fromEndpointAttributes(stack, 'Alone', { endpointName: 'alone', variantNames: ['champion'] });
  const bad: [Partial<RetrainingLoopProps> | ((stack: TerraformStack) => Partial<RetrainingLoopProps>), RegExp][] = [
    [{ watched: [] }, /'watched' must have 1 to 100 names of alarms, got 0; a version that nothing watches/],
    [
      (stack) => ({ endpoint: noChallenger(stack) }),
      /'endpoint' must have the variant challenger, .* got champion; add it with weight 0/,
    ],
    [{ share: 60 }, /'share' must be between 1 and 50, got 60/],
    [{ watchHours: 0 }, /'watchHours' must be between 1 and 336, got 0/],
    [{ trialDays: 31 }, /'trialDays' must be between 1 and 30, got 31/],
    [{ budget: { runs: 0, per: 'month' } }, /'budget.runs' must be between 1 and 1000, got 0/],
    [{ budget: { runs: 1, per: 'week' as never } }, /'budget.per' must be one of day, month, got 'week'/],
    [{ cooldownMinutes: 60 }, /'cooldownMinutes' must be at least 1440, the longest run/],
    [{ model: 'Churn' }, /'model' must be/],
  ];
  test.each(bad)('is refused with the way out: %p', (props, message) => {
    const s = acmeStack();
    expect(() => loopIn(s, typeof props === 'function' ? props(s) : props)).toThrow(message);
  });

  test('leaves room in the history of an execution, which ends with 25,000 events', () => {
    const trial = looksIn(TRIAL_DAYS.max * 86_400).count * 28;
    const watch = looksIn(WATCH_HOURS.max * 3600).count * 13;
    expect(trial + watch).toBeLessThan(24_000);
  });
});

describe('a change of the file', () => {
  const FILE = 'models:\n  churn:\n    version: 3 # in use\n    challenger: { version: 3, weight: 0 } # next\n';

  test('changes values and nothing else', () =>
    expect(
      changedText(FILE, [
        { path: 'models.churn.challenger.version', value: 12 },
        { path: 'models.churn.challenger.weight', value: 10 },
        { path: 'models.churn.version', value: 4 },
      ]),
    ).toBe('models:\n  churn:\n    version: 4 # in use\n    challenger: { version: 12, weight: 10 } # next\n'));

  test('lists the keys that are not there', () =>
    expect(() => changedText(FILE, [{ path: 'models.ads.version', value: 1 }])).toThrow(
      'models.ads.version must be a number in the file, got none; write it there, then take the change again',
    ));

  test('is a sentence for people', () =>
    expect(
      sentenceOf(
        [
          { path: 'models.churn.version', value: 'version' },
          { path: 'a.weight', value: 0 },
        ],
        '4',
      ),
    ).toBe('models.churn.version to 4 and a.weight to 0'));
});
