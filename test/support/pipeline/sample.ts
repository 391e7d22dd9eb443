import type { AwsStack } from '../../../lib/aws/aws-stack';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { Bucket } from '../../../lib/storage/bucket';
import { DataSource } from '../../../lib/training/data/data-source';
import { Condition } from '../../../lib/training/pipeline/condition';
import { Parameter } from '../../../lib/training/pipeline/parameter';
import { Pipeline, type PipelineProps } from '../../../lib/training/pipeline/pipeline';
import { CallbackStep, LambdaStep } from '../../../lib/training/pipeline/steps/call-steps';
import { ConditionStep, FailStep } from '../../../lib/training/pipeline/steps/flow-steps';
import { ParameterRange } from '../../../lib/training/pipeline/steps/parameter-range';
import {
  ProcessingInput,
  ProcessingStep,
  type ProcessingStepProps,
} from '../../../lib/training/pipeline/steps/processing-step';
import { RegisterModelStep } from '../../../lib/training/pipeline/steps/register-model-step';
import { TrainingStep } from '../../../lib/training/pipeline/steps/training-step';
import { TuningStep, type TuningStepProps } from '../../../lib/training/pipeline/steps/tuning-step';
import { Execution, Reference } from '../../../lib/training/pipeline/value';
import type { SageMakerTraining } from '../../../lib/training/sagemaker/sagemaker-training';
import { trainingIn } from '../training';

export const METADATA = {
  owner: 'fraud',
  dataVersion: 's3:sha256:abc',
  codeVersion: 's3:sha256:def',
  metrics: 's3://acme/report.json',
  baseModelLicence: 'none',
  contract: 's3://acme/contract.json',
};

/** A processing step that writes the file `gate` to its output `report`. */
export function evaluateIn(
  training: SageMakerTraining,
  props: Partial<ProcessingStepProps> = {},
  name = 'Evaluate',
): ProcessingStep {
  const { workspace, trainingName } = training;
  const reports = workspace.uriOf(trainingName, 'reports');
  return new ProcessingStep(name, {
    workspace,
    role: training.role,
    image: training.image,
    instanceType: 'ml.m5.xlarge',
    entrypoint: ['python3', '/opt/ml/processing/input/code/evaluate.py'],
    outputs: {
      report: { localPath: '/opt/ml/processing/report', uri: Reference.join('/', [reports, Execution.id]) },
    },
    propertyFiles: { gate: { output: 'report', path: 'gate.json' } },
    ...props,
  });
}

/** A tuning of two numbers and a word. */
export function tuneIn(training: SageMakerTraining, props: Partial<TuningStepProps> = {}): TuningStep {
  return new TuningStep('Tune', {
    training,
    objective: { metric: 'validation:auc', goal: 'Maximize' },
    ranges: {
      depth: ParameterRange.integer(2, 8),
      rate: ParameterRange.continuous(0.001, 0.3, 'Logarithmic'),
      loss: ParameterRange.categorical(['log', 'hinge']),
    },
    maxInstanceHours: 4,
    ...props,
  });
}

/** A pipeline with a step of each type. */
export function everyStepIn(stack: AwsStack, props: Partial<PipelineProps> = {}): Pipeline {
  const training = trainingIn(stack, {
    metrics: { 'validation:auc': 'auc: ([0-9.]+)' },
  });
  const raw = Bucket.fromBucketAttributes(stack, 'RawData', { bucketArn: 'arn:aws:s3:::acme-raw' });
  const packages = new ModelPackageGroup(stack, 'Models', { name: 'churn' });
  const prepare = new ProcessingStep('Prepare', {
    workspace: training.workspace,
    role: training.role,
    image: training.image,
    instanceType: 'ml.g5.xlarge',
    instanceCount: 2,
    arguments: ['--seed', Parameter.string('Seed', { defaultValue: '1' })],
    environment: { MODE: 'full' },
    inputs: {
      raw: ProcessingInput.data(DataSource.bucket(raw, 'churn'), '/opt/ml/processing/raw'),
      extra: ProcessingInput.uri(
        Parameter.string('ExtraUri', { defaultValue: 's3://acme/extra' }),
        '/opt/ml/processing/extra',
      ),
    },
    outputs: { train: { localPath: '/opt/ml/processing/train', uri: 's3://acme/train' } },
  });
  const train = new TrainingStep('Train', {
    training,
    inputs: { train: prepare.outputUri('train') },
    hyperparameters: { depth: '4', rounds: Parameter.string('Rounds', { defaultValue: '10' }) },
  });
  const tune = tuneIn(training);
  const evaluate = evaluateIn(training, {
    inputs: {
      model: ProcessingInput.uri(train.modelUri, '/opt/ml/processing/model'),
      best: ProcessingInput.uri(tune.modelUri, '/opt/ml/processing/best'),
    },
  });
  const auc = evaluate.value('gate', 'auc');
  const ask = new CallbackStep('Ask', {
    queueArn: 'arn:aws:sqs:eu-north-1:111122223333:approvals',
    queueUrl: 'https://sqs.eu-north-1.amazonaws.com/111122223333/approvals',
    inputs: { auc },
    outputs: { by: 'String' },
  });
  const register = new RegisterModelStep('Register', {
    packages,
    image: training.image,
    modelUri: train.modelUri,
    framework: { name: 'SCIKIT_LEARN', version: '1.9.0' },
    quality: { uri: Reference.join('/', [evaluate.outputUri('report'), 'report.json']) },
    metadata: { ...METADATA, approver: ask.output('by') },
  });
  const gate = new ConditionStep('Gate', {
    conditions: [
      Condition.atLeast(auc, 0.8),
      Condition.not(
        Condition.in(Parameter.string('Mode', { defaultValue: 'full', allowed: ['full', 'dry'] }), ['dry']),
      ),
    ],
    onTrue: [ask, register],
    onFalse: [new FailStep('Reject', { message: Reference.text('auc is ', auc, ', at least 0.8 is required') })],
  });
  const notify = new LambdaStep('Notify', {
    functionArn: 'arn:aws:lambda:eu-north-1:111122223333:function:notify',
    inputs: { outcome: gate.property('Outcome') },
    dependsOn: [gate],
  });
  return new Pipeline(stack, 'Pipeline', {
    workspace: training.workspace,
    steps: [prepare, train, tune, evaluate, gate, notify],
    maxParallelSteps: 4,
    ...props,
  });
}
