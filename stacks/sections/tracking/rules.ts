import { partitionOf } from '../../../lib/aws/arns';
import { brokenHours, DEFAULT_AWAKE_DAYS, TRACKING_PARTITIONS } from '../../../lib/tracking/tracking-limits';
import type { Draft } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';

type DraftTracking = NonNullable<Draft['tracking']>;

/** Rules between the values of `tracking`. */
export function* trackingRules({ awake }: DraftTracking, { tracking, region }: Draft): Iterable<FileError> {
  if (tracking === undefined) return;
  yield* partition(region);
  if (!awake) return;
  const { from, to, zone, days } = { days: DEFAULT_AWAKE_DAYS, ...awake };
  const hours = { from, to, zone, days };
  for (const { part, rule } of brokenHours(hours)) yield* broken(['tracking', 'awake', part], hours[part]!, [rule]);
}

/** The package of clients resolves the address of a server only there. */
function* partition(region: string | undefined): Iterable<FileError> {
  if (region === undefined) return;
  const own = partitionOf(region);
  if (TRACKING_PARTITIONS.some((known) => known === own)) return;
  const message = `must not be set in region ${region}: clients find no server in partition ${own}, only in ${TRACKING_PARTITIONS.join(', ')}; remove it`;
  yield error(['tracking'], message, 'key');
}

/** What is `tracked` needs a server. */
export function* trackedRules(path: Path, tracked: boolean | undefined, file: Draft): Iterable<FileError> {
  if (tracked !== true || 'tracking' in file) return;
  yield error([...path, 'tracked'], 'must be false without a tracking server, got true; add tracking: {} to the file');
}
