import * as z from 'zod';
import { DATABASE_DEFAULTS } from '../../../lib/registry/database-props';
import {
  BACKUP_RETENTION_DAYS,
  CREDENTIALS_PREFIX,
  DEFAULT_KEPT_IMAGES,
  DEFAULT_KEPT_MODEL_DAYS,
  STORAGE_LIMITS_GB,
} from '../../../lib/registry/registry-limits';
import { days, flag, integer, NAME_MEANING, named, removal, secretArn, text } from './fields';

/** Repositories may have folders: acme/train. */
const imageName = () =>
  text(/^[a-z][a-z0-9]*([._/-][a-z0-9]+)*$/, `${NAME_MEANING}; dots, underscores and slashes may stand between`);

const DatabaseSchema = z
  .strictObject({
    engineVersion: text(/^1[4-9]$/, 'a major version of PostgreSQL in quotes such as "17"')
      .default(DATABASE_DEFAULTS.version)
      .describe(
        'Major version of PostgreSQL, in quotes. A new one is taken in the maintenance window, and so are minor ones.',
      ),
    instance: text(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance class such as db.t4g.small')
      .describe('Instance class. Default: db.t4g.small, for size medium db.t4g.medium, for large db.m7g.large.')
      .optional(),
    multiAz: flag()
      .describe('Keeps a standby in another zone that takes over within minutes. Default: only for size large.')
      .optional(),
    storageGb: integer(STORAGE_LIMITS_GB.min, STORAGE_LIMITS_GB.max)
      .describe('Storage at first; it can grow later, never shrink. Default: 20, for size medium 50, for large 100.')
      .optional(),
    maxStorageGb: integer(0, STORAGE_LIMITS_GB.max)
      .describe(
        'Storage grows by itself up to this; at least a tenth above storageGb, or 0 for never. Default: five times storageGb.',
      )
      .optional(),
    backupDays: integer(BACKUP_RETENTION_DAYS.min, BACKUP_RETENTION_DAYS.max)
      .describe(
        'Days to which the database can be put back, to the second. Default: 3, for size medium 7, for large 30.',
      )
      .optional(),
    iamAuthentication: flag()
      .default(DATABASE_DEFAULTS.iamAuthentication)
      .describe('Lets roles log in with short-lived IAM tokens, so that no password has to be handed out.'),
  })
  .describe('A PostgreSQL database for the registries (models, runs, features). Default: none is made.');

const ModelsSchema = z
  .strictObject({
    lockDays: days()
      .describe(
        'Days during which no version of a model can be deleted or replaced (S3 Object Lock). Only for a store that is new: adding or dropping it later makes another. Default: no lock.',
      )
      .optional(),
    writeOnce: flag()
      .default(false)
      .describe('Refuses to replace a file of a model; publishers must send the header If-None-Match: *.'),
    replacedVersionDays: days()
      .default(DEFAULT_KEPT_MODEL_DAYS)
      .describe('Days that a replaced or deleted version can still be brought back.'),
  })
  .describe('The model store: a versioned bucket.');

export const ImageSchema = z
  .strictObject({
    mutableTags: flag()
      .default(false)
      .describe('Lets a tag be pushed again. Immutable by default: what was tested under a tag is what runs.'),
    keepImages: integer(1, 10_000)
      .default(DEFAULT_KEPT_IMAGES)
      .describe('Newest images that are kept; older ones are deleted.'),
  })
  .describe('An image repository.');

const withoutLogin = (what: string) => z.strictObject({}).describe(`${what}; asks for no login.`).optional();
const withLogin = (what: string) =>
  z
    .strictObject({
      secretArn: secretArn()
        .describe(
          `Secret with username and accessToken in Secrets Manager; its name must begin with ${CREDENTIALS_PREFIX}.`,
        )
        .meta({ examples: ['arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf'] }),
    })
    .describe(`${what}; asks for a login.`)
    .optional();

const PullThroughCacheSchema = z
  .strictObject({
    ecrPublic: withoutLogin('public.ecr.aws'),
    kubernetes: withoutLogin('registry.k8s.io'),
    quay: withoutLogin('quay.io'),
    dockerHub: withLogin('registry-1.docker.io'),
    github: withLogin('ghcr.io'),
    gitlab: withLogin('registry.gitlab.com'),
  })
  .describe('Public registries mirrored on first pull, so that builds and nodes need no internet.');

export const RegistrySchema = z
  .strictObject({
    database: DatabaseSchema.optional(),
    models: ModelsSchema.prefault({}),
    images: z
      .union([z.array(imageName()), named(imageName(), ImageSchema)])
      .default([])
      .describe('Image repositories: a list of names, or a mapping from names to options.'),
    pullThroughCache: PullThroughCacheSchema.prefault({}),
    removal: removal('models, images and the database'),
  })
  .describe('Where what was built is kept: models, images, and the database behind registries.');
