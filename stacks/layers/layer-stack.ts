import type { App } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import type { PlatformStackProps } from '../../lib/core/platform-stack';
import { StateBackend } from '../../lib/core/state-backend';
import type { Environment } from '../environment/environment';
import type { Available, AwsLayerName, Offers, Part } from '../offers';

/** One layer of one environment on AWS: `<project>-<environment>-<layer>`, named, tagged and placed as the file says. */
export class LayerStack extends AwsStack {
  constructor(app: App, layer: string, environment: Environment) {
    const { account, region } = environment;
    super(app, stackId(environment, layer), { ...surroundingsOf(environment), account, region });
  }

  /**
   * Makes the parts that belong to a layer.
   *
   * @param available what the layers before it offer; each part also sees what earlier parts of the layer have made
   * @returns what the layer offers
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

/** Id of a stack: the manifest of an app is keyed by it, so it names project and environment. */
export function stackId({ project, environment }: Environment, layer: string): string {
  return `${project}-${environment}-${layer}`;
}

/** What an environment tells each of its stacks, whatever their providers. */
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
  // the bucket that bootstrap makes encrypts by itself; the alias of a key in every request would only be refused by its policy
  const kmsKeyId = state.kmsKey?.includes(':key/') ? state.kmsKey : undefined;
  return StateBackend.s3({ bucket: state.bucket, region: state.region, kmsKeyId });
}
