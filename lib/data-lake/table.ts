import {
  GlueCatalogTable,
  type GlueCatalogTableConfig,
  type GlueCatalogTableStorageDescriptorColumns,
} from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { lengthOf } from '../core/cdktf/token-values';
import { deployedName } from '../core/kept/deployed-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData } from '../core/removal';
import { unescaped } from '../core/text-pattern';
import type { IGrantable } from '../iam/statement';
import { columnTypeError, columnTypeMessage } from './column-type';
import { IcebergRetention } from './iceberg-retention';
import {
  brokenIceberg,
  CLASSIFICATIONS,
  type Classification,
  COLUMN_COMMENT,
  DEFAULT_PARTITION_DISCOVERY,
  IDENTIFIER,
  MAX_DESCRIPTION_LENGTH,
  PARTITION_DISCOVERIES,
  type PartitionDiscovery,
  SNAPSHOT_DAYS,
  TABLE_PREFIX,
} from './lake-limits';
import { type Partition, projectionOf } from './partition';
import { type TableFormat, WRITTEN_BY_ICEBERG } from './table-format';
import {
  CATALOG_READ_ACTIONS,
  CATALOG_WRITE_ACTIONS,
  CLASSIFICATION_TAG,
  catalogStatement,
  claimTable,
  type IZone,
} from './zone';

/** A table of the catalog as other modules see it. */
export interface ITable extends IConstruct {
  readonly tableName: string;
  readonly zone: IZone;
  /** Folder of the data in the zone's bucket, without leading or trailing slash. */
  readonly prefix: string;
  /** `s3://<bucket>/<prefix>/`. */
  readonly location: string;
  /**
   * Allows reading the table's objects, as `IBucket.grantRead` does, and `glue:GetDatabase`, `glue:GetTable`,
   * `glue:GetTables`, `glue:GetPartition`, `glue:GetPartitions`, `glue:BatchGetPartition` on this table.
   *
   * This is sufficient for Athena. Spark also requests the folders above the table as objects: grant it the zone.
   */
  grantRead(grantee: IGrantable): void;
  /**
   * Allows what {@link grantRead} does, writing and deleting the table's objects as `IBucket.grantWrite` and
   * `IBucket.grantDelete` do (an engine that rewrites a partition deletes its old files, which remain as versions), and `glue:UpdateTable`, `glue:CreatePartition`,
   * `glue:BatchCreatePartition`, `glue:UpdatePartition` on this table.
   */
  grantWrite(grantee: IGrantable): void;
}

export interface TableProps {
  /** Zone of the data; the table is created in its database. */
  readonly zone: IZone;
  /** Name in the catalog: up to 255 lower-case letters, digits and underscores. */
  readonly name: string;
  readonly format: TableFormat;
  /**
   * Columns in the order of the files, with catalog types: `{ id: 'string', n: 'bigint' }`. In JSON, the case of a key
   * is no part of its name. The columns of an Iceberg table are used when it is created; see `TableFormat.iceberg`.
   */
  readonly columns: Readonly<Record<string, string>>;
  /**
   * Partition columns in the order of the folders: `{ day: Partition.date() }` for `<prefix>/day=2026-01-31/`. Not for
   * Iceberg, which manages partitions itself, e.g. `ALTER TABLE t ADD PARTITION FIELD days(at)` in Spark.
   * @default - none: all files in one folder
   */
  readonly partitions?: Readonly<Record<string, Partition>>;
  /**
   * How engines find the partitions.
   *
   * - `projection`: Athena computes them from `partitions`; nothing is registered. Every other engine that uses the
   *   catalog (Spark, Glue jobs, Trino, Redshift Spectrum) finds only registered partitions, which a `ParquetConversion`
   *   registers in its target; without them it reads an empty table.
   * - `catalog`: every engine, Athena too, finds the registered partitions only. A `ParquetConversion` registers those of
   *   its target, and so does Spark when it inserts; for other files run `ALTER TABLE t ADD PARTITION (day='2026-01-31')`
   *   or `MSCK REPAIR TABLE t` in Athena. The ranges and values of `partitions` then have no effect.
   * @default projection
   */
  readonly partitionDiscovery?: PartitionDiscovery;
  /**
   * Days that the snapshots of an Iceberg table are kept. Then Glue deletes them, with the files that only they need, and
   * files that no snapshot needs: a rewritten or deleted row is in the files until then. Glue charges for each run.
   * @default - every snapshot is kept
   */
  readonly snapshotDays?: number;
  /** Folder of the data in the zone's bucket, without leading or trailing slash. @default - the table's name */
  readonly prefix?: string;
  /** Team that is responsible for the data. */
  readonly owner: string;
  /** Sensitivity of the data, at most the zone's. @default - the zone's */
  readonly classification?: Classification;
  /** Columns with personal data. @default - none marked */
  readonly personalColumns?: readonly string[];
  /** Description for readers; up to 2048 characters. @default - none */
  readonly description?: string;
  /** Comments by column name; one line of up to 255 characters each. @default - none */
  readonly columnComments?: Readonly<Record<string, string>>;
}

/** An existing table, e.g. of another stack. */
export interface TableAttributes {
  readonly zone: IZone;
  readonly tableName: string;
  /** Folder of the data in the zone's bucket, without leading or trailing slash. @default - the table's name */
  readonly prefix?: string;
}

abstract class TableBase extends Construct implements ITable {
  public abstract readonly tableName: string;
  public abstract readonly zone: IZone;
  public abstract readonly prefix: string;

  public get location(): string {
    return `s3://${this.zone.bucket.bucketName}/${this.prefix}/`;
  }

  public grantRead(grantee: IGrantable): void {
    this.zone.bucket.grantRead(grantee, `${this.prefix}/*`);
    grantee.addToPolicy(catalogStatement(this, CATALOG_READ_ACTIONS, this.zone.databaseName, this.tableName));
  }

  public grantWrite(grantee: IGrantable): void {
    this.grantRead(grantee);
    this.zone.bucket.grantWrite(grantee, `${this.prefix}/*`);
    this.zone.bucket.grantDelete(grantee, `${this.prefix}/*`);
    grantee.addToPolicy(catalogStatement(this, CATALOG_WRITE_ACTIONS, this.zone.databaseName, this.tableName));
  }
}

/**
 * A table of the Glue catalog over files in a zone, for Athena, Spark and other engines that use the catalog. Which of
 * them find its partitions depends on `partitionDiscovery`.
 *
 * Costs nothing at rest but its files: it is an object of the catalog, of which the first million are free. Destroying it
 * removes it from the catalog if both keys say destroy; the files stay in the zone, also those of an Iceberg table.
 */
export class Table extends TableBase {
  /** An existing table. */
  public static fromTableAttributes(scope: Construct, id: string, attributes: TableAttributes): ITable {
    Properties.need(`${scope.node.path}/${id}`, attributes, 'zone', 'tableName');
    class Import extends TableBase {
      public readonly tableName = attributes.tableName;
      public readonly zone = attributes.zone;
      public readonly prefix = attributes.prefix ?? attributes.tableName;
    }
    return new Import(scope, id);
  }

  public readonly tableName: string;
  public readonly zone: IZone;
  public readonly prefix: string;
  public readonly format: TableFormat;
  public readonly columns: Readonly<Record<string, string>>;
  public readonly partitions: Readonly<Record<string, Partition>>;
  public readonly partitionDiscovery: PartitionDiscovery;
  public readonly classification: Classification;
  /** The underlying table. */
  public readonly resource: GlueCatalogTable;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id);
    Properties.of(this)
      .present(props, 'zone', 'name', 'format', 'columns', 'owner')
      .known(props, 'columns', 'partitions', 'columnComments', 'personalColumns')
      .throwIfInvalid();
    this.zone = props.zone;
    this.format = props.format;
    this.columns = props.columns;
    this.partitions = props.partitions ?? {};
    this.partitionDiscovery = props.partitionDiscovery ?? DEFAULT_PARTITION_DISCOVERY;
    const name = deployedName(this, 'catalog table', () => props.name);
    this.prefix = props.prefix ?? name;
    this.classification = props.classification ?? props.zone.classification;
    this.validate(props);
    claimTable(this, this.zone, name);

    this.resource = new GlueCatalogTable(this, 'Resource', {
      databaseName: this.zone.databaseName,
      name,
      description: props.description,
      owner: props.owner,
      tableType: 'EXTERNAL_TABLE',
      ...this.inFormat(this.columnsOf(props)),
    });
    this.tableName = published(this, this.resource.name, name);
    const { snapshotDays } = props;
    if (snapshotDays !== undefined) new IcebergRetention(this, 'Retention', { table: this, snapshotDays });
  }

  /** Properties that differ between Iceberg and other formats. */
  private inFormat(columns: GlueCatalogTableStorageDescriptorColumns[]): Partial<GlueCatalogTableConfig> {
    const { layout } = this.format;
    const about = { [CLASSIFICATION_TAG]: this.classification };
    if (!layout) {
      return {
        openTableFormatInput: { icebergInput: { metadataOperation: 'CREATE', version: '2' } },
        parameters: about,
        storageDescriptor: { location: this.location, columns },
        lifecycle: {
          ignoreChanges: [...WRITTEN_BY_ICEBERG],
          ...keepData(this, this.zone.removal), // without the pointer in the catalog, the files are no table
        },
      };
    }
    return {
      parameters: {
        EXTERNAL: 'TRUE',
        classification: layout.classification,
        ...about,
        ...layout.tableParameters,
        ...(this.partitionDiscovery === 'projection' && projectionOf(this.partitions, this.location)),
      },
      partitionKeys: Object.entries(this.partitions).map(([name, { type }]) => ({ name, type })),
      storageDescriptor: {
        location: this.location,
        columns,
        inputFormat: layout.inputFormat,
        outputFormat: layout.outputFormat,
        serDeInfo: { serializationLibrary: layout.serde, parameters: layout.serdeParameters },
      },
      lifecycle: keepData(this, this.zone.removal), // without it no query finds the files
    };
  }

  private columnsOf({ columnComments = {}, personalColumns = [] }: TableProps) {
    return Object.entries(this.columns).map(([name, type]) => ({
      name,
      type,
      comment: columnComments[name],
      parameters: personalColumns.includes(name) ? { [CLASSIFICATION_TAG]: 'personal' } : undefined,
    }));
  }

  private validate({ name, prefix, columnComments = {}, personalColumns = [], classification, ...props }: TableProps) {
    const properties = Properties.of(this)
      .matches('name', name, IDENTIFIER)
      .matches('prefix', prefix, TABLE_PREFIX)
      .oneOf('classification', classification, CLASSIFICATIONS)
      .number('length of description', lengthOf(props.description ?? ''), { max: MAX_DESCRIPTION_LENGTH })
      .require(
        CLASSIFICATIONS.indexOf(this.classification) <= CLASSIFICATIONS.indexOf(this.zone.classification),
        `'classification' must not be above the zone's (${this.zone.classification}), got '${classification}'; raise the zone's classification or choose another zone`,
      )
      .require(
        this.format.layout !== undefined || props.partitions === undefined,
        "'partitions' must not be set for an Iceberg table; add them with the engine, e.g. ALTER TABLE ... ADD PARTITION FIELD",
      )
      .keeps(
        'format',
        this.format.name,
        this.format.layout ? [] : brokenIceberg(this.zone.zoneName, this.zone.lifecycle ?? {}),
      )
      .oneOf('partitionDiscovery', props.partitionDiscovery, PARTITION_DISCOVERIES)
      .require(
        props.partitionDiscovery === undefined || Object.keys(this.partitions).length > 0,
        "'partitionDiscovery' has no effect without 'partitions'; remove it",
      )
      .integer('snapshotDays', props.snapshotDays, SNAPSHOT_DAYS)
      .require(
        props.snapshotDays === undefined || this.format.layout === undefined,
        `'snapshotDays' must not be set for a table in format ${this.format.name}, which has no snapshots; remove it`,
      )
      .require(Object.keys(this.columns).length > 0, "'columns' must have at least one column");
    for (const [column, type] of Object.entries(this.columns)) {
      const error = Token.isUnresolved(type) ? undefined : columnTypeError(type, this.format.columnFormat);
      properties
        .matches('columns', column, IDENTIFIER)
        .require(error === undefined, `'columns.${column}' ${columnTypeMessage(error ?? '', type)}`);
    }
    for (const [column, { errors }] of Object.entries(this.partitions)) {
      properties
        .matches('partitions', column, IDENTIFIER)
        .require(
          !Object.hasOwn(this.columns, column),
          `'partitions.${column}' must not be in 'columns' too; remove it there, its value is in the folder name`,
        );
      for (const error of errors) properties.require(false, `'partitions.${column}': ${error}`);
    }
    for (const [column, comment] of Object.entries(columnComments)) {
      properties.matches(`columnComments.${column}`, unescaped(comment), COLUMN_COMMENT);
    }
    const known = Object.keys(this.columns);
    for (const column of Object.keys(columnComments)) properties.oneOf('columnComments', column, known);
    for (const column of personalColumns) properties.oneOf('personalColumns', column, known);
    properties.throwIfInvalid();
  }
}
