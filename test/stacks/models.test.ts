import '../../lib/testing/jest';
import { Template, testApp } from '../../lib/testing';
import { loadEnvironment, Platform } from '../../stacks';

const app = testApp();
const platform = new Platform(app, loadEnvironment('environments/staging.yaml'));
const { 'acme-staging-models': models, 'acme-staging-data': data } = Template.all(app);
const endpoint = (name: string) => platform.models!.endpoints!.get(name)!;
const READ = ['s3:GetObject', 's3:GetObjectTagging'];
const ARTIFACT = 'arn:aws:s3:::acme-staging-training-111122223333-eu-north-1';

describe('the models of an environment', () => {
  test('are endpoints of a layer of their own, which others get by name', () => {
    expect([...platform.models!.endpoints!.keys()]).toEqual(['card-fraud', 'merchant-risk']);
    expect(endpoint('card-fraud').variantNames).toEqual(['champion', 'challenger']);
    expect(endpoint('merchant-risk').invocation).toBe('asynchronous');
    expect(platform.models!.dependencies).toEqual(expect.arrayContaining([platform.services, platform.data]));
  });

  test('are the versions that the file says, of the group that a pipeline fills', () => {
    const packages = models!.all('aws_sagemaker_model').map(({ primary_container: container }) => container);
    expect(packages).toEqual([
      { model_package_name: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-staging-card-fraud/3' },
      { model_package_name: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-staging-card-fraud/3' },
      { model_package_name: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-staging-merchant-risk/2' },
    ]);
  });

  test('read the models of their own pipeline, neither its reports nor the models of others', () => {
    const policy = models!.policyOf((endpoint('card-fraud') as never as { role: never }).role);
    expect(policy).toAllow({
      actions: READ,
      resources: `${ARTIFACT}/acme-staging-pipelines-card-fraud/output/a/model.tar.gz`,
    });
    expect(
      policy.allowsAny({ actions: READ, resources: `${ARTIFACT}/acme-staging-pipelines-card-fraud/reports/*` }),
    ).toBe(false);
    expect(policy.allowsAny({ actions: READ, resources: `${ARTIFACT}/acme-staging-pipelines-merchant-risk/*` })).toBe(
      false,
    );
    expect(policy).toAllow({
      actions: 'ecr:BatchGetImage',
      resources: 'arn:aws:ecr:eu-north-1:662702820516:repository/sagemaker-scikit-learn',
    });
  });

  test('are each checked before they are served', () => {
    const asked = models!.all('aws_lambda_invocation').map(({ input }) => JSON.parse(`${input}`).packageArn);
    expect(asked.map((arn: string) => arn.split('/').slice(1).join('/'))).toEqual([
      'acme-staging-card-fraud/3',
      'acme-staging-card-fraud/3',
      'acme-staging-merchant-risk/2',
    ]);
  });

  test('add nothing to the other layers but the end of captured data', () => {
    expect(Object.keys(data!.outputs).filter((name) => /endpoint|model/i.test(name))).toEqual([]);
    const rules = data!
      .all('aws_s3_bucket_lifecycle_configuration')
      .flatMap(({ rule }) => rule as unknown as Record<string, unknown>[]);
    expect(rules).toContainEqual(
      expect.objectContaining({
        filter: [{ prefix: 'captured/acme-staging-card-fraud/' }],
        expiration: [{ days: 30 }],
      }),
    );
  });
});
