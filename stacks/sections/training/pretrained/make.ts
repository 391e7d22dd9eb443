import { PretrainedModels } from '../../../../lib/training/pretrained/pretrained-models';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { PRETRAINED_BUCKET } from './schema';
import type { Pretrained } from './section';

/** Creates the mirror of pretrained models. */
export function makePretrained(
  stack: LayerStack,
  { licences, models }: NonNullable<Pretrained>,
  { environment, foundation: { keys, accessLogs } }: Available['services'],
): Pick<Services, 'pretrained'> {
  const pretrained = new PretrainedModels(stack, 'Pretrained', {
    name: PRETRAINED_BUCKET,
    models,
    licences,
    encryptionKey: keys.of('training'),
    accessLogs,
    removal: environment.training?.removal,
  });
  return { pretrained };
}
