import { parseEnvironment } from '../../stacks/environment';
import { changed, errorOf } from './environment-text';

/** A good file, with some of its words replaced, is refused with exactly these lines and no others. */
function refuses(title: string, changes: Record<string, string>, ...lines: string[]): void {
  test(title, () => {
    const header = `dev.yaml: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`;
    const message = errorOf(() => parseEnvironment(changed(changes), 'dev.yaml'));
    expect(message.split('\n')).toEqual([header, ...lines.map((line) => `dev.yaml:${line}`)]);
  });
}

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
    'a yes that is not true',
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
    '9:30 lake.zones.curated: must be a mapping, got nothing; write {} for its defaults, or leave the key out',
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
    'a word that is none of the choices',
    { 'environment: dev': 'environment: dev\nsize: smal' },
    "3:7 size: must be one of small, medium, large, got 'smal'; did you mean 'small'?",
  );
  refuses(
    'a word far from all choices',
    { 'environment: dev': 'environment: dev\nremoval: purge' },
    "3:10 removal: must be one of retain, destroy, got 'purge'; choose one of them",
  );
  refuses(
    'days that CloudWatch does not know',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  flowLogRetentionDays: 45' },
    '8:25 network.flowLogRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got the number 45; the nearest is 30',
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
    'an unknown shape of partition',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { day: integer }',
    },
    "15:26 lake.tables.orders.partitions.day: must be one of date, string or a mapping, got 'integer'; write for example { type: int, min: 0, max: 23 }",
  );
  refuses(
    'an unknown kind of partition',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { day: { type: integer } }',
    },
    "15:34 lake.tables.orders.partitions.day.type: must be one of date, int, string, got 'integer'; write for example date",
  );
  refuses(
    'a partition without its kind',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { hour: { min: 0, max: 23 } }',
    },
    '15:21 lake.tables.orders.partitions.hour.type: is missing; add for example type: date',
  );
  refuses(
    'whole numbers without range',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { hour: { type: int } }',
    },
    '15:21 lake.tables.orders.partitions.hour.min: is missing; add for example min: 0',
    '15:21 lake.tables.orders.partitions.hour.max: is missing; add for example max: 23',
  );
});

describe('identity', () => {
  refuses(
    'an account that YAML reads as a number',
    { '"111122223333"': '111122223333' },
    '3:10 account: must be 12 digits in quotes, got the number 111122223333; write "111122223333"',
  );
  refuses(
    'an account that loses its leading zero',
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
    'a region with a slip',
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
    "1:10 project: must not be one of sthree, amzn, got 'sthree'; S3 keeps such bucket names for itself",
  );
  refuses(
    'an environment that YAML reads as a number',
    { 'environment: dev': 'environment: 1' },
    '2:14 environment: must be up to 10 lower-case letters, digits and single hyphens, beginning with a letter, got the number 1; write for example dev',
  );
  refuses(
    'an owner that is no mail address',
    { 'ml@acme.example': 'the ml team' },
    "5:8 owner: must be a mail address, got 'the ml team'; write for example ml-platform@acme.example",
  );
  refuses(
    'a comment of a column that Glue refuses',
    { 'columns: { id: string,': 'columnComments: { id: "two\\nlines" }\n      columns: { id: string,' },
    "14:29 lake.tables.orders.columnComments.id: must be one line of at most 255 characters, got 'two\\nlines'; write two-lines",
  );
  refuses(
    'a file that is a copy of another',
    { 'environment: dev': 'environment: prod' },
    "2:14 environment: must be the name of the file, got 'prod'; write 'dev', or name the file prod.yaml: two files of one environment would change each other's resources",
  );
  refuses(
    "tags that are the platform's or AWS's",
    { 'environment: dev': 'environment: dev\ntags: { Owner: me, "aws:x": y, "a,b": c, cost: 7 }' },
    "3:9 tags.Owner: is set by the platform, got 'Owner'; choose another name",
    `3:20 tags."aws:x": must not begin with aws: or rds:, got 'aws:x'; AWS keeps such tags for itself`,
    `3:32 tags."a,b": the name must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got 'a,b'; remove the rest`,
    '3:48 tags.cost: must be a string in quotes, got the number 7',
  );
  refuses(
    'tags that one service or another refuses, the owner among them',
    {
      'environment: dev': 'environment: dev\ntags: { Team: R&D, team: ads, "rds:x": "aws:y" }',
      'ml@acme.example': "o'hara@acme.example",
    },
    "3:15 tags.Team: must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'R&D'; AWS takes nothing else in a tag",
    "3:20 tags.team: is 'Team' again to IAM, which takes both cases for one; keep one of the two",
    `3:31 tags."rds:x": must not begin with aws: or rds:, got 'rds:x'; AWS keeps such tags for itself`,
    `3:40 tags."rds:x": must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'aws:y'; AWS takes nothing else in a tag`,
    `6:8 owner: must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got 'o'hara@acme.example'; AWS takes nothing else in a tag`,
  );
  refuses(
    'a state bucket that S3 would refuse, and a key by its id',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: Acme_State, kmsKey: 1234abcd-12ab-34cd-56ef-1234567890ab }',
    },
    "3:18 state.bucket: must be 3 to 63 lower-case letters, digits, dots and hyphens, got 'Acme_State'; write acme-state",
    "3:38 state.kmsKey: must be a key alias such as alias/acme-terraform, or the ARN of a key or alias, got '1234abcd-12ab-34cd-56ef-1234567890ab'",
  );
  refuses(
    'a state key by an alias that only AWS can make',
    { 'environment: dev': 'environment: dev\nstate: { bucket: acme-state, kmsKey: alias/aws/s3 }' },
    "3:38 state.kmsKey: must be a key alias such as alias/acme-terraform, or the ARN of a key or alias, got 'alias/aws/s3'",
  );
  refuses(
    'a state key of another region',
    {
      'environment: dev':
        'environment: dev\nstate: { bucket: acme-state, kmsKey: "arn:aws:kms:eu-west-1:111122223333:alias/acme" }',
    },
    "3:38 state.kmsKey: must be in region eu-north-1, got 'arn:aws:kms:eu-west-1:111122223333:alias/acme'; name one that is there",
  );
});

describe('keys', () => {
  refuses('a misspelt key', { 'network:': 'netwrok:' }, "6:1 netwrok: is not a known key; did you mean 'network'?");
  refuses(
    'a misspelt key deep inside',
    { 'raw: {}': 'raw: { expireAfterDay: 30 }' },
    "9:19 lake.zones.raw.expireAfterDay: is not a known key; did you mean 'expireAfterDays'?",
  );
  refuses(
    'a key that is like no other',
    { 'raw: {}': 'raw: { retention: 30 }' },
    '9:19 lake.zones.raw.retention: is not a known key; known here: expireAfterDays, tierAfterDays, archiveAfterDays, classification, bucketArn, keyArn',
  );
  refuses(
    'a key where none is known',
    { 'images: [train]': 'pullThroughCache: { quay: { secretArn: x } }' },
    '17:31 registry.pullThroughCache.quay.secretArn: is not a known key; none is known here, leave it out',
  );
  refuses(
    'a misspelt section that others refer to',
    { 'teams:': 'tems:' },
    "18:1 tems: is not a known key; did you mean 'teams'?",
  );
  refuses(
    'a merge key',
    { 'raw: {}': 'raw: { <<: {} }' },
    '9:19 lake.zones.raw."<<": would merge another mapping; write its keys out, merge keys are not read',
  );
  refuses(
    'a word of JavaScript',
    { 'raw: {}': 'raw: {}, __proto__: {}' },
    '9:21 lake.zones.__proto__: is a word of JavaScript that cannot be a name; choose another',
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
    'a zone named like a method',
    { 'zone: raw': 'zone: constructor' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'constructor'; there are raw, curated",
  );
});

describe('network', () => {
  refuses(
    'neither form',
    { '  cidr: 10.20.0.0/16': '  nat: none' },
    '6:1 network: needs either cidr, for a new VPC, or vpcId and privateSubnetIds, for an existing one',
  );
  refuses(
    'both forms',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  vpcId: vpc-0a1b2c3d' },
    '6:1 network: describes a new VPC by cidr and an existing one by vpcId; keep one of the two',
  );
  refuses(
    'half of an existing VPC',
    { 'cidr: 10.20.0.0/16': 'vpcId: vpc-0a1b2c3d' },
    '6:1 network.privateSubnetIds: is missing; an existing VPC needs vpcId and privateSubnetIds, got only vpcId',
  );
  refuses(
    'the other half',
    { 'cidr: 10.20.0.0/16': 'privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]' },
    '6:1 network.vpcId: is missing; an existing VPC needs vpcId and privateSubnetIds, got only privateSubnetIds',
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
    'one subnet, named twice',
    { 'cidr: 10.20.0.0/16': 'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3d]' },
    '8:21 network.privateSubnetIds: must be at least 2 different subnets, got 1; databases need one in each of two zones',
  );
  refuses(
    'a subnet both private and public',
    {
      'cidr: 10.20.0.0/16':
        'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]\n  publicSubnetIds: [subnet-0a1b2c3e]',
    },
    "9:21 network.publicSubnetIds[0]: must not be a private subnet too, got 'subnet-0a1b2c3e'; list it once",
  );
  refuses(
    'ids that are no ids',
    { 'cidr: 10.20.0.0/16': 'vpcId: main\n  privateSubnetIds: [a, subnet-0a1b2c3e]' },
    "7:10 network.vpcId: must be a VPC id such as vpc-0a1b2c3d4e5f60718, got 'main'",
    "8:22 network.privateSubnetIds[0]: must be a subnet id such as subnet-0a1b2c3d4e5f60718, got 'a'",
  );
  refuses(
    'a block that is no block',
    { '10.20.0.0/16': '10.20.0.0' },
    "7:9 network.cidr: must be an IPv4 block such as 10.20.0.0/16, got '10.20.0.0'",
  );
  refuses(
    'a number beyond 255',
    { '10.20.0.0/16': '10.256.0.0/16' },
    "7:9 network.cidr: must be four numbers up to 255 and a length up to 32, got '10.256.0.0/16'; write for example 10.20.0.0/16",
  );
  refuses(
    'an address inside the block',
    { '10.20.0.0/16': '10.20.3.0/16' },
    "7:9 network.cidr: must begin at the start of its block, got '10.20.3.0/16'; write 10.20.0.0/16",
  );
  refuses(
    'a block too large for a VPC',
    { '10.20.0.0/16': '10.0.0.0/8' },
    "7:9 network.cidr: must have a length from /16 to /22, got '10.0.0.0/8'; a VPC holds no more, its subnets need no less",
  );
  refuses(
    'a block too small for subnets',
    { '10.20.0.0/16': '10.20.0.0/24' },
    "7:9 network.cidr: must have a length from /16 to /22, got '10.20.0.0/24'; a VPC holds no more, its subnets need no less",
  );
  refuses(
    'public addresses',
    { '10.20.0.0/16': '8.8.0.0/16' },
    "7:9 network.cidr: must lie within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got '8.8.0.0/16'; other addresses belong to somebody on the internet",
  );
  refuses(
    'the addresses of Docker',
    { '10.20.0.0/16': '172.17.0.0/16' },
    "7:9 network.cidr: must not overlap 172.17.0.0/16, got '172.17.0.0/16'; the hosts of SageMaker use it themselves",
  );
  refuses(
    'an overlap with a peer',
    { '10.20.0.0/16': '10.20.0.0/16\n  peers: [10.0.0.0/16, 10.20.128.0/20, 10.1.2.3/16]' },
    "8:24 network.peers[1]: must not overlap network.cidr 10.20.0.0/16, got '10.20.128.0/20'; choose another cidr, addresses in both could not be told apart",
    "8:40 network.peers[2]: must begin at the start of its block, got '10.1.2.3/16'; write 10.1.0.0/16",
  );
  refuses(
    'no NAT and too few endpoints',
    { '10.20.0.0/16': '10.20.0.0/16\n  nat: none\n  endpoints: [sts, logs, sts]' },
    '9:14 network.endpoints: must hold ecr.api, ecr.dkr, kms, secretsmanager when nat is none; add them, or remove endpoints to have all',
    "9:26 network.endpoints[2]: stands twice in the list, got 'sts'; keep one",
  );
  refuses(
    'a service without endpoint',
    { '10.20.0.0/16': '10.20.0.0/16\n  endpoints: [ecr]' },
    "8:15 network.endpoints[0]: must be one of sagemaker.api, sagemaker.runtime, sts, ecr.api, ecr.dkr, logs, kms, secretsmanager, events, monitoring, got 'ecr'; choose one of them",
  );
});

describe('lake', () => {
  refuses(
    'a table in an unknown zone',
    { 'zone: raw': 'zone: rwa' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'rwa'; did you mean 'raw'?",
  );
  refuses(
    'a table in a zone that is like no other',
    { 'zone: raw': 'zone: landing' },
    "12:13 lake.tables.orders.zone: must be a name under lake.zones, got 'landing'; there are raw, curated",
  );
  refuses(
    'a table of an unknown team',
    { 'owner: fraud': 'owner: marketing' },
    "15:14 lake.tables.orders.owner: must be a name under teams, got 'marketing'; there are fraud",
  );
  refuses(
    'a table without any team',
    { 'teams:\n  fraud: {}\n': '' },
    "15:14 lake.tables.orders.owner: must be a name under teams, got 'fraud'; there are none, add it there",
  );
  refuses(
    'a type of another system',
    { 'amount: double': 'amount: number' },
    "14:38 lake.tables.orders.columns.amount: got 'number', must be a type of Glue and Athena: boolean, tinyint, smallint, int, bigint, float, double, date, timestamp, string, binary, decimal, char, varchar, array, map, struct; 'number' is double here",
  );
  refuses(
    'a type with a slip in it',
    { 'amount: double': 'amount: "decimal(40,2)"' },
    "14:38 lake.tables.orders.columns.amount: got 'decimal(40,2)', must be decimal(p,s) with 1 <= p <= 38 and 0 <= s <= p",
  );
  refuses(
    'types that csv cannot hold',
    { 'format: parquet': 'format: csv', 'amount: double': '"at": timestamp, tags: array<string>' },
    "14:36 lake.tables.orders.columns.at: got 'timestamp', must be string, boolean, int, bigint or double in csv: take string, a conversion to parquet gives it its type",
    "14:53 lake.tables.orders.columns.tags: got 'array<string>', must be string, boolean, int, bigint or double in csv: take string, a conversion to parquet gives it its type",
  );
  refuses(
    'types that iceberg does not have',
    { 'format: parquet': 'format: iceberg', 'amount: double': 'n: tinyint' },
    "14:33 lake.tables.orders.columns.n: got 'tinyint', must be a type of iceberg: take int for tinyint and smallint, string for char and varchar",
  );
  refuses(
    'partitions of iceberg',
    { 'format: parquet': 'format: iceberg\n      partitions: { day: date }' },
    '14:7 lake.tables.orders.partitions: are not for iceberg, which keeps its own in the table; remove them and partition when writing',
  );
  refuses(
    'no columns',
    { 'columns: { id: string, amount: double }': 'columns: {}' },
    '14:16 lake.tables.orders.columns: must hold at least one column, got none; add for example id: string',
  );
  refuses(
    'a partition that is a column too',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { id: string }',
    },
    "15:21 lake.tables.orders.partitions.id: is a column too; remove 'id' from columns, its value stands in the folder name",
  );
  refuses(
    'a range upside down, a day that is none, a value twice',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      partitions: { h: { type: int, min: 23, max: 0 }, d: { type: date, from: 2025-02-30 }, m: { type: string, values: [fi, se, fi] } }',
    },
    '15:51 lake.tables.orders.partitions.h.max: must be at least min 23, got the number 0; exchange the two',
    "15:79 lake.tables.orders.partitions.d.from: must be a day of the calendar, got '2025-02-30'; correct the month or the day",
    "15:129 lake.tables.orders.partitions.m.values[2]: stands twice in the list, got 'fi'; keep one",
  );
  refuses(
    'an unknown source of a conversion',
    { 'format: parquet': 'format: parquet\n      convertFrom: order' },
    "14:20 lake.tables.orders.convertFrom: must be a name under lake.tables, got 'order'; did you mean 'orders'?",
  );
  refuses(
    'a conversion into anything but parquet',
    { 'format: parquet': 'format: json\n      convertFrom: orders' },
    "14:7 lake.tables.orders.convertFrom: makes parquet, but the format of the table is 'json'; set format: parquet or remove convertFrom",
  );
  refuses(
    'a conversion from parquet',
    { 'format: parquet': 'format: parquet\n      convertFrom: orders' },
    "14:20 lake.tables.orders.convertFrom: must name a table in one of csv, tsv, json, got 'orders', which is parquet; name another",
  );
  refuses(
    'a conversion of other partitions, of a column that is not there, and of nested values in text',
    {
      '    orders:\n':
        '    text: { zone: curated, format: tsv, columns: { id: string, tags: string }, partitions: { day: date }, owner: fraud }\n    orders:\n      convertFrom: text\n',
      'amount: double': 'amount: double, tags: array<string>',
    },
    "12:5 lake.tables.orders.partitions: must be those of 'text': day, got none; make them the same, in the same order",
    "16:30 lake.tables.orders.columns.amount: must be a name under the columns of 'text', got 'amount'; there are id, tags",
    "16:52 lake.tables.orders.columns.tags: must be a type without nested values or bytes in tsv: take string, or json as the format, got 'array<string>'; text cannot be turned into it",
  );
  refuses(
    'a conversion into a bucket whose key is not said',
    {
      'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::partner" }',
      '    orders:\n':
        '    text: { zone: curated, format: csv, columns: { id: string, amount: string }, owner: fraud }\n    orders:\n      convertFrom: text\n',
    },
    '13:7 lake.tables.orders.convertFrom: writes to zone raw, which has no keyArn; add it there, what is written must be encrypted',
  );
  refuses(
    'data more sensitive than its zone may hold',
    {
      'raw: {}': 'raw: { classification: internal }',
      'format: parquet': 'format: parquet\n      classification: personal',
    },
    "14:23 lake.tables.orders.classification: must not be above that of zone raw, which is internal, got 'personal'; move the table or raise the zone",
  );
  refuses(
    'a table within the folder of another',
    {
      '    orders:\n':
        '    archive: { zone: raw, format: parquet, prefix: orders/old, columns: { id: string }, owner: fraud }\n    orders:\n',
    },
    "12:5 lake.tables.orders: reads folder 'orders' of zone raw, and table archive reads 'orders/old': one lies within the other; give each a prefix of its own",
  );
  refuses(
    'a zone named like a bucket of the platform',
    { 'curated: {}': 'models: {}' },
    "9:21 lake.zones.models: makes the S3 bucket name 'acme-dev-models-111122223333-eu-north-1', which the platform makes for registry; choose another name",
  );
  refuses(
    'options of another format',
    { 'format: parquet': `format: json\n      header: false\n      quote: "'"` },
    '14:7 lake.tables.orders.header: has no effect with format json; remove it, it is for csv and tsv',
    '15:7 lake.tables.orders.quote: has no effect with format json; remove it, it is for csv',
  );
  refuses(
    'one character for two purposes',
    { 'format: parquet': 'format: csv\n      separator: "|"\n      quote: "|"' },
    "15:14 lake.tables.orders.quote: must differ from separator, got '|'; choose another of the two",
  );
  refuses(
    'a type that csv can hold only without quotes',
    { 'format: parquet': 'format: csv', 'amount: double': 'amount: "decimal(12,2)"' },
    "14:38 lake.tables.orders.columns.amount: got 'decimal(12,2)', must be string, boolean, int, bigint or double in csv: take string, a conversion to parquet gives it its type",
  );
  refuses(
    'words about columns that are none',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      columnComments: { amuont: in euros }\n      personalColumns: [name]',
    },
    "15:25 lake.tables.orders.columnComments.amuont: must be a name under columns, got 'amuont'; did you mean 'amount'?",
    "16:25 lake.tables.orders.personalColumns[0]: must be a name under columns, got 'name'; there are id, amount",
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
    'a schedule that is no schedule',
    {
      'columns: { id: string, amount: double }':
        'columns: { id: string, amount: double }\n      convertSchedule: nightly',
    },
    '15:7 lake.tables.orders.convertSchedule: needs convertFrom, the table to convert; add it or remove the schedule',
    "15:24 lake.tables.orders.convertSchedule: must be a cron expression of AWS in UTC such as cron(0 3 * * ? *), got 'nightly'",
  );
  refuses(
    'moves out of order',
    { 'raw: {}': 'raw: { tierAfterDays: 90, archiveAfterDays: 30, expireAfterDays: 30 }' },
    '9:56 lake.zones.raw.archiveAfterDays: must be more than tierAfterDays 90, got the number 30; raise it or remove one of them',
    '9:77 lake.zones.raw.expireAfterDays: must be more than archiveAfterDays 30, got the number 30; raise it or remove one of them',
  );
  refuses(
    'the lifecycle of a bucket of somebody else',
    { 'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::partner", expireAfterDays: 30 }' },
    '9:54 lake.zones.raw.expireAfterDays: has no effect with an existing bucket; remove it, its owner decides',
  );
  refuses(
    'a key without its bucket',
    { 'raw: {}': 'raw: { keyArn: "arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }' },
    '9:19 lake.zones.raw.keyArn: names the key of an existing bucket, but bucketArn is missing; give both or neither',
  );
  refuses(
    'one bucket for two zones, in another partition',
    {
      'raw: {}, curated: {}':
        'raw: { bucketArn: "arn:aws:s3:::partner" }, curated: { bucketArn: "arn:aws-cn:s3:::partner" }, features: { bucketArn: "arn:aws:s3:::partner" }',
    },
    "9:78 lake.zones.curated.bucketArn: must begin with arn:aws: in region eu-north-1, got 'arn:aws-cn:s3:::partner'; correct the ARN or the region",
    "9:130 lake.zones.features.bucketArn: is the bucket of zone raw already, got 'arn:aws:s3:::partner'; give each zone its own",
  );
  refuses(
    'a zone whose bucket name is too long',
    { 'curated: {}': 'a-zone-with-a-very-long-name-indeed: {}' },
    "9:21 lake.zones.a-zone-with-a-very-long-name-indeed: makes the S3 bucket name 'acme-dev-a-zone-with-a-very-long-name-indeed-111122223333-eu…' of 68 characters; the limit is 63, shorten it by 5",
  );
});

describe('registry and teams', () => {
  refuses(
    'storage that cannot grow',
    { 'images: [train]': 'database: { storageGb: 100, maxStorageGb: 100 }' },
    '17:45 registry.database.maxStorageGb: must be at least 110, a tenth above storageGb 100, got the number 100; raise it, or write 0 to let it never grow',
  );
  refuses(
    'storage that cannot grow above the default of its size',
    { 'images: [train]': 'database: { maxStorageGb: 54 }', 'environment: dev': 'environment: dev\nsize: medium' },
    '18:29 registry.database.maxStorageGb: must be at least 55, a tenth above storageGb 50, got the number 54; raise it, or write 0 to let it never grow',
  );
  refuses(
    'a version that is a number, an instance without family',
    { 'images: [train]': 'database: { engineVersion: 17, instance: t4g.small, backupDays: 60 }' },
    '17:30 registry.database.engineVersion: must be a major version of PostgreSQL in quotes such as "17", got the number 17; write "17"',
    "17:44 registry.database.instance: must be an instance class such as db.t4g.small, got 't4g.small'",
    '17:67 registry.database.backupDays: must be a whole number from 1 to 35, got the number 60; the nearest is 35',
  );
  refuses(
    'an image twice',
    { 'images: [train]': 'images: [train, serve, train]' },
    "17:26 registry.images[2]: stands twice in the list, got 'train'; keep one",
  );
  refuses(
    'an image in capitals, and one with a tag',
    { 'images: [train]': 'images: [Train, "serve:1"]' },
    "17:12 registry.images[0]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'Train'; write train",
    "17:19 registry.images[1]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'serve:1'; write serve-1",
  );
  refuses(
    'an image whose options are wrong',
    { 'images: [train]': 'images: { train: { immutable: true } }' },
    '17:22 registry.images.train.immutable: is not a known key; known here: mutableTags, keepImages',
  );
  refuses(
    'a mirror that needs a login',
    { 'images: [train]': 'pullThroughCache: { dockerHub: {} }' },
    '17:23 registry.pullThroughCache.dockerHub.secretArn: is missing; add for example secretArn: arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf',
  );
  refuses(
    'a secret that ECR may not read, in another region',
    {
      'images: [train]':
        'pullThroughCache: { github: { secretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf" } }',
    },
    "17:44 registry.pullThroughCache.github.secretArn: must be in region eu-north-1, got 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf'; name one that is there",
    "17:44 registry.pullThroughCache.github.secretArn: must be a secret whose name begins with ecr-pullthroughcache/, got 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr-AbCdEf'; rename the secret",
  );
  refuses(
    'a team whose workgroup name is too long',
    {
      '  fraud: {}':
        '  fraud: {}\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: {}',
    },
    "20:3 teams.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: makes the Athena workgroup name 'acme-dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' of 129 characters; the limit is 128, shorten it by 1",
  );
  refuses(
    'an image whose repository name is too long',
    {
      'images: [train]':
        'images: [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]',
    },
    "17:12 registry.images[0]: makes the ECR repository name 'acme-dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' of 259 characters; the limit is 256, shorten it by 3",
  );
  refuses(
    'a scalar where options are expected',
    { '  fraud: {}': '  fraud: 200' },
    '19:10 teams.fraud: must be a mapping, got the number 200; write keys under it, or {} for its defaults',
  );
  refuses(
    'a limit in bytes',
    { '  fraud: {}': '  fraud: { queryLimitGb: 1e12 }' },
    '19:26 teams.fraud.queryLimitGb: must be a whole number from 1 to 1000000, got the number 1e12; the nearest is 1000000',
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
    "7:9 network.cidr: must begin at the start of its block, got '10.20.0.1/16'; write 10.20.0.0/16",
    '8:10 network.zones: must be one of 2, 3, got the number 4; the nearest is 3',
    "9:3 network.natt: is not a known key; did you mean 'nat'?",
    "11:36 lake.zones.raw.expireAfterDays: must be a whole number from 1 to 36500, got 'never'",
    "14:13 lake.tables.orders.zone: must be a name under lake.zones, got 'rwa'; did you mean 'raw'?",
    "16:38 lake.tables.orders.columns.amount: got 'float', must be string, boolean, int, bigint or double in csv: take string, a conversion to parquet gives it its type",
    "17:14 lake.tables.orders.owner: must be a name under teams, got 'farud'; did you mean 'fraud'?",
    "19:19 registry.images[1]: stands twice in the list, got 'train'; keep one",
  );
  refuses(
    'rules over parts that are right beside parts of the wrong type',
    {
      'environment: dev': 'environment: dev\nsize: [large]',
      'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  zones: x\n  peers: [10.20.0.0/24, 7]',
      'images: [train]': 'database: { storageGb: big, maxStorageGb: 20 }\n  images: [train, 1, train]',
      'zone: raw': 'zone: landing',
    },
    '3:7 size: must be one of small, medium, large, got a list; write the value alone',
    "9:10 network.zones: must be one of 2, 3, got 'x'; write for example 2",
    "10:11 network.peers[0]: must not overlap network.cidr 10.20.0.0/16, got '10.20.0.0/24'; choose another cidr, addresses in both could not be told apart",
    '10:25 network.peers[1]: must be an IPv4 block such as 10.20.0.0/16, got the number 7',
    "15:13 lake.tables.orders.zone: must be a name under lake.zones, got 'landing'; there are raw, curated",
    "20:26 registry.database.storageGb: must be a whole number from 20 to 65536, got 'big'",
    `21:19 registry.images[1]: must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got the number 1; write "1"`,
    "21:22 registry.images[2]: stands twice in the list, got 'train'; keep one",
  );
  refuses(
    'nothing that follows from another error',
    { 'zones: { raw: {}, curated: {} }': 'zones: 3', 'teams:\n  fraud: {}': 'teams: 4' },
    '9:10 lake.zones: must be a mapping, got the number 3; write keys under it, or {} for its defaults',
    '18:8 teams: must be a mapping, got the number 4; write keys under it, or {} for its defaults',
  );
});

describe('tags', () => {
  test('more than AWS takes beside those of the platform', () => {
    const tags = Array.from({ length: 45 }, (_, index) => `t${index}: x`).join(', ');
    const text = changed({ 'environment: dev': `environment: dev\ntags: { ${tags} }` });
    expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
      "dev.yaml: 1 error\ndev.yaml:3:1 tags: must be at most 44, got 45; AWS takes 50, 6 are the platform's",
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
        "preview-1.yaml:1:1 project: makes the S3 bucket name 'acme-analytics-preview-1-query-results-111122223333-ap-south…' of 66 characters; the limit is 63, shorten it by 3",
      ].join('\n'),
    );
  });

  refuses(
    'a project and an environment too long for what ECR caches under their name',
    {
      'project: acme': 'project: acme-ml-platform',
      'images: [train]': 'pullThroughCache: { quay: {}, ecrPublic: {} }',
    },
    "17:33 registry.pullThroughCache.ecrPublic: makes the pull-through cache name 'acme-ml-platform-dev-ecr-public' of 31 characters; the limit is 30, shorten it by 1",
  );
});
