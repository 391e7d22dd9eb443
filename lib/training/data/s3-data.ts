import { Properties } from '../../core/properties';
import type { IBucket } from '../../storage/bucket';
import {
  CONTENT_TYPE,
  DATA_PREFIX,
  DEFAULT_DISTRIBUTION,
  DEFAULT_INPUT_MODE,
  DISTRIBUTIONS,
  type Distribution,
  INPUT_MODES,
  type InputMode,
  MANIFEST_KEY,
} from './data-limits';
import { type DataLocation, type DataReader, DataSourceBase } from './data-source-base';
import { DataVersion } from './data-version';
import type { IExpressBucket } from './express-bucket';

/** Properties that all data in S3 share. */
export interface S3DataOptions {
  /**
   * How a training job gets the objects. `File` downloads all of them to the volume before the program starts. `FastFile`
   * streams an object when the program opens its file: no download and no space, for large objects read from begin to
   * end. `Pipe` is for programs that read named pipes. Processing jobs download.
   * @default File
   */
  readonly inputMode?: InputMode;
  /**
   * Which of the objects each instance of a job gets: all (`FullyReplicated`), or its share of them (`ShardedByS3Key`),
   * which must be at least as many objects as instances.
   * @default FullyReplicated
   */
  readonly distribution?: Distribution;
  /** MIME type of the records, for algorithms that ask for it, e.g. `text/csv`. @default - not said */
  readonly contentType?: string;
}

/** Objects of a bucket of any kind. */
abstract class Objects extends DataSourceBase {
  public readonly uri: string;
  public readonly contentType: string | undefined;
  protected override readonly inputMode: InputMode;
  private readonly distribution: Distribution;

  constructor(
    factory: string,
    bucketName: string,
    prefix: string,
    { inputMode, distribution, contentType }: S3DataOptions,
    private readonly manifestKey?: string,
  ) {
    super();
    Properties.of(factory)
      .matches('prefix', prefix, DATA_PREFIX)
      .matches('key', manifestKey, MANIFEST_KEY)
      .oneOf('inputMode', inputMode, INPUT_MODES)
      .oneOf('distribution', distribution, DISTRIBUTIONS)
      .matches('contentType', contentType, CONTENT_TYPE)
      .require(
        manifestKey === undefined || inputMode !== 'FastFile',
        "'inputMode' must be File or Pipe with a manifest, got 'FastFile'; it takes a folder only",
      )
      .throwIfInvalid();
    this.uri = `s3://${bucketName}/${manifestKey ?? `${prefix}/`}`;
    this.contentType = contentType;
    this.inputMode = inputMode ?? DEFAULT_INPUT_MODE;
    this.distribution = distribution ?? DEFAULT_DISTRIBUTION;
  }

  public channelSource(location: DataLocation = this.uri): object {
    const { distribution } = this;
    return { S3DataSource: { S3DataType: this.type, S3Uri: location, S3DataDistributionType: distribution } };
  }

  public processingInput(localPath: string, location: DataLocation = this.uri): object {
    return {
      S3Input: {
        S3Uri: location,
        LocalPath: localPath,
        S3DataType: this.type,
        S3InputMode: 'File',
        S3DataDistributionType: this.distribution,
      },
    };
  }

  private get type(): string {
    return this.manifestKey === undefined ? 'S3Prefix' : 'ManifestFile';
  }
}

/** See `DataSource.bucket`. */
export class BucketData extends Objects {
  public readonly version: DataVersion;

  constructor(
    factory: string,
    private readonly bucket: IBucket,
    private readonly prefix: string,
    options: S3DataOptions,
    private readonly key?: string,
  ) {
    super(factory, bucket.bucketName, prefix, options, key);
    this.version = DataVersion.objects(bucket, prefix);
  }

  public bindTo({ role }: DataReader): void {
    this.bucket.grantRead(role, `${this.prefix}/*`);
    if (this.key !== undefined) this.bucket.grantRead(role, this.key);
  }
}

/** See `DataSource.express`. */
export class ExpressData extends Objects {
  public readonly version: DataVersion;

  constructor(
    factory: string,
    private readonly bucket: IExpressBucket,
    prefix: string,
    options: S3DataOptions,
  ) {
    super(factory, bucket.bucketName, prefix, options);
    this.version = DataVersion.express(bucket, prefix);
  }

  public bindTo({ role }: DataReader): void {
    this.bucket.grantRead(role);
  }
}
