import type { IConstruct } from 'constructs';
import { imageRepositoryArn } from '../../aws/image-repository-arn';
import { Properties } from '../../core/properties';
import type { IGrantable } from '../../iam/statement';
import { allowImages, PULL_ACTIONS } from '../../registry/image-registry';
import type { IModelStore } from '../../registry/model-store';
import type { IModelPackageGroup } from '../../registry/packages/model-package-group';
import type { IBucket } from '../../storage/bucket';
import {
  ARTIFACT_KEY,
  MAX_SERVING_VARIABLES,
  PACKAGE_VERSION,
  PACKAGE_VERSION_ARN,
  SERVING_IMAGE,
  SERVING_VARIABLE,
} from './model-limits';

/** What images can be pulled from: a framework with images of AWS, or a repository. */
export interface ImageSource {
  grantPull(grantee: IGrantable): void;
}

/** Files below a prefix of a bucket. */
export interface ArtifactFiles {
  readonly bucket: IBucket;
  /** Pattern of the keys, e.g. `card-fraud/output/*`. @default - every file of the bucket */
  readonly prefix?: string;
}

/** What a version of the registry names, and who serves it must be able to read. */
export interface PackageFiles {
  /** Where the artifacts of the model may be: the version itself says which of them it is. */
  readonly artifacts: readonly ArtifactFiles[];
  /** Where the contracts of its evaluations may be, for a `PackageCheck`. @default - with the artifacts */
  readonly contracts?: readonly ArtifactFiles[];
  /** Where its image is. */
  readonly images: readonly ImageSource[];
}

/** A version of a model in the registry of SageMaker. */
export interface PackageVersion extends PackageFiles {
  readonly packages: IModelPackageGroup;
  /** Number of the version: 1 and more. */
  readonly packageVersion: number;
}

/** A version of a model in the registry of another account, or of one that is not in the app. */
export interface PackageArn extends PackageFiles {
  /** `arn:<partition>:sagemaker:<region>:<account>:model-package/<group>/<version>`. */
  readonly packageArn: string;
}

/** What a container that serves gets. */
export interface ContainerOptions {
  /** Environment variables of the container, without secrets: they can be read by who describes the model. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An artifact in the store of models. */
export interface StoredModel extends ContainerOptions {
  readonly store: IModelStore;
  readonly model: string;
  readonly version: string;
  /** Name of the archive. @default model.tar.gz */
  readonly file?: string;
  /** Image that serves it, in ECR: by its digest, or by a tag that nobody can move. */
  readonly image: string;
}

/** An image, with or without an artifact. */
export interface ImageModel extends ContainerOptions {
  /** In ECR: by its digest, or by a tag that nobody can move. It answers `/ping` and `/invocations` on port 8080. */
  readonly image: string;
  /** The artifact, which SageMaker unpacks to `/opt/ml/model`. @default - none: the image has its model */
  readonly artifact?: Artifact;
}

/** An archive in a bucket. */
export interface Artifact {
  readonly bucket: IBucket;
  /** E.g. `card-fraud/12/model.tar.gz`. */
  readonly key: string;
  /**
   * Pattern of the keys that the containers may read. It has the versions before and after: an instance of the old fleet that
   * starts during a rollout, or after it was rolled back, loads its own.
   * @default - the first folder of the key: `card-fraud/*`; the whole bucket if it has none
   */
  readonly prefix?: string;
}

/** Container of a model in a request of SageMaker. */
export interface ModelContainer {
  /** ARN of a version in the registry. @default - none */
  readonly modelPackageName?: string;
  /** @default - that of the version */
  readonly image?: string;
  /** @default - that of the version, or none */
  readonly modelDataUrl?: string;
  /** @default - that of the version, or none */
  readonly environment?: Record<string, string>;
}

/** Default name of an archive in the store. */
export const DEFAULT_ARTIFACT_FILE = 'model.tar.gz';

/** Where a model that is served comes from. */
export class ModelSource {
  /**
   * An approved version of the registry. SageMaker takes the image and the artifact from the version when the model is made.
   *
   * @throws InputError if `packageVersion` is not the number of one
   */
  public static fromPackage(source: PackageVersion): ModelSource {
    const place = 'ModelSource.fromPackage';
    Properties.of(place)
      .present(source, 'packages', 'packageVersion', 'artifacts', 'images')
      .known(source, 'images', 'artifacts')
      .integer('packageVersion', source?.packageVersion, PACKAGE_VERSION)
      .throwIfInvalid();
    const { packages, packageVersion } = source;
    return ModelSource.ofPackage(packages.versionArn(packageVersion), source);
  }

  /**
   * A version of the registry by its ARN, e.g. of the account before this one. Its group must let this account read it.
   *
   * @throws InputError if `packageArn` is not the ARN of a version
   */
  public static fromPackageArn(source: PackageArn): ModelSource {
    Properties.of('ModelSource.fromPackageArn')
      .present(source, 'packageArn', 'artifacts', 'images')
      .known(source, 'images', 'artifacts')
      .matches('packageArn', source?.packageArn, PACKAGE_VERSION_ARN)
      .throwIfInvalid();
    return ModelSource.ofPackage(source.packageArn, source);
  }

  /**
   * An archive in the store of models, and the image that serves it.
   *
   * @throws InputError if the image or the name of the file is none
   */
  public static fromStore(source: StoredModel): ModelSource {
    const place = 'ModelSource.fromStore';
    Properties.need(place, source, 'store', 'model', 'version', 'image');
    const { store, model, version, file = DEFAULT_ARTIFACT_FILE, image, environment } = source;
    Properties.of(place).matches('file', file, ARTIFACT_KEY).throwIfInvalid();
    const container = containerOf(place, image, environment, `${store.uriOf(model, version)}${file}`);
    return new ModelSource(container, (role) => store.grantServe(role, model));
  }

  /**
   * An image of one's own, with its artifact or without.
   *
   * @throws InputError if the image or the key of the artifact is none
   */
  public static fromImage(source: ImageModel): ModelSource {
    const place = 'ModelSource.fromImage';
    Properties.need(place, source, 'image');
    const { image, artifact, environment } = source;
    if (!artifact) return new ModelSource(containerOf(place, image, environment, undefined), () => {});
    const { bucket, key, prefix } = artifact;
    const properties = Properties.of(place).known({ 'artifact.key': key }, 'artifact.key');
    properties.matches('artifact.key', key, ARTIFACT_KEY).throwIfInvalid();
    const [folder, file] = key.split('/');
    const readable = prefix ?? (file === undefined ? '*' : `${folder}/*`);
    const container = containerOf(place, image, environment, `s3://${bucket.bucketName}/${key}`);
    return new ModelSource(container, (role) => bucket.grantRead(role, readable));
  }

  private static ofPackage(packageArn: string, { artifacts, contracts = [], images }: PackageFiles): ModelSource {
    const read = (files: readonly ArtifactFiles[], role: IGrantable) => {
      for (const { bucket, prefix } of files) bucket.grantRead(role, prefix);
    };
    return new ModelSource(
      { modelPackageName: packageArn },
      (role) => {
        read(artifacts, role);
        for (const image of images) image.grantPull(role);
      },
      (role) => read([...artifacts, ...contracts], role),
      (role) => read(contracts.length > 0 ? contracts : artifacts, role),
    );
  }

  private constructor(
    /** What SageMaker makes the model of. */
    public readonly container: ModelContainer,
    private readonly grantFiles: (role: IGrantable) => void,
    private readonly grantCheck: (role: IGrantable) => void = () => {},
    private readonly grantContracts: (role: IGrantable) => void = () => {},
  ) {}

  /** ARN of the version in the registry; `undefined` of any other source. */
  public get packageArn(): string | undefined {
    return this.container.modelPackageName;
  }

  /** Allows what compares a version with its contract: reading its artifacts and contracts as `IBucket.grantRead` does. */
  public grantJudge(role: IGrantable): void {
    this.grantCheck(role);
  }

  /** Allows reading the contract of a version, as `IBucket.grantRead` does: what its evaluations wrote, without the artifacts. */
  public grantContract(role: IGrantable): void {
    this.grantContracts(role);
  }

  /** Allows what loads the model: reading its artifact as `IBucket.grantRead`, and pulling its image as `IImageRepository.grantPull` does. */
  public grantLoad(role: IGrantable): void {
    this.grantFiles(role);
    const { image } = this.container;
    const repository = image === undefined ? undefined : imageRepositoryArn(role, image);
    if (repository !== undefined) allowImages(role, repository, PULL_ACTIONS);
  }
}

function containerOf(
  place: IConstruct | string,
  image: string,
  environment: ContainerOptions['environment'],
  modelDataUrl: string | undefined,
): ModelContainer {
  const properties = Properties.of(place).known({ environment }, 'environment').matches('image', image, SERVING_IMAGE);
  properties.throwIfInvalid();
  const names = Object.keys(environment ?? {});
  for (const name of names) properties.matches('environment', name, SERVING_VARIABLE);
  properties
    .require(
      names.length <= MAX_SERVING_VARIABLES,
      `'environment' must have at most ${MAX_SERVING_VARIABLES} variables, got ${names.length}`,
    )
    .throwIfInvalid();
  return { image, modelDataUrl, environment: environment && { ...environment } };
}
