import { InputError } from '../../core/input-error';
import { Properties } from '../../core/properties';
import type { EfsVolume } from '../batch/container-properties';
import { type DataLocation, type DataReader, DataSourceBase } from './data-source-base';
import { DataVersion } from './data-version';
import type { IElasticFileSystem } from './elastic-file-system';
import { DIRECTORY } from './file-system-limits';
import type { ILustreFileSystem } from './lustre-file-system';

/** Data of a file system, which a job mounts. */
abstract class FileSystemData extends DataSourceBase {
  public readonly uri: string | undefined = undefined;
  public readonly contentType: string | undefined = undefined;
  /** Slash and folder below the data, or nothing. */
  protected readonly below: string;

  constructor(
    private readonly factory: string,
    directory: string | undefined,
  ) {
    super();
    Properties.of(factory).matches('directory', directory, DIRECTORY).throwIfInvalid();
    this.below = directory === undefined ? '' : `/${directory}`;
  }

  public processingInput(): object {
    throw new InputError(
      `${this.factory}: a processing job cannot mount a file system; give it data in S3, e.g. DataSource.bucket with the folder of the same data`,
    );
  }

  protected source(id: string, type: 'EFS' | 'FSxLustre', path: DataLocation): object {
    return {
      FileSystemDataSource: {
        FileSystemId: id,
        FileSystemAccessMode: 'ro',
        FileSystemType: type,
        DirectoryPath: path,
      },
    };
  }
}

/** See `DataSource.lustre`. */
export class LustreData extends FileSystemData {
  public override readonly subnetIds: readonly string[];
  public readonly version: DataVersion;

  constructor(
    private readonly fileSystem: ILustreFileSystem,
    directory: string | undefined,
  ) {
    super('DataSource.lustre', directory);
    this.subnetIds = [fileSystem.subnetId];
    // the bucket says which version of the data it is: the file system has no version, and follows it
    this.version = DataVersion.objects(fileSystem.bucket, `${fileSystem.prefix}${this.below}`);
  }

  public bindTo({ role, connections }: DataReader): void {
    this.fileSystem.allowClient(connections);
    role.addToPolicy({ actions: ['fsx:DescribeFileSystems'], resources: ['*'] }); // it has no resources
  }

  public channelSource(location: DataLocation = `${this.fileSystem.dataPath}${this.below}`): object {
    return this.source(this.fileSystem.fileSystemId, 'FSxLustre', location);
  }

  public override containerVolume(): never {
    throw new InputError(
      'DataSource.lustre: a container of AWS Batch cannot mount Lustre; use DataSource.efs, or DataSource.bucket with the folder that the file system is linked to',
    );
  }
}

/** See `DataSource.efs`. */
export class EfsData extends FileSystemData {
  public readonly version: DataVersion | undefined = undefined;

  constructor(
    private readonly fileSystem: IElasticFileSystem,
    private readonly team: string,
    directory: string | undefined,
  ) {
    super('DataSource.efs', directory);
  }

  public bindTo({ role, connections }: DataReader): void {
    this.fileSystem.allowClient(connections);
    this.fileSystem.grantRead(role, this.team);
    role.addToPolicy({
      actions: ['elasticfilesystem:DescribeFileSystems', 'elasticfilesystem:DescribeMountTargets'],
      resources: [this.fileSystem.fileSystemArn],
    });
  }

  public channelSource(location: DataLocation = `/${this.team}${this.below}`): object {
    const { fileSystem } = this;
    if (!fileSystem.plainReads) {
      throw new InputError(
        `DataSource.efs: a training job of SageMaker mounts ${fileSystem.node.path} without TLS and without a role, which it refuses; set its 'plainReads: true', or use data in S3`,
      );
    }
    return this.source(fileSystem.fileSystemId, 'EFS', location);
  }

  public override containerVolume(name: string): EfsVolume {
    const accessPointId = this.fileSystem.accessPointId(this.team);
    return {
      name,
      efsVolumeConfiguration: {
        fileSystemId: this.fileSystem.fileSystemId,
        rootDirectory: '/', // the access point says which folder it is
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId, iam: 'ENABLED' },
      },
    };
  }

  public override containerPath(folder: string): string {
    return `${folder}${this.below}`;
  }
}
