import { parseEnvironment } from '../../stacks/environment';
import { changed, errorOf } from './environment-text';

/** A valid file with these changes is refused with exactly these lines. */
function refuses(title: string, changes: Record<string, string>, ...lines: string[]): void {
  test(title, () => {
    const header = `dev.yaml: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`;
    const message = errorOf(() => parseEnvironment(changed(changes), 'dev.yaml'));
    expect(message.split('\n')).toEqual([header, ...lines.map((line) => `dev.yaml:${line}`)]);
  });
}

describe('roles', () => {
  refuses(
    'a permissions boundary of another account',
    { 'network:\n': 'iam:\n  permissionsBoundary: arn:aws:iam::999988887777:policy/boundary\nnetwork:\n' },
    "7:24 iam.permissionsBoundary: must be a policy of account 111122223333, got 'arn:aws:iam::999988887777:policy/boundary'; use one of that account",
  );
  test('a permissions boundary of AWS is accepted in every account', () => {
    const written = changed({
      'network:\n': 'iam: { permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess }\nnetwork:\n',
    });
    expect(parseEnvironment(written, 'dev.yaml').iam.permissionsBoundary).toBe(
      'arn:aws:iam::aws:policy/PowerUserAccess',
    );
  });
});

describe('types', () => {
  refuses(
    'a word where a number is expected',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: two' },
    "8:10 network.zones: must be one of 2, 3, got 'two'; write for example 2",
  );
  refuses(
    'a number in quotes',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: "2"' },
    "8:10 network.zones: must be one of 2, 3, got '2'; write 2 without quotes",
  );
  refuses(
    'a number that is not whole',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: 2.5' },
    '8:10 network.zones: must be one of 2, 3, got the number 2.5; the nearest is 2',
  );
  refuses(
    'more zones than three',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: 4' },
    '8:10 network.zones: must be one of 2, 3, got the number 4; the nearest is 3',
  );
  refuses(
    'yes instead of true',
    { 'images: [train]': 'database: { multiAz: yes }' },
    "17:24 registry.database.multiAz: must be true or false, got 'yes'; write true without quotes",
  );
  refuses(
    'a list where a mapping is expected',
    { 'zones: { raw: {}, curated: {} }': 'zones: [raw, curated]' },
    "9:10 lake.zones: must be a mapping, got a list; write 'name: {}' instead of '- name'",
  );
  refuses(
    'a word where a list or a mapping is expected',
    { 'images: [train]': 'images: train' },
    "17:11 registry.images: must be a list or a mapping, got 'train'; write [train]",
  );
  refuses(
    'a list where a mapping is expected, at the top of a section',
    { '  fraud: {}': '  - fraud' },
    "19:3 teams: must be a mapping, got a list; write 'name: {}' instead of '- name'",
  );
  refuses(
    'a key without value',
    { 'curated: {} }': 'curated: }' },
    '9:30 lake.zones.curated: must be a mapping, got nothing; write {} for its defaults, or remove the key',
  );
  refuses(
    'a leaf without value',
    { 'owner: ml@acme.example': 'owner:' },
    '5:7 owner: must be a mail address, got nothing; give it a value',
  );
  refuses(
    'a mapping where a word is expected',
    { 'zone: raw': 'zone: { name: raw }' },
    '12:13 lake.tables.orders.zone: must be lower-case letters, digits and single hyphens, beginning with a letter, got a mapping; write the value alone',
  );
  refuses(
    'a misspelled choice',
    { 'environment: dev': 'environment: dev\nsize: smal' },
    "3:7 size: must be one of small, medium, large, got 'smal'; did you mean 'small'?",
  );
  refuses(
    'a word unlike all choices',
    { 'environment: dev': 'environment: dev\nremoval: purge' },
    "3:10 removal: must be one of retain, destroy, got 'purge'; choose one of them",
  );
  refuses(
    'a retention that CloudWatch does not support',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  flowLogRetentionDays: 45' },
    '8:25 network.flowLogRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got the number 45; the nearest is 30',
  );
  refuses(
    'values that are no numbers, although YAML has numbers for them',
    { 'raw: {}': 'raw: { expireAfterDays: .nan }', 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: .NaN' },
    '8:10 network.zones: must be one of 2, 3, got .NaN; write a number',
    '10:36 lake.zones.raw.expireAfterDays: must be a whole number from 1 to 36500, got .nan; write a number',
  );
  refuses(
    'zero days',
    { 'raw: {}': 'raw: { expireAfterDays: 0 }' },
    '9:36 lake.zones.raw.expireAfterDays: must be a whole number from 1 to 36500, got the number 0; the nearest is 1',
  );
  refuses(
    'a missing required key',
    { 'region: eu-north-1\n': '' },
    '1:1 region: is missing; add for example region: eu-north-1',
  );
  refuses(
    'a missing key of a table',
    { '      zone: raw\n': '' },
    '11:5 lake.tables.orders.zone: is missing; add for example zone: raw',
  );
  refuses(
    'an unknown partition type',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { day: integer }',
    },
    "15:26 lake.tables.orders.partitions.day: must be one of date, string or a mapping, got 'integer'; write for example { type: int, min: 0, max: 23 }",
  );
  refuses(
    'an unknown partition type in a mapping',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { day: { type: integer } }',
    },
    "15:34 lake.tables.orders.partitions.day.type: must be one of date, int, string, got 'integer'; write for example date",
  );
  refuses(
    'a partition without type',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { hour: { min: 0, max: 23 } }',
    },
    '15:21 lake.tables.orders.partitions.hour.type: is missing; add for example type: date',
  );
  refuses(
    'an integer partition without range',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { hour: { type: int } }',
    },
    '15:21 lake.tables.orders.partitions.hour.min: is missing; add for example min: 0',
    '15:21 lake.tables.orders.partitions.hour.max: is missing; add for example max: 23',
  );
});

describe('advice', () => {
  refuses(
    'an empty section that needs a key, whose own keys are the advice',
    { 'network:\n  cidr: 10.20.0.0/16': 'network:' },
    '6:9 network: must be a mapping, got nothing; write its keys under it: cidr or vpcId and privateSubnetIds',
  );
  refuses(
    'a list of keys in a section',
    { 'images: [train]': '- images' },
    "17:3 registry: must be a mapping, got a list; write 'key: value' instead of '- key'",
  );
  refuses(
    'a folder with a slash at its end',
    { 'zone: raw\n': 'zone: raw\n      prefix: shop/orders/\n' },
    "13:15 lake.tables.orders.prefix: must be folders such as shop/orders, each beginning with a letter or digit, without a slash at either end, got 'shop/orders/'; write shop/orders",
  );
  refuses(
    'growth above the limit of RDS',
    { 'images: [train]': 'database: { maxStorageGb: 70000 }' },
    '17:29 registry.database.maxStorageGb: must be a whole number from 0 to 65536, got the number 70000; the nearest is 65536',
  );
  refuses(
    'an empty tag',
    { 'environment: dev': 'environment: dev\ntags: { cost: }' },
    '3:15 tags.cost: must be a string in quotes, got nothing; give it a value, or remove the key',
  );
  refuses(
    'a personal column that is listed twice',
    { 'owner: fraud': 'owner: fraud\n      personalColumns: [id, id]' },
    "16:29 lake.tables.orders.personalColumns[1]: must be listed once, got 'id' again; remove one",
  );
});

describe('what is below something wrong is checked too', () => {
  test('below thousands of wrong names in bounded time', () => {
    const zones = Array.from({ length: 1_000 }, (_, index) => `Zone ${index}: { tierAfterDays: no }`);
    const begin = performance.now();
    const message = errorOf(() => parseEnvironment(changed({ 'raw: {}': zones.join(', ') }), 'dev.yaml'));
    expect(message).toContain('dev.yaml: 2001 errors');
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  refuses(
    'a wrong name of a table with a wrong column name and a wrong format',
    { 'orders:': 'My Orders:', 'format: parquet': 'format: parket', '{ id: string': '{ Big Id: 7' },
    '11:5 lake.tables."My Orders": the name must be up to 255 lower-case letters, digits and underscores, not beginning with a digit, got \'My Orders\'; write my_orders',
    "13:15 lake.tables.\"My Orders\".format: must be one of parquet, csv, tsv, json, iceberg, got 'parket'; did you mean 'parquet'?",
    '14:18 lake.tables."My Orders".columns."Big Id": the name must be up to 255 lower-case letters, digits and underscores, not beginning with a digit, got \'Big Id\'; write big_id',
    '14:26 lake.tables."My Orders".columns."Big Id": must be a column type such as string, got the number 7; write for example string',
  );
  refuses(
    'a misspelled engine with a wrong value',
    { 'images: [train]': 'database: { engine: aurorra, readers: many }' },
    "17:23 registry.database.engine: must be one of rds, aurora, got 'aurorra'; did you mean 'aurora'?",
    "17:41 registry.database.readers: must be a whole number from 0 to 15, got 'many'; write a number, or remove it",
  );
});

describe('identity', () => {
  refuses(
    'an account that YAML reads as a number',
    { '"111122223333"': '111122223333' },
    '3:10 account: must be 12 digits in quotes, got the number 111122223333; write "111122223333"',
  );
  refuses(
    'an account with a leading zero, as a number',
    { '"111122223333"': '011122223333' },
    '3:10 account: must be 12 digits in quotes, got the number 011122223333; write "011122223333"',
  );
  refuses(
    'an account with hyphens',
    { '"111122223333"': '"1111-2222-3333"' },
    `3:10 account: must be 12 digits in quotes, got '1111-2222-3333'; write "111122223333"`,
  );
  refuses(
    'an account one digit short',
    { '"111122223333"': '11112222333' },
    '3:10 account: must be 12 digits in quotes, got the number 11112222333; write for example "111122223333"',
  );
  refuses(
    'a misspelled region',
    { 'eu-north-1': 'eu-nort-1' },
    "4:9 region: must be an AWS region such as eu-north-1, got 'eu-nort-1'; did you mean 'eu-north-1'?",
  );
  refuses(
    'a zone instead of a region',
    { 'eu-north-1': 'eu-north-1a' },
    "4:9 region: must be an AWS region such as eu-north-1, got 'eu-north-1a'; did you mean 'eu-north-1'?",
  );
  refuses(
    'a place instead of a region',
    { 'eu-north-1': 'stockholm' },
    "4:9 region: must be an AWS region such as eu-north-1, got 'stockholm'; write for example eu-north-1",
  );
  refuses(
    'a project in capitals',
    { 'acme\n': 'Acme\n' },
    "1:10 project: must be up to 16 lower-case letters, digits and single hyphens, beginning with a letter, got 'Acme'; write acme",
  );
  refuses(
    'a project too long for bucket names',
    { 'project: acme': 'project: acme-machine-learning' },
    "1:10 project: must be up to 16 lower-case letters, digits and single hyphens, beginning with a letter, got 'acme-machine-learning'; write for example acme",
  );
  refuses(
    'a project that S3 reserves',
    { 'project: acme': 'project: sthree' },
    "1:10 project: must not be amzn, nor be or begin with sthree, sg or amzn-s3-demo, got 'sthree'; choose another name, AWS reserves these prefixes",
  );
  refuses(
    'an environment that YAML reads as a number',
    { 'environment: dev': 'environment: 1' },
    '2:14 environment: must be up to 10 lower-case letters, digits and single hyphens, beginning with a letter, got the number 1; write for example dev',
  );
  refuses(
    'an owner that is not a mail address',
    { 'ml@acme.example': 'the ml team' },
    "5:8 owner: must be a mail address, got 'the ml team'; write for example ml-platform@acme.example",
  );
  refuses(
    'a column comment that Glue refuses',
    { 'columns: { id: string,': 'columnComments: { id: "two\\nlines" }\n      columns: { id: string,' },
    "14:29 lake.tables.orders.columnComments.id: must be one line of at most 255 characters, got 'two\\nlines'; write two-lines",
  );
  refuses(
    'a file with another name than its environment',
    { 'environment: dev': 'environment: prod' },
    "2:14 environment: must be the name of the file, got 'prod'; write 'dev', or rename the file to prod.yaml: two files with one environment would change the same resources",
  );
  refuses(
    'reserved and invalid tags',
    { 'environment: dev': 'environment: dev\ntags: { Owner: me, "aws:x": y, "a,b": c, cost: 7 }' },
    "3:9 tags.Owner: is set by the platform, got 'Owner'; choose another name",
    `3:20 tags."aws:x": must not begin with aws: or rds:, got 'aws:x'; choose another name, AWS reserves these prefixes`,
    `3:32 tags."a,b": the name must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got 'a,b'; remove other characters`,
    '3:48 tags.cost: must be a string in quotes, got the number 7; write "7"',
  );
  refuses(
    'a tag without a name',
    { 'environment: dev': 'environment: dev\ntags: { "": x }' },
    `3:9 tags."": the name must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got ''; write a name`,
  );
  refuses(
    'tags and an owner that some services refuse',
    {
      'environment: dev': 'environment: dev\ntags: { Team: R&D, team: ads, "rds:x": "aws:y" }',
      'ml@acme.example': "o'hara@acme.example",
    },
    "3:15 tags.Team: must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'R&D'; remove other characters",
    "3:20 tags.team: must differ from 'Team' in more than case, got 'team'; keep one of them, IAM ignores case",
    `3:31 tags."rds:x": must not begin with aws: or rds:, got 'rds:x'; choose another name, AWS reserves these prefixes`,
    `3:40 tags."rds:x": must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'aws:y'; remove other characters`,
    `6:8 owner: must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'o'hara@acme.example'; remove other characters`,
  );
  refuses(
    'a state bucket that S3 refuses, and a key by its id',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: Acme_State, kmsKey: 1234abcd-12ab-34cd-56ef-1234567890ab }',
    },
    "3:18 state.bucket: must be 3 to 63 lower-case letters, digits, single dots and hyphens, not an IP address, and without what S3 reserves: xn--, sthree- or amzn-s3-demo- at the start, -s3alias, --ol-s3, .mrap, --x-s3, --table-s3 or -an at the end, got 'Acme_State'; write acme-state",
    "3:38 state.kmsKey: must be a key alias such as alias/acme-terraform, or the ARN of a key or alias, got '1234abcd-12ab-34cd-56ef-1234567890ab'; correct it, or remove it",
  );
  refuses(
    'a state key by a reserved alias',
    { 'environment: dev': 'environment: dev\nstate: { bucket: acme-state, kmsKey: alias/aws/s3 }' },
    "3:38 state.kmsKey: must be a key alias such as alias/acme-terraform, or the ARN of a key or alias, got 'alias/aws/s3'; correct it, or remove it",
  );
  refuses(
    'a project with which EC2 refuses every name of a security group',
    { 'project: acme': 'project: sg' },
    "1:10 project: must not be amzn, nor be or begin with sthree, sg or amzn-s3-demo, got 'sg'; choose another name, AWS reserves these prefixes",
  );
  refuses(
    'a state in another account that does not fit it',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: acme-state, account: "111122223333", kmsKey: alias/acme, removal: retain }',
    },
    "3:39 state.account: must be another account than that of the environment, got '111122223333'; remove it, the bootstrap stack creates the bucket",
    "3:63 state.kmsKey: must be the ARN of a key for a bucket in another account, got 'alias/acme'; write its ARN, or remove it for the bucket's default encryption",
    '3:75 state.removal: has no effect with a bucket in another account; remove it',
  );
  refuses(
    'a role of an account without the bucket',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: acme-state, account: "999900001111", role: "arn:aws:iam::111122223333:role/state" }',
    },
    "3:61 state.role: must be a role of account 999900001111, got 'arn:aws:iam::111122223333:role/state'; use one of that account",
  );
  refuses(
    'a role for the state without the account of the bucket',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: acme-state, role: "arn:aws:iam::111122223333:role/state" }',
    },
    '3:30 state.role: needs account, the account of the bucket; add account or remove role',
  );
  refuses(
    'a state key of another region',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: acme-state, kmsKey: "arn:aws:kms:eu-west-1:111122223333:alias/acme" }',
    },
    "3:38 state.kmsKey: must be in region eu-north-1, got 'arn:aws:kms:eu-west-1:111122223333:alias/acme'; use one in that region",
  );
});

describe('keys', () => {
  refuses('a misspelled key', { 'network:': 'netwrok:' }, "6:1 netwrok: is not a known key; did you mean 'network'?");
  refuses(
    'a misspelled nested key',
    { 'raw: {}': 'raw: { expireAfterDay: 30 }' },
    "9:19 lake.zones.raw.expireAfterDay: is not a known key; did you mean 'expireAfterDays'?",
  );
  refuses(
    'a key unlike all known keys',
    { 'raw: {}': 'raw: { retention: 30 }' },
    '9:19 lake.zones.raw.retention: is not a known key; known here: expireAfterDays, tierAfterDays, archiveAfterDays, classification, bucketArn, keyArn',
  );
  refuses(
    'a key where none is allowed',
    { 'images: [train]': 'pullThroughCache: { quay: { secretArn: x } }' },
    '17:31 registry.pullThroughCache.quay.secretArn: is not a known key; no keys are allowed here, remove it',
  );
  refuses(
    'a misspelled section that others refer to',
    { 'teams:': 'tems:' },
    "18:1 tems: is not a known key; did you mean 'teams'?",
  );
  refuses(
    'a merge key',
    { 'raw: {}': 'raw: { <<: {} }' },
    '9:19 lake.zones.raw."<<": is a merge key, which is not supported; write out the keys',
  );
  refuses(
    'a merge key in YAML 1.1',
    { 'project: acme': '%YAML 1.1\n---\nproject: acme', 'raw: {}': 'raw: { <<: {} }' },
    '11:19 lake.zones.raw."<<": is a merge key, which is not supported; write out the keys',
  );
  refuses(
    'a key that is set twice, in quotes and without',
    { 'environment: dev': 'environment: dev\ntags: { 0123: a, "0123": b }' },
    '3:18 tags.0123: is already set in line 3; keep one',
  );
  refuses(
    'a misspelled engine, without errors about the keys of that engine',
    { 'images: [train]': 'database: { engin: aurora, minCapacityAcu: 1, maxCapacityAcuu: 2, colour: red }' },
    "17:15 registry.database.engin: is not a known key; did you mean 'engine'?",
    "17:49 registry.database.maxCapacityAcuu: is not a known key; did you mean 'maxCapacityAcu'?",
    '17:69 registry.database.colour: is not a known key; known here: engine, instance, multiAz, storageGb, maxStorageGb, engineVersion, extendedSupport, backupDays, iamAuthentication, minCapacityAcu, maxCapacityAcu, pauseAfterSeconds, readers, storage',
  );
  refuses(
    'a reserved word of JavaScript',
    { 'raw: {}': 'raw: {}, __proto__: {}' },
    '9:21 lake.zones.__proto__: is reserved in JavaScript; choose another name',
  );
  refuses(
    'names that cannot become part of a physical name',
    { 'raw: {}': 'raw: {}, My Zone: {}, double--hyphen: {}' },
    `9:21 lake.zones."My Zone": the name must be lower-case letters, digits and single hyphens, beginning with a letter, got 'My Zone'; write my-zone`,
    "9:34 lake.zones.double--hyphen: the name must be lower-case letters, digits and single hyphens, beginning with a letter, got 'double--hyphen'; write double-hyphen",
  );
  refuses(
    'a column in capitals',
    { 'amount: double': 'Amount: double' },
    "14:30 lake.tables.orders.columns.Amount: the name must be up to 255 lower-case letters, digits and underscores, not beginning with a digit, got 'Amount'; write amount",
  );
  refuses(
    'a zone with the name of a method',
    { 'zone: raw': 'zone: constructor' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'constructor'; use one of raw, curated",
  );
});

describe('network', () => {
  refuses(
    'neither a new VPC nor an existing one',
    { '  cidr: 10.20.0.0/16': '  nat: none' },
    '6:1 network: must have either cidr, for a new VPC, or vpcId and privateSubnetIds, for an existing one; add one of them',
  );
  refuses(
    'both a new VPC and an existing one',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  vpcId: vpc-0a1b2c3d' },
    '6:1 network: must be either a new VPC or an existing one, got cidr and vpcId; remove one of them',
  );
  refuses(
    'an existing VPC without subnets',
    { 'cidr: 10.20.0.0/16': 'vpcId: vpc-0a1b2c3d' },
    '6:1 network.privateSubnetIds: is missing; add it, an existing VPC needs vpcId and privateSubnetIds, got only vpcId',
  );
  refuses(
    'subnets without their VPC',
    { 'cidr: 10.20.0.0/16': 'privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]' },
    '6:1 network.vpcId: is missing; add it, an existing VPC needs vpcId and privateSubnetIds, got only privateSubnetIds',
  );
  refuses(
    'an existing VPC with settings of a new one',
    {
      'cidr: 10.20.0.0/16':
        'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]\n  nat: single',
    },
    '9:3 network.nat: has no effect with an existing VPC; remove it',
  );
  refuses(
    'the same private subnet twice',
    { 'cidr: 10.20.0.0/16': 'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3d]' },
    '8:21 network.privateSubnetIds: must be at least 2 different subnets, got 1; add one, databases need subnets in two zones',
  );
  refuses(
    'a subnet that is both private and public',
    {
      'cidr: 10.20.0.0/16':
        'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]\n  publicSubnetIds: [subnet-0a1b2c3e]',
    },
    "9:21 network.publicSubnetIds[0]: must not be in privateSubnetIds too, got 'subnet-0a1b2c3e'; remove one of them",
  );
  refuses(
    'invalid ids',
    { 'cidr: 10.20.0.0/16': 'vpcId: main\n  privateSubnetIds: [a, subnet-0a1b2c3e]' },
    "7:10 network.vpcId: must be a VPC id such as vpc-0a1b2c3d4e5f60718, got 'main'; correct it",
    "8:22 network.privateSubnetIds[0]: must be a subnet id such as subnet-0a1b2c3d4e5f60718, got 'a'; correct it, or remove it",
  );
  refuses(
    'an address without a prefix length',
    { '10.20.0.0/16': '10.20.0.0' },
    "7:9 network.cidr: must be an IPv4 block such as 10.20.0.0/16, got '10.20.0.0'; correct it",
  );
  refuses(
    'a number above 255',
    { '10.20.0.0/16': '10.256.0.0/16' },
    "7:9 network.cidr: must be four numbers up to 255 and a prefix length up to 32, got '10.256.0.0/16'; write for example 10.20.0.0/16",
  );
  refuses(
    'a block with host bits',
    { '10.20.0.0/16': '10.20.3.0/16' },
    "7:9 network.cidr: must not have host bits, got '10.20.3.0/16'; write 10.20.0.0/16",
  );
  refuses(
    'a block too large for a VPC',
    { '10.20.0.0/16': '10.0.0.0/8' },
    "7:9 network.cidr: must have a prefix length from /16 to /22, got '10.0.0.0/8'; choose another length, AWS allows at most /16 and the subnets need at least /22",
  );
  refuses(
    'a block too small for subnets',
    { '10.20.0.0/16': '10.20.0.0/24' },
    "7:9 network.cidr: must have a prefix length from /16 to /22, got '10.20.0.0/24'; choose another length, AWS allows at most /16 and the subnets need at least /22",
  );
  refuses(
    'public addresses',
    { '10.20.0.0/16': '8.8.0.0/16' },
    "7:9 network.cidr: must be within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got '8.8.0.0/16'; choose private addresses, others are routed on the internet",
  );
  refuses(
    'the addresses of Docker',
    { '10.20.0.0/16': '172.17.0.0/16' },
    "7:9 network.cidr: must not overlap 172.17.0.0/16, got '172.17.0.0/16'; choose another block, SageMaker's hosts use this one",
  );
  refuses(
    'an overlap with a peer',
    { '10.20.0.0/16': '10.20.0.0/16\n  peers: [10.0.0.0/16, 10.20.128.0/20, 10.1.2.3/16]' },
    "8:24 network.peers[1]: must not overlap network.cidr 10.20.0.0/16, got '10.20.128.0/20'; choose another cidr, routing between overlapping networks is not possible",
    "8:40 network.peers[2]: must not have host bits, got '10.1.2.3/16'; write 10.1.0.0/16",
  );
  refuses(
    'no NAT and too few endpoints',
    { '10.20.0.0/16': '10.20.0.0/16\n  nat: none\n  endpoints: [sts, logs, sts]' },
    '9:14 network.endpoints: must include ecr.api, ecr.dkr, kms, secretsmanager if nat is none; add them, or remove endpoints to have all that are needed',
    "9:26 network.endpoints[2]: must be listed once, got 'sts' again; remove one",
  );
  refuses(
    'an unknown endpoint',
    { '10.20.0.0/16': '10.20.0.0/16\n  endpoints: [ecr]' },
    "8:15 network.endpoints[0]: must be one of sagemaker.api, sagemaker.runtime, sts, ecr.api, ecr.dkr, logs, kms, secretsmanager, events, monitoring, athena, glue, sagemaker.featurestore-runtime, sagemaker.metrics, sagemaker.studio, sagemaker.experiments, batch, ecs, ecs-agent, ecs-telemetry, elasticfilesystem, fsx, ssm, ssmmessages, airflow.api, airflow.env, sqs, s3express, got 'ecr'; did you mean 'ecs'?",
  );
});

describe('lake', () => {
  refuses(
    'a table in an unknown zone',
    { 'zone: raw': 'zone: rwa' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'rwa'; did you mean 'raw'?",
  );
  refuses(
    'a table in a zone unlike all zones',
    { 'zone: raw': 'zone: landing' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'landing'; use one of raw, curated",
  );
  refuses(
    'a table of an unknown team',
    { 'owner: fraud': 'owner: marketing' },
    "15:14 lake.tables.orders.owner: must be a name under teams, got 'marketing'; use one of fraud",
  );
  refuses(
    'a table without any team',
    { 'teams:\n  fraud: {}\n': '' },
    "15:14 lake.tables.orders.owner: must be a name under teams, got 'fraud'; add it there",
  );
  refuses(
    'a type of another system',
    { 'amount: double': 'amount: number' },
    "14:38 lake.tables.orders.columns.amount: must be a Glue and Athena type: boolean, tinyint, smallint, int, bigint, float, double, date, timestamp, string, binary, decimal, char, varchar, array, map, struct, got 'number'; for 'number' use double",
  );
  refuses(
    'an invalid decimal type',
    { 'amount: double': 'amount: "decimal(40,2)"' },
    "14:38 lake.tables.orders.columns.amount: must be decimal(p,s) with 1 <= p <= 38 and 0 <= s <= p, got 'decimal(40,2)'; correct the type",
  );
  refuses(
    'types that csv does not support',
    { 'format: parquet': 'format: csv', 'amount: double': '"at": timestamp, tags: array<string>' },
    "14:36 lake.tables.orders.columns.at: must be string, boolean, int, bigint or double in csv, got 'timestamp'; use string, and a conversion to parquet for other types",
    "14:53 lake.tables.orders.columns.tags: must be string, boolean, int, bigint or double in csv, got 'array<string>'; use string, and a conversion to parquet for other types",
  );
  refuses(
    'types that iceberg does not have',
    { 'format: parquet': 'format: iceberg', 'amount: double': 'n: tinyint' },
    "14:33 lake.tables.orders.columns.n: must be an Iceberg type, got 'tinyint'; use int for tinyint and smallint, string for char and varchar",
  );
  refuses(
    'iceberg in a zone that expires files by age',
    { 'raw: {}': 'raw: { expireAfterDays: 365, archiveAfterDays: 30 }', 'format: parquet': 'format: iceberg' },
    "13:15 lake.tables.orders.format: must not be iceberg in zone raw, whose expireAfterDays takes files that the table still needs, got 'iceberg'; use a zone without expireAfterDays, and snapshotDays of the table to delete what it no longer needs",
    "13:15 lake.tables.orders.format: must not be iceberg in zone raw, whose archiveAfterDays takes files that the table still needs, got 'iceberg'; use a zone without archiveAfterDays, and snapshotDays of the table to delete what it no longer needs",
  );
  refuses(
    'options without what they are for',
    { 'format: parquet': 'format: parquet\n      snapshotDays: 7\n      partitionDiscovery: catalog' },
    '14:7 lake.tables.orders.snapshotDays: has no effect with format parquet, only with iceberg; remove it',
    '15:7 lake.tables.orders.partitionDiscovery: has no effect without partitions; remove it',
  );
  refuses(
    'a crontab as the schedule',
    { 'owner: fraud': 'owner: fraud\n      convertFrom: orders\n      convertSchedule: 0 5 * * *' },
    "16:20 lake.tables.orders.convertFrom: must be a table in format csv, tsv, json, got 'orders' in format parquet; use another table",
    "17:24 lake.tables.orders.convertSchedule: must be six fields in UTC, minute hour day month weekday year, got '0 5 * * *'; for these five write cron(0 5 * * ? *)",
  );
  refuses(
    'partitions of iceberg',
    { 'format: parquet': 'format: iceberg\n      partitions: { day: date }' },
    '14:7 lake.tables.orders.partitions: have no effect with format iceberg, which manages partitions itself; remove them',
  );
  refuses(
    'no columns',
    { 'columns: { id: string, amount: double }': 'columns: {}' },
    '14:16 lake.tables.orders.columns: must have at least one column, got none; add for example id: string',
  );
  refuses(
    'a partition that is a column too',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { id: string }',
    },
    "15:21 lake.tables.orders.partitions.id: must not be in columns too; remove 'id' from columns, its value is in the folder name",
  );
  refuses(
    'an inverted range, a day that does not exist, a duplicate value',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { h: { type: int, min: 23, max: 0 }, d: { type: date, from: 2025-02-30 }, m: { type: string, values: [fi, se, fi] } }',
    },
    '15:51 lake.tables.orders.partitions.h.max: must be at least min 23, got the number 0; swap them',
    "15:79 lake.tables.orders.partitions.d.from: must be an existing day, got '2025-02-30'; correct the month or the day",
    "15:129 lake.tables.orders.partitions.m.values[2]: must be listed once, got 'fi' again; remove one",
  );
  refuses(
    'an unknown source of a conversion',
    { 'format: parquet': 'format: parquet\n      convertFrom: order' },
    "14:20 lake.tables.orders.convertFrom: must be a name under lake.tables, got 'order'; did you mean 'orders'?",
  );
  refuses(
    'a conversion to another format than parquet',
    { 'format: parquet': 'format: json\n      convertFrom: orders' },
    "14:7 lake.tables.orders.convertFrom: makes parquet, but the format of the table is 'json'; set format: parquet or remove convertFrom",
  );
  refuses(
    'a conversion from parquet',
    { 'format: parquet': 'format: parquet\n      convertFrom: orders' },
    "14:20 lake.tables.orders.convertFrom: must be a table in format csv, tsv, json, got 'orders' in format parquet; use another table",
  );
  refuses(
    'a conversion with other partitions, a missing column, and nested values from text',
    {
      '    orders:\n':
        '    text: { zone: curated, format: tsv, columns: { id: string, tags: string }, partitions: { day: date }, owner: fraud }\n    orders:\n      convertFrom: text\n',
      'amount: double': 'amount: double, tags: array<string>',
    },
    "12:5 lake.tables.orders.partitions: must be day as in 'text', got none; use the same partitions in the same order",
    "16:30 lake.tables.orders.columns.amount: must be a name under the columns of 'text', got 'amount'; use one of id, tags",
    "16:52 lake.tables.orders.columns.tags: must be a type without nested or binary values, got 'array<string>'; use string, or a json table as the source",
  );
  refuses(
    'a conversion to a bucket without a known key',
    {
      'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::partner" }',
      '    orders:\n':
        '    text: { zone: curated, format: csv, columns: { id: string, amount: string }, owner: fraud }\n    orders:\n      convertFrom: text\n',
    },
    '13:7 lake.tables.orders.convertFrom: writes to zone raw, which has no keyArn; add keyArn to the zone, output must be encrypted',
  );
  refuses(
    'a table with a classification above that of its zone',
    {
      'raw: {}': 'raw: { classification: internal }',
      'format: parquet': 'format: parquet\n      classification: personal',
    },
    "14:23 lake.tables.orders.classification: must not be above internal, the classification of zone raw, got 'personal'; use another zone or raise its classification",
  );
  refuses(
    'a table within the folder of another',
    {
      '    orders:\n':
        '    archive: { zone: raw, format: parquet, prefix: orders/old, columns: { id: string }, owner: fraud }\n    orders:\n',
    },
    "12:5 lake.tables.orders: must not share files with table archive, got folder 'orders' and 'orders/old' in zone raw; set another prefix",
  );
  refuses(
    'a zone with the name of a platform bucket',
    { 'curated: {}': 'models: {}' },
    "9:21 lake.zones.models: makes the S3 bucket name 'acme-dev-models-111122223333-eu-north-1', which the platform makes for registry; choose another name",
  );
  refuses(
    'options of another format',
    { 'format: parquet': `format: json\n      header: false\n      quote: "'"` },
    '14:7 lake.tables.orders.header: has no effect with format json, only with csv and tsv; remove it',
    '15:7 lake.tables.orders.quote: has no effect with format json, only with csv; remove it',
  );
  refuses(
    'the same separator and quote',
    { 'format: parquet': 'format: csv\n      separator: "|"\n      quote: "|"' },
    "15:14 lake.tables.orders.quote: must differ from separator, got '|'; change one of them",
  );
  refuses(
    'a type that csv supports only without quotes',
    { 'format: parquet': 'format: csv', 'amount: double': 'amount: "decimal(12,2)"' },
    "14:38 lake.tables.orders.columns.amount: must be string, boolean, int, bigint or double in csv, got 'decimal(12,2)'; use string, and a conversion to parquet for other types",
  );
  refuses(
    'comments and marks for unknown columns',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      columnComments: { amuont: in euros }\n      personalColumns: [name]',
    },
    "15:25 lake.tables.orders.columnComments.amuont: must be a name under columns, got 'amuont'; did you mean 'amount'?",
    "16:25 lake.tables.orders.personalColumns[0]: must be a name under columns, got 'name'; use one of id, amount",
  );
  refuses(
    'a schedule without conversion',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      convertSchedule: cron(0 3 * * ? *)',
    },
    '15:7 lake.tables.orders.convertSchedule: needs convertFrom, the table to convert; add it or remove the schedule',
  );
  refuses(
    'an invalid schedule',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      convertSchedule: nightly',
    },
    '15:7 lake.tables.orders.convertSchedule: needs convertFrom, the table to convert; add it or remove the schedule',
    "15:24 lake.tables.orders.convertSchedule: must be an AWS cron expression in UTC, got 'nightly'; write for example cron(0 3 * * ? *) for every day at 03:00",
  );
  refuses(
    'transitions out of order',
    { 'raw: {}': 'raw: { tierAfterDays: 90, archiveAfterDays: 30, expireAfterDays: 30 }' },
    '9:56 lake.zones.raw.archiveAfterDays: must be more than tierAfterDays 90, got the number 30; raise it or remove one of them',
    '9:77 lake.zones.raw.expireAfterDays: must be more than archiveAfterDays 30, got the number 30; raise it or remove one of them',
  );
  refuses(
    'a lifecycle for an existing bucket',
    { 'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::partner", expireAfterDays: 30 }' },
    '9:54 lake.zones.raw.expireAfterDays: has no effect with an existing bucket; remove it',
  );
  refuses(
    'a key without its bucket',
    { 'raw: {}': 'raw: { keyArn: "arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }' },
    '9:19 lake.zones.raw.keyArn: needs bucketArn, the existing bucket of the key; add bucketArn or remove keyArn',
  );
  refuses(
    'one bucket for two zones, in another partition',
    {
      'raw: {}, curated: {}':
        'raw: { bucketArn: "arn:aws:s3:::partner" }, curated: { bucketArn: "arn:aws-cn:s3:::partner" }, features: { bucketArn: "arn:aws:s3:::partner" }',
    },
    "9:78 lake.zones.curated.bucketArn: must begin with arn:aws: in region eu-north-1, got 'arn:aws-cn:s3:::partner'; correct the ARN or the region",
    "9:130 lake.zones.features.bucketArn: must differ from the bucket of zone raw, got 'arn:aws:s3:::partner'; use one bucket for each zone",
  );
  refuses(
    'a zone whose bucket name is too long',
    { 'curated: {}': 'a-zone-with-a-very-long-name-indeed: {}' },
    "9:21 lake.zones.a-zone-with-a-very-long-name-indeed: makes the S3 bucket name 'acme-dev-a-zone-with-a-very-long-name-indeed-111122223333-eu…' of 68 characters, the limit is 63; shorten it by 5",
  );
});

describe('registry and teams', () => {
  refuses(
    'storage that cannot grow',
    { 'images: [train]': 'database: { storageGb: 100, maxStorageGb: 100 }' },
    '17:45 registry.database.maxStorageGb: must be at least 110, 10 percent above storageGb 100, got the number 100; raise it, or write 0 for no growth',
  );
  refuses(
    'storage that cannot grow above the default of its size',
    { 'images: [train]': 'database: { maxStorageGb: 54 }', 'environment: dev': 'environment: dev\nsize: medium' },
    '18:29 registry.database.maxStorageGb: must be at least 55, 10 percent above storageGb 50, got the number 54; raise it, or write 0 for no growth',
  );
  refuses(
    'a version as a number, an invalid instance class',
    { 'images: [train]': 'database: { engineVersion: 17, instance: t4g.small, backupDays: 60 }' },
    '17:30 registry.database.engineVersion: must be a version of PostgreSQL from 14 to 18 such as "17", or "17.6" for a minor version, in quotes, got the number 17; write "17"',
    "17:44 registry.database.instance: must be an instance class of RDS for PostgreSQL such as db.t4g.small, got 't4g.small'; the nearest is db.t4g.small",
    '17:67 registry.database.backupDays: must be a whole number from 1 to 35, got the number 60; the nearest is 35',
  );
  refuses(
    'a size that no instance has',
    { 'images: [train]': 'database: { instance: db.t4g.smal }' },
    "17:25 registry.database.instance: must be an instance class of RDS for PostgreSQL such as db.t4g.small, got 'db.t4g.smal'; the nearest is db.t4g.small",
  );
  refuses(
    'a minor version that Aurora does not have',
    { 'images: [train]': 'database: { engine: aurora, engineVersion: "17.2" }' },
    '17:46 registry.database.engineVersion: must be a version that Aurora has, got \'17.2\'; the first of 17 is "17.4"',
  );
  refuses(
    'a version that cannot pause, as a small database does',
    { 'images: [train]': 'database: { engine: aurora, engineVersion: "16.2" }' },
    '17:46 registry.database.engineVersion: must be a version that can pause, as minCapacityAcu 0 asks, got \'16.2\'; write "16.3" or later, or raise minCapacityAcu',
  );
  refuses(
    'images below the prefix of a cache',
    { 'images: [train]': 'images: [train, quay/train]\n  pullThroughCache: { quay: {} }' },
    "17:19 registry.images[1]: must not be below quay/, the prefix of a cache of registry.pullThroughCache, got 'quay/train'; rename it",
  );
  refuses(
    'caches without NAT, which the first pull needs',
    { 'images: [train]': 'pullThroughCache: { quay: {} }', '10.20.0.0/16': '10.20.0.0/16\n  nat: none' },
    '18:23 registry.pullThroughCache.quay: needs NAT for the first pull of an image, got network.nat none; remove it, or set network.nat',
  );
  refuses(
    'accounts that no endpoint limits',
    { '10.20.0.0/16': '10.20.0.0/16\n  resourceAccounts: ["444455556666"]' },
    '8:3 network.resourceAccounts: has no effect with nat single, whose endpoints do not limit resources; remove it',
  );
  refuses(
    'a duplicate image',
    { 'images: [train]': 'images: [train, serve, train]' },
    "17:26 registry.images[2]: must be listed once, got 'train' again; remove one",
  );
  refuses(
    'an image in capitals, and one with a tag',
    { 'images: [train]': 'images: [Train, "serve:1"]' },
    "17:12 registry.images[0]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'Train'; write train",
    "17:19 registry.images[1]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'serve:1'; write serve-1",
  );
  refuses(
    'an image with an unknown option',
    { 'images: [train]': 'images: { train: { immutable: true } }' },
    '17:22 registry.images.train.immutable: is not a known key; known here: mutableTags, keepImages',
  );
  refuses(
    'a pull-through cache without its login',
    { 'images: [train]': 'pullThroughCache: { dockerHub: {} }' },
    '17:23 registry.pullThroughCache.dockerHub.secretArn: is missing; add for example secretArn: arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf',
  );
  refuses(
    'a secret with a name that ECR refuses, in another region',
    {
      'images: [train]':
        'pullThroughCache: { github: { secretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf" } }',
    },
    "17:44 registry.pullThroughCache.github.secretArn: must be in region eu-north-1, got 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf'; use one in that region",
    "17:44 registry.pullThroughCache.github.secretArn: must be a secret whose name begins with ecr-pullthroughcache/, got 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf'; rename the secret",
  );
  refuses(
    'a team whose workgroup name is too long',
    {
      '  fraud: {}':
        '  fraud: {}\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: {}',
    },
    "20:3 teams.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: makes the Athena workgroup name 'acme-dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' of 129 characters, the limit is 128; shorten it by 1",
  );
  refuses(
    'an image whose repository name is too long',
    {
      'images: [train]':
        'images: [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]',
    },
    "17:12 registry.images[0]: makes the ECR repository name 'acme-dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' of 259 characters, the limit is 256; shorten it by 3",
  );
  refuses(
    'a scalar where options are expected',
    { '  fraud: {}': '  fraud: 200' },
    '19:10 teams.fraud: must be a mapping, got the number 200; write keys under it (queryLimitGb), or {} for its defaults',
  );
  refuses(
    'a limit in bytes',
    { '  fraud: {}': '  fraud: { queryLimitGb: 1e12 }' },
    '19:26 teams.fraud.queryLimitGb: must be a whole number from 1 to 1000000, got the number 1e12; the nearest is 1000000',
  );
});

describe('text that cdktf would replace by the value of another construct', () => {
  const refusal = 'contains text that cdktf replaces, TfToken or the number of one; remove it';
  refuses(
    'in values and names, as texts, lists, maps and numbers',
    {
      'format: parquet': 'format: parquet\n      description: "${TfToken[TOKEN.0]}"',
      'environment: dev':
        'environment: dev\ntags: { "&{TfToken[TOKEN.1]}": a, b: "#{TfToken[TOKEN.1]}", c: "-1.8881545897087498e+289", d: a-8.10956221259138e+298 }',
    },
    `3:9 tags."&{TfToken[TOKEN.1]}": ${refusal}`,
    `3:38 tags.b: ${refusal}`,
    `3:64 tags.c: ${refusal}`,
    `3:95 tags.d: ${refusal}`,
    `15:20 lake.tables.orders.description: ${refusal}`,
  );
});

describe('odd input', () => {
  refuses(
    'a name of JavaScript where true or false is expected',
    { 'images: [train]': 'database: { multiAz: constructor }' },
    "17:24 registry.database.multiAz: must be true or false, got 'constructor'; write true or false, or remove it",
  );
  refuses(
    'a reserved name in a list as in a mapping',
    { 'images: [train]': 'images: [constructor]', 'raw: {}': 'raw: {}, constructor: {}' },
    '9:21 lake.zones.constructor: is reserved in JavaScript; choose another name',
    '17:12 registry.images[0]: is reserved in JavaScript; choose another name',
  );
  refuses(
    'names of methods that are no keys and no names here',
    {
      'images: [train]': 'database: { toString: 1 }',
      'owner: fraud': 'owner: hasOwnProperty',
      'zone: raw': 'zone: raw\n      convertFrom: valueOf',
    },
    "13:20 lake.tables.orders.convertFrom: must be up to 255 lower-case letters, digits and underscores, not beginning with a digit, got 'valueOf'; write value_of",
    "16:14 lake.tables.orders.owner: must be lower-case letters, digits and single hyphens, beginning with a letter, got 'hasOwnProperty'; write has-own-property",
    '18:15 registry.database.toString: is not a known key; known here: engine, instance, multiAz, storageGb, maxStorageGb, engineVersion, extendedSupport, backupDays, iamAuthentication',
  );
  refuses(
    'a long text, before any pattern reads it',
    { 'ml@acme.example': `a@${'.'.repeat(60_000)}@` },
    '5:8 owner: has 60003 characters, the limit is 16384; shorten it',
  );
  refuses(
    'an owner that no tag can hold',
    { 'ml@acme.example': `ml@${'a.'.repeat(150)}example` },
    `5:8 owner: must be a mail address of at most 256 characters, got 'ml@${'a.'.repeat(28)}a…'; write for example ml-platform@acme.example`,
  );
  refuses(
    'types within types without end',
    { 'amount: double': `amount: "${'array<'.repeat(2000)}int${'>'.repeat(2000)}"` },
    `14:38 lake.tables.orders.columns.amount: must be at most 32 types within each other, got '${'array<'.repeat(10)}…'; correct the type`,
  );
  refuses(
    'a wrong type within another',
    { 'amount: double': 'amount: "struct<a:int,b:array<dubel>>"' },
    "14:38 lake.tables.orders.columns.amount: must be a Glue and Athena type: boolean, tinyint, smallint, int, bigint, float, double, date, timestamp, string, binary, decimal, char, varchar, array, map, struct, got 'struct<a:int,b:array<dubel>>'; the part 'dubel' is not",
  );
});

describe('all at once', () => {
  refuses(
    'ten errors in one file',
    {
      '"111122223333"': '111122223333',
      'eu-north-1': 'eu-nort-1',
      'cidr: 10.20.0.0/16': 'cidr: 10.20.0.1/16\n  zones: 4\n  natt: single',
      'raw: {}': 'raw: { expireAfterDays: never }',
      'zone: raw': 'zone: rwa',
      'format: parquet': 'format: csv',
      'amount: double': 'amount: float',
      'owner: fraud': 'owner: farud',
      'images: [train]': 'images: [train, train]',
    },
    '3:10 account: must be 12 digits in quotes, got the number 111122223333; write "111122223333"',
    "4:9 region: must be an AWS region such as eu-north-1, got 'eu-nort-1'; did you mean 'eu-north-1'?",
    "7:9 network.cidr: must not have host bits, got '10.20.0.1/16'; write 10.20.0.0/16",
    '8:10 network.zones: must be one of 2, 3, got the number 4; the nearest is 3',
    "9:3 network.natt: is not a known key; did you mean 'nat'?",
    "11:36 lake.zones.raw.expireAfterDays: must be a whole number from 1 to 36500, got 'never'; write a number, or remove it",
    "14:13 lake.tables.orders.zone: must be a name under lake.zones, got 'rwa'; did you mean 'raw'?",
    "16:38 lake.tables.orders.columns.amount: must be string, boolean, int, bigint or double in csv, got 'float'; use string, and a conversion to parquet for other types",
    "17:14 lake.tables.orders.owner: must be a name under teams, got 'farud'; did you mean 'fraud'?",
    "19:19 registry.images[1]: must be listed once, got 'train' again; remove one",
  );
  refuses(
    'rules over valid values next to values of the wrong type',
    {
      'environment: dev': 'environment: dev\nsize: [large]',
      'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: x\n  peers: [10.20.0.0/24, 7]',
      'images: [train]': 'database: { storageGb: big, maxStorageGb: 20 }\n  images: [train, 1, train]',
      'zone: raw': 'zone: landing',
    },
    '3:7 size: must be one of small, medium, large, got a list; write the value alone',
    "9:10 network.zones: must be one of 2, 3, got 'x'; write for example 2",
    "10:11 network.peers[0]: must not overlap network.cidr 10.20.0.0/16, got '10.20.0.0/24'; choose another cidr, routing between overlapping networks is not possible",
    '10:25 network.peers[1]: must be an IPv4 block such as 10.20.0.0/16, got the number 7; correct it, or remove it',
    "15:13 lake.tables.orders.zone: must be a name under lake.zones, got 'landing'; use one of raw, curated",
    "20:26 registry.database.storageGb: must be a whole number from 20 to 65536, got 'big'; write a number, or remove it",
    `21:19 registry.images[1]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got the number 1; write "1"`,
    "21:22 registry.images[2]: must be listed once, got 'train' again; remove one",
  );
  refuses(
    'no consequential errors',
    { 'zones: { raw: {}, curated: {} }': 'zones: 3', 'teams:\n  fraud: {}': 'teams: 4' },
    '9:10 lake.zones: must be a mapping, got the number 3; write keys under it, or {} for its defaults',
    '18:8 teams: must be a mapping, got the number 4; write keys under it, or {} for its defaults',
  );
});

describe('tags', () => {
  test('more tags than AWS allows, with those of the platform', () => {
    const tags = Array.from({ length: 45 }, (_, index) => `t${index}: x`).join(', ');
    const text = changed({ 'environment: dev': `environment: dev\ntags: { ${tags} }` });
    expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
      'dev.yaml: 1 error\ndev.yaml:3:1 tags: must be at most 44 tags, got 45; remove 1: AWS allows 50, the platform sets 6',
    );
  });
});

describe('names', () => {
  test('a project and an environment too long for the longest bucket name', () => {
    const text = changed({
      'project: acme': 'project: acme-analytics',
      'environment: dev': 'environment: preview-1',
      'eu-north-1': 'ap-southeast-1',
    });
    expect(errorOf(() => parseEnvironment(text, 'preview-1.yaml'))).toBe(
      [
        'preview-1.yaml: 1 error',
        "preview-1.yaml:1:1 project: makes the S3 bucket name 'acme-analytics-preview-1-query-results-111122223333-ap-south…' of 66 characters, the limit is 63; shorten it by 3",
      ].join('\n'),
    );
  });

  refuses(
    'a project and an environment too long for the name of a pull-through cache',
    {
      'project: acme': 'project: acme-ml-platform',
      'images: [train]': 'pullThroughCache: { quay: {}, ecrPublic: {} }',
    },
    "17:33 registry.pullThroughCache.ecrPublic: makes the pull-through cache name 'acme-ml-platform-dev-ecr-public' of 31 characters, the limit is 30; shorten it by 1",
  );
});
