import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { Evaluation } from '../../lib/training/evaluation/evaluation';
import { championKey, gateKey, higherIsBetter, metricNames } from '../../lib/training/evaluation/metric-limits';
import { UploadedProgram } from '../../lib/training/evaluation/uploaded-program';
import { acmeStack, DECRYPT, keyIn, READ, roleIn } from '../support/stack';

const home = mkdtempSync(join(tmpdir(), 'evaluation-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A folder with these files. */
function folderWith(name: string, files: Record<string, string | Buffer>): string {
  const folder = join(home, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function contextIn(s: AwsStack) {
  const encryptionKey = keyIn(s);
  const bucket = new Bucket(s, 'Workspace', { encryptionKey });
  return {
    workspace: { bucket },
    folder: 'churn',
    framework: { name: 'scikit-learn' },
    role: roleIn(s),
    encryptionKey,
  };
}

describe('metrics', () => {
  test('of a task are computed on the test set, and again under each perturbation', () => {
    expect(metricNames('regression', ['noise'])).toEqual([
      ...['rmse', 'mae', 'r2', 'mape'],
      ...['rmse@noise', 'mae@noise', 'r2@noise', 'mape@noise'],
    ]);
    expect(metricNames('classification')).toEqual(expect.arrayContaining(['auc', 'auc@missing', 'brier@shuffled']));
  });

  test('have keys in gate.json that a JSONPath takes', () => {
    expect(gateKey('auc@noise')).toBe('auc_at_noise');
    expect(championKey('auc@noise')).toBe('champion_auc_at_noise_loss');
  });

  test('know whether more is better', () => {
    expect(['auc', 'r2@noise', 'log_loss', 'rmse@missing', 'profit'].map(higherIsBetter)).toEqual([
      ...[true, true, false, false, undefined],
    ]);
  });
});

describe('a program of a user', () => {
  const files = {
    'judge.py': 'print("${model} is judged")\n',
    'tools/cost.py': 'COST = 3\n',
    '.hidden': 'x',
    '__pycache__/judge.pyc': 'x',
  };
  const folder = folderWith('own', files);
  const evaluation = Evaluation.program({
    folder,
    entryPoint: 'judge.py',
    metrics: ['profit', 'profit@noise'],
    arguments: ['--currency', 'EUR'],
    environment: { MODE: 'strict' },
  });

  test('is uploaded as it is beside what writes contracts, in a folder that its content names, without hidden and compiled files', () => {
    const s = acmeStack();
    const job = evaluation.bind(s, contextIn(s));
    const objects = Template.synth(s).all('aws_s3_object');
    const [, bucket, hash] = /^s3:\/\/(.+?)\/churn\/evaluation\/([0-9a-f]{12})\/$/.exec(job.codeUri) ?? [];
    expect(bucket).toBeDefined();
    expect(Object.fromEntries(objects.map(({ key, content }) => [key, content]))).toEqual({
      [`churn/evaluation/${hash}/judge.py`]: 'print("$${model} is judged")\n', // Terraform writes ${model}
      [`churn/evaluation/${hash}/serving_contract.py`]: expect.stringContaining('def describe('),
      [`churn/evaluation/${hash}/tools/cost.py`]: 'COST = 3\n',
    });
  });

  test('is run with its arguments and environment, and needs no AWS unless it says so', () => {
    const s = acmeStack();
    expect(evaluation.bind(s, contextIn(s))).toMatchObject({
      entrypoint: ['python3', '/opt/ml/processing/input/code/judge.py'],
      arguments: ['--currency', 'EUR'],
      environment: { MODE: 'strict' },
      callsAws: false,
    });
  });

  test('is told of the champion, which it looks up itself', () => {
    const s = acmeStack();
    const champion = { packageGroupName: 'acme-dev-churn', metric: 'profit' };
    expect(evaluation.bind(s, { ...contextIn(s), champion })).toMatchObject({
      environment: { MODE: 'strict', CHAMPION_GROUP: 'acme-dev-churn', CHAMPION_METRIC: 'profit' },
      callsAws: true,
    });
  });

  test('keeps its folder until its content changes', () => {
    const s = acmeStack();
    const { workspace, role } = contextIn(s);
    const uriOf = (id: string, text: string) =>
      UploadedProgram.to(s, id, { bucket: workspace.bucket, folder: 'churn', files: { 'a.py': text }, role }).uri;
    const [first, same, other] = [uriOf('First', 'x = 1'), uriOf('Same', 'x = 1'), uriOf('Other', 'x = 2')];
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  test('may be read by the role of the job, and nothing else may', () => {
    const s = acmeStack();
    const { role, workspace, encryptionKey, ...context } = contextIn(s);
    const job = evaluation.bind(s, { role, workspace, ...context });
    const policy = Template.synth(s).policyOf(role);
    const below = job.codeUri.slice(job.codeUri.indexOf('/churn/'));
    const needed = [
      { actions: READ, resources: `${workspace.bucket.bucketArn}${below}*` },
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: workspace.bucket.bucketArn },
      { actions: DECRYPT, resources: encryptionKey.keyArn },
    ];
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
  });

  test('is refused with everything that is wrong', () => {
    const make = () =>
      Evaluation.program({
        folder,
        entryPoint: 'evaluate.py',
        metrics: ['a@b', 'a_at_b', 'AUC'],
        environment: { '1X': 'y', LONG: 'x'.repeat(257) },
      });
    expect(make).toThrow(
      [
        'Evaluation.program: 5 invalid properties',
        "  - 'entryPoint' must be a file of the folder, got 'evaluate.py'; it has judge.py",
        "  - 'metrics' must have different keys in gate.json, got a_at_b again",
        "  - 'metrics[2]' must be lower-case letters, digits and '_', beginning with a letter, such as auc or auc@noise, got 'AUC'",
        "  - 'environment' must be letters, digits and '_', got '1X'",
        "  - 'environment.LONG' must have at most 256 characters, got 257",
      ].join('\n'),
    );
    const metrics = ['auc'];
    const missing = { folder: join(home, 'nowhere'), entryPoint: 'a.py', metrics };
    expect(() => Evaluation.program(missing)).toThrow(`'folder' must be a folder, got '${missing.folder}'`);
    const binary = folderWith('binary', { 'a.py': '', 'weights.bin': Buffer.from([0xff, 0xfe]) });
    expect(() => Evaluation.program({ folder: binary, entryPoint: 'a.py', metrics })).toThrow(
      "'folder' must have texts in UTF-8 only, got weights.bin",
    );
  });

  test('compares with a champion only in what it computes', () => {
    const s = acmeStack();
    const champion = { packageGroupName: 'acme-dev-churn', metric: 'auc' };
    expect(() => evaluation.bind(s, { ...contextIn(s), champion })).toThrow(
      "'champion.metric' must be one of profit, profit@noise, got 'auc'",
    );
  });
});

describe('the default evaluation', () => {
  const props = { task: 'classification', target: 'churned', format: 'parquet' } as const;

  test('computes the metrics of its task, and those under each perturbation that is on', () => {
    expect(Evaluation.tabular(props).metrics).toEqual(metricNames('classification'));
    const { metrics } = Evaluation.tabular({
      ...props,
      task: 'regression',
      perturbations: { noise: 0.5, missing: false, shuffled: false },
    });
    expect(metrics).toEqual(metricNames('regression', ['noise']));
  });

  test('is a program with the contract beside it, which Terraform writes as it is', () => {
    const s = acmeStack();
    Evaluation.tabular(props).bind(s, contextIn(s));
    const objects = Template.synth(s).all('aws_s3_object');
    const paths = objects.map(({ key }) => String(key).split('/').slice(3).join('/'));
    expect(paths.sort()).toEqual([
      'evaluate.py',
      'serving_contract.py',
      ...['__init__', 'champion', 'main', 'metrics', 'models', 'predictions', 'tables'].map(
        (name) => `tabular_evaluation/${name}.py`,
      ),
    ]);
    for (const { content } of objects) expect(content).not.toMatch(/^EOF$/m); // the end of a heredoc
  });

  test('gets everything as arguments, each default too', () => {
    const s = acmeStack();
    expect(Evaluation.tabular(props).bind(s, contextIn(s))).toMatchObject({
      entrypoint: ['python3', '/opt/ml/processing/input/code/evaluate.py'],
      arguments: [
        ...['--framework', 'scikit-learn', '--task', 'classification', '--target', 'churned', '--format', 'parquet'],
        ...['--noise', '0.1', '--missing', '0.1', '--shuffled', '--seed', '1'],
        ...['--confidence', '0.95', '--resamples', '1000', '--max-rows', '1000000'],
      ],
      environment: {},
      callsAws: false,
    });
    const all = Evaluation.tabular({
      ...props,
      format: 'csv',
      identifiers: ['id', 'at'],
      columns: ['id', 'at', 'age', 'churned'],
      positive: 'yes',
      labels: ['yes', 'no'],
      inference: 'code/serve.py',
      perturbations: { noise: false, missing: 0.3, shuffled: false },
      seed: 7,
      confidence: 0.9,
      resamples: 0,
      maxRows: 500,
    });
    const champion = { packageGroupName: 'acme-dev-churn', metric: 'auc@missing' };
    const t = acmeStack();
    const job = all.bind(t, { ...contextIn(t), framework: { name: 'xgboost' }, champion });
    expect(job.callsAws).toBe(true);
    expect(job.arguments.join(' ')).toBe(
      '--framework xgboost --task classification --target churned --format csv --identifiers id at ' +
        '--columns id at age churned --positive yes --labels yes no --inference code/serve.py --noise 0 --missing 0.3 ' +
        '--seed 7 --confidence 0.9 --resamples 0 --max-rows 500 --champion-group acme-dev-churn --champion-metric auc@missing',
    );
  });

  test('is refused with everything that is wrong', () => {
    const wrong = {
      task: 'regression',
      target: 'churned',
      format: 'parquet',
      identifiers: ['churned', 'id', 'id', '--id'],
      columns: ['id'],
      positive: 'yes',
      labels: ['a'],
      inference: '../serve.sh',
      perturbations: { noise: 11, missing: 2 },
      seed: -1,
      confidence: 95,
      resamples: 10,
      maxRows: 0,
    } as const;
    expect(() => Evaluation.tabular(wrong)).toThrow(
      [
        'Evaluation.tabular: 15 invalid properties',
        "  - 'inference' must be the path of a Python file, such as evaluate.py, got '../serve.sh'",
        "  - 'identifiers' must not have the target, got 'churned'; remove it",
        "  - 'columns' must not be set for parquet, whose files name them; remove it",
        "  - 'columns' must have the target 'churned'; add it",
        "  - 'positive' and 'labels' must not be set for a regression, which has no classes; remove them",
        "  - 'labels' must have at least 2 classes, got 1",
        "  - 'positive' must be one of two 'labels', got 'yes' of a",
        "  - 'perturbations.noise' must be between 0.001 and 10, got 11",
        "  - 'perturbations.missing' must be between 0.001 and 1, got 2",
        "  - 'seed' must be between 0 and 4294967295, got -1",
        "  - 'confidence' must be between 0.5 and 0.999, got 95",
        "  - 'resamples' must be between 100 and 10000, got 10",
        "  - 'maxRows' must be at least 1, got 0",
        "  - 'identifiers' must be a text on one line that does not begin with '-', got '--id'",
        "  - 'identifiers' must not have a name twice, got id",
      ].join('\n'),
    );
    const none = undefined as unknown as Parameters<typeof Evaluation.tabular>[0];
    expect(() => Evaluation.tabular(none)).toThrow("'task' must be set, got undefined");
    expect(() => Evaluation.tabular({ ...props, task: 'ranking' as never })).toThrow(
      "'task' must be one of classification, regression, got 'ranking'",
    );
  });

  test('is refused where a job cannot take its arguments, or its framework is not known', () => {
    const bound = (more: object, framework = 'scikit-learn') => {
      const s = acmeStack();
      return () =>
        Evaluation.tabular({ ...props, ...more }).bind(s, { ...contextIn(s), framework: { name: framework } });
    };
    const many = Array.from({ length: 90 }, (_, index) => `column${index}`);
    expect(bound({ identifiers: many })).toThrow(
      "'arguments' of the evaluation must be at most 100 words, got 112; name fewer columns",
    );
    expect(bound({ identifiers: ['x'.repeat(257)] })).toThrow(
      "'arguments' of the evaluation must have at most 256 characters each",
    );
    expect(bound({}, 'mxnet')).toThrow(
      "'framework' must be one of scikit-learn, xgboost, pytorch, tensorflow, keras, custom, got 'mxnet'",
    );
  });
});
