import { basename, dirname } from 'node:path/posix';
import type { IConstruct } from 'constructs';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { IBucket } from '../../storage/bucket';
import { packFolder } from './pack-folder';

/** Name of the archive, under which script mode looks for it. */
export const SOURCE_ARCHIVE = 'sourcedir.tar.gz';
const ARCHIVE_KEY: TextPattern = {
  pattern: /^(?!\/)[^*?]{1,900}\.tar\.gz$/,
  meaning: 'the key of a .tar.gz object, such as churn/code/sourcedir.tar.gz',
};

/** Where the archive of a training is, and what is in it if the training uploads it. */
export interface BoundTrainingCode {
  /** Prefix of its key, without a slash at the end; the training may read all of it. */
  readonly folder: string;
  /** Last part of its key. */
  readonly file: string;
  /** The bucket that has it; `undefined` for the workspace's. */
  readonly bucket: IBucket | undefined;
  /** The archive in base64; `undefined` if others upload it. */
  readonly archive: string | undefined;
}

/** The code folder of a training: an archive in S3 that script mode unpacks. */
export abstract class TrainingCode {
  /**
   * A folder on this machine. It is packed when the stack is synthesized: the same files give the same bytes, whoever
   * packs them. Its key has the hash of the content, so that a run uses the code with which it was defined. Without
   * `.git`, `__pycache__`, `*.pyc`, virtual environments, caches and editors' files.
   *
   * @throws InputError if it is no folder, lacks the entry point, has a link out of it, or is too large: at most 512 KiB
   *   packed, since the archive is in the configuration and the state; a larger one is uploaded by CI, see `fromBucket`
   */
  public static fromFolder(path: string): TrainingCode {
    Properties.need('TrainingCode.fromFolder', { path }, 'path');
    return new FolderCode(path);
  }

  /**
   * An archive in S3, uploaded by others, e.g. a team's CI.
   *
   * @param key its key, which ends with `.tar.gz`. In a pipeline a parameter can name another archive in the same folder;
   *   the training may read the whole folder
   * @throws InputError if it is not the key of an archive
   */
  public static fromBucket(bucket: IBucket, key: string): TrainingCode {
    Properties.of('TrainingCode.fromBucket')
      .present({ bucket, key }, 'bucket', 'key')
      .known({ key }, 'key')
      .matches('key', key, ARCHIVE_KEY)
      .throwIfInvalid();
    return new BucketCode(bucket, key);
  }

  /**
   * The archive for a training.
   *
   * @param scope the training
   * @param folder of the training's code in the workspace's bucket
   */
  public abstract bind(scope: IConstruct, folder: string, entryPoint: string): BoundTrainingCode;
}

class BucketCode extends TrainingCode {
  constructor(
    private readonly bucket: IBucket,
    private readonly key: string,
  ) {
    super();
  }

  public bind(): BoundTrainingCode {
    const folder = dirname(this.key);
    return {
      folder: folder === '.' ? '' : folder,
      file: basename(this.key),
      bucket: this.bucket,
      archive: undefined,
    };
  }
}

class FolderCode extends TrainingCode {
  constructor(private readonly path: string) {
    super();
  }

  public bind(scope: IConstruct, folder: string, entryPoint: string): BoundTrainingCode {
    const { archive, hash } = packFolder(scope, this.path, entryPoint);
    return {
      folder: `${folder}/${hash}`,
      file: SOURCE_ARCHIVE,
      bucket: undefined,
      archive: archive.toString('base64'),
    };
  }
}
