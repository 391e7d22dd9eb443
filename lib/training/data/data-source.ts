import { Properties } from '../../core/properties';
import type { IZone } from '../../data-lake/zone';
import type { IBucket } from '../../storage/bucket';
import { DataSourceBase } from './data-source-base';
import type { IElasticFileSystem } from './elastic-file-system';
import type { IExpressBucket } from './express-bucket';
import { EfsData, LustreData } from './file-system-data';
import type { ILustreFileSystem } from './lustre-file-system';
import { BucketData, ExpressData, type S3DataOptions } from './s3-data';

export type { Channel, DataLocation, DataReader } from './data-source-base';
export type { S3DataOptions } from './s3-data';

/**
 * Data that a job reads: a folder of S3, or of a file system. It makes nothing and costs nothing at rest; the bucket or file
 * system that holds the data does.
 *
 * @example
 * DataSource.zone(lake.zone('features'), 'churn/train', { inputMode: 'FastFile' });
 */
export abstract class DataSource extends DataSourceBase {
  /**
   * The objects of a zone below `prefix`.
   *
   * @param prefix folder, e.g. `churn/train`: objects of `churn/train-2/` are not part of it
   * @throws InputError if the prefix or an option is invalid
   */
  public static zone(zone: IZone, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.zone', { zone, prefix }, 'zone', 'prefix');
    return new BucketData('DataSource.zone', zone.bucket, prefix, options);
  }

  /**
   * The objects of a bucket below `prefix`: see {@link zone}.
   *
   * @throws InputError if the prefix or an option is invalid
   */
  public static bucket(bucket: IBucket, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.bucket', { bucket, prefix }, 'bucket', 'prefix');
    return new BucketData('DataSource.bucket', bucket, prefix, options);
  }

  /**
   * The objects that a manifest lists.
   *
   * @param key key of the manifest, a JSON list: `[{ "prefix": "s3://<bucket>/<prefix>/" }, "a.parquet", ...]`
   * @param prefix folder of all objects that it lists, in the same bucket: only they can be read
   * @throws InputError if the key, the prefix or an option is invalid; with `FastFile`, which takes folders only
   */
  public static manifest(bucket: IBucket, key: string, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.manifest', { bucket, key, prefix }, 'bucket', 'key', 'prefix');
    return new BucketData('DataSource.manifest', bucket, prefix, options, key);
  }

  /**
   * The objects of a directory bucket (S3 Express One Zone) below `prefix`: see {@link zone}. A session reads the whole bucket.
   *
   * @throws InputError if the prefix or an option is invalid
   */
  public static express(bucket: IExpressBucket, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.express', { bucket, prefix }, 'bucket', 'prefix');
    return new ExpressData('DataSource.express', bucket, prefix, options);
  }

  /**
   * The data of a file system of FSx for Lustre: a training job mounts it read-only. Processing jobs and containers of AWS Batch
   * cannot.
   *
   * @param directory folder below the one that the file system is linked to. @default - all of it
   * @throws InputError if the folder is invalid
   */
  public static lustre(fileSystem: ILustreFileSystem, directory?: string): DataSource {
    Properties.need('DataSource.lustre', { fileSystem }, 'fileSystem');
    return new LustreData(fileSystem, directory);
  }

  /**
   * Files of a team in EFS: a training job (with `plainReads` of the file system) or a container of AWS Batch mounts them read-only.
   * Processing jobs cannot.
   *
   * @param directory folder below the team's. @default - all of it
   * @throws InputError if the folder is invalid
   */
  public static efs(fileSystem: IElasticFileSystem, team: string, directory?: string): DataSource {
    Properties.need('DataSource.efs', { fileSystem, team }, 'fileSystem', 'team');
    return new EfsData(fileSystem, team, directory);
  }
}
