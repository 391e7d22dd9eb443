import type { AddressInfo } from 'node:net';
import { blockedProxies } from '../../../environment';
import type { Place } from '../place';
import type { Emulator } from './emulator';
import { startProxy } from './proxy';

/** An empty file instead of the user's profiles, which contain credentials and settings. */
const NO_FILE = '/dev/null';

/** With these, an SDK reads no settings and no credentials of this machine. */
export const NO_SETTINGS = {
  AWS_CONFIG_FILE: NO_FILE,
  AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

/**
 * Redirects the AWS provider, the S3 backend and every SDK to a running emulator, with invalid credentials.
 * Requests to any other host fail.
 */
export async function useEndpoint(url: string, { account, region }: Place): Promise<Emulator> {
  const { hostname } = new URL(url);
  const proxy = await startProxy(hostname);
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_REGION: region,
    ...NO_SETTINGS,
    ...blockedProxies({ http: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, hosts: [hostname] }),
  };
  return {
    env,
    stop: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
