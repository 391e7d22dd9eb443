import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../../lib/network/network';
import { Instances } from '../../../lib/serving/endpoint/instances';
import { Invocation } from '../../../lib/serving/endpoint/invocation';
import { Rollout } from '../../../lib/serving/rollout/rollout';
import { Traffic } from '../../../lib/serving/traffic/traffic';
import { Bucket } from '../../../lib/storage/bucket';
import { findTerraform, providerInstallation, Template, thisMachine } from '../../../lib/testing';
import { type Emulator, startEmulator } from '../../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { run } from '../../support/command';
import { describeWith } from '../../support/machine';
import { endpointIn, modelIn } from '../../support/serving';
import { ACME, acmeStack } from '../../support/stack';

/*
 * An endpoint's life as a sequence of applies, with the real Terraform and the real provider. The emulator's UpdateEndpoint is
 * a patch of rehearsal/clouds/aws/patches: it rolls a deployment back whose alarm is in ALARM, as SageMaker does, and
 * refuses what SageMaker refuses.
 */

const NAME = 'acme-dev-card-fraud';
/** An alarm of the business: those of the endpoint watch each new fleet alone, and are changed with it. */
const ROLLBACK_ALARM = 'acme-dev-orders';

/** A network to put containers into. */
const MAKE_NETWORK = `
import boto3, json
ec2 = boto3.client('ec2')
vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
cidrs = {'eu-north-1a': '10.0.0.0/24', 'eu-north-1b': '10.0.1.0/24'}
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)['Subnet']['SubnetId'] for zone, cidr in cidrs.items()]
boto3.client('cloudwatch').put_metric_alarm(AlarmName='${ROLLBACK_ALARM}', Namespace='Acme', MetricName='Orders', Statistic='Sum', Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator='LessThanThreshold')
print(json.dumps({'vpc': vpc, 'subnets': subnets}))
`;

/** What is in the account of an endpoint. */
const LOOK = `
import boto3, json
client = boto3.client('sagemaker')
def endpoint(name):
    shown = client.describe_endpoint(EndpointName=name)
    variants = {v['VariantName']: [v.get('CurrentWeight', 0), v.get('CurrentInstanceCount')] for v in shown['ProductionVariants']}
    return {'configuration': shown['EndpointConfigName'], 'since': str(shown['CreationTime']), 'variants': variants}
names = [e['EndpointName'] for e in client.list_endpoints()['Endpoints']]
print(json.dumps({
    'endpoints': {name: endpoint(name) for name in names},
    'configurations': sorted(c['EndpointConfigName'] for c in client.list_endpoint_configs()['EndpointConfigs']),
    'models': sorted(m['ModelName'] for m in client.list_models()['Models']),
}))
`;
const setAlarm = (state: 'ALARM' | 'OK', name = ROLLBACK_ALARM) =>
  `import boto3; boto3.client('cloudwatch').set_alarm_state(AlarmName='${name}', StateValue='${state}', StateReason='test')`;

const SMOKE_ALARM = `${NAME}-rollback-smoke`;
/** A smoke test that failed: what its state machine counts, and what CloudWatch makes of it by the definition of the alarm. */
const FAIL_TEST = `
import boto3, datetime, json
client = boto3.client('cloudwatch')
dimensions = [{'Name': 'EndpointName', 'Value': '${NAME}'}]
client.put_metric_data(Namespace='MLOps/Smoke', MetricData=[{'MetricName': 'Failed', 'Dimensions': dimensions, 'Value': 1}])
[alarm] = client.describe_alarms(AlarmNames=['${SMOKE_ALARM}'])['MetricAlarms']
now, minute = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(minutes=1)
points = client.get_metric_statistics(
    StartTime=now - alarm['EvaluationPeriods'] * minute, EndTime=now + minute, Statistics=[alarm['Statistic']],
    **{key: alarm[key] for key in ('Namespace', 'MetricName', 'Dimensions', 'Period')})['Datapoints']
goes_off = any(point[alarm['Statistic']] > alarm['Threshold'] for point in points)
client.set_alarm_state(AlarmName=alarm['AlarmName'], StateValue='ALARM' if goes_off else 'OK', StateReason='test')
print(json.dumps(goes_off))
`;

interface Account {
  readonly endpoints: Readonly<
    Record<string, { configuration: string; since: string; variants: Record<string, [number, number | null]> }>
  >;
  readonly configurations: readonly string[];
  readonly models: readonly string[];
}

/** What a file says at one time. */
interface Declared {
  readonly champion: number;
  readonly challenger: number;
  /** @default 0 */
  readonly challengerWeight?: number;
  /** @default - one, fixed */
  readonly instances?: Instances;
  /** @default ml.m5.large */
  readonly instanceType?: string;
  /** Another endpoint beside it. @default - none */
  readonly small?: 'serverless' | 'real-time';
  /** @default challenger */
  readonly challengerName?: string;
}

/** Without what runs programs, which the emulator of Lambda looks for in that of S3: `smoke.test.ts` runs the program of the test. */
function withoutFunctions(json: Readonly<Record<string, Record<string, unknown>>>): string {
  const { aws_lambda_function: _, aws_s3_object: __, ...resource } = json.resource!;
  const text = JSON.stringify({ ...json, resource });
  return text.replace(
    /\$\{aws_lambda_function\.[\w-]+\.arn\}/g,
    'arn:aws:lambda:eu-north-1:111122223333:function:smoke',
  );
}

describeWith(['terraform', 'python'], "an endpoint's life", () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoint-life-'));
  const terraform = findTerraform(thisMachine()).path;
  let emulator: Emulator;
  let python: string;
  let env: NodeJS.ProcessEnv;
  let network: { vpc: string; subnets: string[] };

  const call = async <T>(program: string): Promise<T> =>
    JSON.parse((await run(folder, python, ['-c', program], env)) || 'null') as T;
  const look = () => call<Account>(LOOK);

  beforeAll(async () => {
    python = await emulatorPython(process.env, process.env.HOME!, () => {});
    emulator = await startEmulator({ python, ...ACME, logs: folder, env: process.env });
    const configuration = join(folder, 'terraform.rc');
    writeFileSync(configuration, providerInstallation({ 'registry.terraform.io/hashicorp/aws': '5.100.0' }).text);
    env = {
      ...emulator.env,
      AWS_DEFAULT_REGION: ACME.region,
      CHECKPOINT_DISABLE: '1',
      TF_CLI_CONFIG_FILE: configuration,
      TF_DATA_DIR: join(folder, '.terraform'),
    };
    network = await call(MAKE_NETWORK);
    write({ champion: 1, challenger: 1 });
    await run(folder, terraform, ['init', '-input=false'], env);
  }, 120_000);

  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function write({
    champion,
    challenger,
    challengerWeight = 0,
    instances,
    instanceType,
    small,
    ...more
  }: Declared): void {
    const { challengerName = 'challenger' } = more;
    const s = acmeStack({ removal: 'destroy' });
    const net = Network.fromNetworkAttributes(s, 'ServingNet', {
      vpcId: network.vpc,
      vpcCidr: '10.0.0.0/16',
      privateSubnetIds: network.subnets,
      availabilityZones: ['eu-north-1a', 'eu-north-1b'],
    });
    endpointIn(s, {
      removal: 'destroy',
      network: net,
      variants: {
        champion: { model: modelIn(s, champion), instances, instanceType },
        [challengerName]: { model: modelIn(s, challenger) },
      },
      traffic: Traffic.split({ champion: 100 - challengerWeight, [challengerName]: challengerWeight }),
      rollout: Rollout.canary({ percent: 10, bakeMinutes: 5, rollback: { alarmNames: [ROLLBACK_ALARM] } }),
      smoke: {
        bucket: new Bucket(s, 'Samples', { name: 'samples', removal: 'destroy' }),
        samples: 'card-fraud/smoke.json',
      },
    });
    if (small) {
      const isServerless = small === 'serverless';
      endpointIn(
        s,
        {
          name: 'small',
          removal: 'destroy',
          network: isServerless ? undefined : net,
          invocation: isServerless ? Invocation.serverless() : Invocation.realTime({ instanceType: 'ml.m5.large' }),
        },
        'Small',
      );
    }
    const { json } = Template.synth(s);
    writeFileSync(
      join(folder, 'cdk.tf.json'),
      withoutFunctions({ ...json, terraform: { required_providers: json.terraform.required_providers } }),
    );
  }

  /** What a plan does, by type: `aws_sagemaker_endpoint: ['update']`; what it leaves alone is not there. */
  async function plan(): Promise<Record<string, string[]>> {
    await run(folder, terraform, ['plan', '-input=false', '-out=plan'], env);
    const { resource_changes: changes } = JSON.parse(await run(folder, terraform, ['show', '-json', 'plan'], env)) as {
      resource_changes: { type: string; change: { actions: string[] } }[];
    };
    const done = changes.map(({ type, change }) => [type, change.actions.join()] as const);
    const types = [...new Set(done.map(([type]) => type))];
    const actionsOf = (type: string) => [...new Set(done.filter(([one]) => one === type).map(([, action]) => action))];
    return Object.fromEntries(
      types
        .map((type) => [type, actionsOf(type).filter((action) => action !== 'no-op' && action !== 'read')] as const)
        .filter(([, actions]) => actions.length > 0),
    );
  }

  /** Plans and applies what is declared. */
  async function apply(declared: Declared): Promise<{ planned: Record<string, string[]>; account: Account }> {
    write(declared);
    const planned = await plan();
    await run(folder, terraform, ['apply', '-input=false', 'plan'], env);
    return { planned, account: await look() };
  }

  /** What Terraform says as it fails, without its line breaks and frame. */
  const failure = (...args: string[]): Promise<string> =>
    run(folder, terraform, [...args, '-input=false', '-no-color'], env).then(
      () => 'it did not fail',
      ({ message }: Error) => message.replace(/[\s│]+/g, ' '),
    );

  const REPLACED = { aws_sagemaker_endpoint_configuration: ['create,delete'], aws_sagemaker_model: ['create,delete'] };
  const inUse = (account: Account) => account.endpoints[NAME]!;
  let first: Account;
  let last: Account;
  let back: Account;

  test('begins with a first model, and a second apply changes nothing', async () => {
    ({ account: first } = await apply({ champion: 1, challenger: 1 }));
    expect(inUse(first).variants).toEqual({ champion: [100, 1], challenger: [0, 1] });
    expect(first.models).toHaveLength(2);
    expect(await plan()).toEqual({});
  }, 120_000);

  test('takes a second model by a canary: the endpoint is updated, and the model before is removed afterwards', async () => {
    const { planned, account } = await apply({ champion: 2, challenger: 1 });
    expect(planned).toMatchObject({ ...REPLACED, aws_sagemaker_endpoint: ['update'] });
    expect(inUse(account).since).toBe(inUse(first).since);
    expect(account.configurations).toEqual([inUse(account).configuration]);
    expect(account.models).toHaveLength(2);
    expect(account.models).not.toEqual(first.models);
    last = account;
  }, 120_000);

  test('shifts weight to a challenger: another configuration of the same models', async () => {
    const { planned, account } = await apply({ champion: 2, challenger: 1, challengerWeight: 10 });
    expect(planned).toEqual({
      terraform_data: ['create,delete'],
      aws_cloudwatch_metric_alarm: ['update'],
      aws_sagemaker_endpoint_configuration: ['create,delete'],
      aws_sagemaker_endpoint: ['update'],
    });
    expect(inUse(account).variants).toEqual({ champion: [90, 1], challenger: [10, 1] });
    expect(account.models).toEqual(last.models);
  }, 120_000);

  test('is scaled: a deployment begins with the least that the scaling keeps', async () => {
    const instances = Instances.scaling({ min: 2, max: 6, target: 300 });
    const { planned, account } = await apply({ champion: 2, challenger: 1, challengerWeight: 10, instances });
    expect(planned).toMatchObject({
      aws_appautoscaling_target: ['create'],
      aws_appautoscaling_policy: ['create'],
      aws_sagemaker_endpoint: ['update'],
    });
    expect(inUse(account).variants.champion).toEqual([90, 2]);
    expect(await plan()).toEqual({});
  }, 120_000);

  test('takes another instance type although it is scaled, which SageMaker refuses of a target: the scaling ends before and begins after', async () => {
    const instances = Instances.scaling({ min: 2, max: 6, target: 300 });
    const declared = { champion: 2, challenger: 1, challengerWeight: 10, instances };
    const { planned, account } = await apply({ ...declared, instanceType: 'ml.m5.xlarge' });
    expect(planned).toEqual({
      terraform_data: expect.arrayContaining(['delete,create']), // the types; names of configurations are made before
      aws_appautoscaling_target: ['delete,create'],
      aws_appautoscaling_policy: ['delete,create'],
      aws_cloudwatch_metric_alarm: ['update'],
      aws_sagemaker_endpoint_configuration: ['create,delete'],
      aws_sagemaker_endpoint: ['update'],
    });
    expect(inUse(account).since).toBe(inUse(first).since);
    expect(await plan()).toEqual({});
    await apply(declared);
  }, 180_000);

  test('goes back on our side by what was declared before, which is made anew: what it replaces is gone', async () => {
    const { planned, account } = await apply({ champion: 1, challenger: 1 });
    expect(planned.aws_sagemaker_endpoint).toEqual(['update']);
    expect(inUse(account).variants).toEqual(inUse(first).variants);
    expect(account.configurations).toEqual([inUse(account).configuration]);
    expect(account.models).toHaveLength(2);
    expect(inUse(account).since).toBe(inUse(first).since);
    back = account;
  }, 120_000);

  test('fails the apply if SageMaker rolls it back, also the next time, and nothing that is in use is deleted', async () => {
    await call(setAlarm('ALARM'));
    write({ champion: 3, challenger: 1 });
    for (const attempt of [1, 2]) {
      expect([attempt, await failure('apply', '-auto-approve')]).toEqual([
        attempt,
        expect.stringContaining(
          `The endpoint ${NAME} still has the configuration '${inUse(back).configuration}': SageMaker has rolled the deployment back. Nothing that is in use was deleted.`,
        ),
      ]);
      const account = await look();
      expect(inUse(account)).toEqual(inUse(back));
      expect(account.configurations).toContain(inUse(back).configuration);
      expect(account.models).toEqual(expect.arrayContaining([...back.models]));
    }
  }, 120_000);

  test('is clean after the next good apply: what was rolled back is gone, as is what it replaces', async () => {
    await call(setAlarm('OK'));
    const { account } = await apply({ champion: 4, challenger: 1 });
    expect(inUse(account).configuration).not.toBe(inUse(back).configuration);
    expect(account.configurations).toEqual([inUse(account).configuration]);
    expect(account.models).toHaveLength(2);
    expect(inUse(account).since).toBe(inUse(first).since);
    expect(await plan()).toEqual({});
  }, 120_000);

  test('fails the apply if its smoke test fails, and deletes nothing; the version before can be declared again', async () => {
    const before = await look();
    expect(await call(FAIL_TEST)).toBe(true);
    write({ champion: 5, challenger: 1 });
    expect(await failure('apply', '-auto-approve')).toContain(
      `The endpoint ${NAME} still has the configuration '${inUse(before).configuration}': SageMaker has rolled the deployment back.`,
    );
    const account = await look();
    expect(inUse(account)).toEqual(inUse(before));
    expect(account.models).toEqual(expect.arrayContaining([...before.models]));
    await call(setAlarm('OK', SMOKE_ALARM)); // its failure is older than the alarm looks back
    const { account: after } = await apply({ champion: 4, challenger: 1 });
    expect(after.configurations).toEqual([inUse(after).configuration]); // and neither what failed nor what was in use
    expect(after.configurations).not.toEqual(before.configurations);
    expect(after.models).toHaveLength(2);
    expect(inUse(after).since).toBe(inUse(first).since);
    expect(await plan()).toEqual({});
  }, 120_000);

  test('refuses another variant at plan time, which SageMaker would refuse after the models are made', async () => {
    write({ champion: 4, challenger: 1, challengerName: 'candidate' });
    expect(await failure('plan')).toContain(
      "variants of card-fraud is 'challenger.champion' in what is deployed and cannot become 'candidate.champion': set it back.",
    );
  }, 120_000);

  test('becomes an endpoint with instances from a serverless one, and SageMaker refuses the way back', async () => {
    const before = await apply({ champion: 4, challenger: 1, small: 'serverless' });
    expect(before.account.endpoints['acme-dev-small']!.variants).toEqual({ champion: [1, null] });
    const { planned, account } = await apply({ champion: 4, challenger: 1, small: 'real-time' });
    expect(planned.aws_sagemaker_endpoint).toEqual(['update']);
    const { since, variants } = account.endpoints['acme-dev-small']!;
    expect(since).toBe(before.account.endpoints['acme-dev-small']!.since);
    expect(variants).toEqual({ champion: [1, 1] });
    write({ champion: 4, challenger: 1, small: 'serverless' });
    expect(await failure('apply', '-auto-approve')).toContain('cannot become serverless');
    expect((await look()).endpoints['acme-dev-small']).toEqual({ ...account.endpoints['acme-dev-small'] });
    await apply({ champion: 4, challenger: 1, small: 'real-time' });
  }, 180_000);

  test('ends without a trace', async () => {
    await run(folder, terraform, ['destroy', '-auto-approve', '-input=false'], env);
    expect(await look()).toEqual({ endpoints: {}, configurations: [], models: [] });
  }, 120_000);
});
