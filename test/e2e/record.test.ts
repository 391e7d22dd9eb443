import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { providerInstallation } from '../../lib/testing';
import { type Emulator, startEmulator } from '../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { run } from '../../rehearsal/process';
import { describeWith } from '../support/machine';
import { openTofu, openTofuInstallation } from '../support/opentofu';

const REPOSITORY = resolve(__dirname, '../..');
const TSX = `${join(REPOSITORY, 'node_modules/.bin/tsx')} --tsconfig ${join(REPOSITORY, 'tsconfig.json')}`;
const STACK = 'acme-dev-kept';
const AWS_VERSION = '5.100.0';
/** OpenTofu is compiled once per machine, beside other tests. */
const INSTALL_MILLISECONDS = 40 * 60_000;

const ENVIRONMENT = `
project: acme
environment: dev
account: "111122223333"
region: eu-north-1
owner: ml-platform@acme.example
network: { cidr: 10.20.0.0/16 }
lake: {}
`;

/** One of each kind that can be renamed, under the ids of `ids.json`; an id of `''` leaves it out. */
const APP = `
import { readFileSync } from 'node:fs';
import { LayerStack, main } from 'cdktf-mlops/platform';
import { DataLake, ParquetConversion, QueryWorkgroup, Table, TableFormat } from 'cdktf-mlops/data-lake';
import { Key } from 'cdktf-mlops/encryption';
import { Network } from 'cdktf-mlops/network';
import { Database, ImageRepository } from 'cdktf-mlops/registry';
import { Construct } from 'constructs';

const ids = JSON.parse(readFileSync('ids.json', 'utf8'));

class Kept extends LayerStack {
  constructor(app: any, environment: any) {
    super(app, 'kept', environment);
    const encryptionKey = new Key(this, 'Key', { description: 'data' });
    const zones = Object.fromEntries(['base', ids.zone].filter(Boolean).map((zone) => [zone, {}]));
    const lake = new DataLake(this, 'Lake', { encryptionKey, zones });
    const tables = new Construct(this, 'Tables');
    const columns = { id: 'string' };
    const table = (name: string, format: any) => new Table(tables, name, { zone: lake.zone('base'), name, format, columns, owner: 'fraud' } as any);
    const source = table('source', TableFormat.csv());
    const target = table('target', TableFormat.parquet());
    if (ids.table) table(ids.table, TableFormat.json());
    const workspace = lake.zone('base').bucket;
    if (ids.conversion) new ParquetConversion(this, ids.conversion, { source, target, workspace });
    if (ids.team) new QueryWorkgroup(this, ids.team, { team: ids.team, encryptionKey, results: workspace });
    if (ids.image) new ImageRepository(this, ids.image, { name: ids.image, encryptionKey });
    const network = ids.network && new Network(this, ids.network, { cidr: ids.cidr, nat: ids.nat, encryptionKey });
    if (ids.database) new Database(this, ids.database, { network, encryptionKey, instanceClass: 'db.t4g.small' });
  }
}

main((app, environment) => void new Kept(app, environment));
`;

const BEFORE = {
  zone: 'raw',
  table: 'events',
  conversion: 'Nightly',
  team: 'fraud',
  image: 'train',
  network: 'Network',
  database: 'Database',
  cidr: '10.20.0.0/16',
  nat: 'per-zone',
};

/** Every kind under another name. */
const RENAMED = {
  ...BEFORE,
  zone: 'landing',
  table: 'happenings',
  conversion: 'Daily',
  team: 'risk',
  image: 'learn',
  network: 'Mesh',
  database: 'Models',
};

const KINDS = ['zone', 'table', 'conversion', 'team', 'image', 'network', 'database'] as const;
const GONE = { ...BEFORE, ...Object.fromEntries(KINDS.map((kind) => [kind, ''])) };

const PARENTS: Partial<Record<(typeof KINDS)[number], string>> = { zone: 'Lake/', table: 'Tables/' };
const pathOf = (kind: (typeof KINDS)[number], ids: typeof BEFORE) => `${STACK}/${PARENTS[kind] ?? ''}${ids[kind]}`;

/** What the account holds of what the configuration may lose. */
const INVENTORY = `
import boto3, json
client = lambda name: boto3.client(name)
print(json.dumps({
    'bucket': [b['Name'] for b in client('s3').list_buckets()['Buckets'] if 'raw' in b['Name']],
    'versioning': client('s3').get_bucket_versioning(Bucket='acme-dev-raw-111122223333-eu-north-1').get('Status'),
    'policy': bool(client('s3').get_bucket_policy(Bucket='acme-dev-raw-111122223333-eu-north-1')['Policy']),
    'database': [d['Name'] for d in client('glue').get_databases()['DatabaseList'] if 'raw' in d['Name']],
    'table': [t['Name'] for t in client('glue').get_tables(DatabaseName='acme_dev_base')['TableList'] if t['Name'] == 'events'],
    'team': [w['Name'] for w in client('athena').list_work_groups()['WorkGroups'] if w['Name'] != 'primary'],
    'image': [r['repositoryName'] for r in client('ecr').describe_repositories()['repositories']],
    'job': [j['Name'] for j in client('glue').get_jobs()['Jobs']],
    'instance': [d['DBInstanceIdentifier'] for d in client('rds').describe_db_instances()['DBInstances']],
    'vpcs': len([v for v in client('ec2').describe_vpcs()['Vpcs'] if not v['IsDefault']]),
    'addresses': len(client('ec2').describe_addresses()['Addresses']),
    'log groups': sorted(g['logGroupName'] for g in client('logs').describe_log_groups()['logGroups']),
}))
`;

interface Change {
  readonly address: string;
  readonly change: { readonly actions: readonly string[] };
}

describeWith(['terraform', 'python', 'go'], 'the record of what is kept', () => {
  let folder: string;
  let python: string;
  let emulator: Emulator;
  let env: NodeJS.ProcessEnv;
  let deployed: unknown;
  let programs: Record<'terraform' | 'tofu', { program: string; env: NodeJS.ProcessEnv }>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'record-'));
    mkdirSync(join(folder, 'environments'));
    writeFileSync(join(folder, 'environments/dev.yaml'), ENVIRONMENT);
    writeFileSync(join(folder, 'main.ts'), APP);
    writeFileSync(join(folder, 'cdktf.json'), JSON.stringify({ app: `${TSX} ${join(folder, 'main.ts')}` }));
    const terraformRc = join(folder, 'terraform.rc');
    const tofuRc = join(folder, 'tofu.rc');
    writeFileSync(terraformRc, providerInstallation({ 'registry.terraform.io/hashicorp/aws': AWS_VERSION }).text);
    writeFileSync(tofuRc, openTofuInstallation(folder, AWS_VERSION));
    python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const place = { account: '111122223333', region: 'eu-north-1' };
    emulator = await startEmulator({ python, ...place, logs: folder, env: process.env });
    const quiet = { CHECKPOINT_DISABLE: '1', NODE_PATH: join(REPOSITORY, 'node_modules') };
    env = { ...process.env, ...emulator.env, AWS_DEFAULT_REGION: emulator.env.AWS_REGION, ...quiet };
    programs = {
      terraform: { program: 'terraform', env: { ...env, TF_CLI_CONFIG_FILE: terraformRc } },
      tofu: { program: openTofu(), env: { ...env, TF_CLI_CONFIG_FILE: tofuRc } },
    };
    write(BEFORE);
    await command('record', 'dev');
    await synthesized();
    await deploy('terraform', await plan('terraform'));
    deployed = await inventory();
    cpSync(join(folder, `terraform.${STACK}.tfstate`), join(folder, 'deployed.tfstate'));
    cpSync(record(), join(folder, 'deployed.record.json'));
  }, INSTALL_MILLISECONDS);

  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const record = () => join(folder, 'environments/dev.record.json');

  function write(ids: Partial<typeof BEFORE>): void {
    writeFileSync(join(folder, 'ids.json'), JSON.stringify(ids));
  }

  async function succeeding(program: string, args: string[] | undefined, options = { cwd: folder, env }) {
    const { code, stdout, stderr } = await run(program, args, options);
    if (code !== 0) throw new Error(`${program} ${args?.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  const cli = (...args: string[]) =>
    run(`${TSX} ${join(REPOSITORY, 'cli/main.ts')} ${args.join(' ')}`, undefined, { cwd: folder, env });

  async function command(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await cli(...args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  }

  const synthesis = () => run(`${TSX} ${join(folder, 'main.ts')}`, undefined, { cwd: folder, env });

  async function synthesized(): Promise<void> {
    const { code, stderr } = await synthesis();
    if (code !== 0) throw new Error(stderr);
  }

  async function withoutRecord<T>(work: () => Promise<T>): Promise<T> {
    const text = readFileSync(record());
    rmSync(record());
    try {
      return await work();
    } finally {
      writeFileSync(record(), text);
    }
  }

  /** Plans in a folder of its own for each program, so that each has its state. */
  async function plan(product: 'terraform' | 'tofu'): Promise<string> {
    const { program, env: own } = programs[product];
    const place =
      product === 'tofu' ? join(folder, 'tofu/cdktf.out/stacks', STACK) : join(folder, 'cdktf.out/stacks', STACK);
    if (product === 'tofu') {
      mkdirSync(place, { recursive: true });
      cpSync(join(folder, 'cdktf.out/stacks', STACK, 'cdk.tf.json'), join(place, 'cdk.tf.json'));
      const state = join(folder, `tofu/terraform.${STACK}.tfstate`);
      if (!existsSync(state)) cpSync(join(folder, 'deployed.tfstate'), state);
    }
    const options = { cwd: place, env: own };
    if (!existsSync(join(place, '.terraform')))
      await succeeding(program, ['init', '-input=false', '-no-color'], options);
    await succeeding(program, ['plan', '-input=false', '-no-color', '-out=plan'], options);
    writeFileSync(join(place, 'plan.json'), await succeeding(program, ['show', '-json', 'plan'], options));
    return join(place, 'plan.json');
  }

  async function deploy(product: 'terraform' | 'tofu', planned: string): Promise<void> {
    const { program, env: own } = programs[product];
    const options = { cwd: resolve(planned, '..'), env: own };
    await succeeding(program, ['apply', '-input=false', '-no-color', 'plan'], options);
  }

  const changes = (planned: string): Change[] => JSON.parse(readFileSync(planned, 'utf8')).resource_changes;
  const actionsIn = (planned: string) => new Set(changes(planned).flatMap(({ change }) => change.actions));
  const destroyed = (planned: string) =>
    changes(planned)
      .filter(({ change }) => change.actions.includes('delete'))
      .map(({ address }) => address);

  async function inventory(): Promise<unknown> {
    return JSON.parse(await succeeding(python, ['-c', INVENTORY]));
  }

  test('a rename of each kind is refused, with the command that moves it', async () => {
    write(RENAMED);
    const { code, stderr } = await synthesis();
    expect(code).toBe(2);
    for (const kind of KINDS) {
      expect(stderr).toContain(`npx cdktf-mlops move dev ${pathOf(kind, BEFORE)} ${pathOf(kind, RENAMED)}`);
    }
  });

  test('a deletion of each kind is refused, with the command that lets it go', async () => {
    write(GONE);
    const { code, stderr } = await synthesis();
    expect(code).toBe(2);
    const release = /npx cdktf-mlops release dev (.*)/.exec(stderr)?.[1]?.split(' ');
    expect(release).toEqual(expect.arrayContaining(KINDS.map((kind) => pathOf(kind, BEFORE))));
    expect(release).toHaveLength(KINDS.length);
  });

  test('changes of the network that cause an outage are refused', async () => {
    write({ ...BEFORE, cidr: '10.21.0.0/16' });
    expect((await synthesis()).stderr).toContain("'cidr_block' changes from '10.20.0.0/16' to '10.21.0.0/16'");
    write({ ...BEFORE, nat: 'single' });
    expect((await synthesis()).stderr).toContain(
      `record dev --drop ${STACK}/Network/Public/Nat2 ${STACK}/Network/Public/NatAddress2`,
    );
  });

  test('guard refuses the plans that the record would have refused', async () => {
    for (const ids of [RENAMED, GONE]) {
      write(ids);
      await withoutRecord(synthesized);
      const planned = await plan('terraform');
      expect(destroyed(planned)).toEqual(expect.arrayContaining([expect.stringMatching(/^aws_s3_bucket_policy/)]));
      const { code, stdout } = await cli('guard', planned);
      expect(code).toBe(1);
      for (const type of [
        's3_bucket',
        'glue_catalog_table',
        'ecr_repository',
        'athena_workgroup',
        'db_instance',
        'vpc',
      ])
        expect(stdout).toMatch(new RegExp(`- aws_${type}\\.\\S+ would be (destroyed|replaced): .* is kept`));
      const foreign = await withoutRecord(() => cli('guard', planned));
      expect(foreign).toMatchObject({ code: 1, stdout: expect.stringContaining('refused (no record has its stack)') });
    }
  });

  test.each(['tofu', 'terraform'] as const)('after the moves, %s destroys and replaces nothing', async (product) => {
    if (product === 'tofu') {
      write(RENAMED);
      for (const kind of KINDS) await command('move', 'dev', pathOf(kind, BEFORE), pathOf(kind, RENAMED));
      await synthesized();
    }
    const planned = await plan(product);
    expect(destroyed(planned)).toEqual([]);
    expect(actionsIn(planned)).not.toContain('create');
    expect(await cli('guard', planned)).toMatchObject({ code: 0 });
  });

  test.each(['tofu', 'terraform'] as const)('what is let go, %s forgets and does not destroy', async (product) => {
    if (product === 'tofu') {
      write(GONE);
      cpSync(join(folder, 'deployed.record.json'), record());
      await command('release', 'dev', ...KINDS.map((kind) => pathOf(kind, BEFORE)));
      await synthesized();
    }
    const planned = await plan(product);
    expect(destroyed(planned)).toEqual([]);
    expect(actionsIn(planned)).toContain('forget');
    expect(await cli('guard', planned)).toMatchObject({ code: 0 });
    await deploy(product, planned);
    expect(await inventory()).toEqual(deployed);
  });
});
