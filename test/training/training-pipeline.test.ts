import '../../lib/testing/jest';
import { join } from 'node:path';
import type { AwsStack } from '../../lib/aws/aws-stack';
import type { Role } from '../../lib/iam/role';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { Template } from '../../lib/testing';
import { Framework } from '../../lib/training/framework/framework';
import { Parameter } from '../../lib/training/pipeline/parameter';
import { LambdaStep } from '../../lib/training/pipeline/steps/call-steps';
import { ParameterRange } from '../../lib/training/pipeline/steps/parameter-range';
import { UNPACK_AND_RUN } from '../../lib/training/pipeline/training/jobs';
import { TrainingPipeline } from '../../lib/training/pipeline/training/training-pipeline';
import type { TrainingPipelineProps } from '../../lib/training/pipeline/training/training-pipeline-props';
import type { SageMakerTrainingProps } from '../../lib/training/sagemaker/training-props';
import { churnIn, churnPropsIn, dataIn, qualityIn } from '../support/pipeline/churn';
import { decide } from '../support/pipeline/decide';
import { filled } from '../support/pipeline/filled';
import { acmeStack, roleIn } from '../support/stack';

type Json = Record<string, any>;

function textOf(template: Template): string {
  return filled(template.one('aws_sagemaker_pipeline').pipeline_definition);
}

function stepsOf(text: string): Record<string, Json> {
  const all = (steps: Json[]): Json[] =>
    steps.flatMap((step) => [step, ...all(step.Arguments.IfSteps ?? []), ...all(step.Arguments.ElseSteps ?? [])]);
  return Object.fromEntries(all(JSON.parse(text).Steps).map((step) => [step.Name, step]));
}

/** A pipeline with everything that is optional. */
function fullIn(stack = acmeStack()) {
  const pipeline = churnIn(
    stack,
    () => ({
      quality: qualityIn(stack),
      preparation: {
        folder: join(__dirname, '../../lib/training/pipeline/training'), // any folder of texts
        entryPoint: 'record_versions.py',
        inputs: { raw: dataIn(stack, 'raw') },
        channels: ['train'],
      },
      hyperparameters: { rounds: Parameter.string('Rounds', { defaultValue: '9' }) },
      tuning: {
        objective: { metric: 'validation:auc', goal: 'Maximize' },
        ranges: { depth: ParameterRange.integer(2, 8) },
        maxInstanceHours: 10,
      },
    }),
    { metrics: { 'validation:auc': 'auc: ([0-9.]+)' } },
  );
  return { stack, pipeline };
}

describe('a training pipeline', () => {
  const s = acmeStack();
  const pipeline = churnIn(s);
  const starter = roleIn(s, 'Starter');
  pipeline.grantStart(starter);
  const template = Template.synth(s);
  const text = textOf(template);
  const steps = stepsOf(text);

  test('records versions, trains, judges, and registers or rejects', () => {
    expect(Object.keys(steps)).toEqual(['Versions', 'Train', 'Evaluate', 'Gate', 'Register', 'Reject']);
    expect(steps.Train!.DependsOn).toEqual(['Versions']);
  });

  test('is named after its own path by default', () =>
    expect(template.one('aws_sagemaker_pipeline').pipeline_name).toBe('acme-dev-churn-pipeline'));

  test('is started with a cause, and with other code if one likes', () =>
    expect(JSON.parse(text).Parameters).toEqual([
      { Name: 'Cause', Type: 'String', DefaultValue: 'manual' },
      { Name: 'StartedBy', Type: 'String', DefaultValue: 'unknown' },
      { Name: 'CodeUri', Type: 'String', DefaultValue: 's3://acme-dev-bucket/churn/code/sourcedir.tar.gz' },
    ]));

  test('computes the versions of data and code before they are used', () => {
    const { ContainerArguments } = steps.Versions!.Arguments.AppSpecification;
    expect(ContainerArguments).toEqual([
      '--output',
      '/opt/ml/processing/versions',
      '--data',
      'train=s3://acme-features/churn/train/',
      '--code',
      { Get: 'Parameters.CodeUri' },
    ]);
  });

  test('judges the model of the run on the held-out data, in the image of its framework', () => {
    const { ProcessingInputs, AppSpecification } = steps.Evaluate!.Arguments;
    expect(ProcessingInputs.map(({ InputName, S3Input }: Json) => [InputName, S3Input.LocalPath])).toEqual([
      ['code', '/opt/ml/processing/input/code'],
      ['model', '/opt/ml/processing/model'],
      ['test', '/opt/ml/processing/test'],
    ]);
    expect(ProcessingInputs[1].S3Input.S3Uri).toEqual({ Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' });
    expect(ProcessingInputs[2].S3Input.S3Uri).toBe('s3://acme-test/churn/');
    expect(AppSpecification.ImageUri).toBe(steps.Train!.Arguments.AlgorithmSpecification.TrainingImage);
  });

  test('registers the model as pending, with all that must be known of it', () => {
    const { ModelApprovalStatus, CustomerMetadataProperties: metadata } = steps.Register!.Arguments;
    const report = { Get: "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri" };
    const version = (Path: string) => {
      const value = { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Versions.PropertyFiles.versions' }, Path } };
      return { 'Std:Join': { On: '', Values: [value] } };
    };
    expect(ModelApprovalStatus).toBe('PendingManualApproval');
    expect(metadata).toEqual({
      owner: 'fraud',
      dataVersion: version('data'),
      codeVersion: version('code'),
      metrics: { 'Std:Join': { On: '/', Values: [report, 'report.json'] } },
      baseModelLicence: 'none',
      contract: { 'Std:Join': { On: '/', Values: [report, 'contract.json'] } },
    });
  });

  test('registers a model that its image serves as it is, and judges no other', () => {
    const { Containers, SupportedContentTypes } = steps.Register!.Arguments.InferenceSpecification;
    expect(Containers[0].Environment).toEqual({
      SAGEMAKER_PROGRAM: 'inference.py',
      SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
      SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
      SAGEMAKER_REGION: 'eu-north-1',
    });
    expect(SupportedContentTypes).toEqual(['application/json']);
    expect(steps.Evaluate!.Arguments.AppSpecification.ContainerArguments.join(' ')).toContain(
      '--served-by code/inference.py',
    );
  });

  test('lets each job write its own reports only', () => {
    const reports = `${template.resolve(pipeline.training.workspace.bucket.bucketArn)}/acme-dev-churn/reports/x1`;
    const judging = template.policyOf(pipeline.evaluationRole);
    const recording = template.policyOf(pipeline.node.findChild('Jobs').node.findChild('VersionsRole') as Role);
    const write = (name: string) => ({ actions: 's3:PutObject', resources: `${reports}/${name}/a.json` });
    expect(judging).toAllow(write('evaluation'));
    expect(judging).not.toAllow(write('versions'));
    expect(recording).toAllow(write('versions'));
    expect(recording).not.toAllow(write('evaluation'));
  });

  test('keeps the test data from who trains, and the training data from who judges', () => {
    const training = template.policyOf(pipeline.training.role);
    const judging = template.policyOf(pipeline.evaluationRole);
    const read = (bucket: string) => ({ actions: 's3:GetObject', resources: `arn:aws:s3:::acme-${bucket}/churn/a` });
    expect(training).not.toAllow(read('test'));
    expect(judging).toAllow(read('test'));
    expect(judging).not.toAllow({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-features/churn/train/a' });
    expect(training).toAllow({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-features/churn/train/a' });
  });

  test('lets nobody but the pipeline register, and nobody approve', () => {
    const mayRegister = Object.values(template.resources('aws_iam_role_policy')).filter(({ policy }) =>
      JSON.parse(policy).Statement.some(
        ({ Effect, Action }: Json) => Effect === 'Allow' && [Action].flat().includes('sagemaker:CreateModelPackage'),
      ),
    );
    expect(mayRegister.map(({ role }) => role)).toEqual([expect.stringContaining('.ChurnPipeline_Role_')]);
    const policy = template.policyOf(pipeline.pipeline.role);
    expect(policy).not.toAllow({
      actions: 'sagemaker:UpdateModelPackage',
      resources: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-dev-churn/1',
    });
  });

  test('shares models and reports with the accounts that read the group', () => {
    const [policy] = Object.values(template.resources('aws_s3_bucket_policy')).filter(({ policy }) =>
      policy.includes('444455556666'),
    );
    expect(policy!.policy).toContain('/acme-dev-churn/output/*');
    expect(policy!.policy).toContain('/acme-dev-churn/reports/*');
  });

  test('is started through its own grant', () =>
    expect(template.policyOf(starter)).toAllow({
      actions: 'sagemaker:StartPipelineExecution',
      resources: pipeline.pipelineArn,
    }));
});

describe('the gate', () => {
  const text = textOf(
    Template.synth(
      (() => {
        const s = acmeStack();
        churnIn(s);
        return s;
      })(),
    ),
  );
  const good = { auc: 0.9, auc_at_noise: 0.8, log_loss: 0.3, champion_auc_loss: -0.02 };
  const decided = (gate: unknown) => decide(text, 'Gate', { files: { 'Evaluate.gate': gate } });
  const message = (values: readonly (number | string)[]) =>
    `the model is not registered: auc is ${values[0]}, must be at least 0.8; auc@noise is ${values[1]}, must be at least 0.75; log_loss is ${values[2]}, must be at most 0.5; loss of auc against the champion is ${values[3]}, must be at most 0.01`;

  test.each([
    ['a model that keeps every limit', good],
    ['a model exactly at every limit', { auc: 0.8, auc_at_noise: 0.75, log_loss: 0.5, champion_auc_loss: 0.01 }],
    ['the first model, which has no champion to lose against', { ...good, champion_auc_loss: 0 }],
  ])('registers %s', (_, gate) => expect(decided(gate)).toEqual({ runs: ['Register'] }));

  test.each([
    ['a metric below its limit', { ...good, auc: 0.7999 }, [0.7999, 0.8, 0.3, -0.02]],
    ['a perturbed metric below its limit', { ...good, auc_at_noise: 0.6 }, [0.9, 0.6, 0.3, -0.02]],
    ['an error above its limit', { ...good, log_loss: 0.51 }, [0.9, 0.8, 0.51, -0.02]],
    ['a loss against the champion', { ...good, champion_auc_loss: 0.011 }, [0.9, 0.8, 0.3, 0.011]],
  ])('rejects %s, and says every metric with its value and its limit', (_, gate, values) =>
    expect(decided(gate)).toEqual({ runs: ['Reject'], message: message(values) }),
  );

  test.each<[string, unknown, string]>([
    ['is missing', { ...good, auc_at_noise: undefined }, "invalid json path 'auc_at_noise' of Evaluate.gate"],
    ['is a text', { ...good, auc: '0.9' }, 'GreaterThanOrEqualTo does not compare "0.9" with 0.8'],
    ['is null', { ...good, auc: null }, 'GreaterThanOrEqualTo does not compare null with 0.8'],
    ['is a list', { ...good, log_loss: [0.3] }, 'LessThanOrEqualTo does not compare [0.3] with 0.5'],
    ['is in no file', undefined, 'there is no property file Evaluate.gate'],
  ])('neither registers nor rejects if a metric %s: the run fails', (_, gate, fails) =>
    expect(decided(gate)).toEqual({ fails }),
  );
});

describe('a training pipeline with everything', () => {
  const { stack, pipeline } = fullIn();
  const functionArn = 'arn:aws:lambda:eu-north-1:111122223333:function:tell';
  pipeline.whenRegistered(new LambdaStep('Tell', { functionArn, inputs: { package: pipeline.register.packageArn } }));
  const template = Template.synth(stack);
  const steps = stepsOf(textOf(template));

  test('checks the data first, and everything waits for it', () => {
    expect(Object.keys(steps)).toEqual([
      'DataQuality',
      'Versions',
      'Prepare',
      'Tune',
      'Evaluate',
      'Gate',
      'Register',
      'Tell',
      'Reject',
    ]);
    expect([steps.Versions, steps.Prepare, steps.Tune].map((step) => step!.DependsOn)).toEqual([
      ['DataQuality'],
      ['DataQuality'],
      ['DataQuality', 'Versions', 'Prepare'],
    ]);
  });

  test('trains on what was prepared for the run, and records the version of the raw data', () => {
    const [train] = steps.Tune!.Arguments.TrainingJobDefinition.InputDataConfig;
    expect(train.DataSource.S3DataSource.S3Uri).toEqual({
      Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri",
    });
    expect(steps.Versions!.Arguments.AppSpecification.ContainerArguments).toContain('raw=s3://acme-raw/churn/');
    expect(steps.Versions!.Arguments.AppSpecification.ContainerArguments).not.toContain(
      expect.stringMatching(/^train=/),
    );
  });

  test('gives every job of the tuning what a run may say', () =>
    expect(steps.Tune!.Arguments.TrainingJobDefinition.StaticHyperParameters).toMatchObject({
      rounds: { Get: 'Parameters.Rounds' },
    }));

  test('judges and registers the best model of the tuning', () => {
    const best = {
      'Std:Join': {
        On: '/',
        Values: [
          's3://acme-dev-bucket/acme-dev-churn/output',
          { Get: 'Steps.Tune.BestTrainingJob.TrainingJobName' },
          'output/model.tar.gz',
        ],
      },
    };
    expect(steps.Register!.Arguments.InferenceSpecification.Containers[0].ModelDataUrl).toEqual(best);
    expect(steps.Evaluate!.Arguments.ProcessingInputs[1].S3Input.S3Uri).toEqual(best);
  });

  test('calls what was added after the registration', () => {
    expect(steps.Tell!.Arguments.package).toEqual({ Get: 'Steps.Register.ModelPackageArn' });
    expect(template.policyOf(pipeline.pipeline.role)).toAllow({
      actions: 'lambda:InvokeFunction',
      resources: functionArn,
    });
  });
});

test('a model that starts from another one has its licence, and reads it from where the run says', () => {
  const s = acmeStack();
  const uri = Parameter.string('BaseModel', { defaultValue: 's3://acme-mirror/pretrained/bert/1/' });
  const props = churnPropsIn(s, {});
  new TrainingPipeline(s, 'Churn-2', { ...props, baseModel: { channel: 'train', uri, licence: 'Apache-2.0' } });
  const steps = stepsOf(textOf(Template.synth(s)));
  expect(steps.Register!.Arguments.CustomerMetadataProperties.baseModelLicence).toBe('Apache-2.0');
  expect(steps.Train!.Arguments.InputDataConfig[0].DataSource.S3DataSource.S3Uri).toEqual({
    Get: 'Parameters.BaseModel',
  });
});

test('the image of XGBoost serves its own model by itself, from CSV; another program is found in the artifact', () => {
  const registered = (props: Partial<TrainingPipelineProps> = {}) => {
    const stack = acmeStack();
    churnIn(stack, () => props, { framework: Framework.xgboost('3.2-0') });
    const { Register, Evaluate } = stepsOf(textOf(Template.synth(stack)));
    const { Containers, ...types } = Register!.Arguments.InferenceSpecification;
    return { ...types, ...Containers[0].Environment, words: Evaluate!.Arguments.AppSpecification.ContainerArguments };
  };
  const plain = registered();
  expect(plain).toMatchObject({
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['application/json', 'text/csv'],
  });
  expect(plain).not.toHaveProperty('SAGEMAKER_PROGRAM');
  expect(plain.words.join(' ')).toContain('--served-by image');
  const own = registered({ servingProgram: 'serve.py', servingEnvironment: { OMP_NUM_THREADS: '2' } });
  expect(own).toMatchObject({ SAGEMAKER_PROGRAM: 'serve.py', OMP_NUM_THREADS: '2' });
  expect(own.words).toContain('code/serve.py');
});

test('what an image of one’s own needs is known only if its program is named', () => {
  const registered = (props: Partial<TrainingPipelineProps>) => {
    const stack = acmeStack();
    const servingImage = 'acme.example/serve:1';
    churnIn(stack, () => ({ servingImage, ...props }), { framework: Framework.pytorch('2.13') });
    const { Register, Evaluate } = stepsOf(textOf(Template.synth(stack)));
    const [{ Environment }] = Register!.Arguments.InferenceSpecification.Containers;
    return [Environment.SAGEMAKER_PROGRAM, Evaluate!.Arguments.AppSpecification.ContainerArguments.join(' ')];
  };
  expect(registered({})).toEqual(['inference.py', expect.not.stringContaining('--served-by')]);
  expect(registered({ servingProgram: 'serve.py' })).toEqual([
    'serve.py',
    expect.stringContaining('--served-by code/serve.py'),
  ]);
});

test('without a version that a job can compute, the version that was given is recorded', () => {
  const s = acmeStack();
  churnIn(s, () => ({ dataVersion: Parameter.string('Data') }));
  const steps = stepsOf(textOf(Template.synth(s)));
  expect(steps.Register!.Arguments.CustomerMetadataProperties.dataVersion).toEqual({ Get: 'Parameters.Data' });
  expect(steps.Versions!.Arguments.AppSpecification.ContainerArguments).not.toContain('--data');
});

test('data is checked in an image that can read it, whatever trains', () => {
  const s = acmeStack();
  churnIn(s, () => ({ quality: qualityIn(s) }), { framework: Framework.xgboost('3.2-0') });
  const steps = stepsOf(textOf(Template.synth(s)));
  expect(steps.DataQuality!.Arguments.AppSpecification.ImageUri).toContain('/sagemaker-scikit-learn:');
  expect(steps.Evaluate!.Arguments.AppSpecification.ImageUri).toContain('/sagemaker-xgboost:');
});

test('metadata that only the group asks for comes from who starts the run', () => {
  const s = acmeStack();
  const packages = new ModelPackageGroup(s, 'Strict', { name: 'strict', furtherMetadata: ['ticket', 'reviewer'] });
  churnIn(s, () => ({ packages, metadata: { reviewer: 'ada' } }));
  const text = textOf(Template.synth(s));
  const { CustomerMetadataProperties: metadata } = stepsOf(text).Register!.Arguments;
  expect(metadata).toMatchObject({ ticket: { Get: 'Parameters.ticket' }, reviewer: 'ada', owner: 'fraud' });
  expect(JSON.parse(text).Parameters).toContainEqual({ Name: 'ticket', Type: 'String' });
});

describe('a preparation with the code of the training', () => {
  const s = acmeStack();
  churnIn(s, () => ({
    preparation: {
      entryPoint: 'data/prepare.py',
      arguments: ['--days', '30'],
      inputs: { raw: dataIn(s, 'raw') },
      channels: ['train'],
    },
  }));
  const template = Template.synth(s);
  const { AppSpecification, ProcessingInputs } = stepsOf(textOf(template)).Prepare!.Arguments;

  test('gets the archive of the run, unpacks it, and hands on its arguments without a shell reading them', () => {
    expect(AppSpecification).toMatchObject({
      ContainerEntrypoint: ['sh', '-c', UNPACK_AND_RUN, 'data/prepare.py'],
      ContainerArguments: ['--days', '30'],
    });
    const code = ProcessingInputs.find(({ InputName }: Json) => InputName === 'code');
    expect(code.S3Input).toMatchObject({
      S3Uri: { Get: 'Parameters.CodeUri' },
      LocalPath: '/opt/ml/processing/input/code',
    });
  });

  test('may read the code, and not the test data', () => {
    const policies = Object.values(template.resources('aws_iam_role_policy')).map((one) => JSON.stringify(one));
    const [ofPreparation, ...others] = policies.filter((one) => one.includes('acme-raw/'));
    expect(ofPreparation).toContain('churn/code/*');
    expect(ofPreparation).not.toContain('acme-test');
    expect(others).toEqual([]);
  });
});

describe('a training pipeline is refused', () => {
  const made =
    (
      props: (stack: AwsStack, base: ReturnType<typeof churnPropsIn>) => Partial<TrainingPipelineProps>,
      training: Partial<SageMakerTrainingProps> = {},
    ) =>
    () => {
      const stack = acmeStack();
      churnIn(stack, (base) => props(stack, base), training);
    };

  test.each<[string, () => void, string[]]>([
    [
      'if its metrics are never computed, have no limit, one that nothing keeps, or one on the wrong side',
      made(() => ({
        metrics: { acuracy: { min: 0.5 }, auc: {}, f1: { min: 0.9, max: 0.8 }, brier: { min: 1 }, recall: { min: 80 } },
        champion: { metric: 'lift', maxLoss: -1 },
      })),
      [
        'test/ChurnPipeline: 7 invalid properties',
        "'champion.maxLoss' must be at least 0, got -1",
        expect.stringMatching(/^'champion\.metric' must be one of auc, accuracy, .*, got 'lift'$/) as never,
        expect.stringMatching(
          /^'metrics\.acuracy' must be a metric that the evaluation computes, got 'acuracy'; name one of auc, .*$/,
        ) as never,
        "'metrics.auc' must have a limit, got none; set min",
        "'metrics.f1.min' must not be above max 0.8, got 0.9; lower it",
        "'metrics.brier' must have a max, because less is better in brier, got min 1 alone; add max, or rename the limit to max",
        "'metrics.recall.min' must be at most 1, the best recall there is, got 80; write a fraction, such as 0.8 for 80 percent",
      ],
    ],
    [
      'without a metric',
      made(() => ({ metrics: {} })),
      ['test/ChurnPipeline: 1 invalid property', "'metrics' must have 1 to 20 metrics, got 0"],
    ],
    [
      'if it judges a model by what it was trained with',
      made((_, { training }) => ({ testData: training.inputs.train! })),
      [
        'test/ChurnPipeline: 1 invalid property',
        "'testData' must not be among the inputs of the training: it would judge what it has seen",
      ],
    ],
    [
      'if nothing is known to serve the model',
      made(() => ({}), { framework: Framework.pytorch('2.13') }),
      [
        'test/ChurnPipeline: 1 invalid property',
        "'servingImage' must be set for pytorch, whose training image does not serve",
      ],
    ],
    [
      'if it prepares with a program that is not there',
      made((s) => ({
        preparation: {
          folder: __dirname,
          entryPoint: 'gone.py',
          inputs: { raw: dataIn(s, 'raw') },
          channels: ['train'],
        },
      })),
      [
        'test/ChurnPipeline: 1 invalid property',
        expect.stringMatching(
          /^'preparation.entryPoint' must be a file of the folder, got 'gone.py'; it has .*batch.test.ts/,
        ),
      ],
    ],
    [
      'if it prepares with a folder that is not there',
      made((s) => ({
        preparation: { folder: 'gone', entryPoint: 'a.py', inputs: { raw: dataIn(s, 'raw') }, channels: ['train'] },
      })),
      [
        'test/ChurnPipeline: 1 invalid property',
        "'preparation.folder' must be a folder, got 'gone', which is none; a relative path is relative to the directory of the process: write join(__dirname, ...)",
      ],
    ],
    [
      'if no image can import what serves the model',
      made(() => ({ servingProgram: 'code/inference.py' })),
      [
        'test/ChurnPipeline: 1 invalid property',
        "'servingProgram' must be the name of a Python file in the folder code of the artifact, such as inference.py, got 'code/inference.py'",
      ],
    ],
    [
      'if it prepares what the training does not read',
      made((s) => ({
        preparation: {
          folder: __dirname,
          entryPoint: '../a.py',
          inputs: { raw: dataIn(s, 'raw'), code: dataIn(s, 'test2') },
          channels: ['valid'],
        },
        baseModel: { channel: 'base', uri: 's3://acme/x', licence: 'MIT' },
      })),
      [
        'test/ChurnPipeline: 4 invalid properties',
        "'baseModel.channel' must be one of train, got 'base'",
        "'preparation.entryPoint' must be the path of a .py file inside the code folder, such as prepare.py, got '../a.py'",
        "'preparation.inputs' must not have 'code', which has the program; rename it",
        "'preparation.channels' must be one of train, got 'valid'",
      ],
    ],
  ])('%s', (_, make, lines) => {
    const error = (() => {
      try {
        make();
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return 'nothing was refused';
    })();
    expect(error.split('\n  - ')).toEqual(lines);
  });
});
