import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { providerInstallation } from '../../lib/testing';
import { type Emulator, startEmulator } from '../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { run } from '../../rehearsal/process';
import { describeWith } from '../support/machine';

const REPOSITORY = resolve(__dirname, '../..');
const TSX = join(REPOSITORY, 'node_modules/.bin/tsx');
const CDKTF = join(REPOSITORY, 'node_modules/.bin/cdktf');
const BOOTSTRAP = 'acme-111122223333-eu-north-1-bootstrap';
const DATA = 'acme-dev-data';
const STATE_BUCKET = 'acme-terraform-state';

/** Everything except caches of other registries, which the emulator lacks, and a database, which takes minutes. */
const ENVIRONMENT = `
project: acme
environment: dev
account: "111122223333"
region: eu-north-1
owner: ml-platform@acme.example
removal: destroy
state: { bucket: ${STATE_BUCKET}, kmsKey: alias/acme-terraform, removal: destroy }
network: { cidr: 10.20.0.0/16 }
logs: { removal: destroy }
lake:
  removal: destroy
  tables:
    orders_csv: { zone: raw, format: csv, columns: { id: string, total: string }, owner: fraud }
    orders: { zone: curated, format: parquet, convertFrom: orders_csv, columns: { id: string, total: double }, owner: fraud }
registry: { removal: destroy, images: [train] }
teams: { fraud: {} }
`;

/** The content of the account, by kind, without keys that wait for their deletion. */
const INVENTORY = `
import boto3, json
client = lambda name: boto3.client(name)
def pages(name, operation, key, **arguments):
    return [item for page in client(name).get_paginator(operation).paginate(**arguments) for item in page[key]]
kms = client('kms')
print(json.dumps({
    'vpcs': [v['VpcId'] for v in pages('ec2', 'describe_vpcs', 'Vpcs') if not v['IsDefault']],
    'addresses': [a['AllocationId'] for a in client('ec2').describe_addresses()['Addresses']],
    'nat gateways': [n['NatGatewayId'] for n in pages('ec2', 'describe_nat_gateways', 'NatGateways') if n['State'] != 'deleted'],
    'flow logs': [f['FlowLogId'] for f in pages('ec2', 'describe_flow_logs', 'FlowLogs')],
    'buckets': [b['Name'] for b in client('s3').list_buckets()['Buckets']],
    'keys': [k['KeyId'] for k in pages('kms', 'list_keys', 'Keys')
             if kms.describe_key(KeyId=k['KeyId'])['KeyMetadata']['KeyState'] != 'PendingDeletion'],
    'key aliases': [a['AliasName'] for a in pages('kms', 'list_aliases', 'Aliases') if not a['AliasName'].startswith('alias/aws/')],
    'roles': [r['RoleName'] for r in pages('iam', 'list_roles', 'Roles') if not r['Path'].startswith('/aws-service-role/')],
    'log groups': [g['logGroupName'] for g in pages('logs', 'describe_log_groups', 'logGroups')],
    'databases': [d['Name'] for d in pages('glue', 'get_databases', 'DatabaseList')],
    'jobs': [j['Name'] for j in pages('glue', 'get_jobs', 'Jobs')],
    'security configurations': [c['Name'] for c in pages('glue', 'get_security_configurations', 'SecurityConfigurations')],
    'workgroups': [w['Name'] for w in client('athena').list_work_groups()['WorkGroups'] if w['Name'] != 'primary'],
    'repositories': [r['repositoryName'] for r in pages('ecr', 'describe_repositories', 'repositories')],
}))
`;

/** Kinds that the environment must have: an inventory without them would prove nothing. */
const MADE = ['vpcs', 'nat gateways', 'flow logs', 'buckets', 'keys', 'roles', 'log groups', 'databases', 'jobs'];

describeWith(['terraform', 'python'], 'cdktf deploy', () => {
  let folder: string;
  let python: string;
  let emulator: Emulator;
  let env: NodeJS.ProcessEnv;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    mkdirSync(join(folder, 'environments'));
    writeFileSync(join(folder, 'environments/dev.yaml'), ENVIRONMENT);
    const app = `${TSX} ${join(REPOSITORY, 'stacks/main.ts')}`;
    const settings = { language: 'typescript', app, projectId: 'deploy-test', sendCrashReports: 'false' };
    writeFileSync(join(folder, 'cdktf.json'), JSON.stringify(settings));
    const configuration = join(folder, 'terraform.rc');
    writeFileSync(configuration, providerInstallation({ 'registry.terraform.io/hashicorp/aws': '5.100.0' }).text);

    python = await emulatorPython(process.env, process.env.HOME!, () => {});
    emulator = await startEmulator({
      python,
      account: '111122223333',
      region: 'eu-north-1',
      logs: folder,
      env: process.env,
    });
    const cdktf = { CI: '1', CHECKPOINT_DISABLE: '1', DISABLE_VERSION_CHECK: '1', CDKTF_HOME: join(folder, 'home') };
    mkdirSync(join(folder, 'plugins'));
    const region = { AWS_DEFAULT_REGION: emulator.env.AWS_REGION }; // boto3's name for it
    env = {
      ...process.env,
      ...emulator.env,
      ...region,
      ...cdktf,
      TF_CLI_CONFIG_FILE: configuration,
      TF_PLUGIN_CACHE_DIR: join(folder, 'plugins'),
    };
    before = await inventory();
  });

  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function cdktf(command: string, ...stacks: string[]): Promise<string> {
    const approve = command === 'diff' ? [] : ['--auto-approve'];
    const { code, stdout, stderr } = await run(CDKTF, [command, ...stacks, ...approve, '--skip-provider-lock'], {
      cwd: folder,
      env,
    });
    if (code !== 0) throw new Error(`cdktf ${command} ${stacks.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async function inventory(): Promise<Record<string, string[]>> {
    const { code, stdout, stderr } = await run(python, ['-c', INVENTORY], { env });
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  /** The resource types in the state in S3. */
  async function typesInState(stack: string): Promise<Set<string>> {
    const read = `import boto3, sys; sys.stdout.buffer.write(boto3.client('s3').get_object(Bucket='${STATE_BUCKET}', Key='${stack}.tfstate')['Body'].read())`;
    const { code, stdout } = await run(python, ['-c', read], { env });
    const resources: { type: string }[] = code === 0 ? JSON.parse(stdout).resources : [];
    return new Set(resources.map(({ type }) => type));
  }

  test('bootstrap creates the bucket for the states', async () => {
    await cdktf('deploy', BOOTSTRAP);
    expect((await inventory()).buckets).toEqual([STATE_BUCKET]);
  });

  test('a killed deployment leaves a lock, which is reported with the command that unlocks it', async () => {
    await cdktf('deploy', 'acme-dev-foundation');
    await deployAndKill(DATA);

    const { code, stdout } = await run(TSX, [join(REPOSITORY, 'cli/main.ts'), 'locks'], { cwd: folder, env });
    expect(stdout).toMatch(
      /^acme-dev-data is locked since .* by .* for apply: if that run has ended, unlock it with$/m,
    );
    expect(code).toBe(1);
    const free = /^ {2}((terraform|tofu) .*)$/m.exec(stdout)![1]!;
    expect(await run(`echo yes | ${free}`, undefined, { cwd: folder, env })).toMatchObject({ code: 0 });
  });

  test('the next deployment resumes it, and then nothing is left to do', async () => {
    await cdktf('deploy', 'acme-dev-*');
    for (const stack of ['acme-dev-foundation', DATA]) expect(await cdktf('diff', stack)).toContain('No changes');
    const made = await inventory();
    expect(MADE.filter((kind) => made[kind]!.length === 0)).toEqual([]);
  });

  test('destroying everything leaves the account unchanged', async () => {
    await cdktf('destroy', 'acme-dev-*');
    await cdktf('destroy', BOOTSTRAP);
    expect(await inventory()).toEqual(before);
  });

  /**
   * Kills a deployment like a cancelled CI job while a call to the cloud hangs: Terraform, asked to stop, saves its
   * state and waits for the call; then everything is killed.
   */
  async function deployAndKill(stack: string): Promise<void> {
    const args = ['deploy', stack, '--ignore-missing-stack-dependencies', '--auto-approve', '--skip-provider-lock'];
    const deploy = spawn(CDKTF, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
    await onlyLifecyclesAreLeft(deploy.stdout);

    const family = await descendants(deploy.pid!);
    const named = (name: string) => family.filter(({ command }) => command.includes(name)).map(({ pid }) => pid);
    for (const pid of named('terraform-provider-aws')) process.kill(pid, 'SIGSTOP');
    for (const pid of named('terraform apply')) process.kill(pid, 'SIGINT');
    while (!(await typesInState(stack)).has('aws_s3_bucket_policy')) await setTimeout(200);
    for (const { pid } of family) process.kill(pid, 'SIGKILL');
    await once(deploy, 'close');
  }

  /** Until nothing else is being created: the provider waits a minute for the lifecycle of a bucket. */
  async function onlyLifecyclesAreLeft(output: Readable): Promise<void> {
    const making = new Set<string>();
    for await (const line of createInterface({ input: output })) {
      const [, address, event] =
        /(aws_\S+): (Creating|Creation complete|Still creating)/.exec(stripVTControlCharacters(line)) ?? [];
      if (event === 'Creating') making.add(address!);
      if (event === 'Creation complete') making.delete(address!);
      if (event === 'Still creating' && [...making].every((one) => one.includes('_lifecycle_configuration.'))) return;
    }
    throw new Error('the deployment ended before it could be killed');
  }

  async function descendants(ancestor: number): Promise<{ pid: number; command: string }[]> {
    const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args='], { env });
    const all = stdout.split('\n').map((line) => {
      const [, pid, parent, command] = /^ *(\d+) +(\d+) (.*)$/.exec(line)!;
      return { pid: Number(pid), parent: Number(parent), command: command! };
    });
    const family = all.filter(({ pid }) => pid === ancestor);
    for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
    return family;
  }
});
