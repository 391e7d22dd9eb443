import { error, type FileError } from '../../environment/errors';
import type { State } from './section';

interface WithState {
  readonly project: string;
  readonly account: string;
  readonly state: State;
}

/**
 * What `one` says about its state that does not agree with `other`. A bucket name is unique worldwide, an alias in an
 * account and region; both are made once for all environments that share them.
 *
 * @param otherName what the user calls the other environment
 */
export function* stateCollisions(one: WithState, other: WithState, otherName: string): Iterable<FileError> {
  if (!one.state || !other.state) return;
  const { bucket, region, kmsKey } = one.state;
  if (one.state.account !== undefined || other.state.account !== undefined) {
    yield* centralCollisions(one, other, otherName);
    return;
  }
  const isNear = one.account === other.account && region === other.state.region;
  const isSameKey = kmsKey === other.state.kmsKey;
  if (bucket !== other.state.bucket) {
    if (isNear && isSameKey && kmsKey?.startsWith('alias/'))
      yield error(
        ['state', 'kmsKey'],
        `must differ from that of ${otherName}, which has another bucket, got '${kmsKey}'; choose another alias`,
      );
  } else if (!isNear || one.project !== other.project) {
    yield error(
      ['state', 'bucket'],
      `must differ from that of ${otherName}, which has another project, account or region, got '${bucket}'; choose another name`,
    );
  } else if (kmsKey && other.state.kmsKey && !isSameKey) {
    yield error(
      ['state', 'kmsKey'],
      `must be '${other.state.kmsKey}' as in ${otherName}, which has the same bucket, got '${kmsKey}'; use one key`,
    );
  }
}

/** A bucket that several accounts share serves any project; it is in one account and one region. */
function* centralCollisions(one: WithState, other: WithState, otherName: string): Iterable<FileError> {
  if (one.state!.bucket !== other.state!.bucket) return;
  for (const key of ['account', 'region'] as const) {
    const [own, others] = [one, other].map(({ account, state }) => ({ account, ...state! })[key]);
    if (own === others) continue;
    const message = `must be that of ${otherName}, which has the same bucket in ${key} ${others}, got '${own}'; correct one of them`;
    yield error(['state', one.state![key] === undefined ? 'bucket' : key], message);
  }
}
