import type { App } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import type { PlatformStackProps } from '../../lib/core/platform-stack';
import { StateBackend } from '../../lib/core/state-backend';
import type { Environment } from '../environment/environment';
import type { Available, AwsLayerName, Offers, Part } from '../offers';

/** One layer of an environment on AWS: `<project>-<environment>-<layer>`, with names, tags and region from the file. */
export class LayerStack extends AwsStack {
  constructor(app: App, layer: string, environment: Environment) {
    const { account, region, iam } = environment;
    super(app, stackId(environment, layer), {
      ...surroundingsOf(environment),
      account,
      region,
      permissionsBoundaryArn: iam.permissionsBoundary,
      rolePath: iam.path,
    });
  }

  /**
   * Creates the parts of a layer.
   *
   * @param available offers of the earlier layers; each part also gets the offers of earlier parts of its layer
   * @returns the offers of the layer
   */
  protected makeParts<Layer extends AwsLayerName>(
    layer: Layer,
    parts: readonly Part<AwsLayerName>[],
    available: Omit<Available[Layer], Layer>,
    own: object = {},
  ): Offers[Layer] {
    const offers = own;
    for (const part of parts) {
      if (part.layer !== layer) continue;
      Object.assign(offers, part.make(this, { ...available, [layer]: offers } as never));
    }
    return offers as Offers[Layer];
  }
}

/** Id of a stack. It contains project and environment, because ids must be unique in an app. */
export function stackId({ project, environment }: Environment, layer: string): string {
  return `${project}-${environment}-${layer}`;
}

/** Properties of every stack of an environment, independent of the provider. */
export function surroundingsOf(environment: Environment): PlatformStackProps {
  const { project, environment: name, owner, removal, tags } = environment;
  return {
    namePrefix: `${project}-${name}`,
    removal,
    tags: { project, environment: name, owner, 'managed-by': 'cdktf-mlops', ...tags },
    stateBackend: stateBackendOf(environment),
  };
}

function stateBackendOf({ state }: Environment): StateBackend {
  if (!state) return StateBackend.local();
  // the bootstrap bucket encrypts by default, and its policy refuses requests with a key alias
  const kmsKeyId = state.kmsKey?.includes(':key/') ? state.kmsKey : undefined;
  return StateBackend.s3({ bucket: state.bucket, region: state.region, kmsKeyId, roleArn: state.role });
}
