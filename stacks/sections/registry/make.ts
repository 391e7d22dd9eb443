import { Construct } from 'constructs';
import { ImageRepository } from '../../../lib/registry/image-repository';
import { ModelStore } from '../../../lib/registry/model-store';
import { PullThroughCache } from '../../../lib/registry/pull-through-cache';
import { UpstreamRegistry } from '../../../lib/registry/upstream-registry';
import { ObjectLock } from '../../../lib/storage/object-lock';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Data } from '../../offers';
import { type Caches, MODELS_BUCKET } from './schema';
import type { Registry } from './section';

/** Creates the model store, the image repositories and the caches of public registries. */
export function makeRegistry(
  stack: LayerStack,
  { models, images, pullThroughCache, removal }: Registry,
  { foundation: { keys, accessLogs } }: Available['data'],
): Pick<Data, 'models' | 'images'> {
  const encryptionKey = keys.of('registry');
  const store = new ModelStore(stack, 'Models', {
    name: MODELS_BUCKET,
    encryptionKey,
    accessLogs,
    writeOnce: models.writeOnce,
    noncurrentVersionDays: models.replacedVersionDays,
    objectLock: models.lockDays === undefined ? undefined : ObjectLock.governance(models.lockDays),
    removal,
  });
  const group = new Construct(stack, 'Images');
  const repositories = Object.entries(images).map(([name, { mutableTags, keepImages }]) => {
    const props = { name, encryptionKey, mutableTags, keptImages: keepImages, removal };
    return [name, new ImageRepository(group, name, props)] as const;
  });
  const caches = new Construct(stack, 'PullThroughCaches');
  for (const [name, upstream] of Object.entries(upstreamsOf(pullThroughCache))) {
    new PullThroughCache(caches, name, { upstream, encryptionKey });
  }
  return { models: store, images: new Map(repositories) };
}

/** The cached registries of an environment, by their key in the file. */
function upstreamsOf(caches: Caches): Record<string, UpstreamRegistry> {
  const { ecrPublic, kubernetes, quay, dockerHub, github, gitlab } = caches;
  return {
    ...(ecrPublic && { ecrPublic: UpstreamRegistry.publicEcr() }),
    ...(kubernetes && { kubernetes: UpstreamRegistry.kubernetes() }),
    ...(quay && { quay: UpstreamRegistry.quay() }),
    ...(dockerHub && { dockerHub: UpstreamRegistry.dockerHub(dockerHub.secretArn) }),
    ...(github && { github: UpstreamRegistry.github(github.secretArn) }),
    ...(gitlab && { gitlab: UpstreamRegistry.gitlab(gitlab.secretArn) }),
  };
}
