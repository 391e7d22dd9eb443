import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { claimName } from '../core/names';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, type Removal } from '../core/removal';
import { REMOVALS } from '../core/surroundings';
import { Tags } from '../core/tags';
import { NAME } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import type { IGrantable, PolicyStatement } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import type { BucketLifecycleProps } from '../storage/bucket-lifecycle';
import { CLASSIFICATIONS, type Classification, DATABASE, DEFAULT_CLASSIFICATION } from './lake-limits';

/** Tag of a zone's bucket and database, and parameter of a table. */
export const CLASSIFICATION_TAG = 'data-classification';

/** A zone as other modules see it: a bucket, and the catalog database of its files. */
export interface IZone extends IConstruct {
  readonly zoneName: string;
  readonly bucket: IBucket;
  readonly databaseName: string;
  /** Highest classification of the data in the zone. */
  readonly classification: Classification;
  /** Whether the zone's data may be destroyed with it: see `mayDestroy`. */
  readonly removal: Removal;
  /** When objects of the zone's own bucket expire or move. @default - not known, as for an existing bucket */
  readonly lifecycle?: BucketLifecycleProps;
  /**
   * Allows reading the objects below `prefix` (`daily/*`), as `IBucket.grantRead` does, and `glue:GetDatabase`,
   * `glue:GetTable`, `glue:GetTables`, `glue:GetPartition`, `glue:GetPartitions`, `glue:BatchGetPartition` on the
   * database and all its tables.
   */
  grantRead(grantee: IGrantable, prefix?: string): void;
  /**
   * Allows what {@link grantRead} does, writing objects below `prefix` as `IBucket.grantWrite` does, and `glue:UpdateTable`,
   * `glue:CreatePartition`, `glue:BatchCreatePartition`, `glue:UpdatePartition` on all tables of the database. Replaced
   * objects remain as versions. Permission to delete is granted by the bucket only.
   */
  grantWrite(grantee: IGrantable, prefix?: string): void;
}

export interface ZoneProps extends BucketLifecycleProps {
  /** Highest classification of the data in the zone. @default confidential */
  readonly classification?: Classification;
  /** Uses an existing bucket and does not change its lifecycle or key. @default - a new bucket */
  readonly existingBucket?: IBucket;
}

/** An existing zone, e.g. of another stack. */
export interface ZoneAttributes {
  readonly zoneName: string;
  readonly bucket: IBucket;
  readonly databaseName: string;
  /** @default confidential */
  readonly classification?: Classification;
  /** Whether new Iceberg tables in the zone may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** Properties that all zones of a lake share. */
export interface LakeOfZone {
  readonly encryptionKey: IKey;
  /** @default - no access logs */
  readonly accessLogs?: IBucket;
  readonly removal: Removal;
}

abstract class ZoneBase extends Construct implements IZone {
  public abstract readonly zoneName: string;
  public abstract readonly bucket: IBucket;
  public abstract readonly databaseName: string;
  public abstract readonly classification: Classification;
  public abstract readonly removal: Removal;

  public grantRead(grantee: IGrantable, prefix?: string): void {
    this.bucket.grantRead(grantee, prefix);
    grantee.addToPolicy(catalogStatement(this, CATALOG_READ_ACTIONS, this.databaseName, '*'));
  }

  public grantWrite(grantee: IGrantable, prefix?: string): void {
    this.grantRead(grantee, prefix);
    this.bucket.grantWrite(grantee, prefix);
    grantee.addToPolicy(catalogStatement(this, CATALOG_WRITE_ACTIONS, this.databaseName, '*'));
  }
}

/**
 * One zone of a lake: a bucket and its Glue database. Created by `DataLake`.
 *
 * Costs what its bucket holds, for each gigabyte-month. Destroying it deletes bucket and database if both keys say
 * destroy; otherwise Terraform refuses.
 */
export class Zone extends ZoneBase {
  /** An existing zone. */
  public static fromZoneAttributes(scope: Construct, id: string, attributes: ZoneAttributes): IZone {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'zoneName', 'bucket', 'databaseName')
      .oneOf('classification', attributes?.classification, CLASSIFICATIONS)
      .oneOf('removal', attributes?.removal, REMOVALS)
      .throwIfInvalid();
    class Import extends ZoneBase {
      public readonly zoneName = attributes.zoneName;
      public readonly bucket = attributes.bucket;
      public readonly databaseName = attributes.databaseName;
      public readonly classification = attributes.classification ?? DEFAULT_CLASSIFICATION;
      public readonly removal = attributes.removal ?? 'retain';
    }
    return new Import(scope, id);
  }

  public readonly bucket: IBucket;
  public readonly databaseName: string;
  public readonly classification: Classification;
  public readonly removal: Removal;
  public readonly lifecycle?: BucketLifecycleProps;
  /** The underlying database. */
  public readonly resource: GlueCatalogDatabase;

  constructor(
    lake: Construct & LakeOfZone,
    public readonly zoneName: string,
    props: ZoneProps,
  ) {
    super(lake, zoneName);
    this.validate(props);

    const { existingBucket, classification = DEFAULT_CLASSIFICATION, ...lifecycle } = props;
    this.classification = classification;
    this.removal = lake.removal;
    this.lifecycle = existingBucket ? undefined : lifecycle;
    this.bucket = existingBucket ?? this.makeBucket(lake, lifecycle);
    const name = physicalName(this, DATABASE, zoneName);
    this.resource = new GlueCatalogDatabase(this, 'Resource', {
      name,
      description: `${zoneName} zone of the data lake, ${classification} data at most`,
      locationUri: `s3://${this.bucket.bucketName}/`,
      tags: { [CLASSIFICATION_TAG]: classification },
      lifecycle: keepData(this, this.removal), // Glue deletes its tables with it, including those created by queries
    });
    this.databaseName = published(this, this.resource.name, name);
  }

  private validate({ classification, existingBucket, ...lifecycle }: ZoneProps): void {
    const own = Object.entries(lifecycle).filter(([, days]) => days !== undefined);
    Properties.of(this)
      .matches('name', this.zoneName, NAME)
      .oneOf('classification', classification, CLASSIFICATIONS)
      .require(
        existingBucket === undefined || own.length === 0,
        `'existingBucket' must not be combined with lifecycle properties; remove ${own.map(([name]) => `'${name}'`).join(', ')}`,
      )
      .throwIfInvalid();
  }

  private makeBucket({ encryptionKey, accessLogs, removal }: LakeOfZone, lifecycle: BucketLifecycleProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      ...lifecycle,
      name: this.zoneName,
      encryptionKey,
      accessLogs,
      removal,
    });
    Tags.of(bucket).add({ [CLASSIFICATION_TAG]: this.classification });
    return bucket;
  }
}

/** Catalog actions of a query engine that reads. */
export const CATALOG_READ_ACTIONS = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
] as const;

/** Catalog actions of an engine that writes: it changes partitions and the metadata pointer of Iceberg. */
export const CATALOG_WRITE_ACTIONS = [
  'glue:UpdateTable',
  'glue:CreatePartition',
  'glue:BatchCreatePartition',
  'glue:UpdatePartition',
] as const;

/**
 * Allows actions on a table, or with `*` on every table of a database. Glue also requires the action on the database
 * and the catalog.
 */
export function catalogStatement(
  scope: IConstruct,
  actions: readonly string[],
  databaseName: string,
  tableName: string,
): PolicyStatement {
  const aws = Aws.of(scope);
  const resources = ['catalog', `database/${databaseName}`, `table/${databaseName}/${tableName}`];
  return { actions, resources: resources.map((resource) => aws.arn('glue', resource)) };
}

/**
 * Reserves the name of a table in its database.
 *
 * @throws InputError that names the table that already has it
 */
export function claimTable(table: IConstruct, { databaseName }: IZone, name: string): void {
  const { account, region } = Aws.of(table).known;
  const place = account && region ? `${account}/${region}` : TerraformStack.of(table).node.path;
  claimName(table, 'catalog table', name, `${place}/${databaseName}`, 'name');
}
