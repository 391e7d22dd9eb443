import { join } from 'node:path';
import type { Machine } from '../lib/testing/terraform';

/** The user's folder for what is installed once and used by every run. */
export function cacheFolder({ env, home }: Pick<Machine, 'env' | 'home'>): string {
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'cdktf-mlops');
}
