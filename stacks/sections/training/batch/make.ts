import { BatchJob } from '../../../../lib/training/batch/batch-job';
import { BatchTraining } from '../../../../lib/training/batch/batch-training';
import { Capacity } from '../../../../lib/training/batch/capacity';
import type { Environment } from '../../../environment/environment';
import { mapValues } from '../../../environment/map-values';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { sourceOf } from '../make-inputs';
import type { BatchSettings } from './section';

type Pool = BatchSettings[string];

/** Creates the pools of capacity, and what runs there. */
export function makeBatch(
  stack: LayerStack,
  settings: BatchSettings,
  environment: Environment,
  available: Available['services'],
): Pick<Services, 'batch' | 'batchJobs'> {
  const { network, keys } = available.foundation;
  const encryptionKey = keys.of('training');
  const removal = environment.training?.removal;
  const batch = new Map<string, BatchTraining>();
  const batchJobs = new Map<string, BatchJob>();
  for (const [name, { logDays, shares, queues, volumeGb, maxWaitMinutes, ...pool }] of Object.entries(settings)) {
    const id = `Batch-${name}`;
    const training = new BatchTraining(stack, id, {
      network,
      encryptionKey,
      capacity: capacityOf(pool),
      ...{ name, shares, queues, volumeGb, maxWaitMinutes, removal },
      logRetentionDays: logDays,
    });
    batch.set(name, training);
    for (const [job, own] of Object.entries(pool.jobs ?? {})) {
      const made = makeJob(training, job, { ...own, name: `${name}-${job}` }, available);
      batchJobs.set(`${name}.${job}`, made);
    }
  }
  return { batch, batchJobs };
}

function capacityOf({ capacity, instances = [], maxVcpus, fallbackVcpus }: Omit<Pool, 'shares'>): Capacity[] {
  switch (capacity) {
    case 'fargate':
      return [Capacity.fargate({ maxVcpus })];
    case 'fargate-spot':
      return [Capacity.fargateSpot({ maxVcpus })];
    case 'on-demand':
      return [Capacity.onDemand({ instanceTypes: instances, maxVcpus })];
    default: {
      const spot = Capacity.spot({ instanceTypes: instances, maxVcpus });
      if (fallbackVcpus === undefined) return [spot];
      return [spot, Capacity.onDemand({ instanceTypes: instances, maxVcpus: fallbackVcpus })];
    }
  }
}

function makeJob(
  training: BatchTraining,
  id: string,
  {
    team,
    image,
    tag,
    inputs = {},
    environment,
    tracked = false,
    ...job
  }: NonNullable<Pool['jobs']>[string] & { readonly name: string },
  { data, services }: Available['services'],
): BatchJob {
  const made = new BatchJob(training, `Job-${id}`, {
    ...job,
    training,
    team,
    repository: data.images.get(image)!,
    image: tag,
    inputs: mapValues(inputs, (input) => sourceOf(input, team, data, services.fileSystems)),
    environment: { ...(tracked && services.tracking!.environment), ...environment },
  });
  if (tracked) services.tracking!.grantTrack(made.role);
  return made;
}
