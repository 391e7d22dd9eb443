import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket-base';
import { FOLDER } from '../../storage/bucket-limits';
import type { IEndpoint } from '../endpoint/endpoint-base';

/** Folder of an endpoint's captured data. */
const CAPTURE_PREFIX: TextPattern = {
  ...FOLDER,
  meaning: 'a folder such as captured/card-fraud, without a bucket, a wildcard or a slash at either end',
};
/** Name of a variant of an endpoint. */
export const VARIANT_FOLDER: TextPattern = {
  pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  meaning: '1 to 63 letters, digits and hyphens',
};

/** What an endpoint captures, for a program that reads it: JSON lines in `<prefix>/<variant>/yyyy/mm/dd/hh/`. */
export class CaptureSource {
  /**
   * What an endpoint of the platform captures.
   *
   * @param variants those that are read. @default - all that answer requests
   * @throws InputError if the endpoint captures nothing, or has no such variant
   */
  public static endpoint(endpoint: IEndpoint, variants: readonly string[] = endpoint?.variantNames): CaptureSource {
    const { captured, variantNames = [], shadowName } = endpoint ?? {};
    const known = shadowName === undefined ? variantNames : [...variantNames, shadowName];
    const properties = Properties.of('CaptureSource.endpoint')
      .present({ endpoint }, 'endpoint')
      .require(captured !== undefined, "'endpoint' must capture its requests; set its 'capture'");
    for (const variant of variants ?? []) properties.oneOf('variants', variant, known);
    properties.throwIfInvalid();
    return CaptureSource.folder(captured!.zone.bucket, captured!.prefix, variants);
  }

  /**
   * A folder of captured data.
   *
   * @param prefix folder of the endpoint, without slashes at its ends: `captured/card-fraud`
   * @param variants names of its folders, one for each variant that is read
   * @throws InputError if the folder or a name is invalid
   */
  public static folder(bucket: IBucket, prefix: string, variants: readonly string[]): CaptureSource {
    const properties = Properties.of('CaptureSource.folder')
      .present({ bucket, prefix, variants }, 'bucket', 'prefix', 'variants')
      .known({ variants }, 'variants');
    properties.throwIfInvalid();
    properties
      .matches('prefix', prefix, CAPTURE_PREFIX)
      .require(variants.length > 0, "'variants' must have at least one name, got none");
    for (const variant of variants) properties.matches('variants', variant, VARIANT_FOLDER);
    properties.throwIfInvalid();
    return new CaptureSource(bucket, prefix, variants);
  }

  private constructor(
    private readonly bucket: IBucket,
    private readonly prefix: string,
    /** Variants that are read: each is a folder. */
    public readonly variants: readonly string[],
  ) {}

  /** `s3://<bucket>/<prefix>/`. */
  public get uri(): string {
    return `s3://${this.bucket.bucketName}/${this.prefix}/`;
  }

  /** Allows reading what was captured of variants, as `IBucket.grantRead` does. @param variants by default those that are read */
  public grantRead(grantee: IGrantable, variants: readonly string[] = this.variants): void {
    for (const variant of variants) this.bucket.grantRead(grantee, `${this.prefix}/${variant}/*`);
  }
}
