import type { App } from 'cdktf';
import { AwsStack } from '../lib/aws/aws-stack';
import { StateBackend } from '../lib/core/state-backend';
import type { Environment } from './environment';

/** One layer of one environment: `<project>-<environment>-<layer>`, placed, named and tagged as the file says. */
export class LayerStack extends AwsStack {
  constructor(app: App, layer: string, environment: Environment) {
    const { project, environment: name, account, region, owner, removal, tags } = environment;
    super(app, `${project}-${name}-${layer}`, {
      namePrefix: `${project}-${name}`,
      account,
      region,
      removal,
      tags: { project, environment: name, owner, 'managed-by': 'cdktf-mlops', ...tags },
      stateBackend: stateBackendOf(environment),
    });
  }
}

function stateBackendOf({ state }: Environment): StateBackend {
  if (!state) return StateBackend.local();
  // the bucket that bootstrap makes encrypts by itself; the alias of a key in every request would only be refused by its policy
  const kmsKeyId = state.kmsKey?.includes(':key/') ? state.kmsKey : undefined;
  return StateBackend.s3({ bucket: state.bucket, region: state.region, kmsKeyId });
}
