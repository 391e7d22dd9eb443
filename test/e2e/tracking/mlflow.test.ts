import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { MlflowTracking } from '../../../lib/tracking/mlflow-tracking';
import { TRACKING_CLIENT } from '../../../lib/tracking/tracking-limits';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { describeWith } from '../../support/machine';
import { pythonWith } from '../../support/python';
import { ACME, acmeStack, roleIn } from '../../support/stack';

/*
 * Real clients of MLflow, with the package that a client of the managed server installs, and a role of each intent. Between
 * them and a real server is a gateway that authorizes each call by the synthesized policies, as SageMaker does; an emulator
 * does the same for the artifacts in S3. So a call that a client makes, and that its grant lacks, is found here.
 */

const PACKAGES = ['mlflow==3.17.2', TRACKING_CLIENT, 'boto3==1.44.8'];
const BUCKET = 'acme-tracking';
const SERVER = `arn:aws:sagemaker:${ACME.region}:${ACME.account}:mlflow-tracking-server/acme-dev-tracking`;

/** The policies of the roles and of the bucket, with the ARNs that they have once deployed. */
function policies() {
  const s = acmeStack();
  const tracking = new MlflowTracking(s, 'Tracking', { bucket: new Bucket(s, 'Artifacts', { bucketName: BUCKET }) });
  const roles = { track: roleIn(s, 'Track'), read: roleIn(s, 'Read'), manage: roleIn(s, 'Manage') };
  tracking.grantTrack(roles.track);
  tracking.grantRead(roles.read);
  tracking.grantManage(roles.manage);
  const template = Template.synth(s);
  const deployed = (text: unknown) =>
    JSON.parse(
      String(text)
        .replaceAll(/\$\{aws_s3_bucket\.\w+\.arn\}/g, `arn:aws:s3:::${BUCKET}`)
        .replaceAll(/\$\{aws_sagemaker_mlflow_tracking_server\.\w+\.arn\}/g, SERVER),
    );
  const all = template.all('aws_iam_role_policy');
  const of = (role: { roleName: string }) =>
    deployed(all.find((policy) => policy.role === template.resolve(role.roleName))!.policy);
  return {
    policies: { track: of(roles.track), read: of(roles.read), manage: of(roles.manage), server: of(tracking.role) },
    bucketPolicy: deployed(template.one('aws_s3_bucket_policy').policy),
  };
}

type Answers = Record<string, Record<string, readonly [outcome: string, value: unknown]>>;

describeWith(['python'], 'a client of MLflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracking-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let answers: Answers;
  let seen: Record<string, readonly string[]>;

  beforeAll(async () => {
    const emulator = {
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
    };
    const place = { arn: SERVER, region: ACME.region, account: ACME.account, bucket: BUCKET, folder: 'mlflow' };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...place, emulator, ...policies() }));
    const env = {
      ...runningEnvironment(process.env),
      ...blockedProxies(),
      ...NO_SETTINGS,
      PYTHONWARNINGS: 'ignore', // of the emulator's own certificate
      TMPDIR: folder,
    };
    const program = join(__dirname, '../../tracking/mlflow_calls.py');
    const emulatorProgram = await emulatorPython(process.env, process.env.HOME!, () => {});
    const args = [program, join(folder, 'plan.json'), emulatorProgram, EMULATORS.ministack.serve(0)];
    const { code, stdout, stderr } = await run(pythonWith('tracking', PACKAGES), args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    ({ answers, seen } = JSON.parse(stdout));
  });

  const outcomes = (role: string) =>
    Object.fromEntries(
      Object.entries(answers[role]!).map(([call, [outcome, value]]) => [call, outcome === 'failed' ? value : outcome]),
    );
  const READ_BACK = [true, 0.83, { ok: true }, ['report.json'], expect.any(Array)];

  test('that may track records a run with its artifact, registers it and reads it back; it decides and deletes nothing', () => {
    expect(outcomes('track')).toEqual({
      track: 'allowed',
      register: 'allowed',
      read: 'allowed',
      alias: 'refused',
      delete: 'refused',
    });
    expect(answers.track!.read![1]).toEqual(READ_BACK);
  });

  test('that may read finds the run and its artifact, and is refused everything else', () => {
    expect(outcomes('read')).toEqual({
      track: 'refused',
      upload: 'refused',
      register: 'refused',
      read: 'allowed',
      alias: 'refused',
      delete: 'refused',
    });
    expect(answers.read!.read![1]).toEqual(READ_BACK);
  });

  test('that may manage names the champion and deletes, and records nothing', () => {
    expect(outcomes('manage')).toEqual({
      track: 'refused',
      upload: 'refused',
      register: 'refused',
      read: 'allowed',
      alias: 'allowed',
      delete: 'allowed',
    });
  });

  test('makes calls of the API only that have an action', () => {
    const unknown = Object.values(seen).flatMap((calls) => calls.filter((call) => call.includes(' ')));
    expect(unknown.filter((call) => !call.endsWith('/server-info'))).toEqual([]);
  });
});
