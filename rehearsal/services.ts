import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine } from '../lib/testing/terraform';
import type { Cloud, Service } from './clouds/cloud';
import { blockedProxies, downloadEnvironment } from './environment';
import type { Report } from './events';

/** The running services of a rehearsal. */
export interface Services {
  /** Environment variables with which Terraform uses the services, and no request leaves the machine. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly folder: string;
  /** URLs of running services that the user names, by provider. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly report: Report;
}

/** Starts the services of some clouds. If one fails, the started ones are stopped. */
export async function startServices(clouds: readonly Cloud[], options: ServicesOptions): Promise<Services> {
  const { report } = options;
  const done = (detail: string) => report({ type: 'step', step: 'emulator', state: 'done', detail });
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started) await service.stop();
  };
  try {
    for (const cloud of clouds) started.push(await start(cloud, options));
  } catch (error) {
    await stop();
    throw error;
  }
  if (started.length > 0) done(started.map(({ detail }) => detail).join(', '));
  return { env: environmentOf(started), stop };
}

function start(cloud: Cloud, { folder, endpoints, signal, report }: ServicesOptions): Promise<Service> {
  const own = join(folder, cloud.provider);
  mkdirSync(own, { recursive: true });
  return cloud.start!({
    folder: own,
    env: downloadEnvironment(thisMachine().env, 'pip'),
    endpoint: endpoints[cloud.provider],
    progress: (detail) => report({ type: 'step', step: 'emulator', state: 'started', detail }),
    signal,
  });
}

function environmentOf(services: readonly Service[]): Record<string, string> {
  const { NO_PROXY, no_proxy, ...proxies } = blockedProxies({ hosts: services.flatMap(({ hosts = [] }) => hosts) });
  return Object.assign({}, proxies, ...services.map(({ env }) => env), { NO_PROXY, no_proxy });
}
