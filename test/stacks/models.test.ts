import '../../lib/testing/jest';
import { Template, testApp } from '../../lib/testing';
import { loadEnvironment, Platform } from '../../stacks';

const app = testApp();
const platform = new Platform(app, loadEnvironment('environments/staging.yaml'));
const {
  'acme-staging-models': models,
  'acme-staging-data': data,
  'acme-staging-monitoring': monitoring,
} = Template.all(app);
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
      { model_package_name: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-staging-merchant-risk/2' }, // for files
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
      'acme-staging-merchant-risk/2', // for files
    ]);
  });

  test('are asked from another account only through the door of their file, by the role that it names', () => {
    expect([...platform.models!.doors!.keys()]).toEqual(['card-fraud']);
    const { policy, endpoint_configuration: reach } = models!.one('aws_api_gateway_rest_api');
    expect(reach).toEqual({ types: ['PRIVATE'], vpc_endpoint_ids: ['vpce-0a1b2c3d4e5f60719'] });
    expect(JSON.parse(`${policy}`).Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::444455556666:role/acme-shop-checkout-test'] },
      }),
    );
    const { value } = models!.outputs.ModelDoors as { value: Record<string, string> };
    expect(value['card-fraud']).toMatch(/^https:.*\.execute-api\.eu-north-1\.amazonaws\.com\/v1\/invocations$/);
  });

  test('are tested by the samples of the store, with the program in a bucket that takes it', () => {
    const asked = models!
      .all('aws_lambda_function')
      .filter(({ function_name: name }) => `${name}`.endsWith('card-fraud-smoke'));
    expect(JSON.stringify(asked)).toContain('card-fraud/smoke.json');
    expect(models!.all('aws_sagemaker_endpoint').map(({ deployment_config: how }) => JSON.stringify(how))).toEqual([
      expect.stringContaining('card-fraud_Smoke_Alarm'), // its alarm rolls back
      expect.not.stringContaining('Smoke'),
    ]);
  });

  test('show the alarm of their test on their dashboard, beside those that watch them', () => {
    const dashboards = monitoring!.all('aws_cloudwatch_dashboard');
    const own = dashboards.find(({ dashboard_name: name }) => `${name}`.endsWith('-model-card-fraud'));
    const arn = 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:acme-staging-card-fraud-rollback-smoke';
    expect(own!.dashboard_body).toContain(arn);
  });

  test('predict for files with the version that answers, when their file says', () => {
    const { schedule_expression: at, schedule_expression_timezone: zone } = models!.one('aws_scheduler_schedule');
    expect([at, zone]).toEqual(['cron(0 4 1 * ? *)', 'Europe/Stockholm']);
    const versions = models!
      .all('aws_sagemaker_model')
      .flatMap(({ name, primary_container: container }) =>
        `${name}`.includes('merchant-risk')
          ? [(container as never as { model_package_name: string }).model_package_name]
          : [],
      );
    expect(new Set(versions).size).toBe(1);
    expect(versions).toHaveLength(2);
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
