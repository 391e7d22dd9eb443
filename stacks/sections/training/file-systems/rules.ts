import type * as z from 'zod';
import {
  brokenCapacity,
  brokenThroughput,
  brokenZoneId,
  DEFAULT_LUSTRE_CAPACITY_GIB,
} from '../../../../lib/training/data/file-system-limits';
import { type Draft, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { type FileSystemsSchema, KEYS_OF } from './schema';

type DraftFileSystems = Draft<NonNullable<z.input<typeof FileSystemsSchema>>>;
type DraftFileSystem = NonNullable<DraftFileSystems[string]>;
type Type = keyof typeof KEYS_OF;

const REQUIRED: Readonly<Record<Type, readonly (keyof DraftFileSystem)[]>> = {
  lustre: ['zone', 'prefix'],
  efs: [],
  express: ['zoneId'],
};
const EXAMPLES: Partial<Record<keyof DraftFileSystem, string>> = {
  zone: 'features',
  prefix: 'churn/train',
  zoneId: 'eun1-az1',
};

/** Rules between the values of `training.fileSystems`. */
export function* fileSystemRules(fileSystems: DraftFileSystems, file: Draft): Iterable<FileError> {
  yield* linkRules(fileSystems);
  for (const [name, own] of written(fileSystems)) {
    const path = ['training', 'fileSystems', name];
    if (own.type === undefined) continue;
    yield* keysOfType(path, own.type, own);
    if (own.type === 'lustre') yield* lustre(path, own);
    const { zoneId } = own;
    if (own.type === 'express' && zoneId !== undefined && file.region !== undefined)
      yield* broken([...path, 'zoneId'], zoneId, brokenZoneId(zoneId, file.region));
    if (own.type === 'efs' && file.teams !== undefined && Object.keys(file.teams).length === 0) {
      yield error(
        path,
        'needs a team, each of which gets a folder, got none; add one under teams, or remove it',
        'key',
      );
    }
  }
}

/** FSx links a folder of a bucket to one file system. */
function* linkRules(fileSystems: DraftFileSystems): Iterable<FileError> {
  const linked = written(fileSystems).filter(([, { type }]) => type === 'lustre');
  for (const [index, [name, { zone, prefix }]] of linked.entries()) {
    const isWithin = (one: string, other: string) => `${one}/`.startsWith(`${other}/`);
    const before = linked.slice(0, index).find(([, other]) => {
      if (zone === undefined || other.zone !== zone || prefix === undefined || other.prefix === undefined) return false;
      return isWithin(prefix, other.prefix) || isWithin(other.prefix, prefix);
    });
    if (!before) continue;
    const message = `must not overlap the folder of training.fileSystems.${before[0]}, got '${prefix}'; use that file system, or another folder`;
    yield error(['training', 'fileSystems', name, 'prefix'], message);
  }
}

function* keysOfType(path: Path, type: Type, own: DraftFileSystem): Iterable<FileError> {
  for (const [other, keys] of Object.entries(KEYS_OF)) {
    if (other === type) continue;
    for (const key of keys) {
      if (key in own)
        yield error([...path, key], `is not for type ${type}; remove it, or choose type: ${other}`, 'key');
    }
  }
  for (const key of REQUIRED[type]) {
    if (!(key in own)) yield error(path, `is missing its ${key}; add for example ${key}: ${EXAMPLES[key]}`, 'key');
  }
}

function* lustre(path: Path, { deployment = 'persistent', ...own }: DraftFileSystem): Iterable<FileError> {
  const { capacityGib = DEFAULT_LUSTRE_CAPACITY_GIB, throughput } = own;
  yield* broken([...path, 'capacityGib'], capacityGib, brokenCapacity(capacityGib));
  if (throughput !== undefined)
    yield* broken([...path, 'throughput'], throughput, brokenThroughput(deployment, throughput));
}
