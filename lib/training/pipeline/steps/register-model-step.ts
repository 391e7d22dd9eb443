import { Token } from 'cdktf';
import { imageRepositoryArn } from '../../../aws/image-repository-arn';
import { Properties } from '../../../core/properties';
import type { IModelPackageGroup } from '../../../registry/packages/model-package-group';
import { missingMetadata } from '../../../registry/packages/package-limits';
import { CONTENT_TYPE } from '../../data/data-limits';
import { Reference, textOf, textsOf, type Value } from '../value';
import { type PipelineBinding, type Request, Step, type StepProps } from './step';

/** A report about a model, in S3. */
export interface ModelReport {
  /** `s3://` URI of a JSON file. */
  readonly uri: Value;
  /** @default application/json */
  readonly contentType?: string;
}

export interface RegisterModelStepProps extends StepProps {
  /** Group that the new version joins. */
  readonly packages: IModelPackageGroup;
  /** Image that serves the model. */
  readonly image: Value;
  /** `s3://` URI of the artifact, `model.tar.gz`. */
  readonly modelUri: Value;
  /** MIME types that the model takes, e.g. `text/csv`. @default application/json */
  readonly contentTypes?: readonly string[];
  /** MIME types that the model answers with. @default application/json */
  readonly responseTypes?: readonly string[];
  /** Environment variables of the container that serves the model. @default - none */
  readonly environment?: Readonly<Record<string, Value>>;
  /** Name and version of the framework, e.g. `{ name: 'XGBOOST', version: '3.2' }`. @default - not said */
  readonly framework?: { readonly name: string; readonly version: string };
  /** Quality of the model, as the registry shows it. @default - none */
  readonly quality?: ModelReport;
  /** What the group requires of every version: see `PACKAGE_METADATA`. Values of at most 256 characters. */
  readonly metadata: Readonly<Record<string, Value>>;
  /** @default - none */
  readonly packageDescription?: Value;
}

/**
 * Registers a model as a new version of a group, as pending: who trains never approves.
 *
 * Costs nothing; the version stays in the group, also after the pipeline is destroyed.
 */
export class RegisterModelStep extends Step {
  public readonly type: string = 'RegisterModel';

  constructor(
    name: string,
    private readonly props: RegisterModelStepProps,
  ) {
    super(name, props);
    const { packages, metadata, contentTypes = [], responseTypes = [] } = props ?? {};
    const properties = Properties.of(this.place)
      .present(props, 'packages', 'image', 'modelUri', 'metadata')
      .known({ metadata, contentTypes, responseTypes }, 'metadata', 'contentTypes', 'responseTypes');
    for (const type of contentTypes) properties.matches('contentTypes', type, CONTENT_TYPE);
    for (const type of responseTypes) properties.matches('responseTypes', type, CONTENT_TYPE);
    properties.throwIfInvalid();
    const isLater = (value: Value) => value instanceof Reference || Token.isUnresolved(value);
    const known = Object.entries(metadata).map(([key, value]) => [key, isLater(value) ? undefined : value]);
    for (const fault of missingMetadata(Object.fromEntries(known), packages.requiredMetadata)) {
      properties.require(false, fault);
    }
    properties.throwIfInvalid();
  }

  /** ARN of the new version, once the step has run. */
  public get packageArn(): Reference {
    return this.property('ModelPackageArn');
  }

  /**
   * Grants what `IModelPackageGroup.grantRegister` does, and `ecr:BatchGetImage`, `ecr:DescribeImages` on the repository of
   * the image, if it is in ECR: SageMaker asks whether who registers a model may read it. A repository of another account
   * must allow it too. An image that is known when the pipeline runs is not granted.
   */
  public bindTo({ role }: PipelineBinding): void {
    const { packages, image } = this.props;
    packages.grantRegister(role);
    const repository = typeof image === 'string' ? imageRepositoryArn(role, image) : undefined;
    if (repository === undefined) return;
    // as AmazonSageMakerModelRegistryFullAccess has them, the policy of AWS for those who register
    role.addToPolicy({ actions: ['ecr:BatchGetImage', 'ecr:DescribeImages'], resources: [repository] });
  }

  protected arguments(): Request {
    const { props } = this;
    const { environment, framework, quality } = props;
    return {
      ModelPackageGroupName: props.packages.packageGroupName,
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [
          {
            Image: props.image,
            ModelDataUrl: props.modelUri,
            ...(environment && { Environment: textsOf(environment) }),
            ...(framework && { Framework: framework.name, FrameworkVersion: framework.version }),
          },
        ],
        SupportedContentTypes: props.contentTypes ?? ['application/json'],
        SupportedResponseMIMETypes: props.responseTypes ?? ['application/json'],
      },
      ...(quality && {
        ModelMetrics: {
          ModelQuality: {
            Statistics: { ContentType: quality.contentType ?? 'application/json', S3Uri: quality.uri },
          },
        },
      }),
      CustomerMetadataProperties: textsOf(props.metadata),
      ...(props.packageDescription !== undefined && { ModelPackageDescription: textOf(props.packageDescription) }),
    };
  }
}
