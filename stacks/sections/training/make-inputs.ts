import type { InputMode } from '../../../lib/training/data/data-limits';
import { DataSource } from '../../../lib/training/data/data-source';
import type { Data, FileSystems } from '../../offers';
import type { Input } from './inputs';

/** The source of data that an input of the file names. */
export function sourceOf(
  { zone, prefix = '', fileSystem = '', directory, mode: inputMode }: Input & { readonly mode?: InputMode },
  team: string,
  { lake }: Pick<Data, 'lake'>,
  { lustre, efs, express }: FileSystems = NO_FILE_SYSTEMS,
): DataSource {
  if (zone !== undefined) return DataSource.zone(lake.zone(zone), prefix, { inputMode });
  const cache = lustre.get(fileSystem);
  if (cache) return DataSource.lustre(cache, directory);
  const files = efs.get(fileSystem);
  if (files) return DataSource.efs(files, team, directory);
  return DataSource.express(express.get(fileSystem)!, prefix, { inputMode });
}

const NO_FILE_SYSTEMS: FileSystems = { lustre: new Map(), efs: new Map(), express: new Map() };
