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
