import { type App, TerraformOutput, TerraformVariable, Token } from 'cdktf';
import '../../lib/testing/jest';
import { AwsStack } from '../../lib/aws/aws-stack';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { Template } from '../../lib/testing';
import { Condition } from '../../lib/training/pipeline/condition';
import { jsonText } from '../../lib/training/pipeline/definition';
import { Parameter } from '../../lib/training/pipeline/parameter';
import { Pipeline, type PipelineProps } from '../../lib/training/pipeline/pipeline';
import { CallbackStep, LambdaStep } from '../../lib/training/pipeline/steps/call-steps';
import { ConditionStep, FailStep } from '../../lib/training/pipeline/steps/flow-steps';
import { ParameterRange } from '../../lib/training/pipeline/steps/parameter-range';
import { ProcessingInput } from '../../lib/training/pipeline/steps/processing-step';
import { RegisterModelStep } from '../../lib/training/pipeline/steps/register-model-step';
import { type PipelineBinding, type Request, Step } from '../../lib/training/pipeline/steps/step';
import { TrainingStep } from '../../lib/training/pipeline/steps/training-step';
import type { TuningStep, TuningStepProps } from '../../lib/training/pipeline/steps/tuning-step';
import { Reference, type Value } from '../../lib/training/pipeline/value';
import { evaluateIn, everyStepIn, METADATA, tuneIn } from '../support/pipeline/sample';
import { ACME, acmeStack, roleIn } from '../support/stack';
import { trainingIn, workspaceIn } from '../support/training';

type Json = Record<string, any>;

function definitionOf(stack: AwsStack): Json {
  return JSON.parse(Template.synth(stack).one('aws_sagemaker_pipeline').pipeline_definition);
}

/** A definition's step, also one in a branch. */
function stepOf(definition: Json, name: string): Json {
  const all = (steps: Json[]): Json[] =>
    steps.flatMap((step) => [step, ...all(step.Arguments.IfSteps ?? []), ...all(step.Arguments.ElseSteps ?? [])]);
  return all(definition.Steps).find(({ Name }) => Name === name)!;
}

/** What a hyperparameter of script mode may be. */
const SHELL_SAFE =
  'letters, digits and @%+=:,./_- only, because the images pass it to the program through a shell; put another text into a file of the code';
const METRICS = { 'validation:auc': 'auc: ([0-9.]+)' };

describe('a pipeline with a step of each type', () => {
  const s = acmeStack();
  const pipeline = everyStepIn(s);
  const starter = roleIn(s, 'Starter');
  pipeline.grantStart(starter);
  const template = Template.synth(s);
  const resource = template.one('aws_sagemaker_pipeline');
  const definition: Json = JSON.parse(resource.pipeline_definition);

  test('is named after its path, and has the display name that Terraform asks for', () =>
    expect(resource).toMatchObject({
      pipeline_name: 'acme-dev-pipeline',
      pipeline_display_name: 'acme-dev-pipeline',
      parallelism_configuration: { max_parallel_execution_steps: 4 },
    }));

  test('gives other stacks its ARN as a literal', () => {
    const other = new AwsStack(s.node.root as App, 'other', ACME);
    new TerraformOutput(other, 'Arn', { value: pipeline.pipelineArn });
    expect(Template.synth(other).json.output.Arn.value).toBe(
      'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/acme-dev-pipeline',
    );
  });

  test('has the parameters that its steps refer to, besides cause and starter', () =>
    expect(definition.Parameters.map(({ Name }: Json) => Name)).toEqual([
      'Cause',
      'StartedBy',
      'ExtraUri',
      'Seed',
      'Rounds',
      'Mode',
    ]));

  test('tells every job why its run was started', () => {
    const cause = { MLOPS_CAUSE: { Get: 'Parameters.Cause' }, MLOPS_STARTED_BY: { Get: 'Parameters.StartedBy' } };
    expect(stepOf(definition, 'Prepare').Arguments.Environment).toEqual({ ...cause, MODE: 'full' });
    expect(stepOf(definition, 'Train').Arguments.Environment).toEqual(cause);
    expect(stepOf(definition, 'Tune').Arguments.TrainingJobDefinition.Environment).toEqual(cause);
    expect(stepOf(definition, 'Notify').Arguments).toMatchObject(cause);
    expect(stepOf(definition, 'Ask').Arguments).toMatchObject(cause);
  });

  test('never names a job, which may run once only', () =>
    expect(resource.pipeline_definition).not.toMatch(/"\w*JobName":/));

  test('computes every step anew', () => expect(resource.pipeline_definition).not.toContain('CacheConfig'));

  test('makes no experiment, which would stay', () => expect(definition.PipelineExperimentConfig).toBeNull());

  test('runs processing jobs in the subnets, on encrypted volumes, with encrypted outputs', () => {
    const { Arguments } = stepOf(definition, 'Evaluate');
    const key =
      template.one('aws_sagemaker_pipeline') && expect.stringMatching(/^\$\{aws_kms_key\.TrainingKey_\w+\.arn\}$/);
    expect(Arguments.NetworkConfig).toMatchObject({
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: false,
      VpcConfig: { Subnets: ['subnet-11111111', 'subnet-22222222'] },
    });
    expect(Arguments.ProcessingOutputConfig.KmsKeyId).toEqual(key);
    expect(Arguments.ProcessingResources.ClusterConfig.VolumeKmsKeyId).toEqual(key);
    expect(Arguments.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 86_400 });
  });

  test('gives no volume key to a type with an instance store, and encrypts what several instances send', () => {
    const { Arguments } = stepOf(definition, 'Prepare');
    expect(Arguments.ProcessingResources.ClusterConfig).toEqual({
      InstanceType: 'ml.g5.xlarge',
      InstanceCount: 2,
      VolumeSizeInGB: 30,
    });
    expect(Arguments.NetworkConfig.EnableInterContainerTrafficEncryption).toBe(true);
  });

  test('tunes within the hours that were given', () => {
    const {
      HyperParameterTuningJobConfig: config,
      TrainingJobDefinition: job,
      Tags,
    } = stepOf(definition, 'Tune').Arguments;
    // 4 instance hours, 2 jobs at a time
    expect(config.ResourceLimits).toEqual({
      MaxNumberOfTrainingJobs: 20,
      MaxParallelTrainingJobs: 2,
      MaxRuntimeInSeconds: 7200,
    });
    expect(config.TrainingJobEarlyStoppingType).toBe('Auto');
    // as script mode reads them: a plain word such as true would become a flag
    expect(config.ParameterRanges.CategoricalParameterRanges).toEqual([{ Name: 'loss', Values: ['"log"', '"hinge"'] }]);
    expect(job.StaticHyperParameters.sagemaker_program).toBe('"train.py"');
    expect(Tags).toEqual([{ Key: 'team', Value: 'fraud' }]);
  });

  test('registers as pending, never as approved', () =>
    expect(stepOf(definition, 'Register').Arguments.ModelApprovalStatus).toBe('PendingManualApproval'));

  test('has a role that starts the jobs of its steps, bound by the guardrails', () => {
    const policy = template.policyOf(pipeline.role);
    const jobs = 'arn:aws:sagemaker:eu-north-1:111122223333:training-job/pipelines-0123456789ab-Train-x';
    const allowed = policy.statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
    expect([...new Set(allowed)].sort()).toEqual(
      [
        'ecr:BatchGetImage',
        'ecr:DescribeImages',
        'iam:PassRole',
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'lambda:InvokeFunction',
        's3:GetBucketLocation',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:ListBucket',
        'sagemaker:AddTags',
        'sagemaker:CreateHyperParameterTuningJob',
        'sagemaker:CreateModelPackage',
        'sagemaker:CreateProcessingJob',
        'sagemaker:CreateTrainingJob',
        'sagemaker:DescribeHyperParameterTuningJob',
        'sagemaker:DescribeProcessingJob',
        'sagemaker:DescribeTrainingJob',
        'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
        'sagemaker:StopHyperParameterTuningJob',
        'sagemaker:StopProcessingJob',
        'sagemaker:StopTrainingJob',
        'sqs:SendMessage',
      ].sort(),
    );
    expect(policy.statements.find(({ actions }) => actions?.includes('iam:PassRole'))).toMatchObject({
      resources: [expect.stringMatching(/^\$\{aws_iam_role\.Churn_Role_\w+\.arn\}$/)],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    expect(
      policy.statements.some(
        ({ effect, actions }) => effect === 'Deny' && actions?.includes('sagemaker:CreateTrainingJob'),
      ),
    ).toBe(true);
    const repository = (name: string) => `arn:aws:ecr:eu-north-1:662702820516:repository/${name}`;
    const look = ['ecr:BatchGetImage', 'ecr:DescribeImages']; // of the image that it registers
    expect(policy).toAllow({ actions: look, resources: repository('sagemaker-scikit-learn') });
    expect(policy).not.toAllow({ actions: 'ecr:BatchGetImage', resources: repository('sagemaker-xgboost') });
    expect(policy).toAllow({ actions: 'sagemaker:StopTrainingJob', resources: jobs });
    expect(policy).not.toAllow({
      actions: 'sagemaker:StopTrainingJob',
      resources: jobs.replace('pipelines-', 'other-'),
    });
  });

  test('has the metrics under the name that SageMaker spells so', () => {
    expect(pipeline.metricFailed()).toEqual({
      namespace: 'AWS/Sagemaker/ModelBuildingPipeline',
      metricName: 'ExecutionFailed',
      dimensions: { PipelineName: pipeline.pipelineName },
    });
    expect(pipeline.metricSucceeded().metricName).toBe('ExecutionSucceeded');
  });
});

describe('steps are settled by what they wait for', () => {
  test('a step without a policy or a file says nothing of them', () => {
    const s = acmeStack();
    const training = trainingIn(s);
    const step = evaluateIn(training, { retries: [], propertyFiles: {}, outputs: {} });
    new Pipeline(s, 'Pipeline', { workspace: training.workspace, steps: [step] });
    expect(Object.keys(stepOf(definitionOf(s), 'Evaluate'))).toEqual(['Name', 'Type', 'Arguments']);
  });

  test('a cached step takes the cause from whoever starts the run, so that no retraining is skipped', () => {
    const s = acmeStack();
    const training = trainingIn(s);
    const pipeline = new Pipeline(s, 'Pipeline', {
      workspace: training.workspace,
      steps: [evaluateIn(training, { cacheFor: 'P1D' })],
    });
    const definition = definitionOf(s);
    expect(definition.Parameters[0]).toEqual({ Name: 'Cause', Type: 'String' });
    expect(definition.Steps[0].CacheConfig).toEqual({ Enabled: true, ExpireAfter: 'P1D' });
    expect(pipeline.cause.defaultValue).toBeUndefined();
  });

  test('a grid has as many jobs as combinations, and Hyperband stops jobs by itself', () => {
    const s = acmeStack();
    const training = trainingIn(s, { metrics: METRICS });
    const grid = tuneIn(training, { strategy: 'Grid', ranges: { loss: ParameterRange.categorical(['a', 'b']) } });
    new Pipeline(s, 'Pipeline', { workspace: training.workspace, steps: [grid] });
    const { HyperParameterTuningJobConfig: config } = definitionOf(s).Steps[0].Arguments;
    expect(config.ResourceLimits).toEqual({ MaxParallelTrainingJobs: 2, MaxRuntimeInSeconds: 7200 });

    const other = acmeStack();
    const hyperband = tuneIn(trainingIn(other, { metrics: METRICS }), {
      strategy: 'Hyperband',
      rounds: { min: 1, max: 9 },
    });
    const { HyperParameterTuningJobConfig } = hyperband.definition({ environment: {} }).Arguments as Json;
    expect(HyperParameterTuningJobConfig).toMatchObject({
      StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } },
      TrainingJobEarlyStoppingType: 'Off',
    });
  });

  test('jobs on spot capacity never go on from the checkpoints of another step or of another set of hyperparameters', () => {
    const training = trainingIn(acmeStack(), { metrics: METRICS, spot: true });
    const argumentsOf = (step: TrainingStep | TuningStep) =>
      JSON.parse(JSON.stringify(step.definition({ environment: {} }).Arguments)) as Json;
    const folders = ['First', 'Second'].map(
      (name) => argumentsOf(new TrainingStep(name, { training })).CheckpointConfig,
    );
    expect(folders[0].S3Uri['Std:Join'].Values[1]).toEqual({
      'Std:Join': { On: '/', Values: [{ Get: 'Execution.PipelineExecutionId' }, 'First'] },
    });
    expect(folders[0]).not.toEqual(folders[1]);
    const job = argumentsOf(tuneIn(training)).TrainingJobDefinition;
    expect(job).toMatchObject({ EnableManagedSpotTraining: true });
    expect(Object.keys(job)).not.toContain('CheckpointConfig'); // all jobs would share the folder of one request
  });

  test('steps are added after the pipeline is made, in branches too, with what they need', () => {
    const s = acmeStack();
    const pipeline = everyStepIn(s);
    const functionArn = 'arn:aws:lambda:eu-north-1:111122223333:function:later';
    const call = (name: string) => new LambdaStep(name, { functionArn });
    const gate = new ConditionStep('More', { conditions: [Condition.equals('a', 'a')] });
    pipeline.addSteps(gate);
    gate.whenTrue(call('Later'));
    const template = Template.synth(s);
    expect(stepOf(JSON.parse(template.one('aws_sagemaker_pipeline').pipeline_definition), 'Later').FunctionArn).toBe(
      functionArn,
    );
    expect(template.policyOf(pipeline.role)).toAllow({ actions: 'lambda:InvokeFunction', resources: functionArn });
  });

  test('what is wrong with a branch that grew later fails the synthesis', () => {
    const s = acmeStack();
    const training = trainingIn(s);
    const gate = new ConditionStep('Gate', { conditions: [Condition.equals('a', 'a')] });
    new Pipeline(s, 'Pipeline', { workspace: training.workspace, steps: [gate] });
    gate.whenTrue(new FailStep('Gate', { message: 'no' }));
    expect(() => Template.synth(s)).toThrow('the step name Gate is used more than once; rename one of the steps');
  });
});

describe('the text of a definition', () => {
  test('is JSON into which Terraform writes texts, numbers and lists', () => {
    const s = acmeStack();
    const [text, number, list] = ['text', 'number', 'list'].map((id) => new TerraformVariable(s, id, {}));
    const value = {
      text: `s3://${text!.stringValue}/x`,
      number: number!.numberValue,
      list: Token.asList(list!.listValue),
      map: { a: undefined, b: null, 'c"': 'd"' },
      reference: Reference.text('a'),
      nothing: [undefined, true, 1.5],
    };
    new TerraformOutput(s, 'Text', { value: jsonText(value) });
    expect(Template.synth(s).json.output.Text.value).toBe(
      '{"text":"s3://${var.text}/x","number":${var.number},"list":${jsonencode(var.list)},"map":{"b":null,"c\\"":"d\\""},"reference":{"Std:Join":{"On":"","Values":["a"]}},"nothing":[null,true,1.5]}',
    );
  });

  test('has a text wherever a request takes texts only, also from a parameter that is a number', () => {
    const s = acmeStack();
    const training = trainingIn(s, { metrics: { 'validation:auc': 'auc: ([0-9.]+)' } });
    const rounds = Parameter.integer('Rounds', { defaultValue: 10 });
    const image = training.image;
    const packages = new ModelPackageGroup(s, 'Models', { name: 'churn' });
    const steps = [
      new TrainingStep('Train', { training, hyperparameters: { rounds }, environment: { ROUNDS: rounds } }),
      tuneIn(training, { hyperparameters: { rounds } }),
      evaluateIn(training, { arguments: ['--rounds', rounds], environment: { ROUNDS: rounds } }),
      new RegisterModelStep('Register', {
        ...{ packages, image, modelUri: 's3://acme/model.tar.gz', packageDescription: rounds },
        ...{ metadata: { ...METADATA, rounds }, environment: { ROUNDS: rounds } },
      }),
      new FailStep('Stop', { message: rounds }),
    ];
    const text = jsonText(steps.map((step) => step.definition({ environment: { RUN: rounds } })));
    const get = '{"Get":"Parameters.Rounds"}';
    const texts = text.split(`{"Std:Join":{"On":"","Values":[${get}]}}`);
    expect(texts.length - 1).toBe(12);
    expect(texts.join('')).not.toContain(get); // CreatePipeline refuses a number there
  });

  test('may have more than 100 kB, from which the SDK uploads it', () => {
    const s = acmeStack();
    const training = trainingIn(s);
    const words = Array.from({ length: 99 }, () => 'x'.repeat(256));
    const steps = Array.from({ length: 6 }, (_, at) =>
      evaluateIn(training, { arguments: words, propertyFiles: {} }, `Step-${at}`),
    );
    new Pipeline(s, 'Pipeline', { workspace: training.workspace, steps });
    expect(Template.synth(s).one('aws_sagemaker_pipeline').pipeline_definition.length).toBeGreaterThan(150_000);
  });

  test('with more than SageMaker takes is refused', () => {
    const s = acmeStack();
    const training = trainingIn(s);
    const words = Array.from({ length: 100 }, () => 'x'.repeat(256));
    const steps = Array.from({ length: 41 }, (_, at) =>
      evaluateIn(training, { arguments: words, propertyFiles: {} }, `Step-${at}`),
    );
    new Pipeline(s, 'Pipeline', { workspace: training.workspace, steps });
    expect(() => Template.synth(s)).toThrow(
      /the definition has \d{7} characters, the limit is 1048576; split the pipeline/,
    );
  });
});

/** A step of a user's own, which writes its part of the definition beside the arguments too. */
class OwnStep extends Step {
  public readonly type = 'EMR';

  constructor(
    name: string,
    private readonly parts: { readonly Arguments: Request; readonly ClusterId?: Value },
  ) {
    super(name);
  }

  public bindTo({ role, jobArn }: PipelineBinding): void {
    role.addToPolicy({ actions: ['elasticmapreduce:AddJobFlowSteps'], resources: [jobArn('cluster', '*')] });
  }

  protected arguments(): Request {
    return this.parts.Arguments;
  }

  protected override settings(): Request {
    return { ClusterId: this.parts.ClusterId };
  }
}

test("a step of a user's own brings the parameters, the grants and the order that its whole entry needs", () => {
  const stack = acmeStack();
  const training = trainingIn(stack);
  const ClusterId = Parameter.string('Cluster');
  const evaluate = evaluateIn(training);
  const own = new OwnStep('Own', { ClusterId, Arguments: { Args: [evaluate.outputUri('report')] } });
  const pipeline = new Pipeline(training, 'Pipeline', { workspace: training.workspace, steps: [own, evaluate] });
  const { Parameters, Steps } = JSON.parse(pipeline.definition);
  expect(Parameters.map(({ Name }: { Name: string }) => Name)).toEqual(['Cause', 'StartedBy', 'Cluster']);
  expect(Steps[0]).toMatchObject({ Name: 'Own', Type: 'EMR', ClusterId: { Get: 'Parameters.Cluster' } });
  expect(Template.synth(stack).policyOf(pipeline.role)).toAllow({
    actions: 'elasticmapreduce:AddJobFlowSteps',
    resources: 'arn:aws:sagemaker:eu-north-1:111122223333:cluster/j-1',
  });
});

describe('a pipeline is refused', () => {
  const made =
    (steps: (training: ReturnType<typeof trainingIn>) => PipelineProps['steps'], props: Partial<PipelineProps> = {}) =>
    () => {
      const training = trainingIn(acmeStack(), { metrics: METRICS });
      const { workspace } = training;
      return new Pipeline(training, 'Pipeline', { workspace, steps: steps(training), ...props });
    };
  const faults = (...all: string[]) =>
    [`test/Churn/Pipeline: ${all.length} invalid ${all.length === 1 ? 'property' : 'properties'}`, ...all].join(
      '\n  - ',
    );
  const fail = (name: string) => new FailStep(name, { message: 'no' });
  const decide = (name: string, onTrue: PipelineProps['steps'], onFalse: PipelineProps['steps'] = []) =>
    new ConditionStep(name, { conditions: [Condition.equals('a', 'a')], onTrue, onFalse });

  test.each<[string, () => unknown, string]>([
    [
      'with all that is wrong at once',
      made((training) => {
        const [away, one] = [evaluateIn(training, {}, 'Away'), evaluateIn(training, {}, 'One')];
        const two = evaluateIn(training, { dependsOn: [one, away] }, 'Two');
        one.runAfter(two);
        return [one, two, fail('Two')];
      }),
      faults(
        'the step name Two is used more than once; rename one of the steps',
        'step Two refers to step Away, which is not in the pipeline; add it to the steps',
        'steps wait for one another: One waits for Two waits for One; remove one of the references',
      ),
    ],
    [
      'if a step takes the result of one in another branch',
      made((training) => {
        const train = new TrainingStep('Train', { training });
        const use = evaluateIn(training, { arguments: [train.modelUri] });
        return [decide('Decide', [train], [use]), evaluateIn(training, { dependsOn: [train] }, 'After')];
      }),
      faults(
        'step Evaluate refers to step Train in branch 1 of Decide, which may not run; move one of them, so that both are in the branch',
        'step After refers to step Train in branch 1 of Decide, which may not run; move one of them, so that both are in the branch',
      ),
    ],
    [
      'if a condition waits for what it decides about',
      made((training) => {
        const train = new TrainingStep('Train', { training });
        const gate = decide('Decide', [train]);
        gate.runAfter(train);
        return [gate];
      }),
      faults(
        'step Decide refers to step Train in branch 1 of Decide, which may not run; move one of them, so that both are in the branch',
        'steps wait for one another: Decide waits for Train waits for Decide; remove one of the references',
      ),
    ],
    [
      'if it decides within a branch',
      made(() => [decide('Outer', [decide('Inner', [fail('Stop')])])]),
      faults(
        'Outer, branch onTrue: condition step Inner in a branch, which SageMaker refuses; put its conditions into one step, or both beside each other',
      ),
    ],
    [
      'with a branch of more steps than SageMaker takes',
      made(() => [
        decide(
          'Decide',
          [],
          Array.from({ length: 21 }, (_, at) => fail(`Stop-${at}`)),
        ),
      ]),
      faults('Decide, branch onFalse: 21 steps, the limit is 20; split the branch'),
    ],
    [
      'if a step waits for the end of the execution',
      made((training) => {
        const stop = fail('Stop');
        return [stop, evaluateIn(training, { dependsOn: [stop] })];
      }),
      faults('step Evaluate refers to step Stop, which ends the execution; nothing runs after it'),
    ],
    [
      'if two parameters with one name differ',
      made((training) => [
        evaluateIn(training, { arguments: [Parameter.string('Day'), Parameter.string('Day', { defaultValue: 'x' })] }),
      ]),
      faults('parameter Day is declared more than once, differently; use one object for both'),
    ],
    [
      'with more steps, files and parameters than SageMaker takes',
      made((training) => Array.from({ length: 51 }, (_, at) => evaluateIn(training, {}, `Step-${at}`)), {
        parameters: Array.from({ length: 199 }, (_, at) => Parameter.string(`P${at}`)),
      }),
      faults(
        '51 steps, the limit is 50; split the pipeline',
        '51 property files, the limit is 10; write several values into one file',
        '201 parameters, the limit is 200; remove some',
      ),
    ],
    [
      'with more values of files than SageMaker takes',
      made((training) => {
        const evaluate = evaluateIn(training);
        const values = Array.from({ length: 201 }, (_, at) => evaluate.value('gate', `m${at}`));
        return [evaluate, new FailStep('Stop', { message: Reference.text(...values) })];
      }),
      faults('201 values of property files, the limit is 200; decide by fewer values'),
    ],
    [
      'with a number that would be null in its definition',
      made((training) => {
        const evaluate = evaluateIn(training);
        const conditions = [Condition.atLeast(evaluate.value('gate', 'auc'), Number.NaN)];
        const own = new OwnStep('Own', { Arguments: { Limits: [1, Number.POSITIVE_INFINITY] } });
        return [evaluate, own, new ConditionStep('Decide', { conditions })];
      }),
      faults(
        'step Own: Arguments.Limits[1] is Infinity, which JSON cannot write; give another value',
        'step Decide: Conditions[0].RightValue is NaN, which JSON cannot write; give another value',
      ),
    ],
    [
      'if a job would not know why it runs',
      made((training) => [
        new TrainingStep('Train', { training, environment: { MLOPS_CAUSE: 'mine', MODE: 'fast' } }),
        evaluateIn(training, { environment: { MLOPS_STARTED_BY: 'me' } }),
      ]),
      faults(
        'step Train sets MLOPS_CAUSE, which says why its run was started; rename the variable',
        'step Evaluate sets MLOPS_STARTED_BY, which says why its run was started; rename the variable',
      ),
    ],
    [
      'without a step, or with a name that is none',
      made(() => [], { name: 'Churn_1', maxParallelSteps: 0, description: 'x'.repeat(3073) }),
      faults(
        "'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Churn_1'",
        `'description' must be at most 3072 characters, got '${'x'.repeat(60)}…'`,
        "'maxParallelSteps' must be between 1 and 50, got 0",
        "'steps' must have at least one step, got none",
      ),
    ],
    [
      'if a step is cached that was added later',
      () => {
        const s = acmeStack();
        everyStepIn(s).addSteps(evaluateIn(trainingIn(acmeStack()), { cacheFor: 'P1D', propertyFiles: {} }, 'Late'));
      },
      "test/Pipeline: 1 invalid property\n  - a cached step must be one of 'steps': the cause of a run has no default then",
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a processing job in a workspace whose trainings run for weeks', () => {
  const weeks = () => {
    const stack = acmeStack();
    const workspace = workspaceIn(stack, { maxRuntimeMinutes: 40_320 });
    return { stack, training: trainingIn(stack, { workspace }) };
  };

  test('is stopped after nine days, the longest that SageMaker processes', () => {
    const { stack, training } = weeks();
    const { workspace } = training;
    new Pipeline(stack, 'Pipeline', { workspace, steps: [evaluateIn(training)] });
    expect(stepOf(definitionOf(stack), 'Evaluate').Arguments.StoppingCondition.MaxRuntimeInSeconds).toBe(777_600);
  });

  test('may not ask for more', () =>
    expect(() => evaluateIn(weeks().training, { maxRuntimeMinutes: 12_961 })).toThrow(
      "'maxRuntimeMinutes' must be between 1 and 12960, got 12961",
    ));
});

describe('a step is refused', () => {
  const training = () => trainingIn(acmeStack(), { metrics: METRICS });
  const tune = (props: Partial<TuningStepProps>) => () => tuneIn(training(), props);

  test.each<[string, () => unknown, string[]]>([
    [
      'that processes where it may not, or with what no container takes',
      () =>
        evaluateIn(training(), {
          instanceType: 'ml.p5.48xlarge',
          instanceCount: 0,
          volumeSizeGb: 0.5,
          maxRuntimeMinutes: 1441,
          arguments: ['x'.repeat(257)],
          environment: { LONG: 'x'.repeat(257) },
          entrypoint: [],
          inputs: { 'a b': ProcessingInput.uri('s3://acme/x', '/tmp/x') },
          propertyFiles: { gate: { output: 'none', path: 'gate.json' } },
        }),
      [
        'step Evaluate: 10 invalid properties',
        "'instanceType' must be one of ml.m5.xlarge, ml.g5.xlarge, got 'ml.p5.48xlarge'",
        "'instanceCount' must be between 1 and 256, got 0",
        "'volumeSizeGb' must be a whole number, got 0.5",
        "'maxRuntimeMinutes' must be between 1 and 1440, got 1441",
        "'inputs, outputs, propertyFiles' must be 1 to 64 letters, digits, hyphens and underscores, beginning with a letter or digit, got 'a b'",
        "'a b.localPath' must be a folder below /opt/ml/processing, got '/tmp/x'",
        "'propertyFiles.gate.output' must be one of report, got 'none'",
        "'entrypoint' must have at least one word, got none; remove it",
        "'arguments' must have at most 256 characters, got 257",
        "'LONG' must have at most 256 characters, got 257",
      ],
    ],
    [
      'whose output or file is not there',
      () => evaluateIn(training()).outputUri('model'),
      ['step Evaluate: 1 invalid property', "'outputs' must be one of report, got 'model'"],
    ],
    [
      'whose file is not there',
      () => evaluateIn(training()).value('report', 'auc'),
      ['step Evaluate: 1 invalid property', "'propertyFiles' must be one of gate, got 'report'"],
    ],
    [
      'that caches for no time',
      () => evaluateIn(training(), { cacheFor: '1 day' }),
      ['step Evaluate: 1 invalid property', "'cacheFor' must be a duration such as P30D or PT12H, got '1 day'"],
    ],
    [
      'that tunes for a metric that no log has, without a limit',
      tune({ objective: { metric: 'auc', goal: 'Maximize' }, maxInstanceHours: 0, parallelJobs: 0, ranges: {} }),
      [
        'step Tune: 4 invalid properties',
        "'objective.metric' must be one of validation:auc, got 'auc'",
        "'parallelJobs' must be between 1 and 100, got 0",
        "'maxInstanceHours' must be more than 0, got 0",
        "'ranges' must have 1 to 30 hyperparameters, got 0",
      ],
    ],
    [
      'that tunes what is fixed, words that a shell takes apart, or with jobs that never run',
      () =>
        tuneIn(trainingIn(acmeStack(), { metrics: METRICS, hyperparameters: { depth: '4' } }), {
          hyperparameters: { rate: '0.1' },
          ranges: {
            depth: ParameterRange.integer(2, 8),
            rate: ParameterRange.continuous(0.001, 0.3),
            loss: ParameterRange.categorical(['log', 'log loss', '']),
          },
          maxJobs: 3,
          parallelJobs: 4,
        }),
      [
        'step Tune: 4 invalid properties',
        `'ranges.loss' must be ${SHELL_SAFE}, got 'log loss'`,
        `'ranges.loss' must be ${SHELL_SAFE}, got ''`,
        "'ranges' must not have what 'hyperparameters' fix, got depth, rate; remove it from one of the two",
        "'parallelJobs' must be at most 'maxJobs' 3, got 4; the others would never run, and take their part of 'maxInstanceHours'",
      ],
    ],
    [
      'that searches a grid of numbers',
      tune({ strategy: 'Grid', maxJobs: 4 }),
      [
        'step Tune: 2 invalid properties',
        "'ranges' must be categorical with strategy Grid, got a range of numbers for depth, rate; list the values, or use another strategy",
        "'maxJobs' must not be set with strategy Grid, which starts a job for each combination; remove it",
      ],
    ],
    [
      'that uses Hyperband without its rounds, or stops jobs twice',
      tune({ strategy: 'Hyperband', earlyStopping: true }),
      [
        'step Tune: 2 invalid properties',
        "'rounds' must be set with strategy Hyperband and with no other, got strategy Hyperband",
        "'earlyStopping' must not be set with strategy Hyperband, which stops jobs by itself; remove it",
      ],
    ],
    [
      'whose hours are over before a job begins',
      tune({ maxInstanceHours: 0.05, parallelJobs: 2 }),
      [
        'step Tune: 1 invalid property',
        "'maxInstanceHours' must leave the parallel jobs 120 seconds at least, got 90; raise it, or lower 'parallelJobs'",
      ],
    ],
    [
      'with a range that no service takes',
      () => ParameterRange.integer(0, 0, 'Logarithmic'),
      [
        'ParameterRange.integer: 2 invalid properties',
        "'min' must be less than 'max', got 0 and 0",
        "'min' must be more than 0 for a Logarithmic range, got 0",
      ],
    ],
    [
      'with a reversed range above 1',
      () => ParameterRange.continuous(0.5, 1.5, 'ReverseLogarithmic'),
      [
        'ParameterRange.continuous: 1 invalid property',
        "'min' and 'max' must be numbers from 0 to less than 1 for a ReverseLogarithmic range, got 0.5 and 1.5",
      ],
    ],
    [
      'with a word twice',
      () => ParameterRange.categorical(['a', 'a']),
      ['ParameterRange.categorical: 1 invalid property', "'values' must have each word once, got a, a"],
    ],
    [
      'that registers without the metadata of its group',
      () => {
        const s = acmeStack();
        const { ModelPackageGroup } = require('../../lib/registry/packages/model-package-group');
        const packages = new ModelPackageGroup(s, 'Models', { name: 'churn' });
        const { owner: _, ...metadata } = METADATA;
        return new RegisterModelStep('Register', {
          packages,
          image: 'x',
          modelUri: 's3://acme/m',
          metadata: { ...metadata, contract: '' },
        });
      },
      [
        'step Register: 2 invalid properties',
        "metadata 'owner' must be set: team that answers for the model",
        "metadata 'contract' must be set: address of the contract between training and serving",
      ],
    ],
    [
      'that calls what is no function',
      () => new LambdaStep('Notify', { functionArn: 'notify' }),
      [
        'step Notify: 1 invalid property',
        "'functionArn' must be the ARN of a function such as arn:aws:lambda:eu-north-1:111122223333:function:name, got 'notify'",
      ],
    ],
    [
      'whose answer has a type that SageMaker does not know',
      () => new CallbackStep('Ask', { queueArn: 'a', queueUrl: 'b', outputs: { by: 'Text' as never } }),
      ['step Ask: 1 invalid property', "'outputs.by' must be one of String, Integer, Float, Boolean, got 'Text'"],
    ],
    [
      'whose answer is not there',
      () => new LambdaStep('Notify', { functionArn: 'arn:aws:lambda:eu-north-1:111122223333:function:a' }).output('by'),
      ['step Notify: 1 invalid property', "'outputs' has nothing to choose from, got 'by'"],
    ],
  ])('%s', (_, make, lines) => {
    expect(make).toThrow(lines.join('\n  - '));
  });
});

test('an existing pipeline is started like a new one', () => {
  const s = acmeStack();
  const arn = 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn';
  const existing = Pipeline.fromPipelineArn(s, 'Existing', arn);
  const starter = roleIn(s);
  existing.grantStart(starter);
  expect(existing.pipelineName).toBe('churn');
  expect(Template.synth(s).policyOf(starter)).toAllow({ actions: 'sagemaker:StartPipelineExecution', resources: arn });
  expect(() => Pipeline.fromPipelineArn(s, 'Bad', 'churn')).toThrow(
    "test/Bad: 1 invalid property\n  - 'pipelineArn' must be the ARN of a pipeline such as arn:aws:sagemaker:eu-north-1:111122223333:pipeline/name, got 'churn'",
  );
});
