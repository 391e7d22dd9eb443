import { type App, TerraformOutput } from 'cdktf';
import { Principal, Role } from 'cdktf-mlops/iam';
import { SecurityGroup } from 'cdktf-mlops/network';
import { LayerStack, type Platform } from 'cdktf-mlops/platform';
import { Bucket } from 'cdktf-mlops/storage';

/** The churn team's stack: jobs that read its features and publish its model and predictions. */
export class ChurnStack extends LayerStack {
  public readonly trainer: Role;
  public readonly predictions: Bucket;

  constructor(app: App, { environment, foundation, data }: Platform) {
    super(app, 'churn', environment);

    this.predictions = new Bucket(this, 'Predictions', {
      name: 'churn-predictions',
      encryptionKey: foundation.keys.of('lake'),
      expireAfterDays: 30,
      removal: environment.lake.removal,
    });

    this.trainer = new Role(this, 'Trainer', { assumedBy: Principal.service('sagemaker.amazonaws.com') });
    data.tables.get('customers')!.grantRead(this.trainer);
    data.models.grantPublish(this.trainer, 'churn');
    this.predictions.grantWrite(this.trainer);

    // OutputDataConfig of the training jobs: without the key, SageMaker takes another, which the store refuses
    new TerraformOutput(this, 'TrainingOutput', {
      value: {
        S3OutputPath: `s3://${data.models.bucket.bucketName}/churn/`,
        KmsKeyId: data.models.encryptionKey!.keyArn,
      },
    });

    const jobs = new SecurityGroup(this, 'Jobs', { network: foundation.network, description: 'churn training' });
    foundation.network.allowAwsServices(jobs);
  }
}
