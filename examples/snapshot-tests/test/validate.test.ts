import { testApp, validate } from 'cdktf-mlops/testing';
import { ExportsStack } from '../exports-stack';

test('Terraform and the schemas of its providers accept every stack', async () => {
  const app = testApp();
  new ExportsStack(app, 'acme-exports');
  expect(await validate(app)).toEqual([]);
}, 120_000);
