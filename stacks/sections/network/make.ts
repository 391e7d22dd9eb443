import { Network } from '../../../lib/network/network';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Foundation } from '../../offers';
import type { ExistingNetwork, NewNetwork } from './section';

/** Creates the VPC, or uses the existing one. */
export function makeNetwork(
  stack: LayerStack,
  network: NewNetwork | ExistingNetwork,
  { environment, foundation }: Available['foundation'],
): Pick<Foundation, 'network'> {
  if ('vpcId' in network) return { network: Network.fromNetworkAttributes(stack, 'Network', network) };
  const { peers: _, ...props } = network;
  const encryptionKey = foundation.keys.of('logs');
  const { removal } = environment.logs;
  return { network: new Network(stack, 'Network', { ...props, name: 'network', encryptionKey, removal }) };
}
