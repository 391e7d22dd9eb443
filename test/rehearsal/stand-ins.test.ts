import { aws } from '../../rehearsal/clouds/aws/aws';
import { standInsFor } from '../../rehearsal/clouds/aws/stand-ins/stand-ins';
import { copyStack } from '../../rehearsal/copy/stack-copy';
import { withStandIns } from '../../rehearsal/copy/stand-ins';
import type { StackConfiguration } from '../../rehearsal/source/manifest';

const PLACE = { account: '111122223333', region: 'eu-north-1' };
const KEY = 'arn:aws:kms:eu-north-1:111122223333:key/1a2b-3c4d';

/** The copies of stacks, with what stands in for the account. */
function standing(...configurations: StackConfiguration[]) {
  const stacks = configurations.map((configuration, index) => ({
    name: `acme-${index}`,
    folder: '/nowhere',
    configuration: { provider: { aws: [{ region: PLACE.region }] }, ...configuration },
    dependencies: [],
  }));
  const cloud = aws(stacks);
  return withStandIns(
    stacks.map((stack) => copyStack(stack, stacks, [cloud])),
    [cloud],
  );
}

const sought = (configuration: StackConfiguration) =>
  standInsFor([configuration], PLACE)?.standIns.map(
    ({ address, standsFor }) => `${address.split('.')[0]} ${standsFor}`,
  );

describe('what exists only in the account', () => {
  test('is made before the stacks, which get its ids instead of those that they have', () => {
    const { copies, standIns } = standing({
      resource: {
        aws_db_subnet_group: { db: { subnet_ids: ['subnet-0a1b2c3d', 'subnet-4e5f6071'] } },
        aws_security_group: { db: { vpc_id: 'vpc-0a1b2c3d', description: 'of vpc-0a1b2c3d4, of vpc-0a1b2c3d' } },
        aws_s3_object: { o: { kms_key_id: KEY } },
      },
    });
    expect(standIns.map(({ address, standsFor }) => [address, standsFor])).toEqual([
      ['aws_vpc.network', 'vpc-0a1b2c3d'],
      ['aws_subnet.n1', 'subnet-0a1b2c3d'],
      ['aws_subnet.n2', 'subnet-4e5f6071'],
      ['aws_kms_key.n3', KEY],
    ]);
    const [first, data] = copies;
    expect(first!.configuration.resource?.aws_subnet).toMatchObject({
      n1: { vpc_id: '${aws_vpc.network.id}', availability_zone: 'eu-north-1a' },
      n2: { availability_zone: 'eu-north-1b' }, // a database needs two zones
    });
    expect(data!.configuration.resource).toEqual({
      aws_db_subnet_group: { db: { subnet_ids: ['${var.stand-ins-aws_o1}', '${var.stand-ins-aws_o2}'] } },
      aws_security_group: {
        db: { vpc_id: '${var.stand-ins-aws_o0}', description: 'of vpc-0a1b2c3d4, of ${var.stand-ins-aws_o0}' },
      },
      aws_s3_object: { o: { kms_key_id: '${var.stand-ins-aws_o3}' } },
    });
    expect(data!.wires).toContainEqual({
      variable: 'stand-ins-aws_o0',
      producer: first!.stack,
      output: 'o0',
    });
  });

  test('is one, and no pattern of a policy', () => {
    const secret = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:';
    const key = 'arn:aws:kms:eu-north-1:111122223333:key/';
    const arns = ['*', 'prod/*', 'db-??????', 'rds!cluster-*', 'db', 'db/admin', 'db.eu', 'x-${var.x}'].map(
      (name) => secret + name,
    );
    const policy = JSON.stringify([...arns, `${key}mrk-*`, `${key}*`, `${secret}db:password::`]);
    const resource = { aws_iam_role_policy: { p: { policy } } };
    expect(sought({ resource })).toEqual(
      ['db', 'db/admin', 'db.eu'].map((name) => `aws_secretsmanager_secret ${secret}${name}`),
    );
    const { copies } = standing({ resource });
    const written = JSON.parse(copies[1]!.configuration.resource!.aws_iam_role_policy!.p!.policy as string);
    const [plain, below, dotted] = ['o0', 'o1', 'o2'].map((output) => `\${var.stand-ins-aws_${output}}`);
    expect(written.slice(4, 7)).toEqual([plain, below, dotted]);
    expect(written.slice(0, 4)).toEqual(arns.slice(0, 4));
    expect(written.at(-1)).toBe(`${plain}:password::`);
  });

  test('is found by the data sources that ask for it by name', () => {
    expect(
      sought({
        data: {
          aws_kms_alias: { a: { name: 'alias/acme' }, b: { name: 'alias/aws/s3' } },
          aws_s3_bucket: { b: { bucket: 'acme-raw' } },
          aws_secretsmanager_secret: { s: { name: 'acme/db' }, t: { name: '${var.name}' } },
          aws_ssm_parameter: { p: { name: '/acme/ami' }, q: { name: '/aws/service/ami' } },
          aws_iam_role: { r: { name: 'acme' } },
        },
      }),
    ).toEqual([
      'aws_kms_alias alias/acme',
      'aws_s3_bucket acme-raw',
      'aws_secretsmanager_secret acme/db',
      'aws_ssm_parameter /acme/ami',
      'aws_iam_role acme',
    ]);
  });

  test('is not what a stack of the app creates', () => {
    const bucket = { data: { aws_s3_bucket: { b: { bucket: 'acme-raw' } } } };
    expect(standing(bucket, { resource: { aws_s3_bucket: { raw: { bucket: 'acme-raw' } } } }).standIns).toEqual([]);
    expect(standing(bucket).standIns).toHaveLength(1);
  });

  test('is made in a network of its own if no VPC is asked for', () => {
    const [first] = standing({ resource: { aws_lb: { lb: { subnets: ['subnet-0a1b2c3d'] } } } }).copies;
    expect(first!.configuration.resource?.aws_vpc).toEqual({ network: { cidr_block: '10.255.0.0/16' } });
  });

  test('is nothing for stacks that need nothing', () => {
    expect(standing({ resource: { aws_s3_bucket: { raw: {} } } })).toMatchObject({ standIns: [], copies: [{}] });
  });
});
