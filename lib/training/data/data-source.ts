import { Properties } from '../../core/properties';
import type { IZone } from '../../data-lake/zone';
import type { IGrantable } from '../../iam/statement';
import type { Connections } from '../../network/connections';
import type { IBucket } from '../../storage/bucket';
import type { EfsVolume } from '../batch/container-properties';
import {
  CHANNEL_NAME,
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
import { DataVersion } from './data-version';

/** A place of data: a text, or a value that a pipeline knows when it runs. */
export type DataLocation = string | { toJSON(): unknown };

/** Who reads a data source. */
export interface DataReader {
  /** Role with which the job reads. */
  readonly role: IGrantable;
  /** Network connections of the job. */
  readonly connections: Connections;
}

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

/** A `Channel` of `CreateTrainingJob`: the folder `/opt/ml/input/data/<name>` of its program. */
export interface Channel {
  readonly ChannelName: string;
  readonly DataSource: object;
  /** Only of data in S3. @default - `File` */
  readonly InputMode?: InputMode;
  /** @default - not said */
  readonly ContentType?: string;
}

/**
 * Data that a job reads: a folder of S3, or of a file system. It makes nothing and costs nothing at rest; the bucket or file
 * system that holds the data does.
 *
 * @example
 * DataSource.zone(lake.zone('features'), 'churn/train', { inputMode: 'FastFile' });
 */
export abstract class DataSource {
  /**
   * The objects of a zone below `prefix`.
   *
   * @param prefix folder, e.g. `churn/train`: objects of `churn/train-2/` are not part of it
   * @throws InputError if the prefix or an option is invalid
   */
  public static zone(zone: IZone, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.zone', { zone, prefix }, 'zone', 'prefix');
    return new S3Data('DataSource.zone', zone.bucket, prefix, options);
  }

  /**
   * The objects of a bucket below `prefix`: see {@link zone}.
   *
   * @throws InputError if the prefix or an option is invalid
   */
  public static bucket(bucket: IBucket, prefix: string, options: S3DataOptions = {}): DataSource {
    Properties.need('DataSource.bucket', { bucket, prefix }, 'bucket', 'prefix');
    return new S3Data('DataSource.bucket', bucket, prefix, options);
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
    return new S3Data('DataSource.manifest', bucket, prefix, options, key);
  }

  /** Where the data is, for a program that reads it itself; `undefined` where there is no URI, as in a file system. */
  public abstract readonly uri: string | undefined;
  /** MIME type of the records, if known. */
  public abstract readonly contentType: string | undefined;
  /** How to compute the version of the data; `undefined` where only its owner can say it, as in a file system. */
  public abstract readonly version: DataVersion | undefined;

  /** Lets a job read the data: grants to its role, connections of its security group. */
  public abstract bindTo(reader: DataReader): void;

  /**
   * `DataSource` of a channel of a training job.
   *
   * @param location another place of data of the same kind, e.g. a parameter of a pipeline. @default - the source's own
   */
  public abstract channelSource(location?: DataLocation): object;

  /**
   * Entry of `ProcessingInputs` without its name: the data as files below `localPath`.
   *
   * @param localPath folder below `/opt/ml/processing`
   * @param location see {@link channelSource}
   * @throws InputError if a processing job cannot read such data
   */
  public abstract processingInput(localPath: string, location?: DataLocation): object;

  /**
   * A volume of a container of AWS Batch; `undefined` of data in S3, which the program reads by its URI.
   *
   * @param name name of the volume
   * @throws InputError if such a container cannot mount the data
   */
  public containerVolume(_name: string): EfsVolume | undefined {
    return undefined;
  }

  /**
   * A channel of a training job.
   *
   * @param name folder of the data below `/opt/ml/input/data/`
   * @param location see {@link channelSource}
   * @throws InputError if SageMaker refuses the name
   */
  public channel(name: string, location?: DataLocation): Channel {
    Properties.of('DataSource.channel').matches('name', name, CHANNEL_NAME).throwIfInvalid();
    return {
      ChannelName: name,
      DataSource: this.channelSource(location),
      InputMode: this.inputMode,
      ContentType: this.contentType,
    };
  }

  /** How a channel reads; `undefined` for a file system, which is mounted. */
  protected get inputMode(): InputMode | undefined {
    return undefined;
  }
}

/** Objects of S3. */
class S3Data extends DataSource {
  public readonly uri: string;
  public readonly contentType: string | undefined;
  public readonly version: DataVersion;
  private readonly mode: InputMode;
  private readonly distribution: Distribution;

  constructor(
    factory: string,
    private readonly source: IBucket,
    private readonly prefix: string,
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
    this.uri = `s3://${source.bucketName}/${manifestKey ?? `${prefix}/`}`;
    this.contentType = contentType;
    this.version = DataVersion.objects(source, prefix);
    this.mode = inputMode ?? DEFAULT_INPUT_MODE;
    this.distribution = distribution ?? DEFAULT_DISTRIBUTION;
  }

  public bindTo({ role }: DataReader): void {
    this.source.grantRead(role, `${this.prefix}/*`);
    if (this.manifestKey !== undefined) this.source.grantRead(role, this.manifestKey);
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

  protected override get inputMode(): InputMode {
    return this.mode;
  }

  private get type(): string {
    return this.manifestKey === undefined ? 'S3Prefix' : 'ManifestFile';
  }
}
