import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct, type IConstruct } from 'constructs';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import type { IGrantable } from '../../iam/statement';
import { Bucket, type IBucket } from '../../storage/bucket';
import { DataSource } from '../data/data-source';
import { Parameter } from '../pipeline/parameter';
import {
  BASE_MODEL_CHANNEL,
  BASE_MODEL_PARAMETER,
  brokenLicence,
  brokenRevision,
  DEFAULT_LICENCES,
  LAYOUT_NAMES,
  LAYOUTS,
  type Layout,
  LICENCE,
  MODEL_RECORD,
  MODEL_SOURCE,
  OFFLINE,
  PRETRAINED_PREFIX,
  REVISION,
  SHA256,
} from './pretrained-limits';

/** Folder of the channels of a training job (SageMaker guide, "How Amazon SageMaker provides training information"). */
const CHANNELS = '/opt/ml/input/data';

/** A model that the mirror holds, as it was reviewed. */
export interface PretrainedModelProps {
  /** Address of the model, e.g. `https://huggingface.co/distilbert/distilbert-base-uncased`. */
  readonly source: string;
  /** Its version: on Hugging Face the commit, since branches and tags can move. */
  readonly revision: string;
  /** Licence of the model, in the names of SPDX: one of `licences` of the mirror. */
  readonly licence: string;
  /** Checksum of all its files, as `mirror.py digest <folder>` prints it after the review. */
  readonly sha256: string;
  /** How its files are laid out: any folder, or the cache of a hub. See {@link LAYOUTS}. @default files */
  readonly layout?: Layout;
  /** Teams that may read it. @default - every team */
  readonly teams?: readonly string[];
}

export interface PretrainedModelsProps {
  /** Models by name: lower-case letters, digits and single hyphens. */
  readonly models: Readonly<Record<string, PretrainedModelProps>>;
  /** Key that encrypts the models. */
  readonly encryptionKey: IKey;
  /** Licences that a model may have, in the names of SPDX. @default - DEFAULT_LICENCES */
  readonly licences?: readonly string[];
  /** Existing bucket of the models, with the same key. @default - a new bucket */
  readonly bucket?: IBucket;
  /** Bucket in the same region for the access logs of the new bucket. @default - no access logs */
  readonly accessLogs?: IBucket;
  /** Name of the new bucket after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** Whether the new bucket may be destroyed with its models: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** A model of the mirror, for jobs that start from it. */
export class PretrainedModel {
  /** @param prefix folder of the model in the bucket, without a slash at its end */
  constructor(
    public readonly name: string,
    private readonly bucket: IBucket,
    public readonly prefix: string,
    private readonly props: PretrainedModelProps,
  ) {}

  /** Licence in the names of SPDX: the `baseModelLicence` of packages of models that start from this one. */
  public get licence(): string {
    return this.props.licence;
  }

  public get sha256(): string {
    return this.props.sha256;
  }

  /** `s3://<bucket>/pretrained/<name>/<revision>/`. */
  public get uri(): string {
    return `s3://${this.bucket.bucketName}/${this.prefix}/`;
  }

  /** The model as input of a job, which gets its files and may read them. */
  public get dataSource(): DataSource {
    return DataSource.bucket(this.bucket, this.prefix);
  }

  /** Whether a team may read it. */
  public isFor(team: string): boolean {
    return this.props.teams?.includes(team) ?? true;
  }

  /**
   * Variables of a job whose channel holds the model: `PRETRAINED_MODEL` (its folder), `PRETRAINED_MODEL_SHA256` (for
   * `mirror.py verify`), `PRETRAINED_MODEL_LICENCE`; those that keep libraries from asking their hub (`OFFLINE`); and for
   * a model in the layout of a hub's cache the variable that names the cache, so that code finds it by its name.
   */
  public environment(channel: string = BASE_MODEL_CHANNEL): Readonly<Record<string, string>> {
    const folder = `${CHANNELS}/${channel}`;
    const { variable } = LAYOUTS[this.props.layout ?? 'files'];
    return {
      PRETRAINED_MODEL: folder,
      PRETRAINED_MODEL_SHA256: this.sha256,
      PRETRAINED_MODEL_LICENCE: this.licence,
      ...OFFLINE,
      ...(variable && { [variable]: folder }),
    };
  }
}

/** Mirrored models as other modules see them. */
export interface IPretrainedModels extends IConstruct {
  /**
   * One of the models.
   *
   * @throws InputError if there is none of this name
   */
  model(name: string): PretrainedModel;
  /**
   * Parameter `BaseModel` of a pipeline: the folder of the model in the mirror. A run may be started with another model of
   * the same licence that the team may read, so that the licence in the metadata of its package stays true.
   *
   * @param name model of a run that was started without one
   * @param team team of the pipeline. @default - models of every team may be chosen
   * @throws InputError if there is no such model, or it is not for the team
   */
  parameter(name: string, team?: string): Parameter;
  /**
   * Allows reading one model, or all, as `IBucket.grantRead` does.
   *
   * @throws InputError if there is no such model
   */
  grantRead(grantee: IGrantable, name?: string): void;
  /** Allows a team to read the models that are for it, each as `IBucket.grantRead` does. */
  grantTeam(grantee: IGrantable, team: string): void;
  /**
   * Allows whoever brings models into the mirror with `mirror.py upload` to read the records and to write the files, as
   * `IBucket.grantRead` and `IBucket.grantWrite` do below `pretrained/`. It cannot delete.
   */
  grantImport(grantee: IGrantable): void;
}

/**
 * The internal mirror of pretrained models, for transfer learning in subnets without internet access. A model is declared
 * with its source, revision, licence and checksum, and its folder gets a record of them, `model.json`. Someone outside the
 * subnets downloads and reviews the model once and brings it in with `mirror.py upload`, which refuses files that
 * are not those of the checksum, and folders that do not state the declared licence. Jobs read it as a channel.
 *
 * Makes a bucket, unless there is one, and one object for each model. Costs at rest what S3 charges for the gigabyte-months of
 * the models. Destroyed with its models only if both keys say so; otherwise the bucket stays, and
 * `aws s3 rm --recursive s3://<bucket>/pretrained/<name>/` removes a model that is declared no more.
 */
export class PretrainedModels extends Construct implements IPretrainedModels {
  public readonly bucket: IBucket;
  private readonly models = new Map<string, PretrainedModel>();

  constructor(scope: Construct, id: string, props: PretrainedModelsProps) {
    super(scope, id);
    Properties.need(this, props, 'models', 'encryptionKey');
    Properties.of(this).known(props, 'models', 'licences').throwIfInvalid();
    const { encryptionKey, accessLogs, name, removal } = props;
    const models = Object.entries(props.models);
    this.validate(props, models);
    this.bucket = props.bucket ?? new Bucket(this, 'Bucket', { encryptionKey, accessLogs, name, removal });
    for (const [model, declared] of models) {
      const prefix = `${PRETRAINED_PREFIX}/${model}/${declared.revision}`;
      this.models.set(model, new PretrainedModel(model, this.bucket, prefix, declared));
      this.record(model, prefix, declared);
    }
  }

  public model(name: string): PretrainedModel {
    const model = this.models.get(name);
    Properties.of(this)
      .require(
        model !== undefined,
        `there is no pretrained model '${name}'; use one of ${[...this.models.keys()].join(', ') || 'none'}, or declare it`,
      )
      .throwIfInvalid();
    return model!;
  }

  public parameter(name: string, team?: string): Parameter {
    const model = this.model(name);
    const isReadable = (one: PretrainedModel) => team === undefined || one.isFor(team);
    Properties.of(this)
      .require(isReadable(model), `pretrained model '${name}' is not for team '${team}'; add the team to its 'teams'`)
      .throwIfInvalid();
    const choice = [...this.models.values()].filter((one) => one.licence === model.licence && isReadable(one));
    return Parameter.string(BASE_MODEL_PARAMETER, {
      defaultValue: model.uri,
      allowed: choice.map(({ uri }) => uri),
    });
  }

  public grantRead(grantee: IGrantable, name?: string): void {
    const prefix = name === undefined ? PRETRAINED_PREFIX : this.model(name).prefix;
    this.bucket.grantRead(grantee, `${prefix}/*`);
  }

  public grantTeam(grantee: IGrantable, team: string): void {
    for (const model of this.models.values()) if (model.isFor(team)) this.grantRead(grantee, model.name);
  }

  public grantImport(grantee: IGrantable): void {
    this.bucket.grantRead(grantee, `${PRETRAINED_PREFIX}/*`);
    this.bucket.grantWrite(grantee, `${PRETRAINED_PREFIX}/*`);
  }

  private record(
    name: string,
    prefix: string,
    { teams: _, layout = 'files', ...declared }: PretrainedModelProps,
  ): void {
    new S3Object(this, `Record${name}`, {
      bucket: this.bucket.bucketName,
      key: `${prefix}/${MODEL_RECORD}`,
      content: `${JSON.stringify({ name, ...declared, layout }, undefined, 2)}\n`,
      contentType: 'application/json',
      kmsKeyId: this.bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
    });
  }

  private validate(
    { licences = DEFAULT_LICENCES, bucket, encryptionKey }: PretrainedModelsProps,
    models: readonly [string, PretrainedModelProps][],
  ): void {
    const properties = Properties.of(this);
    licences.forEach((licence, index) => {
      const at = `licences[${index}]`;
      properties.known({ [at]: licence }, at).matches(at, licence, LICENCE);
    });
    properties.require(
      bucket?.encryptionKey === undefined || bucket.encryptionKey === encryptionKey,
      "'bucket' must be a bucket with the key 'encryptionKey', which refuses uploads with another key",
    );
    for (const [name, model] of models) {
      const at = (key: string) => `models.${name}.${key}`;
      properties
        .matches(`models.${name}`, name, NAME)
        .require(
          model !== undefined && model !== null,
          `'models.${name}' must be set: source, revision, licence and sha256`,
        );
      if (!model) continue;
      const { source, revision, licence, sha256, layout, teams } = model;
      for (const [key, value] of Object.entries({ source, revision, licence, sha256 })) {
        properties
          .require(value !== undefined && value !== null, `'${at(key)}' must be set, got ${value}`)
          .known({ [at(key)]: value }, at(key));
      }
      properties
        .matches(at('source'), source, MODEL_SOURCE)
        .matches(at('revision'), revision, REVISION)
        .keeps(at('revision'), revision, brokenRevision(source, revision))
        .matches(at('licence'), licence, LICENCE)
        .keeps(at('licence'), licence, brokenLicence(licence, licences))
        .matches(at('sha256'), sha256, SHA256)
        .oneOf(at('layout'), layout, LAYOUT_NAMES)
        .known({ [at('teams')]: teams }, at('teams'));
    }
    properties.throwIfInvalid();
  }
}
