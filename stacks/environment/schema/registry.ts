import * as z from 'zod';
import { days, flag, integer, NAME_MEANING, named, secretArn, text } from './fields';

/** Newest PostgreSQL major version that the platform is tested with. */
export const DEFAULT_ENGINE_VERSION = '17';
export const DEFAULT_KEEP_IMAGES = 50;
export const DEFAULT_REPLACED_VERSION_DAYS = 90;

/** Repositories may have folders: acme/train. */
const imageName = () =>
  text(/^[a-z][a-z0-9]*([._/-][a-z0-9]+)*$/, `${NAME_MEANING}; dots, underscores and slashes may stand between`);

const DatabaseSchema = z
  .strictObject({
    engineVersion: text(/^1[4-9](\.\d{1,2})?$/, 'a PostgreSQL version in quotes such as "17"')
      .default(DEFAULT_ENGINE_VERSION)
      .describe('PostgreSQL version, in quotes. A major version alone takes minor upgrades in the maintenance window.'),
    instance: text(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance class such as db.t4g.small')
      .describe('Instance class. Default: db.t4g.small, for size medium db.t4g.medium, for large db.m7g.large.')
      .optional(),
    multiAz: flag()
      .describe('Keeps a standby in another zone that takes over within minutes. Default: only for size large.')
      .optional(),
    storageGb: integer(20, 65_536)
      .describe('Storage at first. Default: 20, for size medium 50, for large 100.')
      .optional(),
    maxStorageGb: integer(22, 65_536)
      .describe('Storage grows by itself up to this; at least a tenth above storageGb. Default: five times storageGb.')
      .optional(),
    backupDays: integer(1, 35)
      .describe(
        'Days to which the database can be put back, to the second. Default: 3, for size medium 7, for large 30.',
      )
      .optional(),
    iamAuthentication: flag()
      .default(true)
      .describe('Lets roles log in with short-lived IAM tokens, so that no password has to be handed out.'),
  })
  .describe('A PostgreSQL database for the registries (models, runs, features). Default: none is made.');

const ModelsSchema = z
  .strictObject({
    lockDays: days()
      .describe(
        'Days during which no version of a model can be deleted or replaced (S3 Object Lock). Default: no lock.',
      )
      .optional(),
    replacedVersionDays: days()
      .default(DEFAULT_REPLACED_VERSION_DAYS)
      .describe('Days that a replaced or deleted version can still be brought back.'),
  })
  .describe('The model store: a versioned bucket.');

export const ImageSchema = z
  .strictObject({
    mutableTags: flag()
      .default(false)
      .describe('Lets a tag be pushed again. Immutable by default: what was tested under a tag is what runs.'),
    keepImages: integer(1, 10_000)
      .default(DEFAULT_KEEP_IMAGES)
      .describe('Newest images that are kept; older ones are deleted.'),
  })
  .describe('An image repository.');

const withoutLogin = (what: string) => z.strictObject({}).describe(`${what}; asks for no login.`).optional();
const withLogin = (what: string) =>
  z
    .strictObject({
      secretArn: secretArn()
        .describe(
          'Secrets Manager secret with username and accessToken; its name must begin with ecr-pullthroughcache/.',
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
  })
  .describe('Where what was built is kept: models, images, and the database behind registries.');
