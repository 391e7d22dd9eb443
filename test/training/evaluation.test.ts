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

  test('is uploaded as it is, in a folder that its content names, without hidden and compiled files', () => {
    const s = acmeStack();
    const job = evaluation.bind(s, contextIn(s));
    const objects = Template.synth(s).all('aws_s3_object');
    const [, bucket, hash] = /^s3:\/\/(.+?)\/churn\/evaluation\/([0-9a-f]{12})\/$/.exec(job.codeUri) ?? [];
    expect(bucket).toBeDefined();
    expect(Object.fromEntries(objects.map(({ key, content }) => [key, content]))).toEqual({
      [`churn/evaluation/${hash}/judge.py`]: 'print("$${model} is judged")\n', // Terraform writes ${model}
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
        "  - 'entryPoint' must be a file of 'folder', got 'evaluate.py'",
        "  - 'metrics' must have different keys in gate.json, got a_at_b again",
        "  - 'metrics' must be lower-case letters, digits and '_', beginning with a letter, such as auc or auc@noise, got 'AUC'",
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
