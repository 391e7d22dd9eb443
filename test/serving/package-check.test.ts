import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { ModelSource, PackageCheck } from '../../lib/serving';
import { storedZip } from '../../lib/serving/check/stored-zip';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { lintPolicies } from '../support/iam-lint';
import { describeWith } from '../support/machine';
import { endpointIn } from '../support/serving';
import { acmeStack, keyIn, READ } from '../support/stack';

const PROGRAM = join(__dirname, '../../lib/serving/check');

describe('a version of the registry, before it is served', () => {
  const s = acmeStack();
  const bucket = new Bucket(s, 'Training', { encryptionKey: keyIn(s) });
  const packages = new ModelPackageGroup(s, 'Group', { name: 'card-fraud' });
  const check = new PackageCheck(s, 'Check', { bucket, encryptionKey: keyIn(s, 'LogKey') });
  const source = ModelSource.fromPackage({
    packages,
    packageVersion: 12,
    artifacts: [{ bucket, prefix: 'card-fraud/output/*' }],
    contracts: [{ bucket, prefix: 'card-fraud/reports/*' }],
    images: [],
  });
  const endpoint = endpointIn(s, { variants: { champion: { model: source } }, check });
  const template = Template.synth(s);

  test('is asked about by Terraform, once for each version, and the model is made after the answer', () => {
    const invocation = template.one('aws_lambda_invocation');
    expect(JSON.parse(String(invocation.input))).toEqual({
      packageArn: expect.stringMatching(/^arn:aws:sagemaker:eu-north-1:111122223333:model-package\/.*\/12$/),
    });
    expect(invocation.lifecycle_scope).toBe('CREATE_ONLY'); // asked again for another input or program only
    const [model] = template.all('aws_sagemaker_model');
    expect(model!.depends_on).toContainEqual(expect.stringMatching(/^aws_lambda_invocation\./));
  });

  test('is read by the function with its contract, which the containers cannot read, and by no more', () => {
    const policy = template.policyOf(check.role);
    const arn = 'arn:aws:sagemaker:eu-north-1:111122223333:model-package';
    expect(policy.allowsAny({ actions: 'sagemaker:DescribeModelPackage', resources: `${arn}/others/1` })).toBe(false);
    for (const file of ['output/a/model.tar.gz', 'reports/a/evaluation/contract.json']) {
      expect(policy).toAllow({ actions: READ, resources: `${bucket.bucketArn}/card-fraud/${file}` });
    }
    expect(policy.allowsAny({ actions: ['s3:PutObject', 'sagemaker:UpdateModelPackage', 'sagemaker:Create*'] })).toBe(
      false,
    );
    const served = template.policyOf(endpoint.role);
    expect(served.allowsAny({ actions: READ, resources: `${bucket.bucketArn}/card-fraud/reports/*` })).toBe(false);
  });

  test('is checked by a function whose program is in the bucket, and whose log is encrypted and kept', () => {
    expect(template.one('aws_lambda_function')).toMatchObject({
      runtime: 'python3.13',
      handler: 'package_check.handler',
      timeout: 900,
      function_name: 'acme-dev-package-check',
    });
    const logs = template.all('aws_cloudwatch_log_group').find(({ name }) => `${name}`.startsWith('/aws/lambda'))!;
    expect(logs).toMatchObject({ retention_in_days: 365, lifecycle: { prevent_destroy: true } });
    expect(logs.kms_key_id).toMatch(/LogKey/);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('is not asked about if it is no version', () => {
    const image = `111122223333.dkr.ecr.eu-north-1.amazonaws.com/serve@sha256:${'a'.repeat(64)}`;
    expect(check.before('none', ModelSource.fromImage({ image }))).toBeUndefined();
  });
});

test('the archive of the program is the same for the same text', () => {
  const archive = storedZip('a.py', 'print("ä")\n');
  expect(archive.equals(storedZip('a.py', 'print("ä")\n'))).toBe(true);
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(() => inflateRawSync(archive)).toThrow(); // it is stored, not deflated
});

describeWith(['python'], 'the program of the check', () => {
  const run = (...args: string[]) => spawnSync('python3', args, { encoding: 'utf8', cwd: __dirname });

  test('keeps every version that is not the one that was judged from being served', () => {
    const { status, stderr } = run('-m', 'unittest', '-q', join(__dirname, 'package_check_test.py'));
    expect(stderr).toMatch(/Ran \d\d tests/);
    expect(status).toBe(0);
  });

  test('is in an archive that Python imports, as Lambda does', () => {
    const archive = storedZip('package_check.py', 'ANSWER = "ä"\n').toString('base64');
    const program = `import base64, sys, tempfile, zipfile
file = tempfile.NamedTemporaryFile(suffix='.zip')
file.write(base64.b64decode('${archive}')); file.flush()
assert zipfile.ZipFile(file.name).testzip() is None
sys.path.insert(0, file.name)
import package_check; sys.stdout.write(package_check.ANSWER)`;
    expect(run('-c', program).stdout).toBe('ä');
    expect(PROGRAM).toContain('check');
  });
});
