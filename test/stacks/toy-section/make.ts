import type { Removal } from '../../../lib/core/removal';
import { Bucket } from '../../../lib/storage/bucket';
import type { Available, LayerStack } from '../../../stacks';

/** Creates the bucket of toys. */
export function makeToys(stack: LayerStack, { foundation }: Available['data'], removal?: Removal): void {
  const { accessLogs, keys } = foundation;
  new Bucket(stack, 'Toys', { name: 'toys', encryptionKey: keys.of('toy'), accessLogs, removal });
}

/** Creates the bucket of a game. */
export function makeGame(stack: LayerStack, { foundation: { accessLogs, keys } }: Available['services'], name: string) {
  new Bucket(stack, name, { name, encryptionKey: keys.of('toy'), accessLogs });
}
