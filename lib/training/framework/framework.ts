import { Annotations, Fn, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { urlSuffixOf } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { IGrantable } from '../../iam/statement';
import { allowImages, PULL_ACTIONS } from '../../registry/image-registry';
import { processorOf } from '../training-limits';
import { currentDay } from './day';
import {
  brokenProcessor,
  brokenVersion,
  FRAMEWORK_IMAGES,
  FRAMEWORKS,
  type FrameworkImage,
  type FrameworkName,
  supportOf,
} from './images';
import { SERVING, type Serving } from './serving';

const IMAGE_BY_DIGEST: TextPattern = {
  pattern:
    /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.(?:com(?:\.cn)?|eu)\/(?<repository>[a-z0-9][a-z0-9._/-]*|\$\{[^}]+\})@(?<digest>sha256:[0-9a-f]{64})$/,
  meaning:
    'an image in ECR by its digest, <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, because what a tag names can change under a registered model',
};

/** The parts of an image's address. */
interface ImageParts {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly digest: string;
}

/** What a model artifact, `model.tar.gz`, must contain so that the framework's serving containers load it. */
const ARTIFACTS: Readonly<Record<FrameworkName | 'custom', string>> = {
  pytorch:
    'model.pth (or .pt2), and code/inference.py with model_fn; AWS patches no image that serves PyTorch: the server is an image of your own',
  tensorflow: '<number>/saved_model.pb with its variables, as model.save or tf.saved_model.save writes it',
  keras: '<number>/saved_model.pb with its variables, as model.export writes it; not the .keras file alone',
  'scikit-learn': 'model.joblib, and code/inference.py with model_fn',
  xgboost: 'xgboost-model as save_model writes it; another file needs code/inference.py with model_fn',
  custom: 'what the image reads from /opt/ml/model',
};

/** How a framework is chosen. */
export interface FrameworkOptions {
  /** Day on which the support of the image is judged. @default - today, or that of `setCurrentDay` */
  readonly today?: Date;
  /**
   * Why an image without patches is used all the same, e.g. to reproduce a model under audit. Synthesis then warns in
   * place of failing.
   * @default - the end of the support is an error
   */
  readonly unsupportedBecause?: string;
}

/** A framework by its name. */
export interface FrameworkChoice extends FrameworkOptions {
  readonly name: FrameworkName;
  readonly version: string;
}

/** An image of one's own. */
export interface CustomFrameworkOptions {
  /**
   * `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>`, in the region of the jobs. The repository may be a
   * token, such as `repositoryName` of a repository of the app.
   */
  readonly image: string;
  /**
   * Whether the image has the package `sagemaker-training`, which runs an entry point of a code folder. Without it the
   * image is run with the argument `train`, and brings its own program.
   * @default false
   */
  readonly scriptMode?: boolean;
  /** Version of what is in the image, for the metadata of its models, e.g. `lightgbm 4.6`. @default - the digest */
  readonly version?: string;
}

/** What a program is written in, and the container image that runs it. */
export class Framework {
  /** PyTorch, e.g. `2.13`. From 2.11 on its images are in repository `pytorch`. */
  public static pytorch(version: string, options?: FrameworkOptions): Framework {
    return Framework.of({ name: 'pytorch', version, ...options });
  }

  /** TensorFlow, e.g. `2.21`. */
  public static tensorflow(version: string, options?: FrameworkOptions): Framework {
    return Framework.of({ name: 'tensorflow', version, ...options });
  }

  /** Keras 3 in the image of TensorFlow. @param version that of TensorFlow, e.g. `2.21` */
  public static keras(version: string, options?: FrameworkOptions): Framework {
    return Framework.of({ name: 'keras', version, ...options });
  }

  /** Scikit-learn, e.g. `1.9-0`. Its images compute on the CPU only. */
  public static scikitLearn(version: string, options?: FrameworkOptions): Framework {
    return Framework.of({ name: 'scikit-learn', version, ...options });
  }

  /** XGBoost, e.g. `3.2-0`: with a code folder script mode, without one the built-in algorithm. */
  public static xgboost(version: string, options?: FrameworkOptions): Framework {
    return Framework.of({ name: 'xgboost', version, ...options });
  }

  /**
   * An image of one's own, for a framework or a version that AWS has no image of, or for what AWS no longer patches.
   *
   * It is run with the argument `train`, reads `/opt/ml/input/data/<channel>` and `/opt/ml/input/config`, writes the
   * model to `/opt/ml/model`, and the reason of a failure to `/opt/ml/output/failure`.
   *
   * @throws InputError if the image is named by a tag
   */
  public static custom(options: CustomFrameworkOptions): Framework {
    Properties.of('Framework.custom')
      .present(options, 'image')
      .known({ image: IMAGE_BY_DIGEST.pattern.test(options?.image) ? '' : options?.image }, 'image')
      .matches('image', options?.image, IMAGE_BY_DIGEST)
      .throwIfInvalid();
    const parts = IMAGE_BY_DIGEST.pattern.exec(options.image)!.groups as unknown as ImageParts;
    return new Framework('custom', options.version ?? parts.digest, {}, undefined, { ...options, ...parts });
  }

  /**
   * A framework by its name, e.g. from a file.
   *
   * @throws InputError if the version is not in the table, or its support has ended
   */
  public static of(choice: FrameworkChoice): Framework {
    Properties.of('Framework.of')
      .present(choice, 'name', 'version')
      .oneOf('name', choice?.name, FRAMEWORKS)
      .known(choice, 'version')
      .throwIfInvalid();
    const { name, version, today = currentDay(), unsupportedBecause } = choice;
    const image = FRAMEWORK_IMAGES[name]?.[version];
    const isAccepted = image !== undefined && unsupportedBecause !== undefined;
    Properties.of(`Framework.${name}`)
      .keeps('version', version, isAccepted ? [] : brokenVersion(name, version, today))
      .throwIfInvalid();
    return new Framework(name, version, { today, unsupportedBecause }, image);
  }

  /** What a served artifact, `model.tar.gz`, must contain. */
  public readonly artifact: string;
  /** How images serve its models. */
  public readonly serving: Serving;
  /** Version of Python in the image, e.g. `3.12`; `undefined` if it is not known. */
  public readonly python: string | undefined;
  /** First day without patches, `YYYY-MM-DD`; `undefined` for an image of one's own. */
  public readonly endOfSupport: string | undefined;
  /** Whether the image runs an entry point of a code folder. */
  public readonly scriptMode: boolean;
  /** Whether the image trains without a code folder. */
  public readonly hasProgram: boolean;

  private constructor(
    public readonly name: FrameworkName | 'custom',
    public readonly version: string,
    private readonly options: FrameworkOptions,
    private readonly aws: FrameworkImage | undefined,
    private readonly own?: CustomFrameworkOptions & ImageParts,
  ) {
    this.artifact = ARTIFACTS[name];
    this.serving = SERVING[name];
    this.python = aws?.python;
    this.endOfSupport = aws?.supportEnds;
    this.scriptMode = own ? (own.scriptMode ?? false) : true;
    this.hasProgram = own ? !this.scriptMode : name === 'xgboost';
  }

  /**
   * The image for an instance type, in the region of a construct's stack.
   *
   * @throws InputError if AWS has no image for the type's processor, or none in the region
   */
  public imageFor(scope: IConstruct, instanceType: string): string {
    if (!this.aws) return this.own!.image;
    const processor = processorOf(instanceType);
    Properties.of(scope)
      .keeps('instanceType', instanceType, brokenProcessor(this.name as FrameworkName, this.version, processor))
      .throwIfInvalid();
    const { region } = Aws.of(scope);
    const { repository, tags } = this.aws;
    const domain = Token.isUnresolved(region) ? Aws.of(scope).urlSuffix : domainOf(scope);
    return `${this.accountIn(scope)}.dkr.ecr.${region}.${domain}/${repository}:${tags[processor]}`;
  }

  /** ARN of the repository that holds the image, in the region of a construct's stack. */
  public repositoryArnIn(scope: IConstruct): string {
    const aws = Aws.of(scope);
    if (this.aws) return aws.arn('ecr', `repository/${this.aws.repository}`, { account: this.accountIn(scope) });
    const { account, region, repository } = this.own!;
    return aws.arn('ecr', `repository/${repository}`, { account, region });
  }

  /**
   * Allows pulling the image: `ecr:GetAuthorizationToken`, `ecr:BatchCheckLayerAvailability`, `ecr:BatchGetImage`,
   * `ecr:GetDownloadUrlForLayer`.
   */
  public grantPull(grantee: IGrantable): void {
    allowImages(grantee, this.repositoryArnIn(grantee), PULL_ACTIONS);
  }

  /** Warns on a construct whose image gets no patches, or none from a day soon on. */
  public warnOn(scope: IConstruct): void {
    if (!this.aws) return;
    const { today = currentDay(), unsupportedBecause } = this.options;
    const { state, daysLeft } = supportOf(this.aws, today);
    const image = `the image of ${this.name} ${this.version}`;
    if (state === 'ended') {
      const text = `${image} gets no patches since ${this.aws.supportEnds}; accepted because: ${unsupportedBecause}`;
      Annotations.of(scope).addWarning(text);
    } else if (state === 'ends soon') {
      const text = `${image} gets patches until ${this.aws.supportEnds}, for ${digitsOf(daysLeft)} more days; choose a newer version, afterwards synthesis fails`;
      Annotations.of(scope).addWarning(text);
    }
  }

  /** The account that holds the image; Terraform looks up a region that is known only at plan time. */
  private accountIn(scope: IConstruct): string {
    const { region } = Aws.of(scope);
    const { accounts } = this.aws!;
    if (Token.isUnresolved(region)) return Token.asString(Fn.lookup({ ...accounts }, region));
    const account = accounts[region];
    Properties.of(scope)
      .require(
        account !== undefined,
        `'framework' must be one that AWS has images of in ${region}, got ${this.name}; use an image of your own (custom)`,
      )
      .throwIfInvalid();
    return account!;
  }
}

function domainOf(scope: IConstruct): string {
  return urlSuffixOf(Aws.of(scope).partition);
}
