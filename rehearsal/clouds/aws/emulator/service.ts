import { thisMachine } from '../../../../lib/testing/terraform';
import type { Service, StartOptions } from '../../cloud';
import type { Place } from '../place';
import { startEmulator } from './emulator';
import { useEndpoint } from './endpoint';
import { emulatorPython } from './installation';

/** Starts the emulators, which are installed at first use, or uses the running one that the user names. */
export async function startAws(options: StartOptions & Place): Promise<Service> {
  const { endpoint, folder, env, progress, signal, account, region } = options;
  if (endpoint !== undefined) {
    return { ...(await useEndpoint(endpoint, options)), detail: endpoint, hosts: [new URL(endpoint).hostname] };
  }
  progress('starting');
  const python = await emulatorPython(env, thisMachine().home, () => progress('installing, once'), signal);
  const emulator = await startEmulator({ python, account, region, logs: folder, env, signal });
  return { ...emulator, detail: emulator.env.AWS_ENDPOINT_URL! };
}
