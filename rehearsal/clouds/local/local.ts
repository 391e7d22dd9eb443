import type { StackConfiguration } from '../../source/manifest';
import type { CloudFactory } from '../cloud';
import { confineFiles } from './files';

/** Providers that need no service, each with how a copy is adapted for it. */
const LOCAL_PROVIDERS: Readonly<Record<string, (configuration: StackConfiguration) => void>> = {
  archive: confineFiles,
  cloudinit: () => {},
  local: confineFiles,
  null: () => {},
  random: () => {},
  terraform: () => {},
  time: () => {},
  tls: () => {},
};

/** Providers that need no service. They are never mocked, and write to the scratch folder only. */
export const LOCAL_CLOUDS: readonly CloudFactory[] = Object.entries(LOCAL_PROVIDERS).map(([provider, adapt]) => () => ({
  provider,
  isLocal: true,
  adapt,
}));
