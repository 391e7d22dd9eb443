import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointAlarm } from '../../../lib/monitoring';
import type { AlarmOverrides } from '../../../lib/monitoring/alarms/alarm-spec';
import { findTerraform, providerInstallation, Template, thisMachine } from '../../../lib/testing';
import { type Emulator, startEmulator } from '../../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { endpointIn, monitoringIn } from '../../monitoring/samples';
import { run } from '../../support/command';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';

/*
 * Alarms as the file changes, with the real Terraform and the real provider. The emulator's composite alarms are a patch of
 * rehearsal/clouds/aws/patches: it deletes no alarm that a composite alarm reads, as CloudWatch.
 */

/** Names of all alarms, and of those that each composite one reads. */
const LOOK = `
import boto3, json, re
answer = boto3.client('cloudwatch').describe_alarms(AlarmTypes=['MetricAlarm', 'CompositeAlarm'])
print(json.dumps({
    'alarms': sorted(a['AlarmName'] for a in answer['MetricAlarms']),
    'composites': {a['AlarmName']: sorted(re.findall('"([^"]+)"', a['AlarmRule'])) for a in answer['CompositeAlarms']},
}))
`;

interface Account {
  readonly alarms: readonly string[];
  readonly composites: Readonly<Record<string, readonly string[]>>;
}

/** Endpoints that are watched, by the name in their alarms, with the changes of those. */
type Watched = Readonly<Record<string, AlarmOverrides<EndpointAlarm>>>;

describeWith(['terraform', 'python'], 'the life of alarms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alarm-life-'));
  const terraform = findTerraform(thisMachine()).path;
  let emulator: Emulator;
  let python: string;
  let env: NodeJS.ProcessEnv;

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
    write({ churn: {} });
    await run(folder, terraform, ['init', '-input=false'], env);
  }, 120_000);

  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(watched: Watched): void {
    const s = acmeStack({ removal: 'destroy' });
    const monitoring = monitoringIn(s, { dashboards: false, removal: 'destroy', stormThings: 2 });
    for (const [name, alarms] of Object.entries(watched)) {
      monitoring.monitorEndpoint(endpointIn(s, 'real-time', ['main'], name), { name, alarms });
    }
    const { json } = Template.synth(s);
    const terraformBlock = { required_providers: json.terraform.required_providers };
    const text = JSON.stringify({ ...json, terraform: terraformBlock });
    writeFileSync(join(folder, 'cdk.tf.json'), text.replaceAll('"prevent_destroy":true', '"prevent_destroy":false')); // of the keys
  }

  async function apply(watched: Watched): Promise<Account> {
    write(watched);
    await run(folder, terraform, ['apply', '-input=false', '-auto-approve'], env);
    return JSON.parse(await run(folder, python, ['-c', LOOK], env)) as Account;
  }

  const STORM = 'acme-dev-monitoring-storm';
  const SLOW = 'acme-dev-churn-high-latency';
  let first: Account;

  test('begins with one composite alarm for each thing and severity, and a storm of all', async () => {
    first = await apply({ churn: {}, fraud: {} });
    expect(first.composites[STORM]).toEqual(['acme-dev-churn-critical', 'acme-dev-fraud-critical']);
    expect(first.composites['acme-dev-churn-warning']).toContain(SLOW);
  }, 120_000);

  test('lets an alarm be removed that a composite alarm reads: its rule is changed before', async () => {
    const { alarms, composites } = await apply({ churn: { 'high-latency': false }, fraud: {} });
    expect(alarms).toEqual(first.alarms.filter((name) => name !== SLOW));
    expect(composites['acme-dev-churn-warning']).not.toContain(SLOW);
  }, 120_000);

  test('lets all alarms of a thing be removed, and those of another be made at the same time', async () => {
    const { alarms, composites } = await apply({ fraud: {}, price: {} });
    expect(alarms.filter((name) => name.includes('-churn-'))).toEqual([]);
    expect(composites[STORM]).toEqual(['acme-dev-fraud-critical', 'acme-dev-price-critical']);
  }, 120_000);

  test('leaves nothing behind', async () => {
    await run(folder, terraform, ['destroy', '-input=false', '-auto-approve'], env);
    expect(JSON.parse(await run(folder, python, ['-c', LOOK], env))).toEqual({ alarms: [], composites: {} });
  }, 120_000);
});
