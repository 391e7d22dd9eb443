import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import { NAME } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import type { IGrantable } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import { DEFAULT_QUERY_LIMIT_GB, WORKGROUP } from './lake-limits';

/** Minimum that Athena accepts: 10 MB. */
export const MIN_BYTES_SCANNED_CUTOFF = 10 * 2 ** 20;
/** Enough for months of a well-partitioned table; a forgotten WHERE costs about half a US dollar. */
export const DEFAULT_BYTES_SCANNED_CUTOFF = DEFAULT_QUERY_LIMIT_GB * 1e9;
/** Days that results are kept. They are reproducible, and copies of personal data must not accumulate. */
export const QUERY_RESULT_DAYS = 30;
/** Cost allocation tag for the queries of a team. */
export const TEAM_TAG = 'team';
const ENGINE_VERSION = 'Athena engine version 3';

/** Permissions to run a query and read its results. */
const QUERY_ACTIONS = [
  'athena:GetWorkGroup',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'athena:GetQueryExecution',
  'athena:BatchGetQueryExecution',
  'athena:ListQueryExecutions',
  'athena:GetQueryResults',
  'athena:GetQueryResultsStream',
  'athena:GetQueryRuntimeStatistics',
  'athena:ListNamedQueries',
  'athena:GetNamedQuery',
  'athena:BatchGetNamedQuery',
] as const;

/** A team's Athena workgroup as other modules see it. */
export interface IQueryWorkgroup extends IConstruct {
  readonly workgroupName: string;
  readonly workgroupArn: string;
  /**
   * Allows running queries in the workgroup and reading their results: `athena:GetWorkGroup`,
   * `athena:StartQueryExecution`, `athena:StopQueryExecution`, `athena:GetQueryExecution`,
   * `athena:BatchGetQueryExecution`, `athena:ListQueryExecutions`, `athena:GetQueryResults`,
   * `athena:GetQueryResultsStream`, `athena:GetQueryRuntimeStatistics`, `athena:ListNamedQueries`,
   * `athena:GetNamedQuery`, `athena:BatchGetNamedQuery`; reading and writing below the team's folder of the results
   * bucket as `IBucket.grantRead` and `IBucket.grantWrite` do, `s3:ListBucketMultipartUploads`, `s3:ListMultipartUploadParts`; `glue:GetDatabase` on the
   * database `default`, which Athena's drivers read first.
   *
   * Access to the data is granted by zones and tables.
   */
  grantQuery(grantee: IGrantable): void;
}

export interface QueryWorkgroupProps {
  /** Name of the team; the workgroup is called `<prefix>-<team>`. */
  readonly team: string;
  /** Encrypts the results; must be the key of `results`, if set. */
  readonly encryptionKey: IKey;
  /**
   * Bucket for the results, in its folder `<team>/`; e.g. one bucket for all teams, whose objects expire after
   * `QUERY_RESULT_DAYS`.
   * @default - a new bucket, whose objects expire after 30 days
   */
  readonly results?: IBucket;
  /** Bucket in the same region for the access logs of the new bucket. @default - no access logs */
  readonly accessLogs?: IBucket;
  /** Bytes a query may scan before it is stopped, at least 10 MB. @default 100 GB */
  readonly bytesScannedCutoff?: number;
  /** @default - queries of team <team> */
  readonly description?: string;
  /**
   * Whether the query history, the saved queries and the results may be destroyed with the workgroup: see `mayDestroy`.
   * @default retain
   */
  readonly removal?: Removal;
}

/**
 * The Athena workgroup of a team. It limits and measures the data that queries scan, and enforces an encrypted location
 * for the results.
 *
 * Costs for each terabyte that queries scan, and for the results in S3. Destroying it deletes its saved queries and
 * history if both keys say destroy; results stay in their bucket until they expire.
 */
export class QueryWorkgroup extends Construct implements IQueryWorkgroup {
  public readonly workgroupName: string;
  public readonly workgroupArn: string;
  public readonly results: IBucket;
  /** The underlying workgroup. */
  public readonly resource: AthenaWorkgroup;
  private readonly team: string;

  constructor(scope: Construct, id: string, props: QueryWorkgroupProps) {
    super(scope, id);
    Properties.need(this, props, 'team', 'encryptionKey');
    this.validate(props);

    const { team, encryptionKey, bytesScannedCutoff = DEFAULT_BYTES_SCANNED_CUTOFF, removal } = props;
    this.team = team;
    this.results = props.results ?? this.makeResults(props);
    const name = physicalName(this, WORKGROUP, team);
    this.resource = new AthenaWorkgroup(this, 'Resource', {
      name,
      description: props.description ?? `queries of team ${team}`,
      forceDestroy: mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
      tags: { [TEAM_TAG]: team },
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        bytesScannedCutoffPerQuery: bytesScannedCutoff,
        engineVersion: { selectedEngineVersion: ENGINE_VERSION },
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucketName}/${team}/`,
          expectedBucketOwner: Aws.of(this).account,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKeyArn: encryptionKey.keyArn },
        },
      },
    });
    this.workgroupName = published(this, this.resource.name, name);
    this.workgroupArn = published(this, this.resource.arn, Aws.of(this).arn('athena', `workgroup/${name}`));
  }

  public grantQuery(grantee: IGrantable): void {
    const { bucketArn } = this.results;
    const folder = `${this.team}/*`;
    grantee.addToPolicy({ actions: QUERY_ACTIONS, resources: [this.workgroupArn] });
    this.results.grantRead(grantee, folder);
    this.results.grantWrite(grantee, folder);
    grantee.addToPolicy({ actions: ['s3:ListBucketMultipartUploads'], resources: [bucketArn] });
    grantee.addToPolicy({ actions: ['s3:ListMultipartUploadParts'], resources: [`${bucketArn}/${folder}`] });
    const aws = Aws.of(this);
    grantee.addToPolicy({
      actions: ['glue:GetDatabase'],
      resources: ['catalog', 'database/default'].map((resource) => aws.arn('glue', resource)),
    });
  }

  private validate({ team, encryptionKey, results, bytesScannedCutoff }: QueryWorkgroupProps): void {
    Properties.of(this)
      .matches('team', team, NAME)
      .integer('bytesScannedCutoff', bytesScannedCutoff, { min: MIN_BYTES_SCANNED_CUTOFF })
      .require(
        results?.encryptionKey === undefined || results.encryptionKey === encryptionKey,
        "'encryptionKey' must be the key of 'results', which refuses uploads with another key",
      )
      .throwIfInvalid();
  }

  private makeResults({ team, encryptionKey, accessLogs, removal }: QueryWorkgroupProps): Bucket {
    return new Bucket(this, 'Results', {
      name: `${team}-queries`,
      encryptionKey,
      accessLogs,
      removal,
      expireAfterDays: QUERY_RESULT_DAYS,
      noncurrentVersionDays: 1,
    });
  }
}
