import type { CloudFactory } from '../cloud';
import { confineFiles } from './files';

const PROVIDERS = ['archive', 'cloudinit', 'local', 'null', 'random', 'terraform', 'time', 'tls'];

/** Providers that need no service. They are never mocked, and write only to the scratch folder. */
export const LOCAL_CLOUDS: readonly CloudFactory[] = PROVIDERS.map((provider) => () => ({
  provider,
  isLocal: true,
  adapt: (configuration) => confineFiles(configuration, provider),
}));
