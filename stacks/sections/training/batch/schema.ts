import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../../lib/aws/log-group';
import { NAME } from '../../../../lib/core/text-pattern';
import { IMAGE_NAME } from '../../../../lib/registry/registry-limits';
import {
  ATTEMPTS,
  BATCH_VOLUME_GB,
  CAPACITIES,
  DEFAULT_BATCH_VOLUME_GB,
  DEFAULT_LOG_DAYS,
  DEFAULT_SPOT_ATTEMPTS,
  DEFAULT_TIMEOUT_MINUTES,
  DEFAULT_WAIT_MINUTES,
  FARGATE_DISK_GB,
  IMAGE_REFERENCE,
  INPUT_NAME,
  INSTANCE_TYPE,
  MAX_VCPUS,
  QUEUE_PRIORITY,
  SHARE_WEIGHT,
  TIMEOUT_MINUTES,
  VARIABLE,
  WAIT_MINUTES,
} from '../../../../lib/training/batch/batch-limits';
import { onlyWith, snippet } from '../../../environment/schema/editor';
import { choice, flag, integer, named, reference, text } from '../../../environment/schema/fields';
import { InputSchema } from '../inputs';

const gb = ({ min, max }: { readonly min: number; readonly max: number }) => integer(min, max);
/** One line, which Terraform takes as it is. */
const anyText = () =>
  text({
    pattern: /^(?!.*[$%]\{)[^\p{Cc}]*$/u,
    meaning: 'one line of text, in quotes if it could be a number, without ${ or %{',
  });

const JobSchema = z
  .strictObject({
    team: reference('teams', text(NAME))
      .describe('Team whose job it is; it counts for the share of the team.')
      .meta({ examples: ['fraud'] }),
    image: reference('registry.images', text(IMAGE_NAME))
      .describe('Repository of the image.')
      .meta({ examples: ['fraud-train'] }),
    tag: text(IMAGE_REFERENCE)
      .describe('Tag of the image, in quotes, or its digest, which always means the same image.')
      .meta({ examples: ['1.0'] }),
    vcpus: z
      .number('a number of vCPUs')
      .min(0.25, 'at least 0.25')
      .describe('vCPUs: a whole number on instances; on Fargate 0.25, 0.5, 1, 2, 4, 8 or 16.')
      .meta({ examples: [4] }),
    memoryMib: integer(4, 24_576_000)
      .describe('Memory in MiB; a container that needs more is ended.')
      .meta({ examples: [15_000] }),
    gpus: integer(0, 16).describe('Graphics processors. Default: 0.').optional(),
    command: z
      .array(anyText())
      .describe('Program and arguments; Ref::name takes a parameter of the submission. Default: those of the image.')
      .optional(),
    inputs: named(text(INPUT_NAME), InputSchema)
      .describe('What the job reads: train is the place in variable DATA_TRAIN. Default: nothing.')
      .optional(),
    environment: named(text(VARIABLE), anyText()).describe('Variables of the container. Default: none.').optional(),
    timeoutMinutes: integer(TIMEOUT_MINUTES.min, TIMEOUT_MINUTES.max)
      .describe(`Minutes that one attempt may run. Default: ${DEFAULT_TIMEOUT_MINUTES}.`)
      .optional(),
    attempts: integer(ATTEMPTS.min, ATTEMPTS.max)
      .describe(
        `Attempts; a further one follows only when AWS takes the capacity back. Default: ${DEFAULT_SPOT_ATTEMPTS} on spot capacity, else 1.`,
      )
      .optional(),
    sharedMemoryMib: integer(1, 24_576_000)
      .describe('MiB of /dev/shm, for data loaders of PyTorch. Not on Fargate. Default: 64.')
      .optional(),
    diskGb: gb(FARGATE_DISK_GB).describe('Gigabytes of disk, on Fargate only. Default: 20.').optional(),
    tracked: flag()
      .describe(
        'Whether the job records in the tracking server: its variable MLFLOW_TRACKING_URI has the address. Its image needs the packages mlflow and sagemaker-mlflow. Default: false.',
      )
      .optional(),
    readOnlyRoot: flag().describe('Whether the container can write only to its mounts. Default: false.').optional(),
  })
  .describe('What runs: a container of a team.');

/** Keys of a pool of instances, which one of Fargate has not. */
export const INSTANCE_KEYS = ['instances', 'fallbackVcpus', 'volumeGb'] as const;

const PoolSchema = z
  .strictObject({
    capacity: choice(CAPACITIES)
      .describe(
        'spot: cheapest, AWS may take instances back; on-demand; fargate: no instances, no graphics processors; fargate-spot.',
      )
      .meta({ examples: ['spot'] }),
    instances: z
      .array(text(INSTANCE_TYPE))
      .describe('Types or families of EC2 instances; more of them are interrupted less often. Required on instances.')
      .meta({ examples: [['g5.xlarge', 'g5.2xlarge']] })
      .optional(),
    maxVcpus: integer(MAX_VCPUS.min, MAX_VCPUS.max)
      .describe('Most vCPUs that run at once: the ceiling of cost.')
      .meta({ examples: [64] }),
    fallbackVcpus: integer(MAX_VCPUS.min, MAX_VCPUS.max)
      .describe('Of spot: most vCPUs of on-demand instances that take over when spot is short. Default: none.')
      .optional(),
    shares: named(reference('teams', text(NAME)), integer(SHARE_WEIGHT.min, SHARE_WEIGHT.max))
      .describe(
        'Share of each team that has jobs here: twice the number, twice the capacity. Default: 1 for every team.',
      )
      .optional(),
    queues: named(text(NAME), integer(QUEUE_PRIORITY.min, QUEUE_PRIORITY.max))
      .describe('Priority of each queue: a job of a higher one starts first. Default: { normal: 1 }.')
      .optional(),
    volumeGb: gb(BATCH_VOLUME_GB)
      .describe(`Gigabytes of the volume of each instance. Default: ${DEFAULT_BATCH_VOLUME_GB}.`)
      .optional(),
    maxWaitMinutes: integer(WAIT_MINUTES.min, WAIT_MINUTES.max)
      .describe(`Minutes after which a job that waits for capacity is cancelled. Default: ${DEFAULT_WAIT_MINUTES}.`)
      .optional(),
    logDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .describe(`Days that the output of jobs is kept. Default: ${DEFAULT_LOG_DAYS}.`)
      .optional(),
    jobs: named(text(NAME), JobSchema).describe('Jobs by name. Default: none.').optional(),
  })
  .describe('A pool of capacity on AWS Batch, with its queues and jobs. It costs nothing while no job runs.')
  .meta({ allOf: [onlyWith(INSTANCE_KEYS, 'capacity', ['spot', 'on-demand'])] });

/** What may be written under `training.batch`. */
export const BatchSchema = named(text(NAME), PoolSchema)
  .default({})
  .describe(
    'Pools of capacity for training in containers on AWS Batch, by name. With an existing key, its policy must let EC2 Auto Scaling and EC2 Spot use it for volumes. Default: none.',
  )
  .meta({
    defaultSnippets: [
      snippet('spot instances with graphics processors', {
        '${1:gpu}': { capacity: 'spot', instances: ['g5.xlarge', 'g5.2xlarge'], maxVcpus: 64 },
      }),
      snippet('Fargate', { '${1:small}': { capacity: 'fargate', maxVcpus: 32 } }),
    ],
  });
