import { Properties } from '../../core/properties';
import type { IGrantable } from '../../iam/statement';
import type { Connections } from '../../network/connections';
import type { EfsVolume } from '../batch/container-properties';
import { CHANNEL_NAME, type InputMode } from './data-limits';
import type { DataVersion } from './data-version';

/** A place of data: a text, or a value that a pipeline knows when it runs. */
export type DataLocation = string | { toJSON(): unknown };

/** Who reads a data source. */
export interface DataReader {
  /** Role with which the job reads. */
  readonly role: IGrantable;
  /** Network connections of the job. */
  readonly connections: Connections;
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

/** What every source of data can be asked for; see `DataSource`. */
export abstract class DataSourceBase {
  /** Where the data is, for a program that reads it itself; `undefined` where there is no URI, as in a file system. */
  public abstract readonly uri: string | undefined;
  /** MIME type of the records, if known. */
  public abstract readonly contentType: string | undefined;
  /**
   * Subnets in whose zone the data is: a job in another zone pays for what it reads, and waits longer. `undefined` of data
   * that is in every zone.
   */
  public readonly subnetIds: readonly string[] | undefined = undefined;
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
   * The data in a container that has its volume in a folder.
   *
   * @param folder where the volume is
   */
  public containerPath(folder: string): string {
    return folder;
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
  protected readonly inputMode: InputMode | undefined = undefined;
}
