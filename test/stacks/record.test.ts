import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { type App, TerraformStack } from 'cdktf';
import { KEPT_TYPES } from '../../lib/aws/kept-types';
import { Template, testApp } from '../../lib/testing';
import { Platform, parseEnvironment, Records, readRecord, recordText, renewed, renewedRecord } from '../../stacks';
import { drop, move, release } from '../../stacks/record/edit';

// training takes half of the time of a platform, and no rule of the record is its own
const PROD = readFileSync(resolve(__dirname, '../../environments/prod.yaml'), 'utf8')
  .replace(/^training:\n(?:[ #].*\n|\n)+/m, 'training: { logDays: 731 }\n')
  .replace(/^scheduler:\n(?:[ #].*\n|\n)+/m, '') // it starts the pipelines of the training
  .replace(/^models:.*\n(?:[ #].*\n|\n)+/m, '') // what they register
  .replace(/^logs:.*\n(?: .*\n)+\n/m, '') // it ships them
  .replace(/^monitoring:\n(?:[ #].*\n|\n)+/m, ''); // it watches them
const DATABASE = / {2}database:\n( {4}.*\n)+/;
const [DATA, FOUNDATION, SERVICES] = ['acme-prod-data', 'acme-prod-foundation', 'acme-prod-services'];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  file = join(folder, 'prod.record.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const records = () => Records.of([join(folder, 'prod.yaml')]);

function platform(text: string, extend: (app: App) => void = () => {}): App {
  const app = testApp({ context: records().context });
  new Platform(app, parseEnvironment(text, 'environments/prod.yaml'));
  extend(app);
  return app;
}

/** Records production as it is. */
function record(text = PROD, extend?: (app: App) => void): void {
  writeFileSync(file, recordText(renewed(file, readRecord(file), platform(text, extend))));
}

function refusal(text: string): string {
  try {
    records().apply(platform(text));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const edit = (change: (stacks: NonNullable<ReturnType<typeof readRecord>>) => object) =>
  writeFileSync(file, recordText(change(readRecord(file)!) as never));

const ZONE_RENAMED = PROD.replace('    raw: #', '    landing: #').replaceAll('zone: raw', 'zone: landing');

test('without a record nothing is refused', () => {
  expect(refusal(ZONE_RENAMED)).toBe('');
});

test('the same configuration gives the same record, and is not refused', () => {
  record();
  const text = readFileSync(file, 'utf8');
  record();
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(refusal(PROD)).toBe('');
});

test('the record of this repository is up to date', () => {
  for (const name of ['dev', 'staging', 'prod']) {
    const committed = resolve(__dirname, `../../environments/${name}.record.json`);
    const environment = committed.replace('.record.json', '.yaml');
    const parsed = parseEnvironment(readFileSync(environment, 'utf8'), `environments/${name}.yaml`);
    expect(renewedRecord(environment, parsed, undefined, folder)).toBe(readFileSync(committed, 'utf8'));
  }
});

test('every type that the platform keeps is known: its words, its data, its replacing attributes', () => {
  const types = [PROD, PROD.replace(DATABASE, '  database: { engine: aurora }\n')].flatMap((text) => {
    rmSync(file, { force: true });
    record(text);
    return Object.values(readRecord(file)!)
      .flatMap(({ kept }) => Object.values(kept))
      .flatMap(({ kept }) => Object.values(kept).map(({ address }) => address.split('.')[0]!));
  });
  expect(types).toEqual(expect.arrayContaining(['aws_db_instance', 'aws_rds_cluster', 'aws_s3_bucket', 'aws_vpc']));
  expect(types.filter((type) => !Object.hasOwn(KEPT_TYPES, type))).toEqual([]);
});

test.each([
  ['a zone that is renamed', ZONE_RENAMED, `move prod ${DATA}/Lake/raw ${DATA}/Lake/landing`],
  [
    'a team that is renamed',
    PROD.replace('  ads: {}', '  growth: {}').replaceAll(/((owner|team): |fraud: 2, )ads/g, '$1growth'),
    `move prod ${DATA}/Workgroups/ads ${DATA}/Workgroups/growth`,
  ],
  [
    'an image that is renamed',
    PROD.replace('fraud-serve:', 'fraud-answer:'),
    `move prod ${DATA}/Images/fraud-serve ${DATA}/Images/fraud-answer`,
  ],
  [
    'a table that is renamed',
    PROD.replace('    impressions:', '    views:'),
    `move prod ${DATA}/Tables/impressions ${DATA}/Tables/views`,
  ],
  [
    'a conversion that is removed',
    PROD.replace('      convertFrom: merchants_csv\n', ''),
    `release prod ${DATA}/Conversions/`,
  ],
  ['a database that is removed', PROD.replace(DATABASE, ''), `release prod ${DATA}/Database`],
  [
    'another block of addresses',
    PROD.replace('cidr: 10.22.0.0/16', 'cidr: 10.23.0.0/16'),
    "VPC 'acme-prod-network': would be replaced: 'cidr_block' changes from '10.22.0.0/16' to '10.23.0.0/16'",
  ],
  [
    'one NAT gateway for all zones',
    PROD.replace('nat: per-zone', 'nat: single'),
    `record prod --drop ${['Nat2', 'Nat3', 'NatAddress2', 'NatAddress3'].map((id) => `${FOUNDATION}/Network/Public/${id}`).join(' ')}`,
  ],
  [
    'fewer zones',
    PROD.replace('zones: 3', 'zones: 2'),
    `${FOUNDATION}/Network/Private/Subnet3: subnet 'acme-prod-network-private-3': gone from the configuration`,
  ],
  [
    'an existing network',
    PROD.replace(
      /network:\n( {2}.*\n)+/,
      'network: { vpcId: vpc-0123456789abcdef0, privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1] }\n',
    ),
    `${FOUNDATION}/Network/Resource: VPC 'acme-prod-network': gone from the configuration`,
  ],
  [
    'another format of an Iceberg table, which the catalog never changes',
    PROD.replace('format: iceberg', 'format: parquet'),
    "catalog table 'card_features': would be replaced: 'open_table_format_input' changes from {",
  ],
  [
    'a table that becomes an Iceberg table',
    PROD.replace(
      'zone: curated\n      format: parquet\n      convertFrom: merchants_csv',
      'zone: curated\n      format: iceberg',
    ),
    "catalog table 'merchants': would be replaced: 'open_table_format_input' changes from none to {",
  ],
  [
    'a lock of objects',
    PROD.replace('models: { lockDays: 365 }', 'models: {}'),
    "'object_lock_enabled' changes from true to false",
  ],
])('%s is refused, with the way on', (_, text, message) => {
  record();
  expect(refusal(text)).toContain(message);
});

test('a feature without a new version of its group is refused, and a new version is a new group beside the old one', () => {
  record();
  const more = PROD.replace('payments_24h: integral', 'payments_24h: integral, payments_7d: integral');
  const message = refusal(more);
  expect(message).toContain(
    "feature group 'acme-prod-cards-v1': would be replaced: 'feature_definition' changes from [",
  );
  expect(message).toContain(
    "; raise its 'version', which makes a new group, and release this one when nobody reads it",
  );
  const raised = more.replace(
    'team: fraud\n      columns: { card: string, at: string',
    (found) => `version: 2\n      ${found}`,
  );
  expect(raised).not.toBe(more);
  expect(refusal(raised)).toContain('acme-prod-data/Features/cards-v1: feature group');
  const both = PROD.replace(
    '\n    cards:',
    '\n    cards-2: { name: cards, version: 2, team: fraud, columns: { card: string, at: string }, id: card, eventTime: at }\n    cards:',
  );
  expect(refusal(both)).toBe('');
});

test('a longer time to live of online records is refused by nobody: it changes in place', () => {
  record();
  expect(refusal(PROD.replace('ttlDays: 90', 'ttlDays: 365'))).toBe('');
  expect(refusal(PROD.replace('ttlDays: 90', 'storage: in-memory'))).toContain(
    "'online_store_config.storage_type' changes from 'Standard' to 'InMemory'",
  );
});

test('a record of a version that knew fewer replacing attributes is not refused, nor is a default that is written', () => {
  record();
  const tableOf = (stacks: NonNullable<ReturnType<typeof readRecord>>) =>
    stacks[DATA]!.kept['Tables/card_features']!.kept.Resource!.replacedBy as Record<string, unknown>;
  const lockOf = (stacks: NonNullable<ReturnType<typeof readRecord>>) =>
    stacks[DATA]!.kept['Lake/raw/Bucket']!.kept.Resource!.replacedBy as Record<string, unknown>;
  edit((stacks) => {
    expect(lockOf(stacks).object_lock_enabled).toBe(false);
    lockOf(stacks).object_lock_enabled = null;
    delete tableOf(stacks).open_table_format_input;
    return stacks;
  });
  expect(refusal(PROD)).toBe('');
  record();
  expect(tableOf(readRecord(file)!).open_table_format_input).toBeDefined();
});

test('a stack that is gone can be let go as a whole, but not moved; it is destroyed before it is removed', () => {
  record();
  const renamed = PROD.replace('project: acme', 'project: shop');
  const message = refusal(renamed);
  expect(message).toContain(`release prod ${DATA} ${FOUNDATION} ${SERVICES}\n`);
  expect(message).toContain(`4. npx cdktf destroy ${DATA} ${FOUNDATION} ${SERVICES}, then remove it`);
  expect(message).not.toContain(' move prod');
  expect(() => edit((stacks) => move(file, stacks, DATA!, 'shop-prod-data'))).toThrow(
    'is a stack, and only constructs',
  );
  edit((stacks) => [DATA, FOUNDATION, SERVICES].reduce((all, stack) => release(file, all, stack!), stacks));
  expect(refusal(renamed)).toBe('');
  const [address] = readRecord(file)![DATA!]!.released.filter((one) => one.startsWith('aws_db_instance.'));
  expect(address).toMatch(/^aws_db_instance\.Database_/); // forgotten, should only its constructs be removed
});

test('the message names the sections whose removal is the second key of a network', () => {
  record();
  const message = refusal(PROD.replace('cidr: 10.22.0.0/16', 'cidr: 10.23.0.0/16'));
  expect(message).toContain('logs (of the network too)');
  const { properties } = JSON.parse(readFileSync('environments/environment.schema.json', 'utf8'));
  const named = Object.keys(properties).filter((section) => JSON.stringify(properties[section]).includes('"removal":'));
  expect(named).toContain('monitoring');
  const line = message.split('\n').find((one) => one.includes('logs (of the network too)'));
  for (const section of named) expect(line).toContain(section);
  expect(message).toContain('4. remove or change it, deploy');
  const keys = PROD.replace('removal: retain', 'removal: destroy\nlogs: { removal: destroy }');
  record(keys);
  expect(refusal(keys.replace('cidr: 10.22.0.0/16', 'cidr: 10.23.0.0/16'))).toBe('');
});

test('a change of the engine is refused with the way of its fixed choice, before a plan deletes instances', () => {
  record();
  const aurora = PROD.replace(DATABASE, '  database: { engine: aurora }\n');
  const message = refusal(aurora);
  expect(message).toContain(
    "registry.database.engine is 'rds' in what is deployed and cannot become 'aurora': set it back. To move the data,",
  );
  expect(message).toContain(`${DATA}/Database/Resource: database 'acme-prod-registry': gone from the configuration`);
});

test('what leaves in the order of the message is destroyed: both keys, a deployment, the record, the removal', () => {
  record();
  const keys = PROD.replace('removal: retain', 'removal: destroy').replace(
    'registry:\n',
    'registry:\n  removal: destroy\n',
  );
  expect(refusal(keys)).toBe('');
  record(keys);
  expect(refusal(keys.replace('    fraud-serve: { keepImages: 100 } # enough for rollbacks\n', ''))).toBe('');
});

test('the record itself never forgets what the configuration has lost', () => {
  record();
  expect(() => record(ZONE_RENAMED)).toThrow('acme-prod-data/Lake/raw');
});

describe('a moved construct', () => {
  test('keeps its deployed names, and every resource below it gets a moved block', () => {
    record();
    edit((stacks) => move(file, stacks, `${DATA}/Lake/raw`, `${DATA}/Lake/landing`));
    const app = platform(ZONE_RENAMED);
    records().apply(app);
    const stack = app.node.findChild(DATA) as TerraformStack;
    const template = Template.synth(stack);
    const { moved, resource } = JSON.parse(JSON.stringify(template.json));
    const below = Object.entries<Record<string, object>>(resource).flatMap(([type, named]) =>
      Object.keys(named).flatMap((name) => (name.startsWith('Lake_landing') ? [`${type}.${name}`] : [])),
    );
    expect(moved.map(({ to }: { to: string }) => to).sort()).toEqual(below.sort());
    expect(moved).toContainEqual({
      from: expect.stringMatching(/^aws_s3_bucket\.Lake_raw_Bucket_/),
      to: expect.stringMatching(/^aws_s3_bucket\.Lake_landing_Bucket_/),
    });
    expect(JSON.stringify(template.json)).toContain('"acme-prod-raw-111122223333-eu-north-1"');
    expect(JSON.stringify(template.json)).not.toContain('acme-prod-landing');
    record(ZONE_RENAMED);
    expect(refusal(ZONE_RENAMED)).toBe('');
  });

  test('that moves again is found at both former places', () => {
    record();
    const at = (zone: string) => `${DATA}/Lake/${zone}`;
    edit((stacks) => move(file, move(file, stacks, at('raw'), at('first')), at('first'), at('landing')));
    const app = platform(ZONE_RENAMED);
    records().apply(app);
    const { moved } = JSON.parse(JSON.stringify(Template.synth(app.node.findChild(DATA) as TerraformStack).json));
    const buckets = moved.filter(({ to }: { to: string }) => to.startsWith('aws_s3_bucket.'));
    expect(
      buckets.map(({ from, to }: { from: string; to: string }) => [from, to].map((one) => one.split('_').at(-3))),
    ).toEqual([
      ['first', 'landing'],
      ['raw', 'first'],
    ]);
  });

  test('is still referred to by what else is kept, in its stack and in others', () => {
    record();
    edit((stacks) => move(file, stacks, `${FOUNDATION}/Network`, `${FOUNDATION}/Mesh`));
    edit((stacks) => move(file, stacks, `${FOUNDATION}/RegistryKey`, `${FOUNDATION}/Secret`));
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"vpc_id": "${aws_vpc.Mesh_');
    expect(text).toContain('"kms_key_id": "${aws_kms_key.Secret_');
    expect(text).not.toMatch(/aws_\w+\.(Network|RegistryKey)_/);
  });

  test('whose former place is taken by another that moves too has one block from an address, and one to it', () => {
    const own =
      (...ids: string[]) =>
      (app: App) => {
        const stack = new TerraformStack(app, 'own');
        for (const id of ids) new S3Bucket(stack, id, { lifecycle: { preventDestroy: true } });
      };
    const rename = (from: string, to: string) => edit((stacks) => move(file, stacks, `own/${from}`, `own/${to}`));
    record(PROD, own('A'));
    rename('A', 'B');
    record(PROD, own('A', 'B'));
    rename('A', 'C');
    rename('B', 'D');
    const blocks = (...ids: string[]) => {
      const app = platform(PROD, own(...ids));
      records().apply(app);
      const { moved } = (app.node.findChild('own') as TerraformStack).toTerraform();
      return moved.map(({ from, to }: { from: string; to: string }) => `${from.slice(14)} ${to.slice(14)}`).sort();
    };
    expect(blocks('C', 'D')).toEqual(['A C', 'B D']);
    record(PROD, own('C', 'D', 'B'));
    expect(blocks('B', 'C', 'D')).toEqual(['A C']);
  });

  test('that moves back has not moved', () => {
    record();
    const before = readRecord(file);
    edit((stacks) => move(file, stacks, `${DATA}/Lake/raw`, `${DATA}/Lake/landing`));
    edit((stacks) => move(file, stacks, `${DATA}/Lake/landing`, `${DATA}/Lake/raw`));
    expect(readRecord(file)).toEqual(before);
  });

  test.each([
    [`${DATA}/Lake/none`, `${DATA}/Lake/x`, 'nothing is kept at'],
    [`${DATA}/Lake/raw`, `${DATA}/Lake/curated`, 'is taken'],
    [`${DATA}/Lake/raw`, `${FOUNDATION}/Lake/raw`, "use 'terraform state mv'"],
    ['acme-qa-data/Lake/raw', 'acme-qa-data/Lake/x', `has no stack 'acme-qa-data'; use one of ${DATA}`],
  ])('from %s to %s is refused if it cannot be', (from, to, message) => {
    record();
    expect(() => edit((stacks) => move(file, stacks, from, to))).toThrow(message);
  });
});

test('what is let go is removed from the state with all its companions, and not destroyed', () => {
  record();
  edit((stacks) => release(file, stacks, `${DATA}/Images/fraud-serve`));
  const app = platform(PROD.replace('    fraud-serve: { keepImages: 100 } # enough for rollbacks\n', ''));
  records().apply(app);
  const { removed } = JSON.parse(JSON.stringify(Template.synth(app.node.findChild(DATA) as TerraformStack).json));
  const lifecycle = { destroy: false };
  expect(removed).toEqual([
    { from: expect.stringMatching(/^aws_ecr_lifecycle_policy\.Images_fraud-serve_/), lifecycle },
    { from: expect.stringMatching(/^aws_ecr_repository\.Images_fraud-serve_/), lifecycle },
  ]);
});

test('what is let go before its move was deployed is let go at the former addresses too', () => {
  record();
  edit((stacks) => move(file, stacks, `${DATA}/Images/fraud-serve`, `${DATA}/Images/serve`));
  edit((stacks) => release(file, stacks, `${DATA}/Images/serve`));
  const released = readRecord(file)![DATA]!.released.map((address) => address.replace(/_\w{32}$|_\w{8}$/, ''));
  expect(released).toEqual([
    'aws_ecr_lifecycle_policy.Images_fraud-serve_Lifecycle',
    'aws_ecr_lifecycle_policy.Images_serve_Lifecycle',
    'aws_ecr_repository.Images_fraud-serve',
    'aws_ecr_repository.Images_serve',
  ]);
});

test('blocks that the app has itself stay beside those of a record', () => {
  const own =
    (...ids: string[]) =>
    (app: App) => {
      const stack = new TerraformStack(app, 'own');
      stack.addOverride('moved', [{ from: 'aws_vpc.X', to: 'aws_vpc.Y' }]);
      stack.addOverride('removed', { from: 'aws_vpc.Z', lifecycle: { destroy: false } });
      for (const id of ids) new S3Bucket(stack, id, { lifecycle: { preventDestroy: true } });
    };
  record(PROD, own('A', 'B'));
  edit((stacks) => release(file, move(file, stacks, 'own/A', 'own/C'), 'own/B'));
  const app = platform(PROD, own('C'));
  records().apply(app);
  const { moved, removed } = (app.node.findChild('own') as TerraformStack).toTerraform();
  const froms = (blocks: { from: string }[]) => blocks.map(({ from }) => from);
  expect(froms(moved)).toEqual(['aws_vpc.X', 'aws_s3_bucket.A']);
  expect(froms(removed)).toEqual(['aws_vpc.Z', 'aws_s3_bucket.B']);
});

test('only what holds no data can be dropped', () => {
  record();
  edit((stacks) => drop(file, stacks, `${DATA}/Tables/impressions`));
  expect(refusal(PROD.replace(/ {4}impressions:\n( {6}.*\n)+/, ''))).toBe('');
  expect(() => edit((stacks) => drop(file, stacks, `${DATA}/Tables/card_features`))).toThrow(
    "holds data (catalog table 'card_features'); use 'release'",
  );
});

test('where nothing is kept, a path is not needed', () => {
  record();
  edit((stacks) => release(file, stacks, DATA!));
  for (const change of [release, drop]) {
    expect(() => edit((stacks) => change(file, stacks, DATA!))).toThrow(
      `nothing is kept in ${DATA}: what is there can go without this command`,
    );
  }
});

test("a resource of a user's own stack is kept by its prevent_destroy, alone", () => {
  const own = (id: string) => (app: App) => {
    const stack = new TerraformStack(app, 'own');
    new S3Bucket(stack, id, { bucket: 'acme-own', lifecycle: { preventDestroy: true } });
    new S3Bucket(stack, 'Other', {});
  };
  record(PROD, own('Archive'));
  expect(readRecord(file)!.own!.kept).toEqual({
    Archive: {
      companions: {},
      kept: {
        '': {
          address: 'aws_s3_bucket.Archive',
          holdsData: true,
          is: "bucket 'acme-own'",
          replacedBy: { bucket: 'acme-own', object_lock_enabled: null },
        },
      },
    },
  });
  const app = platform(PROD, own('Vault'));
  expect(() => records().apply(app)).toThrow('npx cdktf-mlops move prod own/Archive own/Vault');
});

test('a file that is no record is named', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '{"stacks":{"a":{}}}');
  expect(() => records()).toThrow('prod.record.json: is not a record');
});
