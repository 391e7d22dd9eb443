import { Condition } from '../../lib/training/pipeline/condition';
import { Parameter } from '../../lib/training/pipeline/parameter';
import { ConditionStep, FailStep } from '../../lib/training/pipeline/steps/flow-steps';
import { DEFAULT_RETRIES, JOB_ERRORS, RetryPolicy } from '../../lib/training/pipeline/steps/retry-policy';
import { Step } from '../../lib/training/pipeline/steps/step';
import { Execution, FileValue, Reference, referencesIn, StepProperty, textOf } from '../../lib/training/pipeline/value';

/** A step of a user's own. */
class Custom extends Step {
  public readonly type: string = 'Custom';

  public bindTo(): void {}

  protected arguments(): { readonly [key: string]: unknown } {
    return {};
  }
}
const NO_RUN = { environment: {} };
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('references', () => {
  const step = new Custom('Train');

  test.each([
    ['a parameter', Parameter.string('CodeUri'), { Get: 'Parameters.CodeUri' }],
    ['a property', new StepProperty(step, 'A.B'), { Get: 'Steps.Train.A.B' }],
    ['a property, asked of its step', step.property('A.B'), { Get: 'Steps.Train.A.B' }],
    ['the execution', Execution.id, { Get: 'Execution.PipelineExecutionId' }],
    ['the time of the start', Execution.startTime, { Get: 'Execution.StartDateTime' }],
    [
      'a value of a file',
      new FileValue(step, 'gate', 'auc'),
      { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Train.PropertyFiles.gate' }, Path: 'auc' } },
    ],
    [
      'a joined text',
      Reference.join('/', ['s3:/', Parameter.string('Bucket'), 1]),
      { 'Std:Join': { On: '/', Values: ['s3:/', { Get: 'Parameters.Bucket' }, 1] } },
    ],
    [
      'a text of parts',
      Reference.text('run-', Execution.id),
      { 'Std:Join': { On: '', Values: ['run-', json(Execution.id)] } },
    ],
  ])('%s has the form that SageMaker resolves', (_, reference, expected) => {
    expect(json({ value: reference })).toEqual({ value: expected });
  });

  test.each([
    ['a whole number', Parameter.integer('Rounds'), false],
    ['a number', Parameter.float('Rate'), false],
    ['a flag', Parameter.boolean('Dry'), false],
    ['a value of a report', new FileValue(step, 'gate', 'auc'), false],
    ['a text', Parameter.string('Cause'), true],
    ['a property', step.property('ModelArtifacts.S3ModelArtifacts'), true],
    ['a fact of the execution', Execution.id, true],
  ])('%s is a text in the place of a text, where SageMaker refuses a number', (_, reference, isText) => {
    const text = isText ? json(reference) : { 'Std:Join': { On: '', Values: [json(reference)] } };
    expect(json(textOf(reference))).toEqual(text);
    expect(referencesIn(textOf(reference))).toContain(reference); // the pipeline still declares the parameter
    expect(textOf('7')).toBe('7');
  });

  test('know what they read, those inside others too', () => {
    const parameter = Parameter.string('Bucket');
    const joined = Reference.text(parameter, step.property('A'));
    expect(joined.steps).toEqual([step]);
    expect(referencesIn({ list: [{ deep: joined }], literal: 'x' })).toEqual([joined, parameter, joined.parts[1]]);
  });
});

describe('parameters', () => {
  test.each([
    [Parameter.string('Cause', { defaultValue: 'manual' }), { Name: 'Cause', Type: 'String', DefaultValue: 'manual' }],
    [Parameter.string('Must'), { Name: 'Must', Type: 'String' }],
    [
      Parameter.string('Size', { defaultValue: 's', allowed: ['s', 'l'] }),
      { Name: 'Size', Type: 'String', DefaultValue: 's', EnumValues: ['s', 'l'] },
    ],
    [Parameter.integer('Rounds', { defaultValue: 0 }), { Name: 'Rounds', Type: 'Integer', DefaultValue: 0 }],
    [Parameter.float('Limit', { defaultValue: 0.8 }), { Name: 'Limit', Type: 'Float', DefaultValue: 0.8 }],
    [Parameter.boolean('Dry', { defaultValue: false }), { Name: 'Dry', Type: 'Boolean', DefaultValue: false }],
  ])('are declared with their type and default', (parameter, declaration) => {
    expect(parameter.declaration).toEqual(declaration);
  });

  test.each([
    [
      () => Parameter.string('base_model'),
      "parameter base_model: 1 invalid property\n  - 'name' must be 1 to 256 letters, digits and hyphens, with a letter or digit at both ends, got 'base_model'",
    ],
    [
      () => Parameter.integer('Rounds', { defaultValue: 1.5 }),
      "parameter Rounds: 1 invalid property\n  - 'defaultValue' must be a whole number, got 1.5",
    ],
    [
      () => Parameter.float('Limit', { defaultValue: '0.8' as never }),
      "parameter Limit: 1 invalid property\n  - 'defaultValue' must be a number, got '0.8'",
    ],
    [
      () => Parameter.string('Size', { defaultValue: 'm', allowed: ['s', 'l'] }),
      "parameter Size: 1 invalid property\n  - 'defaultValue' must be one of 'allowed' (s, l), got 'm'",
    ],
    [
      () => Parameter.string('Size', { defaultValue: 'x'.repeat(1025), allowed: [] }),
      "parameter Size: 3 invalid properties\n  - 'defaultValue' must have at most 1024 characters, got 1025\n  - 'defaultValue' must be one of 'allowed' (), got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'\n  - 'allowed' must have at least one value, got none",
    ],
  ])('are refused with what SageMaker or EventBridge would refuse', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('conditions', () => {
  const auc = new FileValue(new Custom('Evaluate'), 'gate', 'auc');
  const path = json(auc);

  test.each([
    [
      'equals',
      Condition.equals(Parameter.string('P'), 'x'),
      { Type: 'Equals', LeftValue: { Get: 'Parameters.P' }, RightValue: 'x' },
    ],
    ['greater than', Condition.greaterThan(auc, 0), { Type: 'GreaterThan', LeftValue: path, RightValue: 0 }],
    ['at least', Condition.atLeast(auc, 0.8), { Type: 'GreaterThanOrEqualTo', LeftValue: path, RightValue: 0.8 }],
    ['less than', Condition.lessThan(auc, 1), { Type: 'LessThan', LeftValue: path, RightValue: 1 }],
    ['at most', Condition.atMost(auc, 1), { Type: 'LessThanOrEqualTo', LeftValue: path, RightValue: 1 }],
    ['in', Condition.in(auc, [1, 2]), { Type: 'In', QueryValue: path, Values: [1, 2] }],
    [
      'not',
      Condition.not(Condition.in('a', ['b'])),
      { Type: 'Not', Condition: { Type: 'In', QueryValue: 'a', Values: ['b'] } },
    ],
  ])('%s is written as SageMaker reads it', (_, condition, expected) => {
    expect(json(condition)).toEqual(expected);
  });

  test('all of several are written as what the language has: not one of their opposites', () => {
    const condition = Condition.and(Condition.atLeast(auc, 0.8), Condition.atMost(auc, 1));
    expect(json(condition)).toMatchObject({
      Type: 'Not',
      Condition: { Type: 'Or', Conditions: [{ Type: 'Not' }, { Type: 'Not' }] },
    });
    expect(condition.size).toBe(2);
    expect(condition.values).toEqual([auc, 0.8, auc, 1]);
  });

  test.each([
    [
      () => Condition.in('a', []),
      "Condition.in: 1 invalid property\n  - 'values' must have at least one value, got none",
    ],
    [
      () => Condition.or(),
      "Condition.or: 1 invalid property\n  - 'conditions' must have at least one condition, got none",
    ],
    [
      () => Condition.and(),
      "Condition.and: 1 invalid property\n  - 'conditions' must have at least one condition, got none",
    ],
    [
      () => Condition.atLeast(undefined as never, 1),
      "Condition GreaterThanOrEqualTo: 1 invalid property\n  - 'left' must be set, got undefined",
    ],
  ])('without anything to decide by are refused', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('retries', () => {
  test('have the numbers of a policy', () => {
    expect(json(RetryPolicy.forMinutes(90, { errors: JOB_ERRORS, intervalSeconds: 300, backoffRate: 1 }))).toEqual({
      BackoffRate: 1,
      IntervalSeconds: 300,
      ExpireAfterMin: 90,
      ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
    });
  });

  test('are, by default, five attempts within a quarter of an hour', () => {
    const waits = json(DEFAULT_RETRIES).map(
      (policy: { MaxAttempts: number; IntervalSeconds: number; BackoffRate: number }) =>
        Array.from({ length: policy.MaxAttempts - 1 }, (_, n) => policy.IntervalSeconds * policy.BackoffRate ** n),
    );
    expect(waits).toEqual([
      [60, 120, 240, 480],
      [60, 120, 240, 480],
    ]);
  });

  test('are refused with all that is wrong', () => {
    expect(() =>
      RetryPolicy.attempts(21, {
        errors: ['Step.THROTTLING', 'SageMaker.CAPACITY_ERROR'],
        intervalSeconds: 0,
        backoffRate: 0.5,
      }),
    ).toThrow(
      [
        'RetryPolicy: 4 invalid properties',
        "'attempts' must be between 1 and 20, got 21",
        "'intervalSeconds' must be at least 1, got 0",
        "'backoffRate' must be at least 1, got 0.5",
        "'errors' must be of the step or of the job, got both; make a policy of each",
      ].join('\n  - '),
    );
  });
});

describe('a condition step', () => {
  const [yes, no] = [new Custom('Yes'), new Custom('No')];

  test('holds both branches, which may grow', () => {
    const step = new ConditionStep('Decide', {
      conditions: [Condition.equals('a', 'b')],
      onTrue: [yes],
      displayName: 'decides',
      dependsOn: [no, no],
    });
    step.whenFalse(new FailStep('Stop', { message: Reference.text('run ', Execution.id) }));
    step.whenTrue(new Custom('More'));
    expect(json(step.definition(NO_RUN))).toEqual({
      Name: 'Decide',
      Type: 'Condition',
      DisplayName: 'decides',
      DependsOn: ['No'],
      Arguments: {
        Conditions: [{ Type: 'Equals', LeftValue: 'a', RightValue: 'b' }],
        IfSteps: [
          { Name: 'Yes', Type: 'Custom', Arguments: {} },
          { Name: 'More', Type: 'Custom', Arguments: {} },
        ],
        ElseSteps: [
          {
            Name: 'Stop',
            Type: 'Fail',
            Arguments: {
              ErrorMessage: { 'Std:Join': { On: '', Values: ['run ', { Get: 'Execution.PipelineExecutionId' }] } },
            },
          },
        ],
      },
    });
  });

  test('refuses no condition, and more comparisons than SageMaker takes', () => {
    expect(() => new ConditionStep('Decide', { conditions: [] })).toThrow(
      "step Decide: 1 invalid property\n  - 'conditions' must have at least one condition, got none",
    );
    const many = Array.from({ length: 201 }, () => Condition.equals(1, 1));
    expect(() => new ConditionStep('Decide', { conditions: [Condition.or(...many)] })).toThrow(
      "step Decide: 1 invalid property\n  - 'conditions' must have at most 200 comparisons, got 201",
    );
  });
});

test('a failure whose words would be cut is refused', () => {
  expect(() => new FailStep('Stop', { message: 'x'.repeat(1025) })).toThrow(
    "step Stop: 1 invalid property\n  - 'message' must have at most 1024 characters, got 1025",
  );
});

test('a step whose name no job can have is refused', () => {
  expect(() => new Custom('my_step')).toThrow(
    "step my_step: 1 invalid property\n  - 'name' must be 1 to 64 letters, digits and hyphens, with a letter or digit at both ends, got 'my_step'",
  );
});
