import { createHash } from 'node:crypto';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { escaped } from '../../core/text-pattern';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import type { ProgramFiles } from './program-files';

export interface UploadedProgramProps {
  readonly bucket: IBucket;
  /** Path in the bucket, without slashes at its ends. */
  readonly folder: string;
  readonly files: ProgramFiles;
  /** Who runs it. */
  readonly role: IGrantable;
}

/** A program in a bucket, in a folder whose name follows from its content: a run in progress keeps the program it began with. */
export class UploadedProgram extends Construct {
  /** Uploads a program below `folder`, and allows `role` to read it as `IBucket.grantRead` does. */
  public static to(scope: Construct, id: string, props: UploadedProgramProps): UploadedProgram {
    return new UploadedProgram(scope, id, props);
  }

  /** `s3://<bucket>/<folder>/<hash>/`. */
  public readonly uri: string;

  private constructor(scope: Construct, id: string, props: UploadedProgramProps) {
    super(scope, id);
    const { bucket, files, role } = props;
    const folder = `${props.folder}/${hashOf(files)}`;
    for (const path of Object.keys(files)) {
      new S3Object(this, path, {
        bucket: bucket.bucketName,
        key: `${folder}/${path}`,
        content: escaped(files[path]!),
        contentType: 'text/plain; charset=utf-8',
        kmsKeyId: bucket.encryptionKey?.keyArn,
        overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
        lifecycle: { createBeforeDestroy: true },
      });
    }
    bucket.grantRead(role, `${folder}/*`);
    this.uri = `s3://${bucket.bucketName}/${folder}/`;
  }
}

function hashOf(files: ProgramFiles): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
}
