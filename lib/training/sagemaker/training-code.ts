import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import { packFolder } from './pack-folder';

/** Name of the archive, under which script mode looks for it. */
export const SOURCE_ARCHIVE = 'sourcedir.tar.gz';
const ARCHIVE_KEY: TextPattern = {
  pattern: /^(?!\/)[^*?]{1,900}\.tar\.gz$/,
  meaning: 'the key of a .tar.gz object, such as churn/code/sourcedir.tar.gz',
};

/** What training code needs of its training. */
export interface TrainingCodeContext {
  /** Folder of the training in the workspace's bucket. */
  readonly prefix: string;
  readonly bucket: IBucket;
  readonly entryPoint: string;
  readonly reader: IGrantable;
}

/** Where the code is. */
export interface BoundTrainingCode {
  /** `s3://<bucket>/<key>` of the archive. */
  readonly uri: string;
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
      .matches('key', key, ARCHIVE_KEY)
      .throwIfInvalid();
    return new BucketCode(bucket, key);
  }

  /** Provides the archive to a training, and lets its role read it. */
  public abstract bind(scope: Construct, context: TrainingCodeContext): BoundTrainingCode;
}

class BucketCode extends TrainingCode {
  constructor(
    private readonly bucket: IBucket,
    private readonly key: string,
  ) {
    super();
  }

  public bind(_scope: Construct, { reader }: TrainingCodeContext): BoundTrainingCode {
    const folder = this.key.split('/').slice(0, -1).join('/');
    this.bucket.grantRead(reader, folder === '' ? this.key : `${folder}/*`);
    return { uri: `s3://${this.bucket.bucketName}/${this.key}` };
  }
}

class FolderCode extends TrainingCode {
  constructor(private readonly path: string) {
    super();
  }

  public bind(scope: Construct, { prefix, bucket, entryPoint, reader }: TrainingCodeContext): BoundTrainingCode {
    const { archive, hash } = packFolder(scope, this.path, entryPoint);
    const object = new S3Object(scope, 'Code', {
      bucket: bucket.bucketName,
      key: `${prefix}/code/${hash}/${SOURCE_ARCHIVE}`,
      contentBase64: archive.toString('base64'),
      contentType: 'application/gzip',
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
    });
    bucket.grantRead(reader, `${prefix}/code/*`);
    return { uri: `s3://${object.bucket}/${object.key}` };
  }
}
