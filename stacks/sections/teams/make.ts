import { Construct } from 'constructs';
import { QUERY_RESULT_DAYS, QueryWorkgroup } from '../../../lib/data-lake/query-workgroup';
import { Bucket } from '../../../lib/storage/bucket';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Data } from '../../offers';
import { RESULTS_BUCKET } from './schema';
import type { Teams } from './section';

const BYTES_PER_GB = 1e9;

/** Creates a query workgroup for each team, and one bucket for all results. */
export function makeTeams(
  stack: LayerStack,
  teams: Teams,
  { environment, foundation }: Available['data'],
): Pick<Data, 'workgroups'> {
  const group = new Construct(stack, 'Workgroups');
  const encryptionKey = foundation.keys.of('lake');
  const { removal } = environment.lake;
  const results = new Bucket(group, 'Results', {
    name: RESULTS_BUCKET,
    encryptionKey,
    accessLogs: foundation.accessLogs,
    removal,
    expireAfterDays: QUERY_RESULT_DAYS,
    noncurrentVersionDays: 1,
  });
  const workgroups = Object.entries(teams).map(([team, { queryLimitGb }]) => {
    const bytesScannedCutoff = queryLimitGb * BYTES_PER_GB;
    return [
      team,
      new QueryWorkgroup(group, team, { team, encryptionKey, results, bytesScannedCutoff, removal }),
    ] as const;
  });
  return { workgroups: new Map(workgroups) };
}
