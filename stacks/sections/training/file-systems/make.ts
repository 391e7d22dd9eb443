import { ElasticFileSystem } from '../../../../lib/training/data/elastic-file-system';
import { ExpressBucket } from '../../../../lib/training/data/express-bucket';
import { LustreFileSystem } from '../../../../lib/training/data/lustre-file-system';
import type { Environment } from '../../../environment/environment';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import type { FileSystemSettings } from './section';

/** Creates the file systems of training data. */
export function makeFileSystems(
  stack: LayerStack,
  settings: FileSystemSettings,
  environment: Environment,
  { foundation: { network, keys }, data: { lake } }: Available['services'],
): Pick<Services, 'fileSystems'> {
  const encryptionKey = keys.of('training');
  const removal = environment.training?.removal;
  const fileSystems = {
    lustre: new Map<string, LustreFileSystem>(),
    efs: new Map<string, ElasticFileSystem>(),
    express: new Map<string, ExpressBucket>(),
  };
  for (const [name, { type, zone, prefix, deployment, capacityGib, throughput, ...own }] of Object.entries(settings)) {
    const id = `FileSystem-${name}`;
    if (type === 'lustre') {
      const { bucket } = lake.zone(zone!);
      const data = { bucket, prefix: prefix!, deployment, capacityGib, throughput };
      fileSystems.lustre.set(name, new LustreFileSystem(stack, id, { network, encryptionKey, name, ...data }));
    } else if (type === 'efs') {
      const { plainReads, infrequentAfterDays } = own;
      const teams = Object.keys(environment.teams);
      const files = { teams, plainReads, infrequentAfterDays, removal };
      fileSystems.efs.set(name, new ElasticFileSystem(stack, id, { network, encryptionKey, name, ...files }));
    } else {
      fileSystems.express.set(name, new ExpressBucket(stack, id, { zoneId: own.zoneId!, name, removal }));
    }
  }
  return { fileSystems };
}
