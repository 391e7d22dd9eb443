import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from '../../../lib/testing';
import { Framework } from '../../../lib/training/framework/framework';
import { SageMakerTraining } from '../../../lib/training/sagemaker/sagemaker-training';
import { TrainingCode } from '../../../lib/training/sagemaker/training-code';
import { describeWith } from '../../support/machine';
import { ApiShapes } from '../../support/pipeline/api-shapes';
import { acmeStack } from '../../support/stack';
import { trainingPropsIn } from '../../support/training';
import { trainingToolkit } from '../../support/training-toolkit';

/** A program of two files: it writes its settings, and a value of the other file, as its model. */
const PROGRAM = `
import argparse, json, os
from lib.other import VALUE

parser = argparse.ArgumentParser()
parser.add_argument('--depth', type=int)
parser.add_argument('--objective')
parser.add_argument('--rate', type=float)
settings = vars(parser.parse_args())
with open(os.path.join(os.environ['SM_CHANNEL_TRAIN'], 'data.csv')) as data:
    rows = len(data.readlines())
with open(os.path.join(os.environ['SM_MODEL_DIR'], 'model.json'), 'w') as model:
    json.dump({**settings, 'value': VALUE, 'rows': rows}, model)
`;

/** How images run a program. */
const IMAGES = {
  /** Without a shell. */
  'scikit-learn': 'from sagemaker_training.cli.train import main; main()',
  /** As its toolkit does: by a shell, which lets it show errors. */
  pytorch: `
from sagemaker_training import entry_point, environment, runner
env = environment.Environment()
entry_point.run(
    env.module_dir, env.user_entry_point, env.to_cmd_args(), env.to_env_vars(),
    capture_error=True, runner_type=runner.ProcessRunnerType,
)
`,
};
/** Every kind of character that a setting may have, among them those that some shells know. */
const EVERY_CHARACTER = 'a-Z_9@%+=:,./';

describeWith(['python', 'registry', 'compiler'], 'a training', () => {
  const folder = mkdtempSync(join(tmpdir(), 'training-'));
  const code = join(folder, 'code');
  mkdirSync(join(code, 'lib'), { recursive: true });
  writeFileSync(join(code, 'train.py'), PROGRAM);
  writeFileSync(join(code, 'lib', '__init__.py'), '');
  writeFileSync(join(code, 'lib', 'other.py'), 'VALUE = 41\n');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('runs in the toolkit of the images as its request says: code, settings, data, model', () => {
    const s = acmeStack();
    const training = new SageMakerTraining(s, 'Churn', {
      ...trainingPropsIn(s),
      code: TrainingCode.fromFolder(code),
      hyperparameters: { depth: '6', objective: EVERY_CHARACTER },
    });
    const template = Template.synth(s);
    const request = template.resolve(
      JSON.parse(JSON.stringify(training.job('r1', { hyperparameters: { rate: '0.5' } }))),
    );
    const [archive] = template.all('aws_s3_object').filter(({ key }) => `${key}`.endsWith('.tar.gz'));

    for (const [image, program] of Object.entries(IMAGES)) {
      const { status, stderr, model } = runInContainer(
        join(folder, image),
        request as unknown as ContainerRequest,
        Buffer.from(archive!.content_base64 as string, 'base64'),
        program,
      );
      expect({ image, status, stderr }).toMatchObject({ status: 0 });
      expect(model).toEqual({ depth: 6, objective: EVERY_CHARACTER, rate: 0.5, value: 41, rows: 3 });
    }
  });

  test('takes no setting that the shell of the toolkit would run, which is why it is refused', () => {
    const base = join(folder, 'shell');
    const content = Template.synth(trainingOf(code))
      .all('aws_s3_object')
      .find(({ key }) => `${key}`.endsWith('.tar.gz'));
    const HyperParameters = {
      objective: JSON.stringify(`$(touch ${base}/run)`),
      sagemaker_program: '"train.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code/sourcedir.tar.gz"',
      sagemaker_region: '"eu-north-1"',
    };
    const InputDataConfig = [{ ChannelName: 'train' }, { ChannelName: 'code' }];
    const archive = Buffer.from(content!.content_base64 as string, 'base64');
    runInContainer(base, { HyperParameters, InputDataConfig }, archive, IMAGES.pytorch);
    expect(existsSync(join(base, 'run'))).toBe(true);
  });

  test('has requests that CreateTrainingJob takes, by the shapes of its API', () => {
    const s = acmeStack();
    const props = trainingPropsIn(s);
    const own = `111122223333.dkr.ecr.eu-north-1.amazonaws.com/train@sha256:${'0123456789abcdef'.repeat(4)}`;
    const trainings = [
      new SageMakerTraining(s, 'Plain', props),
      new SageMakerTraining(s, 'All', {
        ...props,
        framework: Framework.pytorch('2.13'),
        instanceType: 'ml.g5.xlarge',
        instanceCount: 2,
        hyperparameters: { depth: '6' },
        environment: { A: '1' },
        metrics: { auc: 'auc=([0-9.]+)' },
        spot: true,
        retries: 3,
        networkIsolation: false,
        tensorBoard: true,
        tags: { 'cost-center': '42' },
      }),
      new SageMakerTraining(s, 'Own', {
        ...props,
        framework: Framework.custom({ image: own }),
        code: undefined,
        entryPoint: undefined,
        keepAliveMinutes: 15,
        inputs: {},
      }),
    ];
    const shapes = ApiShapes.read(createTrainingJobShapes());
    const template = Template.synth(s);
    for (const training of trainings) {
      const request = JSON.parse(JSON.stringify(template.resolve(JSON.parse(JSON.stringify(training.job('r1'))))));
      expect(shapes.faults('CreateTrainingJobRequest', withSamples(request))).toEqual([]);
    }
    expect(shapes.faults('CreateTrainingJobRequest', { Unknown: 1 })).not.toEqual([]);
  });
});

/** A stack with a training of a code folder. */
function trainingOf(code: string) {
  const s = acmeStack();
  new SageMakerTraining(s, 'Churn', { ...trainingPropsIn(s), code: TrainingCode.fromFolder(code) });
  return s;
}

interface ContainerRequest {
  readonly HyperParameters: Readonly<Record<string, string>>;
  readonly InputDataConfig: readonly { readonly ChannelName: string }[];
}

/** What SageMaker does before and after a container runs, in a folder in place of `/opt/ml`. */
function runInContainer(
  base: string,
  { HyperParameters, InputDataConfig }: ContainerRequest,
  archive: Buffer,
  program: string,
) {
  const config = join(base, 'input/config');
  for (const path of ['input/config', 'model', 'output']) mkdirSync(join(base, path), { recursive: true });
  for (const { ChannelName } of InputDataConfig) mkdirSync(join(base, 'input/data', ChannelName), { recursive: true });
  writeFileSync(join(base, 'input/data/code/sourcedir.tar.gz'), archive);
  writeFileSync(join(base, 'input/data/train/data.csv'), '1\n2\n3\n');
  const here = Object.entries(HyperParameters).map(([name, value]) => [name, value.replace('/opt/ml', base)]);
  const files = {
    'hyperparameters.json': Object.fromEntries(here),
    'resourceconfig.json': { current_host: 'localhost', hosts: ['localhost'], network_interface_name: 'lo' },
    'inputdataconfig.json': Object.fromEntries(InputDataConfig.map((one) => [one.ChannelName, {}])),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(config, name), JSON.stringify(content));
  const { status, stderr } = spawnSync(trainingToolkit(), ['-c', program], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, SAGEMAKER_BASE_DIR: base, TRAINING_JOB_NAME: 'r1' },
  });
  const model = join(base, 'model/model.json');
  return { status, stderr, model: existsSync(model) ? JSON.parse(readFileSync(model, 'utf8')) : undefined };
}

function createTrainingJobShapes(): string {
  const where = 'import botocore, os; print(os.path.dirname(botocore.__file__))';
  const botocore = execFileSync(trainingToolkit(), ['-c', where], { encoding: 'utf8' }).trim();
  return join(botocore, 'data/sagemaker/2017-07-24/service-2.json.gz');
}

/** A request with samples in the place of what Terraform knows only when it is deployed. */
function withSamples(request: unknown): unknown {
  const text = JSON.stringify(request)
    .replace(/\$\{aws_iam_role\.[^}]+\}/g, 'arn:aws:iam::111122223333:role/sample')
    .replace(/\$\{aws_kms_key\.[^}]+\}/g, 'arn:aws:kms:eu-north-1:111122223333:key/1')
    .replace(/\$\{[^}]+\}/g, 'sample');
  return JSON.parse(text);
}
