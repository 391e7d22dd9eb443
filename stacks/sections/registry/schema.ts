import * as z from 'zod';
import { ACCOUNT_ID } from '../../../lib/aws/arns';
import { NAME } from '../../../lib/core/text-pattern';
import { METADATA_KEY, REQUIRED_METADATA } from '../../../lib/registry/packages/package-limits';
import {
  CREDENTIALS_PREFIX,
  DEFAULT_KEPT_IMAGES,
  DEFAULT_KEPT_MODEL_DAYS,
  IMAGE_NAME,
} from '../../../lib/registry/registry-limits';
import { byProfile } from '../../environment/schema/choices';
import { snippet } from '../../environment/schema/editor';
import {
  arn,
  days,
  domainKey,
  flag,
  integer,
  named,
  reference,
  removal,
  secretArn,
  text,
} from '../../environment/schema/fields';
import { DATABASE_ENGINES } from './database/engines';

/** The model store's bucket. */
export const MODELS_BUCKET = 'models';

/** Names may have folders: acme/train. */
const imageName = () => text(IMAGE_NAME);

const ModelsSchema = z
  .strictObject({
    lockDays: days()
      .describe(
        'Days during which no version of a model can be deleted or replaced (S3 Object Lock). Adding or removing it later replaces the store. Default: no lock.',
      )
      .optional(),
    writeOnce: flag()
      .default(false)
      .describe(
        'Whether files of a model cannot be replaced. Publishers must then send the header If-None-Match: *. Default: false.',
      ),
    replacedVersionDays: days()
      .default(DEFAULT_KEPT_MODEL_DAYS)
      .describe(`Days that a replaced or deleted version can still be restored. Default: ${DEFAULT_KEPT_MODEL_DAYS}.`),
  })
  .describe('The model store: a versioned bucket.');

export const ImageSchema = z
  .strictObject({
    mutableTags: flag()
      .default(false)
      .describe(
        'Whether a tag can be pushed again. Default: false, so that the image that was tested under a tag is the image that runs.',
      ),
    keepImages: integer(1, 10_000)
      .default(DEFAULT_KEPT_IMAGES)
      .describe(`Number of newest images that are kept; older ones are deleted. Default: ${DEFAULT_KEPT_IMAGES}.`),
  })
  .describe('An image repository.');

const identityArn = () => arn(/iam::\d{12}:(role|user)\/[\w+=,.@/-]+/, 'arn:aws:iam::111122223333:role/reviewers');
const eventBusArn = () =>
  arn(
    /events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+/,
    'arn:aws:events:eu-north-1:111122223333:event-bus/acme-prod-approvals',
  );
const accountId = () => text({ ...ACCOUNT_ID, meaning: `${ACCOUNT_ID.meaning} in quotes` });

const PackagesSchema = z
  .strictObject({
    team: reference('teams', text(NAME))
      .describe('Team that answers for the model.')
      .meta({ examples: ['fraud'] }),
    metadata: z
      .array(text(METADATA_KEY))
      .default([])
      .describe(`Keys that every version must have besides ${REQUIRED_METADATA.join(', ')}. Default: none.`),
    accounts: z
      .array(accountId())
      .default([])
      .describe('Other accounts that may read the versions and deploy them. Default: none.'),
    approvers: z
      .array(identityArn())
      .describe(
        'ARNs of the roles and users that may assume the role of the approver. Default: whoever IAM policies of this account allow to.',
      )
      .optional(),
    promoteTo: eventBusArn()
      .describe(
        'ARN of the event bus of the next environment (its registry.approvalsFrom makes it), which hears of every version that is approved here. Its account must be one of accounts. Default: none.',
      )
      .optional(),
  })
  .describe('The versions of one model: who trains registers them, and a role of its own approves them.');

const withoutLogin = (what: string) =>
  z.strictObject({}).describe(`Cache of ${what}, which needs no login.`).optional();
const withLogin = (what: string) =>
  z
    .strictObject({
      secretArn: secretArn('arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf')
        .describe(
          `Secret with username and accessToken in Secrets Manager; its name must begin with ${CREDENTIALS_PREFIX}.`,
        )
        .meta({ examples: ['arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf'] }),
    })
    .describe(`Cache of ${what}, which needs a login.`)
    .optional();

/** Upstream registries by their keys in the file. */
export type Caches = z.output<typeof PullThroughCacheSchema>;

/** In a cluster most images are those of operators, from these registries. */
export const CACHES = byProfile<Caches>(
  { managed: {}, kubernetes: { ecrPublic: {}, kubernetes: {}, quay: {} } },
  (caches) => (Object.keys(caches).length > 0 ? Object.keys(caches).join(', ') : 'none'),
);

const PullThroughCacheSchema = z
  .strictObject({
    ecrPublic: withoutLogin('public.ecr.aws'),
    kubernetes: withoutLogin('registry.k8s.io'),
    quay: withoutLogin('quay.io'),
    dockerHub: withLogin('registry-1.docker.io'),
    github: withLogin('ghcr.io'),
    gitlab: withLogin('registry.gitlab.com'),
  })
  .describe(
    `Public registries that are cached at the first pull, so that later pulls need neither the internet nor the registry; the first pull of an image needs NAT. ${CACHES.description} None in China or without NAT.`,
  );

/** What may be written under `registry`. */
export const RegistrySchema = z
  .strictObject({
    database: DATABASE_ENGINES.schema
      .optional()
      .describe('The database of the registries. Default: none.')
      .meta({
        defaultSnippets: [
          snippet('one instance', { engine: 'rds', instance: '${1:db.t4g.small}' }),
          snippet('Aurora Serverless v2', { engine: 'aurora', maxCapacityAcu: 4 }),
        ],
      }),
    models: ModelsSchema.prefault({}),
    images: z
      .union([z.array(imageName()), named(imageName(), ImageSchema)])
      .default([])
      .describe('Image repositories: a list of names, or a mapping from names to options. Default: none.')
      .meta({
        defaultSnippets: [
          snippet('a list', ['${1:train}']),
          snippet('with options', { '${1:train}': { keepImages: 100 } }),
        ],
      }),
    packages: named(text(NAME), PackagesSchema)
      .default({})
      .describe('Model package groups by name: the versions of one model each. Default: none.')
      .meta({ defaultSnippets: [snippet('the versions of a model', { '${1:churn}': { team: '${2:fraud}' } })] }),
    approvalsFrom: z
      .array(accountId())
      .describe(
        'Accounts that promote models to this environment, the own one too if its environments promote to one another: their approvals come in on the event bus <project>-<environment>-approvals. Default: none, and no bus.',
      )
      .optional(),
    pullThroughCache: PullThroughCacheSchema.optional(),
    keyArn: domainKey('models, images and the database'),
    removal: removal('models, images and the database'),
  })
  .describe('Registries: models, images, and their database.')
  .prefault({});
