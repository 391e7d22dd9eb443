import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack } from 'cdktf';
import type { AwsStack } from '../../../lib/aws/aws-stack';
import { Template, testApp } from '../../../lib/testing';
import { ParameterRange } from '../../../lib/training/pipeline/steps/parameter-range';
import { Platform, parseEnvironment } from '../../../stacks';
import { describeWith } from '../../support/machine';
import { ApiShapes } from '../../support/pipeline/api-shapes';
import { churnIn, dataIn, qualityIn } from '../../support/pipeline/churn';
import { definitionFaults } from '../../support/pipeline/envelope';
import { filled } from '../../support/pipeline/filled';
import { meaningOf } from '../../support/pipeline/meaning';
import { everyStepIn, METADATA } from '../../support/pipeline/sample';
import { pythonWith } from '../../support/python';
import { acmeStack } from '../../support/stack';

/** The last SDK that writes definitions from estimators and processors, with the API model that it was tried with. */
const SDK = ['sagemaker==2.257.7', 'boto3==1.44.8', 'botocore==1.44.8'];

const METRICS = { 'validation:auc': 'auc: ([0-9.]+)' };

/** Pipelines that the library makes, with all that is optional in them. */
const PIPELINES: Readonly<Record<string, (stack: AwsStack) => void>> = {
  'with a step of each type': (stack) => void everyStepIn(stack),
  'that trains and registers': (stack) => void churnIn(stack),
  'that checks, prepares, tunes and registers': (stack) => {
    churnIn(
      stack,
      () => ({
        quality: qualityIn(stack),
        preparation: {
          folder: join(__dirname, '../../../lib/training/pipeline/training'),
          entryPoint: 'record_versions.py',
          inputs: { raw: dataIn(stack, 'raw') },
          channels: ['train'],
        },
        tuning: {
          strategy: 'Hyperband',
          rounds: { min: 1, max: 20 },
          objective: { metric: 'validation:auc', goal: 'Maximize' },
          ranges: { depth: ParameterRange.integer(2, 8) },
          maxInstanceHours: 10,
        },
      }),
      { metrics: METRICS, spot: true, tensorBoard: true, instanceCount: 2, retries: 3 },
    );
  },
};

function definitionOf(make: (stack: AwsStack) => void): string {
  const stack = acmeStack();
  make(stack);
  return filled(Template.synth(stack).one('aws_sagemaker_pipeline').pipeline_definition);
}

/** The definitions of the pipelines of an environment, by name. */
function definitionsOf(environment: string): [string, string][] {
  const file = join(__dirname, `../../../environments/${environment}.yaml`);
  const app = testApp();
  new Platform(app, parseEnvironment(readFileSync(file, 'utf8'), file));
  const stacks = app.node.findAll().filter(TerraformStack.isStack);
  for (const stack of stacks) stack.prepareStack();
  return stacks.flatMap((stack) =>
    Object.values(Template.fromJson(stack.toTerraform()).resources('aws_sagemaker_pipeline')).map(
      ({ pipeline_name, pipeline_definition }): [string, string] => [pipeline_name, filled(pipeline_definition)],
    ),
  );
}

describeWith(['python'], 'definitions', () => {
  const python = pythonWith('sagemaker-sdk', SDK);
  const find = spawnSync(python, ['-c', 'import botocore; print(botocore.__path__[0])'], { encoding: 'utf8' });
  const api = ApiShapes.read(join(find.stdout.trim(), 'data/sagemaker/2017-07-24/service-2.json.gz'));

  test.each(Object.keys(PIPELINES))('a pipeline %s asks for nothing that the API does not know or take', (name) => {
    expect(definitionFaults(definitionOf(PIPELINES[name]!), api)).toEqual([]);
  });

  test.each(['dev', 'staging', 'prod'])(
    'the pipelines of %s ask for nothing that the API does not know or take',
    (name) => {
      const definitions = definitionsOf(name);
      expect(definitions.map(([pipeline]) => pipeline)).toContain(`acme-${name}-card-fraud`);
      for (const [, definition] of definitions) expect(definitionFaults(definition, api)).toEqual([]);
    },
  );

  test.each<[string, (text: string) => string, string]>([
    [
      'an unknown key',
      (text) => text.replace('"VolumeSizeInGB"', '"VolumeSizeInGb"'),
      'Prepare.ProcessingResources.ClusterConfig: unknown key VolumeSizeInGb',
    ],
    [
      'a missing key',
      (text) => text.replace(/"ImageUri":"[^"]*",?/, ''),
      'Prepare.AppSpecification: ImageUri is missing',
    ],
    [
      'a number as text',
      (text) => text.replace('"InstanceCount":2', '"InstanceCount":"2"'),
      'Prepare.ProcessingResources.ClusterConfig.InstanceCount: must be a whole number, got "2"',
    ],
    [
      'a type that does not exist',
      (text) => text.replace('ml.g5.xlarge', 'ml.g5.huge'),
      'Prepare.ProcessingResources.ClusterConfig.InstanceType: must be one of ',
    ],
    [
      'a job name',
      (text) => text.replace('"RoleArn"', '"ProcessingJobName":"a","RoleArn"'),
      'Prepare: sets ProcessingJobName',
    ],
    [
      'a property that no answer has',
      (text) => text.replaceAll('S3ModelArtifacts', 'ModelUri'),
      'Evaluate.ProcessingInputs[0].S3Input.S3Uri: Train has no property ModelArtifacts.ModelUri',
    ],
    [
      'a property file that is not there',
      (text) => text.replace('"PropertyFileName":"gate"', '"PropertyFileName":"other"'),
      'Gate.GreaterThanOrEqualTo.JsonGet: no property file Steps.Evaluate.PropertyFiles.gate',
    ],
    [
      'a parameter that is not there',
      (text) => text.replace('"Name":"Seed"', '"Name":"Sead"'),
      'Prepare.AppSpecification.ContainerArguments[1]: no parameter Seed',
    ],
    [
      'a condition in words that the SDK does not write',
      (text) => text.replace('"QueryValue"', '"Value"'),
      'Gate.Not.In: unknown key Value',
    ],
    [
      'a text that is too long',
      (text) => text.replace('"--seed"', `"${'x'.repeat(257)}"`),
      'Prepare.AppSpecification.ContainerArguments[0]: must have 0 to 256 characters, got 257',
    ],
  ])('the check finds %s', (_, spoil, fault) => {
    const good = definitionOf(PIPELINES['with a step of each type']!);
    const bad = spoil(good);
    expect(bad).not.toBe(good);
    expect(definitionFaults(bad, api).join('\n')).toContain(fault);
  });

  test('a pipeline means what the Python SDK of SageMaker writes for the same steps', () => {
    const ours = definitionOf(PIPELINES['with a step of each type']!);
    const facts = factsOf(ours);
    const { stdout, stderr, status } = spawnSync(
      python,
      [join(__dirname, '../../support/pipeline/sdk_definition.py')],
      {
        input: JSON.stringify(facts),
        encoding: 'utf8',
        env: { ...process.env, SAGEMAKER_SUPPRESS_V2_WARNING: '1', PYTHONDONTWRITEBYTECODE: '1' },
      },
    );
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(meaningOf(ours)).toEqual(meaningOf(stdout.trim().split('\n').at(-1)!));
  });
});

describeWith(['python'], 'the versions of a run', () => {
  test('are one text for the data and one for the code, or the job fails', () => {
    const script = join(__dirname, '../../training/record_versions_test.py');
    const { status, stderr } = spawnSync('python3', [script], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});

/** What both must agree on, because it is no part of the language: names, ARNs, URIs. */
function factsOf(definition: string) {
  const { Steps } = JSON.parse(definition);
  const { Arguments: train } = Steps.find(({ Name }: { Name: string }) => Name === 'Train');
  const { Arguments: evaluate } = Steps.find(({ Name }: { Name: string }) => Name === 'Evaluate');
  const { depth: _, rounds: __, ...hyperparameters } = train.HyperParameters;
  return {
    bucket: 'acme-dev-bucket',
    role: train.RoleArn,
    key: train.OutputDataConfig.KmsKeyId,
    image: train.AlgorithmSpecification.TrainingImage,
    subnets: train.VpcConfig.Subnets,
    groups: train.VpcConfig.SecurityGroupIds,
    output: train.OutputDataConfig.S3OutputPath,
    code: train.InputDataConfig[1].DataSource.S3DataSource.S3Uri,
    reports: evaluate.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri['Std:Join'].Values[0],
    packages: 'acme-dev-churn',
    metadata: METADATA,
    hyperparameters,
  };
}
