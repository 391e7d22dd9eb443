import type { App } from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../../lib/aws/aws-stack';
import { InputError } from '../../lib/core/input-error';
import type { Removal } from '../../lib/core/removal';
import { waive } from '../../lib/core/waivers';
import { Key } from '../../lib/encryption/key';
import { Bucket } from '../../lib/storage/bucket';
import type { Environment } from '../environment/environment';
import { stateCollisions } from '../sections/state/collisions';

/** Days that a replaced state can be restored. */
export const STATE_VERSION_DAYS = 365;

/**
 * Resources that must exist before the first environment: the state buckets, in one stack for each account and region.
 * The stack's own state is a local file, because no bucket exists before it.
 */
export class BootstrapStack extends AwsStack {
  /**
   * Creates one stack for each account and region in which an environment keeps its state. A bucket of another account
   * exists already.
   *
   * @throws InputError if two environments require the same bucket or alias in different ways, or one bucket with two
   *   keys
   */
  public static forEach(app: App, environments: readonly Environment[]): BootstrapStack[] {
    const conflicts = environments.flatMap((environment, index) =>
      environments.slice(0, index).flatMap((earlier) => [...conflictsBetween(environment, earlier)]),
    );
    if (conflicts.length > 0) throw new InputError(conflicts.join('\n'));
    const sharing = new Map<string, Environment[]>();
    for (const environment of environments) {
      if (!environment.state || environment.state.account !== undefined) continue; // none, or made elsewhere
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
  /** Alias of a new key, or ARN of an existing key. @default - a new key with the name of the bucket */
  readonly kmsKey?: string;
  readonly removal: Removal;
}

/** A bucket of state files. Replaced versions are kept for a year, because a damaged state is often noticed late. */
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
      'created before the bucket for access logs; each version has a timestamp',
      'CKV_AWS_18',
      'AWS-0089',
    );
  }
}

function stackOf({ project, account, state }: Environment): string {
  return `${project}-${account}-${state?.region}-bootstrap`;
}

function* conflictsBetween(one: Environment, other: Environment): Iterable<string> {
  const [name, otherName] = [one, other].map(({ project, environment }) => `${project}-${environment}`);
  for (const { path, message } of stateCollisions(one, other, otherName!)) {
    yield `${name}: '${path.join('.')}' ${message}`;
  }
}

/** Shared data may be destroyed only if all environments allow it. */
function agreed(removals: readonly Removal[]): Removal {
  return removals.every((removal) => removal === 'destroy') ? 'destroy' : 'retain';
}
