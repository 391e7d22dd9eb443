import { Construct } from 'constructs';
import { Tags } from '../../../lib/core/tags';
import { TEAM_TAG } from '../../../lib/data-lake/query-workgroup';
import { ImageRepository } from '../../../lib/registry/image-repository';
import { ModelStore } from '../../../lib/registry/model-store';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { PackageInbox } from '../../../lib/registry/packages/package-inbox';
import { PackagePromotion } from '../../../lib/registry/packages/package-promotion';
import { PullThroughCache } from '../../../lib/registry/pull-through-cache';
import { UpstreamRegistry } from '../../../lib/registry/upstream-registry';
import { ObjectLock } from '../../../lib/storage/object-lock';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Data } from '../../offers';
import { type Caches, MODELS_BUCKET } from './schema';
import type { Registry } from './section';

/** Creates the model store, the package groups, the image repositories and the caches of public registries. */
export function makeRegistry(
  stack: LayerStack,
  { models, images, packages, approvalsFrom, pullThroughCache, removal }: Registry,
  { foundation: { keys, accessLogs } }: Available['data'],
): Pick<Data, 'models' | 'images' | 'packages'> {
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
  if (approvalsFrom) new PackageInbox(stack, 'Approvals', { accounts: approvalsFrom });
  return { models: store, images: new Map(repositories), packages: makePackages(stack, packages, removal) };
}

function makePackages(
  stack: LayerStack,
  packages: Registry['packages'],
  removal: Registry['removal'],
): Map<string, ModelPackageGroup> {
  const scope = new Construct(stack, 'Packages');
  const groups = new Map<string, ModelPackageGroup>();
  for (const [name, { team, metadata, accounts, approvers, promoteTo }] of Object.entries(packages)) {
    const group = new ModelPackageGroup(scope, name, {
      name,
      description: `versions of ${name}, answered for by team ${team}`,
      furtherMetadata: metadata,
      readerAccounts: accounts,
      approverArns: approvers,
      removal,
    });
    Tags.of(group).add({ [TEAM_TAG]: team });
    if (promoteTo) new PackagePromotion(group, 'Promotion', { packages: group, eventBusArn: promoteTo });
    groups.set(name, group);
  }
  return groups;
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
