import 'cdktf-mlops/testing/jest';
import { join } from 'node:path';
import { loadEnvironment, Platform } from 'cdktf-mlops/platform';
import { addresses, Template, testApp } from 'cdktf-mlops/testing';
import { ShopStack } from '../stacks/shop-stack';

const environment = loadEnvironment(join(__dirname, '../environments/dev.yaml'));
const app = testApp();
const platform = new Platform(app, environment);
const shop = new ShopStack(app, platform);
const models = Template.synth(platform.models!);

test('no resource of the model or of the shop is replaced unnoticed', () => {
  expect([addresses(platform.models!), addresses(shop)]).toMatchSnapshot();
});

test('a version on trial gets at most a fifth of the requests', () => {
  const variants = models.one('aws_sagemaker_endpoint_configuration').production_variants as Record<string, unknown>[];
  const weights = Object.fromEntries(variants.map((one) => [one.variant_name, Number(one.initial_variant_weight)]));
  expect(Object.keys(weights)).toEqual(['champion', 'challenger']);
  expect(weights.challenger! / (weights.champion! + weights.challenger!)).toBeLessThanOrEqual(0.2);
});

test('the shop may ask this model and read its weights, and nothing else', () => {
  const policy = Template.synth(shop).policyOf(shop.shop);
  const { endpointArn } = platform.models!.endpoints!.get('fraud')!;
  for (const actions of ['sagemaker:InvokeEndpoint', 'sagemaker:DescribeEndpoint']) {
    expect(policy).toAllow({ actions, resources: endpointArn });
    expect(policy).not.toAllow({ actions, resources: `${endpointArn}-other` });
  }
  for (const actions of ['sagemaker:UpdateEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities']) {
    expect(policy).not.toAllow({ actions, resources: endpointArn });
  }
});

test('a deployment that fails is rolled back by alarms that are there from the first one on', () => {
  const endpoint = JSON.stringify(models.one('aws_sagemaker_endpoint').deployment_config);
  expect(endpoint).toContain('canary_size');
  expect(endpoint).toContain('auto_rollback_configuration');
});
