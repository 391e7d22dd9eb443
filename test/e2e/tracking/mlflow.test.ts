import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Target } from '../../../lib/scheduler/trigger/target';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { MlflowTracking } from '../../../lib/tracking/mlflow-tracking';
import { MANAGE_ACTIONS, READ_ACTIONS, TRACK_ACTIONS } from '../../../lib/tracking/tracking-actions';
import { TRACKING_CLIENT } from '../../../lib/tracking/tracking-limits';
import { Pipeline } from '../../../lib/training/pipeline/pipeline';
import { TrainingStep } from '../../../lib/training/pipeline/steps/training-step';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { batchJobIn, triggerIn } from '../../scheduler/samples';
import { describeWith } from '../../support/machine';
import { pythonWith } from '../../support/python';
import { ACME, acmeStack, roleIn } from '../../support/stack';
import { trainingIn, workspaceIn } from '../../support/training';

/*
 * Real clients of MLflow, with the package that a client of the managed server installs, and a role of each intent. Between
 * them and a real server is a gateway that authorizes each call by the synthesized policies, as SageMaker does; an emulator
 * does the same for the artifacts in S3. So a call that a client makes, and that its grant lacks, is found here.
 */

const PACKAGES = ['mlflow==3.17.2', TRACKING_CLIENT, 'boto3==1.44.8'];
const BUCKET = 'acme-tracking';
const SERVER = `arn:aws:sagemaker:${ACME.region}:${ACME.account}:mlflow-tracking-server/acme-dev-tracking`;

const CAUSE = 'objects:acme-raw/daily/';
/** An alarm may be called anything. */
const WILD_CAUSE = 'alarm:loss > "0,5" \\ {day}';
const STARTED_BY = `arn:aws:states:${ACME.region}:${ACME.account}:execution:acme-dev-trigger-new:e1`;

type Json = Record<string, any>;

/** The policies of the roles and of the bucket, and the variables of jobs, with the ARNs that they have once deployed. */
function deployment() {
  const s = acmeStack();
  const tracking = new MlflowTracking(s, 'Tracking', { bucket: new Bucket(s, 'Artifacts', { bucketName: BUCKET }) });
  const roles = { track: roleIn(s, 'Track'), read: roleIn(s, 'Read'), manage: roleIn(s, 'Manage') };
  tracking.grantTrack(roles.track);
  tracking.grantRead(roles.read);
  tracking.grantManage(roles.manage);
  const workspace = workspaceIn(s);
  const { environment } = tracking;
  const training = trainingIn(s, { workspace, environment, networkIsolation: false });
  new Pipeline(s, 'Pipeline', { workspace, steps: [new TrainingStep('Train', { training })] });
  const job = batchJobIn(s, { environment });
  triggerIn(s, { start: Target.batchJob(job) });

  const template = Template.synth(s);
  const deployed = (text: unknown): Json =>
    JSON.parse(
      String(text)
        .replaceAll(/\$\{aws_s3_bucket\.\w+\.arn\}/g, `arn:aws:s3:::${BUCKET}`)
        .replaceAll(/\$\{aws_sagemaker_mlflow_tracking_server\.\w+\.arn\}/g, SERVER),
    );
  const all = template.all('aws_iam_role_policy');
  const of = (role: { roleName: string }) =>
    deployed(all.find((policy) => policy.role === template.resolve(role.roleName))!.policy);
  const { Arguments } = deployed(template.one('aws_sagemaker_pipeline').pipeline_definition).Steps[0];
  const { environment: variables } = deployed(template.one('aws_batch_job_definition').container_properties);
  return {
    policies: { track: of(roles.track), read: of(roles.read), manage: of(roles.manage), server: of(tracking.role) },
    bucketPolicy: deployed(
      template.all('aws_s3_bucket_policy').find(({ bucket }) => String(bucket).includes('Artifacts'))!.policy,
    ),
    started: {
      pipeline: rendered(Arguments.Environment, CAUSE),
      'with a broken cause': rendered(Arguments.Environment, 'a "quoted" cause'),
    },
    job: Object.fromEntries(variables.map(({ name, value }: Json) => [name, value])),
    machine: JSON.stringify(statesOfVariables(deployed(template.one('aws_sfn_state_machine').definition))),
    cause: WILD_CAUSE,
  };
}

/** What SageMaker makes of references when it starts a job. */
function rendered(value: any, cause: string): any {
  if (typeof value !== 'object' || value === null) return value;
  if ('Get' in value) {
    return {
      'Parameters.Cause': cause,
      'Parameters.StartedBy': STARTED_BY,
      'Execution.PipelineExecutionId': 'abcdefghijkl',
    }[value.Get as string];
  }
  if ('Std:Join' in value) {
    const { On, Values } = value['Std:Join'];
    return Values.map((one: unknown) => rendered(one, cause)).join(On);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rendered(one, cause)]));
}

/** The states of a trigger from the tags to the variables of its job. */
function statesOfVariables({ States: { Tag, Start } }: Json): Json {
  const { ContainerOverrides } = Start.Parameters;
  return {
    StartAt: 'Tag',
    States: { Tag, Start: { Type: 'Pass', Parameters: ContainerOverrides, End: true } },
  };
}

type Answers = Record<string, Record<string, readonly [outcome: string, value: any]>>;

describeWith(['python'], 'a client of MLflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracking-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let answers: Answers;
  let seen: Record<string, readonly string[]>;
  let refused: Record<string, readonly string[]>;

  beforeAll(async () => {
    const emulator = {
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
    };
    const place = { arn: SERVER, region: ACME.region, account: ACME.account, bucket: BUCKET, folder: 'mlflow' };
    const actions = [...READ_ACTIONS, ...TRACK_ACTIONS, ...MANAGE_ACTIONS].map((action) => action.split(':')[1]);
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...place, actions, emulator, ...deployment() }));
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
    ({ answers, seen, refused } = JSON.parse(stdout));
  });

  /** What a role got for all calls of a kind, or else the calls that got something else than the first. */
  const outcome = (role: string, kind: string) => {
    const calls = Object.entries(answers[role]!).filter(([call]) => call.startsWith(`${kind}.`));
    expect(calls).toHaveLength(20); // of each kind the program has twenty
    const [[, [first]]] = calls as [(typeof calls)[0]];
    const others = calls.filter(([, [what]]) => what !== first);
    return others.length === 0 ? first : others;
  };
  const of = (role: string, call: string) => answers[role]![call];
  const READ_BACK = {
    read: [true, 0.83, { ok: true }, expect.arrayContaining(['report.json'])],
    'read model': [[2, 4], '1', 'churn'],
    'read trace': [true, ['predict'], 'dev'],
  };
  const readBack = (role: string) =>
    Object.fromEntries(Object.keys(READ_BACK).map((call) => [call, of(role, call)![1]]));

  test('that may track records runs, models and traces, and reads them back; it decides and deletes nothing', () => {
    expect(of('track', 'model')).toEqual(['allowed', [expect.stringMatching(/^m-/), '1']]);
    expect(outcome('track', 'writes')).toBe('allowed');
    expect(outcome('track', 'decisions')).toBe('refused');
    expect(readBack('track')).toEqual(READ_BACK);
  });

  test('that may read finds runs, models and traces, and is refused everything else', () => {
    expect(of('read', 'model')![0]).toBe('refused');
    expect(outcome('read', 'writes')).toBe('refused');
    expect(outcome('read', 'decisions')).toBe('refused');
    expect(readBack('read')).toEqual(READ_BACK);
    expect(refused.read).toContain('StartTrace'); // the client does not tell its program
  });

  test('that may manage decides and deletes, and records nothing', () => {
    expect(of('manage', 'model')![0]).toBe('refused');
    expect(outcome('manage', 'writes')).toBe('refused');
    expect(outcome('manage', 'decisions')).toBe('allowed');
    expect(readBack('manage')).toEqual(READ_BACK);
  });

  test('makes calls that have an action, and does without those that a newer server has', () => {
    const unknown = Object.values(seen).flatMap((calls) => calls.filter((call) => call.includes(' ')));
    expect(unknown.filter((call) => !/\/(server-info|version)$/.test(call))).toEqual([]);
  });

  test('records as the training of a pipeline in its experiment, and why and in which run it was started', () => {
    const tags = { cause: CAUSE, startedBy: STARTED_BY, run: 'abcdefghijkl' };
    expect(of('track', 'started pipeline')).toEqual(['allowed', ['acme-dev-churn', tags]]);
  });

  test('records as a job that a trigger started why and by which execution, whatever the cause has in it', () => {
    const startedBy = expect.stringMatching(/^arn:aws:states:[^:]+:\d+:execution:trigger:e1$/);
    expect(of('track', 'started job')).toEqual(['allowed', ['acme-dev-job', { cause: WILD_CAUSE, startedBy }]]);
  });

  test('goes on without tags where a person has given a cause that is no text of JSON', () => {
    expect(of('track', 'started with a broken cause')).toEqual(['allowed', ['acme-dev-churn', {}]]);
  });
});
