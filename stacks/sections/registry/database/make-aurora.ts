import { AuroraDatabase } from '../../../../lib/registry/aurora/aurora-database';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import type { aurora } from './aurora';

/** Creates the registry database on Aurora Serverless v2. */
export function makeAurora(
  stack: LayerStack,
  settings: ReturnType<typeof aurora.complete>,
  { environment, foundation }: Available['data'],
): AuroraDatabase {
  const { engine: _, engineVersion, backupDays, ...props } = settings;
  return new AuroraDatabase(stack, 'Database', {
    ...props,
    name: 'registry',
    network: foundation.network,
    encryptionKey: foundation.keys.of('registry'),
    version: engineVersion,
    backupRetentionDays: backupDays,
    removal: environment.registry.removal,
  });
}
