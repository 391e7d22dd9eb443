import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import { keepData } from '../../core/removal';
import { CLASSIFICATIONS, type Classification, IDENTIFIER } from '../../data-lake/lake-limits';
import { type ITable, Table } from '../../data-lake/table';
import { TableFormat } from '../../data-lake/table-format';
import { CLASSIFICATION_TAG, claimTable, type IZone } from '../../data-lake/zone';
import type { IGrantable } from '../../iam/statement';
import { Bucket } from '../../storage/bucket';
import { CAPTURE_DAYS, CAPTURE_FOLDER, DEFAULT_SAMPLING_PERCENT, SAMPLING_PERCENT } from './endpoint-limits';

/** What is captured of requests and answers. */
export interface CaptureOptions {
  /** Zone of the lake that gets them: its key encrypts them, its database has the table. */
  readonly zone: IZone;
  /** Requests that are captured, in percent, by chance: 1 to 100. @default 20 */
  readonly samplingPercent?: number;
  /** Days until captured data is deleted. Required of personal data. @default - kept as the zone keeps its data */
  readonly retentionDays?: number;
  /** Sensitivity of requests and answers, at most the zone's. @default - the zone's */
  readonly classification?: Classification;
}

export interface CapturedDataProps extends CaptureOptions {
  /** Name of the endpoint, after which SageMaker names the folder. */
  readonly endpointName: string;
  /** Name of the table in the catalog: up to 255 lower-case letters, digits and underscores. */
  readonly tableName: string;
  /** Variants whose requests are captured, a shadow too. */
  readonly variantNames: readonly string[];
  /** Team that answers for the data. */
  readonly owner: string;
}

const SIDE = 'struct<observedcontenttype:string,mode:string,data:string,encoding:string>';
/**
 * Columns of a captured request: SageMaker's own format, whose names lose their case in the catalog. No document says whether custom
 * attributes are a list or a text: the reader below takes both for a list (its README, "Promoting a Scalar to an Array"; `ArrayDecoder`
 * of Trino's `OpenXJsonDeserializer`, which Athena builds on).
 */
export const CAPTURE_COLUMNS: Readonly<Record<string, string>> = {
  capturedata: `struct<endpointinput:${SIDE},endpointoutput:${SIDE}>`,
  eventmetadata: 'struct<customattributes:array<string>,eventid:string,inferenceid:string,inferencetime:string>',
  eventversion: 'string',
};
const CAPTURE_SERDE = 'org.openx.data.jsonserde.JsonSerDe';
/** Partitions: folders of the variant and of the hour in UTC. */
export const CAPTURE_PARTITIONS = { variant: 'string', hour: 'string' } as const;
/** First hour that a query looks for; there is no older endpoint of the platform. */
const FIRST_HOUR = '2026/01/01/00';

/**
 * Requests and answers that an endpoint captures, as a table of the lake: one line of JSON for each request, below
 * `captured/<endpoint>/<variant>/<yyyy>/<mm>/<dd>/<hh>/`. Athena computes the partitions `variant` and `hour` (`2026/11/27/14`, UTC), so
 * that nothing registers them:
 *
 * `SELECT json_extract(capturedata.endpointoutput.data, '$.score') FROM captured_churn WHERE variant = 'champion' AND hour >= '2026/11/27/00'`
 *
 * Costs what its files hold, for each gigabyte-month, and a request of S3 for each file. Destroying it removes the table from
 * the catalog if both keys say destroy; the files stay until they expire.
 */
export class CapturedData extends Construct {
  /** The table, for whoever reads it. */
  public readonly table: ITable;
  /** `s3://` URI below which SageMaker makes the folder of the endpoint. */
  public readonly destination: string;
  /** Requests that are captured, in percent. */
  public readonly samplingPercent: number;
  /** The underlying table. */
  public readonly resource: GlueCatalogTable;
  private readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CapturedDataProps,
  ) {
    super(scope, id);
    this.validate(props);
    const { zone, endpointName, tableName, samplingPercent = DEFAULT_SAMPLING_PERCENT } = props;
    this.samplingPercent = samplingPercent;
    this.prefix = `${CAPTURE_FOLDER}/${endpointName}`;
    this.destination = `s3://${zone.bucket.bucketName}/${CAPTURE_FOLDER}`;
    claimTable(this, zone, tableName);
    this.resource = this.makeTable();
    this.table = Table.fromTableAttributes(this, 'Table', {
      zone,
      tableName: this.resource.name,
      prefix: this.prefix,
    });
    const { retentionDays } = props;
    if (retentionDays !== undefined) (zone.bucket as Bucket).expireFolder(this.prefix, retentionDays);
  }

  /** Key that encrypts them; `undefined` if the bucket has none that is known. */
  public get keyArn(): string | undefined {
    return this.props.zone.bucket.encryptionKey?.keyArn;
  }

  /** Allows an endpoint to write what it captures, as `IBucket.grantWrite` does below the folder. */
  public grantCapture(role: IGrantable): void {
    this.props.zone.bucket.grantWrite(role, `${this.prefix}/*`);
  }

  private makeTable(): GlueCatalogTable {
    const { zone, tableName, variantNames, owner, classification = zone.classification } = this.props;
    const { layout } = TableFormat.json();
    const location = `s3://${zone.bucket.bucketName}/${this.prefix}/`;
    const columns = (types: Readonly<Record<string, string>>) =>
      Object.entries(types).map(([name, type]) => ({ name, type }));
    return new GlueCatalogTable(this, 'Resource', {
      databaseName: zone.databaseName,
      name: tableName,
      description: `Requests and answers of the endpoint ${this.props.endpointName}`,
      owner,
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        EXTERNAL: 'TRUE',
        classification: layout!.classification,
        [CLASSIFICATION_TAG]: classification,
        'projection.enabled': 'true',
        'projection.variant.type': 'enum',
        'projection.variant.values': variantNames.join(','),
        'projection.hour.type': 'date',
        'projection.hour.format': 'yyyy/MM/dd/HH',
        'projection.hour.interval': '1',
        'projection.hour.interval.unit': 'HOURS',
        'projection.hour.range': `${FIRST_HOUR},NOW+1HOURS`,
        'storage.location.template': `${location}$\${variant}/$\${hour}`, // Terraform reads `$$` as `$`
      },
      partitionKeys: columns(CAPTURE_PARTITIONS),
      storageDescriptor: {
        location,
        columns: columns(CAPTURE_COLUMNS),
        inputFormat: layout!.inputFormat,
        outputFormat: layout!.outputFormat,
        serDeInfo: { serializationLibrary: CAPTURE_SERDE },
      },
      lifecycle: keepData(this, zone.removal), // without it no query finds the files
    });
  }

  private validate(props: CapturedDataProps): void {
    const { zone, samplingPercent, retentionDays, classification = zone?.classification, tableName } = props ?? {};
    const properties = Properties.of(this)
      .present(props, 'zone', 'endpointName', 'tableName', 'variantNames', 'owner')
      .known(props, 'variantNames', 'retentionDays', 'classification');
    properties.throwIfInvalid();
    properties
      .matches('tableName', tableName, IDENTIFIER)
      .integer('samplingPercent', samplingPercent, SAMPLING_PERCENT)
      .integer('retentionDays', retentionDays, CAPTURE_DAYS)
      .oneOf('classification', props.classification, CLASSIFICATIONS)
      .require(
        CLASSIFICATIONS.indexOf(classification) <= CLASSIFICATIONS.indexOf(zone.classification),
        `'classification' must not be above the zone's (${zone.classification}), got '${classification}'; take a zone for such data`,
      )
      .require(
        classification !== 'personal' || retentionDays !== undefined || zone.lifecycle?.expireAfterDays !== undefined,
        `'retentionDays' must be set for personal data, got undefined; say after how many days requests and answers are deleted`,
      )
      .require(
        retentionDays === undefined || zone.bucket instanceof Bucket,
        "'retentionDays' has no effect in an existing bucket, whose lifecycle is not of this app; remove it, and add a rule for the folder captured/ there",
      )
      .throwIfInvalid();
  }
}
