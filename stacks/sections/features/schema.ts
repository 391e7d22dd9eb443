import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import {
  DEFAULT_OFFLINE_FORMAT,
  DEFAULT_ONLINE_STORAGE,
  FEATURE_NAME,
  FEATURE_TYPE,
  OFFLINE_FORMATS,
  ONLINE_STORAGES,
  TTL_DAYS,
} from '../../../lib/features/feature-limits';
import { snippet } from '../../environment/schema/editor';
import { choice, integer, named, reference, removal, text } from '../../environment/schema/fields';

/** Zone of the offline stores, if a group names none. */
export const DEFAULT_FEATURE_ZONE = 'features';

const OnlineSchema = z
  .strictObject({
    storage: choice(ONLINE_STORAGES)
      .default(DEFAULT_ONLINE_STORAGE)
      .describe(
        `standard, or in-memory for the lowest latency and for lists, sets and vectors, which is charged by the hour also if nothing reads it and has no offline store. A change needs a new version. Default: ${DEFAULT_ONLINE_STORAGE}.`,
      ),
    ttlDays: integer(TTL_DAYS.min, TTL_DAYS.max)
      .describe('Days after its event that a record is deleted if it is not written again. Default: never.')
      .optional(),
  })
  .describe('The online store: the newest record of each id, for reads within milliseconds. Default: none.');

const GroupSchema = z
  .strictObject({
    name: text(NAME)
      .describe('Name of the group, if it is not its key: for a second version beside the first. Default: the key.')
      .optional(),
    version: integer(1, 9999)
      .default(1)
      .describe(
        'Raise it with every change of columns, id, eventTime, zone or storage: it makes a new group. Default: 1.',
      ),
    team: reference('teams', text(NAME))
      .describe('Team that writes the group.')
      .meta({ examples: ['fraud'] }),
    readers: z
      .array(reference('teams', text(NAME)))
      .default([])
      .describe('Other teams that read it. Default: none.'),
    columns: named(
      text(FEATURE_NAME),
      text(FEATURE_TYPE).describe('integral, fractional or string; in memory also list<...>, set<...> and vector<n>.'),
    )
      .describe('Types of the features by name.')
      .meta({ examples: [{ customer_id: 'string', at: 'string', spent_7d: 'fractional' }] }),
    id: text(FEATURE_NAME)
      .describe('Column that identifies a record.')
      .meta({ examples: ['customer_id'] }),
    eventTime: text(FEATURE_NAME)
      .describe(
        'Column with the time of the event: a string such as 2026-01-31T12:30:00Z; with format glue, or in memory, also fractional seconds since 1970.',
      )
      .meta({ examples: ['at'] }),
    zone: reference('lake.zones', text(NAME))
      .default(DEFAULT_FEATURE_ZONE)
      .describe(
        `Zone of the offline store, which has every record. Not with online.storage in-memory. Default: ${DEFAULT_FEATURE_ZONE}.`,
      ),
    format: choice(OFFLINE_FORMATS)
      .default(DEFAULT_OFFLINE_FORMAT)
      .describe(
        `Format of the offline table: iceberg, or glue for Parquet files by hour, also in a zone that expires objects. Default: ${DEFAULT_OFFLINE_FORMAT}.`,
      ),
    online: OnlineSchema.optional(),
  })
  .describe('A feature group.');

/** What may be written under `features`. */
export const FeaturesSchema = z
  .strictObject({
    groups: named(text(NAME), GroupSchema)
      .default({})
      .describe('Feature groups by name. Default: none.')
      .meta({
        defaultSnippets: [
          snippet('a feature group', {
            '${1:customers}': {
              team: '${2:fraud}',
              columns: { '${3:customer_id}': 'string', '${4:at}': 'string' },
              id: '${3:customer_id}',
              eventTime: '${4:at}',
            },
          }),
        ],
      }),
    removal: removal('feature groups with their online stores'),
  })
  .describe('Features for training and serving, in SageMaker Feature Store.')
  .prefault({});
