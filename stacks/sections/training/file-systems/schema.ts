import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import { DATA_PREFIX } from '../../../../lib/training/data/data-limits';
import {
  DEFAULT_INFREQUENT_DAYS,
  DEFAULT_LUSTRE_CAPACITY_GIB,
  DEFAULT_LUSTRE_THROUGHPUT,
  FILE_SYSTEMS,
  INFREQUENT_DAYS,
  LUSTRE_CAPACITY_GIB,
  LUSTRE_DEPLOYMENTS,
  LUSTRE_THROUGHPUTS,
  ZONE_ID,
} from '../../../../lib/training/data/file-system-limits';
import { onlyWith, snippet } from '../../../environment/schema/editor';
import { choice, flag, integer, named, reference, text } from '../../../environment/schema/fields';

/** The keys of each type, besides `type`. */
export const KEYS_OF = {
  lustre: ['zone', 'prefix', 'deployment', 'capacityGib', 'throughput'],
  efs: ['plainReads', 'infrequentAfterDays'],
  express: ['zoneId'],
} as const;

const FileSystemSchema = z
  .strictObject({
    type: choice(FILE_SYSTEMS)
      .describe(
        'lustre: a cache of a folder of a zone, gigabytes a second for many instances; efs: files of teams; express: a bucket of S3 Express One Zone.',
      )
      .meta({ examples: ['lustre'] }),
    zone: reference('lake.zones', text(NAME)).describe('Of lustre: zone of the data. Required.').optional(),
    prefix: text(DATA_PREFIX).describe('Of lustre: folder of the data in the zone. Required.').optional(),
    deployment: choice(LUSTRE_DEPLOYMENTS)
      .describe(
        'Of lustre: persistent has replicas in its zone; scratch is cheaper, and lost with a server. Default: persistent.',
      )
      .optional(),
    capacityGib: integer(LUSTRE_CAPACITY_GIB.min, LUSTRE_CAPACITY_GIB.max)
      .describe(
        `Of lustre: GiB, 1200 or a multiple of ${LUSTRE_CAPACITY_GIB.step}; billed for every hour. Default: ${DEFAULT_LUSTRE_CAPACITY_GIB}.`,
      )
      .optional(),
    throughput: z
      .literal(LUSTRE_THROUGHPUTS, `one of ${LUSTRE_THROUGHPUTS.join(', ')}`)
      .describe(`Of lustre: MB/s for each TiB of a persistent one. Default: ${DEFAULT_LUSTRE_THROUGHPUT}.`)
      .optional(),
    plainReads: flag()
      .describe(
        'Of efs: whether whoever the network lets through may read without TLS and a role, as training jobs of SageMaker do. Default: false.',
      )
      .optional(),
    infrequentAfterDays: z
      .literal(INFREQUENT_DAYS, `one of ${INFREQUENT_DAYS.join(', ')}`)
      .describe(
        `Of efs: days without access after which a file moves to the cheaper class. Default: ${DEFAULT_INFREQUENT_DAYS}.`,
      )
      .optional(),
    zoneId: text(ZONE_ID).describe('Of express: id of its availability zone, e.g. eun1-az1. Required.').optional(),
  })
  .describe('A file system of training data.')
  .meta({ allOf: Object.entries(KEYS_OF).map(([type, keys]) => onlyWith(keys, 'type', [type])) });

/** What may be written under `training.fileSystems`. */
export const FileSystemsSchema = named(text(NAME), FileSystemSchema)
  .default({})
  .describe('File systems of training data, by name. Each is billed while it exists. Default: none.')
  .meta({
    defaultSnippets: [
      snippet('a cache of a zone', { '${1:fast}': { type: 'lustre', zone: 'features', prefix: '${2:churn}' } }),
      snippet('files of teams', { '${1:shared}': { type: 'efs' } }),
    ],
  });
