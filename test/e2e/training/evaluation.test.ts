import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { DataSource } from '../../../lib/training/data/data-source';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { describeWith } from '../../support/machine';
import { churnIn } from '../../support/pipeline/churn';
import { ACME, acmeStack, keyIn } from '../../support/stack';
import { trainingPython } from '../../support/training-image';

const PYTHON_TESTS = join(__dirname, '../../training');

describeWith(['python', 'registry'], 'the default evaluation, with the packages of training images', () => {
  test('judges real models on real files as scikit-learn does, and has a reason for what it cannot judge', () => {
    const script = join(PYTHON_TESTS, 'evaluation_test.py');
    const { status, stderr } = spawnSync(trainingPython(), [script], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});

/** Stands for the one key that the emulator makes. */
const KEY = `arn:aws:kms:${ACME.region}:${ACME.account}:key/00000000-0000-0000-0000-000000000000`;
const [FEATURES, GROUP, FOLDER] = ['acme-held-out', 'acme-dev-churn', 'acme-dev-churn'] as const;

/** A pipeline whose test data is in a bucket of the stack, synthesized. */
function churnPipeline() {
  const s = acmeStack();
  const data = new Bucket(s, 'HeldOut', { bucketName: FEATURES, encryptionKey: keyIn(s, 'HeldOutKey') });
  churnIn(s, () => ({ testData: DataSource.bucket(data, 'churn/test') }));
  const template = Template.synth(s);
  const step = JSON.parse(String(template.one('aws_sagemaker_pipeline').pipeline_definition)).Steps.find(
    ({ Name }: { Name: string }) => Name === 'Evaluate',
  );
  return { template, request: step.Arguments };
}

/** A text with the names of the template's buckets, keys and groups in place of references to them. */
function named(template: Template, text: string): string {
  return text.replace(/\$\{(\w+)\.(\w+)\.(\w+)\}/g, (reference, type, id, attribute) => {
    const resource = (template.resources(type)[`${type}.${id}`] ?? {}) as Record<string, unknown>;
    if (type === 'aws_kms_key') return KEY;
    if (type === 'aws_s3_bucket')
      return attribute === 'arn' ? `arn:aws:s3:::${resource.bucket}` : String(resource.bucket);
    return type === 'aws_sagemaker_model_package_group' ? String(resource.model_package_group_name) : reference;
  });
}

describeWith(['python', 'registry'], 'the job of an evaluation, under the role of its pipeline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evaluation-job-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const reports = `${FOLDER}/reports/abcdefghijkl/evaluation`;
  let outcome: { code: number; message: string; log: string; answers: string[]; written: Record<string, any> };
  let refused: [string, object][];

  beforeAll(async () => {
    const { template, request } = churnPipeline();
    const python = trainingPython();
    execFileSync(python, [join(PYTHON_TESTS, 'evaluation_files.py'), join(folder, 'files')], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const file = (path: string) => join(folder, 'files', path);
    const [role] = template.all('aws_iam_role_policy').filter(({ role: of }) => String(of).includes('EvaluationRole'));
    const workspace = String(template.all('aws_s3_bucket').find(({ bucket }) => bucket !== FEATURES)?.bucket);
    const uri = (job: string) => `s3://${workspace}/${FOLDER}/output/${job}/output/model.tar.gz`;
    const resolved = named(template, JSON.stringify(request))
      .replace('{"Get":"Steps.Train.ModelArtifacts.S3ModelArtifacts"}', JSON.stringify(uri('train-2')))
      .replace(/\{"Std:Join".*?\]\}\}/, JSON.stringify(`s3://${workspace}/${reports}`))
      .replace(/\{"Get":"Parameters\.\w+"\}/g, '"manual"');

    const programs = template.all('aws_s3_object').map(({ key, content }) => {
      const path = join(folder, String(key).replaceAll('/', '-'));
      writeFileSync(path, String(content).replaceAll('$${', '${'));
      return [String(key), path];
    });
    const objects = {
      [workspace]: {
        ...Object.fromEntries(programs),
        [`${FOLDER}/output/train-2/output/model.tar.gz`]: file('model.tar.gz'),
        [`${FOLDER}/output/train-1/output/model.tar.gz`]: file('champion.tar.gz'),
        'acme-dev-ads/output/train-1/output/model.tar.gz': file('champion.tar.gz'),
      },
      [FEATURES]: {
        'churn/test/part-0.parquet': file('test/part-0.parquet'),
        'churn/train/part-0.csv': file('train.csv'),
      },
    };
    const attached = template.all('aws_s3_bucket_policy');
    const policyOf = (name: string) =>
      attached.map((one) => named(template, JSON.stringify(one))).find((text) => JSON.parse(text).bucket === name)!;
    const buckets = Object.entries(objects).map(([name, given]) => [
      name,
      { policy: JSON.parse(policyOf(name)).policy, objects: given },
    ]);

    const at = (Bucket: string, Key: string, more: object = {}) => ({ Bucket, Key, ...more });
    refused = [
      ['get_object', at(FEATURES, 'churn/train/part-0.csv')],
      ['put_object', at(FEATURES, 'churn/test/more.parquet', { Body: 'x' })],
      ['get_object', at(workspace, 'acme-dev-ads/output/train-1/output/model.tar.gz')],
      ['put_object', at(workspace, `${FOLDER}/output/train-2/output/model.tar.gz`, { Body: 'x' })],
      ['put_object', at(workspace, `${FOLDER}/evaluation/evaluate.py`, { Body: 'x' })],
      ['put_object', at(workspace, `${reports}/gate.json`, { Body: '{}', ServerSideEncryption: 'AES256' })],
      ['delete_object', at(workspace, `${reports}/gate.json`)],
    ];
    const plan = {
      ...ACME,
      key: KEY,
      python,
      policy: named(template, String(role?.policy)),
      request: JSON.parse(resolved),
      buckets: Object.fromEntries(buckets),
      group: GROUP,
      packages: [
        [uri('train-0'), 'Approved'], // of long ago: its files are gone
        [uri('train-1'), 'Approved'],
        [uri('train-2'), 'PendingManualApproval'],
      ],
      reports: [workspace, `${reports}/`],
      refused,
      emulators: {
        ministack: EMULATORS.ministack.serve(0),
        moto: "from moto.server import main; main(['-H', '127.0.0.1', '-p', 'PORT'])",
      },
      ministack: { GATEWAY_PORT: 'PORT' },
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const emulators = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      ...EMULATORS.moto.env(0, ACME.account, ACME.region),
      ...blockedProxies(),
      ...NO_SETTINGS,
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
    };
    const args = [join(PYTHON_TESTS, 'evaluation_job.py'), join(folder, 'plan.json')];
    const { code, stdout, stderr } = await run(emulators, args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    outcome = JSON.parse(stdout);
  });

  test('ends well, and leaves its three files among the reports of the run', () => {
    expect(outcome).toMatchObject({ code: 0, message: expect.stringContaining('600 rows; auc 0.') });
    expect(Object.keys(outcome.written).sort()).toEqual(
      ['contract.json', 'gate.json', 'report.json'].map((name) => `${reports}/${name}`),
    );
  });

  test('has the numbers that scikit-learn has for the same files', () => {
    const expected = JSON.parse(readFileSync(join(folder, 'files', 'expected.json'), 'utf8'));
    const gate = outcome.written[`${reports}/gate.json`];
    for (const [key, value] of Object.entries(expected)) expect(gate[key]).toBeCloseTo(value as number, 9);
  });

  test('compares with the newest approved package, not with a pending one', () => {
    const { champion } = outcome.written[`${reports}/report.json`];
    expect(champion).toMatchObject({ version: 2, package: expect.stringContaining(`model-package/${GROUP}/2`) });
  });

  test('may do nothing else: not read what was trained on, nor change a model, its own program or a report', () => {
    const shown = refused.map(([operation, call]) => `${operation} ${JSON.stringify(call)}`);
    expect(shown.map((call, index) => `${outcome.answers[index]}: ${call}`)).toEqual(
      shown.map((call) => `refused: ${call}`),
    );
  });
});
