import { Properties } from '../../core/properties';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket-base';
import { DATA_PREFIX, MANIFEST_KEY } from '../../training/data/data-limits';
import { BASELINE_FORMATS, type BaselineFormat } from './drift-limits';

/** What the data of an endpoint is compared with. */
export class Baseline {
  /**
   * A profile that `drift.py baseline` has made, e.g. in a pipeline: see `DriftBaseline`. It knows the distribution of each column and
   * holds no rows.
   *
   * @param key of the object, e.g. `baselines/card-fraud.json`, in a model store or a zone of the lake
   * @throws InputError if the key is invalid
   */
  public static profile(bucket: IBucket, key: string): Baseline {
    Properties.of('Baseline.profile')
      .present({ bucket, key }, 'bucket', 'key')
      .matches('key', key, { ...MANIFEST_KEY, meaning: 'the key of an object such as baselines/card-fraud.json' })
      .throwIfInvalid();
    return new Baseline(bucket, key, key);
  }

  /**
   * The data that the model was trained on. Each run reads it anew, and draws rows at random if there are too many.
   *
   * @param prefix folder of the objects, e.g. `card-fraud/train`
   * @throws InputError if the prefix or the format is invalid
   */
  public static dataSet(bucket: IBucket, prefix: string, format: BaselineFormat): Baseline {
    Properties.of('Baseline.dataSet')
      .present({ bucket, prefix, format }, 'bucket', 'prefix', 'format')
      .matches('prefix', prefix, DATA_PREFIX)
      .oneOf('format', format, BASELINE_FORMATS)
      .throwIfInvalid();
    return new Baseline(bucket, `${prefix}/`, `${prefix}/*`, format);
  }

  private constructor(
    private readonly bucket: IBucket,
    private readonly key: string,
    private readonly objects: string,
    /** Format of a data set; `undefined` for a profile. */
    public readonly format?: BaselineFormat | undefined,
  ) {}

  /** `s3://` URI of the profile, or of the folder. */
  public get uri(): string {
    return `s3://${this.bucket.bucketName}/${this.key}`;
  }

  /** Allows reading it, as `IBucket.grantRead` does. */
  public grantRead(grantee: IGrantable): void {
    this.bucket.grantRead(grantee, this.objects);
  }
}
