import type { App } from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../../lib/aws/aws-stack';
import { InputError } from '../../lib/core/input-error';
import type { Removal } from '../../lib/core/removal';
import { waive } from '../../lib/core/waivers';
import { Key } from '../../lib/encryption/key';
import { Bucket } from '../../lib/storage/bucket';
import type { Environment } from '../environment/environment';

/** Days for which a replaced state can be brought back. */
export const STATE_VERSION_DAYS = 365;

/**
 * What must be there before the first environment: the buckets that keep state, in one stack per account and region.
 * Its own state is a local file, since there is no bucket before it.
 */
export class BootstrapStack extends AwsStack {
  /**
   * One stack for each account and region in which an environment keeps its state.
   *
   * @throws InputError where two environments ask for what can be made once only, or ask the same bucket for two keys
   */
  public static forEach(app: App, environments: readonly Environment[]): BootstrapStack[] {
    const conflicts = environments.flatMap((environment, index) =>
      environments.slice(0, index).flatMap((earlier) => [...conflictsBetween(environment, earlier)]),
    );
    if (conflicts.length > 0) throw new InputError(conflicts.join('\n'));
    const sharing = new Map<string, Environment[]>();
    for (const environment of environments) {
      if (!environment.state) continue;
      const id = stackOf(environment);
      sharing.set(id, [...(sharing.get(id) ?? []), environment]);
    }
    return [...sharing].map(([id, users]) => new BootstrapStack(app, id, users));
  }

  private constructor(app: App, id: string, users: readonly Environment[]) {
    const { project, account, owner, state } = users[0]!;
    super(app, id, {
      account,
      region: state!.region,
      removal: agreed(users.map(({ removal }) => removal)),
      tags: { project, owner, 'managed-by': 'cdktf-mlops' },
    });
    for (const bucketName of new Set(users.map(({ state }) => state!.bucket))) {
      const states = users.map(({ state }) => state!).filter(({ bucket }) => bucket === bucketName);
      new StateStore(this, bucketName, {
        bucketName,
        kmsKey: states.find(({ kmsKey }) => kmsKey)?.kmsKey,
        removal: agreed(states.map(({ removal }) => removal)),
      });
    }
  }
}

interface StateStoreProps {
  readonly bucketName: string;
  /** Alias of a key to make, or ARN of one that exists. @default - a key named like the bucket */
  readonly kmsKey?: string;
  readonly removal: Removal;
}

/** A bucket of state files: every version kept for a year, since a lost state is found late. */
class StateStore extends Construct {
  constructor(scope: Construct, id: string, { bucketName, kmsKey, removal }: StateStoreProps) {
    super(scope, id);
    const encryptionKey = kmsKey?.startsWith('arn:')
      ? Key.fromKeyArn(this, 'Key', kmsKey)
      : new Key(this, 'Key', {
          description: `Terraform state in ${bucketName}`,
          alias: kmsKey?.replace('alias/', '') ?? bucketName.replaceAll('.', '-'),
          removal,
        });
    const bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryptionKey,
      noncurrentVersionDays: STATE_VERSION_DAYS,
      removal,
    });
    waive(
      bucket.resource,
      'stands before the first bucket for access logs; every version names its time',
      'CKV_AWS_18',
      'AWS-0089',
    );
  }
}

function stackOf({ project, account, state }: Environment): string {
  return `${project}-${account}-${state?.region}-bootstrap`;
}

/** The name of a bucket is taken once in the world, an alias once in an account and region. */
function* conflictsBetween(one: Environment, other: Environment): Iterable<string> {
  if (!one.state || !other.state) return;
  const [name, otherName] = [one, other].map(({ project, environment }) => `${project}-${environment}`);
  const { bucket, region, kmsKey } = one.state;
  const isNear = one.account === other.account && region === other.state.region;
  const isSameKey = kmsKey === other.state.kmsKey;
  if (bucket !== other.state.bucket) {
    if (isNear && isSameKey && kmsKey?.startsWith('alias/'))
      yield `${name}: 'state.kmsKey' makes ${kmsKey} for a second bucket, after that of ${otherName}: choose another alias`;
  } else if (stackOf(one) !== stackOf(other)) {
    yield `${name}: 'state.bucket' is made for ${otherName} already, with another project, account or region, got '${bucket}': choose another name`;
  } else if (kmsKey && other.state.kmsKey && !isSameKey) {
    yield `${name}: 'state.kmsKey' must be that of ${otherName}, which shares the bucket, '${other.state.kmsKey}', got '${kmsKey}'`;
  }
}

/** Data that several environments share goes only when all of them let it go. */
function agreed(removals: readonly Removal[]): Removal {
  return removals.every((removal) => removal === 'destroy') ? 'destroy' : 'retain';
}
