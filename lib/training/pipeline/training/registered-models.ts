import { imageRepositoryArn } from '../../../aws/image-repository-arn';
import type { IGrantable } from '../../../iam/statement';
import { allowImages, PULL_ACTIONS } from '../../../registry/image-registry';
import type { IModelPackageGroup } from '../../../registry/packages/model-package-group';
import type { IBucket } from '../../../storage/bucket';
import type { TrainingPipelineProps } from './training-pipeline-props';

/** What a pipeline registers: whoever serves it reads the artifacts and pulls the image. */
export class RegisteredModels {
  /** Group of its versions. */
  public readonly packages: IModelPackageGroup;
  /** Where the artifacts are. */
  public readonly artifacts: { readonly bucket: IBucket; readonly prefix: string };

  /** Where the contracts of their evaluations are. */
  public readonly contracts: { readonly bucket: IBucket; readonly prefix: string };

  /** @param folder folder of the pipeline in the bucket of the workspace */
  constructor(
    folder: string,
    private readonly props: Pick<TrainingPipelineProps, 'training' | 'servingImage' | 'packages'>,
  ) {
    this.packages = props.packages;
    this.contracts = { bucket: props.training.workspace.bucket, prefix: `${folder}/reports/*` };
    this.artifacts = { bucket: props.training.workspace.bucket, prefix: `${folder}/output/*` };
  }

  /**
   * Allows pulling the image that serves them, as `IImageRepository.grantPull` does. An image outside of ECR, or one that is known when
   * the pipeline runs, grants nothing.
   */
  public grantPull(grantee: IGrantable): void {
    const { servingImage, training } = this.props;
    if (servingImage === undefined) {
      training.framework.grantPull(grantee);
      return;
    }
    const repository = typeof servingImage === 'string' ? imageRepositoryArn(grantee, servingImage) : undefined;
    if (repository !== undefined) allowImages(grantee, repository, PULL_ACTIONS);
  }
}
