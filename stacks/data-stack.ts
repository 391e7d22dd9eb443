import type { App } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../lib/aws/aws';
import { DataLake } from '../lib/data-lake/data-lake';
import { ParquetConversion } from '../lib/data-lake/parquet-conversion';
import { QUERY_RESULT_DAYS, QueryWorkgroup } from '../lib/data-lake/query-workgroup';
import { Table } from '../lib/data-lake/table';
import { Key } from '../lib/encryption/key';
import { Database } from '../lib/registry/database';
import { ImageRepository } from '../lib/registry/image-repository';
import { ModelStore } from '../lib/registry/model-store';
import { PullThroughCache } from '../lib/registry/pull-through-cache';
import { Bucket, type IBucket } from '../lib/storage/bucket';
import { ObjectLock } from '../lib/storage/object-lock';
import type { Environment } from './environment';
import { accessLogsName, type FoundationStack } from './foundation-stack';
import { LayerStack } from './layer-stack';
import { mapValues } from './map-values';
import { formatOf, partitionOf, upstreamsOf } from './translation';

const BYTES_PER_GB = 1e9;

/** What is kept: the lake and its catalog, where teams query it, and the registries of models and images. */
export class DataStack extends LayerStack {
  public readonly lake: DataLake;
  public readonly tables: ReadonlyMap<string, Table>;
  public readonly workgroups: ReadonlyMap<string, QueryWorkgroup>;
  public readonly models: ModelStore;
  public readonly images: ReadonlyMap<string, ImageRepository>;
  /** `undefined` where the environment asks for none. */
  public readonly database?: Database;
  private readonly accessLogs: IBucket;

  constructor(
    app: App,
    environment: Environment,
    private readonly foundation: FoundationStack,
  ) {
    super(app, 'data', environment);
    this.addDependency(foundation);
    this.accessLogs = Bucket.fromBucketAttributes(this, 'AccessLogs', {
      bucketArn: Aws.of(this).arn('s3', accessLogsName(environment), { region: '', account: '' }),
    });
    const { lake, teams, registry } = environment;
    this.lake = this.makeLake(lake);
    this.tables = this.makeTables(lake);
    this.makeConversions(lake);
    this.workgroups = this.makeWorkgroups(teams, lake);
    this.models = this.makeModelStore(registry);
    this.images = this.makeImageRepositories(registry);
    this.database = this.makeDatabase(registry);
    this.makePullThroughCaches(registry);
  }

  private makeLake({ zones, removal }: Environment['lake']): DataLake {
    return new DataLake(this, 'Lake', {
      encryptionKey: this.foundation.lakeKey,
      accessLogs: this.accessLogs,
      removal,
      zones: mapValues(zones, ({ bucketArn, keyArn, ...zone }, name) => ({
        ...zone,
        existingBucket: bucketArn === undefined ? undefined : this.existingBucket(name, bucketArn, keyArn),
      })),
    });
  }

  private existingBucket(zone: string, bucketArn: string, keyArn: string | undefined): IBucket {
    const existing = new Construct(this, `Existing-${zone}`);
    const encryptionKey = keyArn === undefined ? undefined : Key.fromKeyArn(existing, 'Key', keyArn);
    return Bucket.fromBucketAttributes(existing, 'Bucket', { bucketArn, encryptionKey });
  }

  private makeTables({ tables }: Environment['lake']): Map<string, Table> {
    const group = new Construct(this, 'Tables');
    const made = new Map<string, Table>();
    for (const [name, table] of Object.entries(tables)) {
      const { columns, columnComments, personalColumns, prefix, owner, classification, description } = table;
      const partitions = table.partitions && mapValues(table.partitions, partitionOf);
      const where = { zone: this.lake.zone(table.zone), name, prefix };
      const what = { format: formatOf(table), columns, columnComments, personalColumns, partitions };
      made.set(name, new Table(group, name, { ...where, ...what, owner, classification, description }));
    }
    return made;
  }

  private makeConversions({ tables, removal }: Environment['lake']): void {
    const group = new Construct(this, 'Conversions');
    const conversions = Object.entries(tables).filter(([, { convertFrom }]) => convertFrom !== undefined);
    if (conversions.length === 0) return;
    const workspace = new Bucket(group, 'Workspace', {
      name: 'conversions',
      encryptionKey: this.foundation.lakeKey,
      accessLogs: this.accessLogs,
      removal,
    });
    for (const [name, { convertFrom, convertSchedule: schedule }] of conversions) {
      const [source, target] = [this.tables.get(convertFrom!)!, this.tables.get(name)!];
      new ParquetConversion(group, name, { source, target, workspace, schedule, removal });
    }
  }

  private makeWorkgroups(teams: Environment['teams'], { removal }: Environment['lake']): Map<string, QueryWorkgroup> {
    const group = new Construct(this, 'Workgroups');
    const encryptionKey = this.foundation.lakeKey;
    const results = new Bucket(group, 'Results', {
      name: 'query-results',
      encryptionKey,
      accessLogs: this.accessLogs,
      removal,
      expireAfterDays: QUERY_RESULT_DAYS,
      noncurrentVersionDays: 1,
    });
    return new Map(
      Object.entries(teams).map(([team, { queryLimitGb }]) => [
        team,
        new QueryWorkgroup(group, team, {
          team,
          encryptionKey,
          results,
          bytesScannedCutoff: queryLimitGb * BYTES_PER_GB,
          removal,
        }),
      ]),
    );
  }

  private makeModelStore({ models, removal }: Environment['registry']): ModelStore {
    return new ModelStore(this, 'Models', {
      name: 'models',
      encryptionKey: this.foundation.registryKey,
      accessLogs: this.accessLogs,
      writeOnce: models.writeOnce,
      noncurrentVersionDays: models.replacedVersionDays,
      objectLock: models.lockDays === undefined ? undefined : ObjectLock.governance(models.lockDays),
      removal,
    });
  }

  private makeImageRepositories({ images, removal }: Environment['registry']): Map<string, ImageRepository> {
    const group = new Construct(this, 'Images');
    const encryptionKey = this.foundation.registryKey;
    return new Map(
      Object.entries(images).map(([name, { mutableTags, keepImages }]) => [
        name,
        new ImageRepository(group, name, { name, encryptionKey, mutableTags, keptImages: keepImages, removal }),
      ]),
    );
  }

  private makeDatabase({ database, removal }: Environment['registry']): Database | undefined {
    if (!database) return undefined;
    const { instance, engineVersion, backupDays, ...props } = database;
    return new Database(this, 'Database', {
      ...props,
      name: 'registry',
      network: this.foundation.network,
      encryptionKey: this.foundation.registryKey,
      instanceClass: instance,
      version: engineVersion,
      backupRetentionDays: backupDays,
      removal,
    });
  }

  private makePullThroughCaches({ pullThroughCache }: Environment['registry']): void {
    const group = new Construct(this, 'PullThroughCaches');
    const encryptionKey = this.foundation.registryKey;
    for (const [name, upstream] of Object.entries(upstreamsOf(pullThroughCache))) {
      new PullThroughCache(group, name, { upstream, encryptionKey });
    }
  }
}
