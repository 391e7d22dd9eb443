import { join } from 'node:path';
import { Properties } from '../../core/properties';
import type { ITable } from '../../data-lake/table';
import { catalogStatement } from '../../data-lake/zone';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import { DATA_PREFIX } from './data-limits';
import type { IExpressBucket } from './express-bucket';

/**
 * The program that computes versions: `data_version.py`, for Python 3.9 or newer with boto3. Programs of jobs take it along and
 * import its function `data_version(source)`.
 */
export const DATA_VERSION_PROGRAM = join(__dirname, 'data_version.py');

/**
 * Which version of the data a job reads. It is computed when the job runs, by {@link DATA_VERSION_PROGRAM}, and recorded with what
 * the job makes: a text of at most 256 characters.
 *
 * It makes nothing and costs nothing at rest.
 */
export abstract class DataVersion {
  /**
   * Objects below a prefix: `s3:sha256:<hash>` of the key, ETag, version id and size of each.
   *
   * @param prefix folder without the slash at its end
   * @throws InputError if the prefix is no folder
   */
  public static objects(bucket: IBucket, prefix: string): DataVersion {
    Properties.of('DataVersion.objects')
      .present({ bucket, prefix }, 'bucket', 'prefix')
      .matches('prefix', prefix, DATA_PREFIX)
      .throwIfInvalid();
    return new ObjectsVersion(bucket, prefix);
  }

  /** Objects of a directory bucket below a prefix: see {@link objects}; they have no version ids. */
  public static express(bucket: IExpressBucket, prefix: string): DataVersion {
    Properties.of('DataVersion.express')
      .present({ bucket, prefix }, 'bucket', 'prefix')
      .matches('prefix', prefix, DATA_PREFIX)
      .throwIfInvalid();
    return new ExpressVersion(bucket, prefix);
  }

  /** An Iceberg table: `iceberg:<database>.<table>@<id of its current snapshot>`; a longer name is hashed. */
  public static table(table: ITable): DataVersion {
    Properties.need('DataVersion.table', { table }, 'table');
    return new SnapshotVersion(table);
  }

  /** What the program takes: `s3://<bucket>/<prefix>/` or `iceberg://<database>.<table>`. */
  public abstract readonly source: string;

  /** Allows a job to compute the version. */
  public abstract grantCompute(grantee: IGrantable): void;
}

class ObjectsVersion extends DataVersion {
  public readonly source: string;

  constructor(
    private readonly bucket: IBucket,
    private readonly prefix: string,
  ) {
    super();
    this.source = `s3://${bucket.bucketName}/${prefix}/`;
  }

  /** Allows `s3:ListBucketVersions` of the prefix: the version is computed from the listing, no object is read. */
  public grantCompute(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: ['s3:ListBucketVersions'],
      resources: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${this.prefix}/*` } },
    });
  }
}

class ExpressVersion extends DataVersion {
  public readonly source: string;

  constructor(
    private readonly bucket: IExpressBucket,
    prefix: string,
  ) {
    super();
    this.source = `s3://${bucket.bucketName}/${prefix}/`;
  }

  /** Allows listing the bucket, as `IExpressBucket.grantRead` does. */
  public grantCompute(grantee: IGrantable): void {
    this.bucket.grantRead(grantee);
  }
}

class SnapshotVersion extends DataVersion {
  public readonly source: string;

  constructor(private readonly table: ITable) {
    super();
    this.source = `iceberg://${table.zone.databaseName}.${table.tableName}`;
  }

  /**
   * Allows `glue:GetTable` on the table, `s3:GetObject` on its metadata, and decryption with the bucket's key as
   * `IKey.grantDecrypt` does.
   */
  public grantCompute(grantee: IGrantable): void {
    const { zone, tableName, prefix } = this.table;
    grantee.addToPolicy(catalogStatement(zone, ['glue:GetTable'], zone.databaseName, tableName));
    grantee.addToPolicy({ actions: ['s3:GetObject'], resources: [`${zone.bucket.bucketArn}/${prefix}/metadata/*`] });
    zone.bucket.encryptionKey?.grantDecrypt(grantee);
  }
}
