import { CLASSIFICATIONS, type Classification, DEFAULT_CLASSIFICATION } from '../../lib/data-lake/lake-limits';
import { ENDPOINT_SERVICES } from '../../lib/network/network-limits';
import { DATABASE_DEFAULTS } from '../../lib/registry/database-props';
import { leastMaxStorageGb } from '../../lib/registry/registry-limits';
import { mapValues } from '../map-values';
import type { ValidEnvironment } from './schema/environment';
import type { PartitionSettings } from './schema/lake';
import type { ExistingNetwork, NewNetwork } from './schema/network';
import { ImageSchema } from './schema/registry';

/** What a size of environment chooses where the file says nothing. */
export const SIZES = {
  small: {
    zones: 2,
    nat: 'single',
    endpoints: [],
    instance: 'db.t4g.small',
    multiAz: false,
    storageGb: 20,
    backupDays: 3,
  },
  medium: {
    zones: 2,
    nat: 'single',
    endpoints: [],
    instance: 'db.t4g.medium',
    multiAz: false,
    storageGb: 50,
    backupDays: 7,
  },
  large: {
    zones: 3,
    nat: 'per-zone',
    endpoints: ENDPOINT_SERVICES,
    instance: 'db.m7g.large',
    multiAz: true,
    storageGb: 100,
    backupDays: 30,
  },
} as const;

type Section<K extends keyof ValidEnvironment> = NonNullable<ValidEnvironment[K]>;
type Size = (typeof SIZES)[keyof typeof SIZES];

/** Fills in what depends on other parts of the file. */
export function withDefaults({ state, network, lake, registry, teams, ...general }: ValidEnvironment) {
  const size = SIZES[general.size];
  return {
    ...general,
    state: state && { ...state, region: state.region ?? general.region },
    network: networkWithDefaults(network, size),
    lake: lakeWithDefaults(lake),
    registry: {
      ...registry,
      database: registry.database && databaseWithDefaults(registry.database, size),
      images: imagesByName(registry.images),
    },
    teams: mapValues(teams, ({ queryLimitGb = lake.queryLimitGb }) => ({ queryLimitGb })),
  };
}

function networkWithDefaults(network: Section<'network'>, size: Size): NewNetwork | ExistingNetwork {
  const { vpcId, privateSubnetIds = [], publicSubnetIds = [] } = network;
  if (vpcId !== undefined) return { vpcId, privateSubnetIds, publicSubnetIds };
  const { cidr = '', zones = size.zones, nat = size.nat, peers, flowLogRetentionDays } = network;
  const endpoints = network.endpoints ?? (nat === 'none' ? ENDPOINT_SERVICES : size.endpoints);
  return { cidr, zones, nat, endpoints, flowLogRetentionDays, peers };
}

function lakeWithDefaults({ zones, tables, ...lake }: Section<'lake'>) {
  return {
    ...lake,
    zones: mapValues(zones, (zone, name) => ({
      ...zone,
      classification:
        zone.classification ?? mostSensitive(Object.values(tables).filter((table) => table.zone === name)),
    })),
    tables: mapValues(tables, (table) => ({
      ...table,
      classification: table.classification ?? zones[table.zone]?.classification ?? DEFAULT_CLASSIFICATION,
      partitions:
        table.partitions &&
        mapValues(
          table.partitions,
          (partition): PartitionSettings => (typeof partition === 'string' ? { type: partition } : partition),
        ),
    })),
  };
}

function mostSensitive(tables: readonly { classification?: Classification }[]): Classification {
  const ranks = tables.map(({ classification = DEFAULT_CLASSIFICATION }) => CLASSIFICATIONS.indexOf(classification));
  return CLASSIFICATIONS[Math.max(...ranks)] ?? DEFAULT_CLASSIFICATION;
}

function databaseWithDefaults(database: NonNullable<Section<'registry'>['database']>, size: Size) {
  const { instance = size.instance, multiAz = size.multiAz, backupDays = size.backupDays } = database;
  const { storageGb = size.storageGb, maxStorageGb = growthOf(storageGb) } = database;
  return { ...database, instance, multiAz, backupDays, storageGb, maxStorageGb };
}

/** 0, which is no growth, where RDS has no tenth left to grow. */
function growthOf(storageGb: number): number {
  const most = DATABASE_DEFAULTS.maxStorageGb(storageGb) ?? 0;
  return most < leastMaxStorageGb(storageGb) ? 0 : most;
}

function imagesByName(images: Section<'registry'>['images']) {
  if (!Array.isArray(images)) return images;
  return Object.fromEntries(images.map((name) => [name, ImageSchema.parse({})]));
}
