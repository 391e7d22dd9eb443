import { partitionOf } from '../../../lib/aws/arns';
import type { Profile } from '../../environment/schema/choices';
import { CACHES, type Caches } from './schema';

/** None where they cannot work: ECR has none in China, and the first pull of an image goes through NAT (ECR user guide). */
export function defaultCaches(profile: Profile, region: string, nat?: string): Caches {
  return partitionOf(region) === 'aws-cn' || nat === 'none' ? {} : CACHES.of(profile);
}

/** The name of an upstream is fixed by the platform; only its prefix can be shortened. */
export function upstreamName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
