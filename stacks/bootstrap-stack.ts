import type { App } from 'cdktf';
import { Construct } from 'constructs';
import { PlatformStack } from '../lib/core/platform-stack';
import type { Removal } from '../lib/core/removal';
import { waive } from '../lib/core/waivers';
import { Key } from '../lib/encryption/key';
import { Bucket } from '../lib/storage/bucket';
import type { Environment } from './environment';

/** Days for which a replaced state can be brought back. */
export const STATE_VERSION_DAYS = 365;

/**
 * What must be there before the first environment: the buckets that keep state, in one stack per account and region.
 * Its own state is a local file, since there is no bucket before it.
 */
export class BootstrapStack extends PlatformStack {
  /** One stack for each account and region in which an environment keeps its state. */
  public static forEach(app: App, environments: readonly Environment[]): BootstrapStack[] {
    const sharing = new Map<string, Environment[]>();
    for (const environment of environments) {
      const { project, account, state } = environment;
      if (!state) continue;
      const id = `${project}-${account}-${state.region}-bootstrap`;
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
        kmsKey: states[0]!.kmsKey,
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
          alias: kmsKey?.replace('alias/', '') ?? bucketName,
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

/** Data that several environments share goes only when all of them let it go. */
function agreed(removals: readonly Removal[]): Removal {
  return removals.every((removal) => removal === 'destroy') ? 'destroy' : 'retain';
}
