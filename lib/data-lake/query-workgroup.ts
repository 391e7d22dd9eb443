import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { mayDestroy, type Removal } from '../core/removal';
import { NAME } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import type { IGrantable } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import { DEFAULT_QUERY_LIMIT_GB, WORKGROUP } from './lake-limits';

/** The least that Athena takes as a limit: 10 MB. */
export const MIN_BYTES_SCANNED_CUTOFF = 10 * 2 ** 20;
/** Enough for months of a well partitioned table; a forgotten WHERE costs about half a dollar. */
export const DEFAULT_BYTES_SCANNED_CUTOFF = DEFAULT_QUERY_LIMIT_GB * 1e9;
/** Days that results are kept: they can be had again, and copies of personal data must not pile up. */
export const QUERY_RESULT_DAYS = 30;
/** Tag by which the bill tells what each team's queries cost. */
export const TEAM_TAG = 'team';
const ENGINE_VERSION = 'Athena engine version 3';

/** What running a query and reading its results takes. */
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
   * Allows running queries in the workgroup and reading their results: `athena:GetWorkGroup`, `StartQueryExecution`,
   * `StopQueryExecution`, `GetQueryExecution`, `BatchGetQueryExecution`, `ListQueryExecutions`, `GetQueryResults(Stream)`,
   * `GetQueryRuntimeStatistics`, `ListNamedQueries`, `GetNamedQuery`, `BatchGetNamedQuery`; reading and writing below the
   * team's folder of the results bucket as `IBucket.grantRead` and `grantWrite` do, `s3:GetBucketLocation`,
   * `s3:ListBucketMultipartUploads`, `s3:ListMultipartUploadParts`; `glue:GetDatabase` on the database `default`, which
   * Athena's drivers look at first.
   *
   * What may be queried is granted by zones and tables.
   */
  grantQuery(grantee: IGrantable): void;
}

export interface QueryWorkgroupProps {
  /** Name of the team; the workgroup is called `<prefix>-<team>`. */
  readonly team: string;
  /** Encrypts the results; the key of `results` where that is given. */
  readonly encryptionKey: IKey;
  /**
   * Bucket whose folder `<team>/` takes the results, e.g. one shared by all teams that expires its objects after
   * `QUERY_RESULT_DAYS`.
   * @default - a new bucket that expires its objects after 30 days
   */
  readonly results?: IBucket;
  /** Bucket of the same region that records every request to the new bucket. @default - not recorded */
  readonly accessLogs?: IBucket;
  /** Bytes a query may scan before it is stopped, at least 10 MB. @default 100 GB */
  readonly bytesScannedCutoff?: number;
  /** @default - what the team and its limit are */
  readonly description?: string;
  /**
   * What becomes of the team's history of queries, its saved queries and its results when the workgroup goes: see
   * `mayDestroy`. @default retain
   */
  readonly removal?: Removal;
}

/**
 * Where a team runs its Athena queries: what it scans is limited and measured, and results go to an encrypted place
 * that a query cannot choose otherwise.
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
    this.validate(props);

    const { team, encryptionKey, bytesScannedCutoff = DEFAULT_BYTES_SCANNED_CUTOFF, removal } = props;
    this.team = team;
    this.results = props.results ?? this.makeResults(props);
    const name = physicalName(this, WORKGROUP, team);
    this.resource = new AthenaWorkgroup(this, 'Resource', {
      name,
      description: props.description ?? `queries of team ${team}`,
      forceDestroy: mayDestroy(this, removal),
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
    grantee.addToPolicy({ actions: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], resources: [bucketArn] });
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
        "'encryptionKey' must be the key of 'results': its bucket refuses uploads under another",
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
