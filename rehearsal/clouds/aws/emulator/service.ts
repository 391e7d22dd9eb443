import { thisMachine } from '../../../../lib/testing/terraform';
import { CannotRehearse } from '../../../errors';
import type { Service, StartOptions } from '../../cloud';
import type { Place } from '../place';
import { startEmulator } from './emulator';
import { useEndpoint } from './endpoint';
import { emulatorPython } from './installation';

/** Time limit for a named emulator to answer. */
const ANSWER_SECONDS = 10;

/** Starts the emulators, which are installed at first use, or uses the running one that the user names. */
export async function startAws(options: StartOptions & Place): Promise<Service> {
  const { endpoint, folder, env, progress, signal, account, region } = options;
  if (endpoint !== undefined) {
    await checkListening(endpoint);
    return { ...(await useEndpoint(endpoint, options)), detail: endpoint, hosts: [new URL(endpoint).hostname] };
  }
  progress('starting');
  const python = await emulatorPython(env, thisMachine().home, () => progress('installing, once'), signal);
  const emulator = await startEmulator({ python, account, region, logs: folder, env, signal });
  return { ...emulator, detail: emulator.env.AWS_ENDPOINT_URL! };
}

async function checkListening(endpoint: string): Promise<void> {
  await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) }).catch(() => {
    throw new CannotRehearse(
      `nothing answers at ${endpoint}: start the emulator there, or remove '--endpoint' and the rehearsal starts its own`,
    );
  });
}
