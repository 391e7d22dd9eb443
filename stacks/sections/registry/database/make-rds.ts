import { Database } from '../../../../lib/registry/database';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import type { rds } from './rds';

/** Creates the registry database on one RDS instance. */
export function makeRds(
  stack: LayerStack,
  settings: ReturnType<typeof rds.complete>,
  { environment, foundation }: Available['data'],
): Database {
  const { engine: _, instance, engineVersion, backupDays, ...props } = settings;
  return new Database(stack, 'Database', {
    ...props,
    name: 'registry',
    network: foundation.network,
    encryptionKey: foundation.keys.of('registry'),
    instanceClass: instance,
    version: engineVersion,
    backupRetentionDays: backupDays,
    removal: environment.registry.removal,
  });
}
