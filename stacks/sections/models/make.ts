import { Construct } from 'constructs';
import { Key } from '../../../lib/encryption/key';
import { registryHost, withReference } from '../../../lib/registry/image-registry';
import { ImageRepository } from '../../../lib/registry/image-repository';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { TriggerTable } from '../../../lib/scheduler/trigger/trigger-table';
import { PackageCheck } from '../../../lib/serving/check/package-check';
import { Instances } from '../../../lib/serving/endpoint/instances';
import { Invocation } from '../../../lib/serving/endpoint/invocation';
import { SageMakerEndpoint, type Variant } from '../../../lib/serving/endpoint/sagemaker-endpoint';
import { ModelSource } from '../../../lib/serving/model/model-source';
import { Rollout } from '../../../lib/serving/rollout/rollout';
import { Traffic } from '../../../lib/serving/traffic/traffic';
import { Bucket, type IBucket } from '../../../lib/storage/bucket';
import { mapValues } from '../../environment/map-values';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Models } from '../../offers';
import { makeBatches } from './batch/make';
import { makeDoors } from './door/make';
import { makeExperiments } from './experiment/make';
import { rolloutTimes } from './rollout';
import {
  CHALLENGER,
  CHAMPION,
  hasPrograms,
  hasVersions,
  MODEL_LOCKS,
  type ModelSettings,
  type Models as ModelsSettings,
  PROGRAMS_BUCKET,
  REQUESTS_BUCKET,
  SHADOW,
} from './section';
import { imageOfRegistry, weightsOf } from './values';

type Parts = Available['models'];

/** Creates an endpoint for each model. */
export function makeModels(
  stack: LayerStack,
  models: ModelsSettings,
  parts: Parts,
): Pick<Models, 'endpoints' | 'doors'> {
  const scope = new Construct(stack, 'Endpoints');
  const requests = makeRequests(stack, models, parts);
  const programs = makePrograms(stack, models, parts);
  const made = { ...parts, requests, programs, check: programs && makeCheck(stack, models, programs, parts) };
  const endpoints = mapValues(models, (model, name) => makeEndpoint(scope, name, model, made));
  const source = (own: Construct, model: ModelSettings) => sourceOf(own, model, parts);
  const locks = () => locksOf(stack, parts);
  makeBatches(stack, models, { available: parts, check: made.check, locks, sourceOf: source });
  makeExperiments(stack, models, endpoints, parts, locks);
  const doors = makeDoors(stack, models, endpoints, parts);
  return { endpoints: new Map(Object.entries(endpoints)), doors };
}

/** Locks of what models start: those of the triggers, if there are some. */
function locksOf(stack: LayerStack, { services }: Parts): TriggerTable {
  const own = stack.node.tryFindChild('Locks') as TriggerTable | undefined;
  return services.triggerLocks ?? own ?? new TriggerTable(stack, 'Locks', { name: MODEL_LOCKS });
}

/** Where the programs of checks and tests are: the bucket of the trainings, if there is one. */
function makePrograms(
  stack: LayerStack,
  models: ModelsSettings,
  { foundation, services, environment }: Parts,
): IBucket | undefined {
  if (!hasPrograms(models)) return undefined;
  if (services.training) return services.training.bucket;
  const encryptionKey = foundation.keys.of('registry');
  const { removal } = environment.registry;
  return new Bucket(stack, 'Programs', {
    name: PROGRAMS_BUCKET,
    encryptionKey,
    accessLogs: foundation.accessLogs,
    removal,
  });
}

/** What versions of the registry must pass: one for all models. */
function makeCheck(
  stack: LayerStack,
  models: ModelsSettings,
  bucket: IBucket,
  { foundation, environment }: Parts,
): PackageCheck | undefined {
  if (!hasVersions(models)) return undefined;
  const encryptionKey = foundation.keys.of('registry');
  return new PackageCheck(stack, 'PackageCheck', { bucket, encryptionKey, removal: environment.registry.removal });
}

/** One bucket for the requests and the answers of all asynchronous models. */
function makeRequests(
  stack: LayerStack,
  models: ModelsSettings,
  { foundation, environment }: Parts,
): Bucket | undefined {
  const days = Object.values(models).flatMap(({ asynchronous }) => asynchronous?.days ?? []);
  if (days.length === 0) return undefined;
  return new Bucket(stack, 'Requests', {
    name: REQUESTS_BUCKET,
    encryptionKey: foundation.keys.of('registry'),
    accessLogs: foundation.accessLogs,
    expireAfterDays: Math.max(...days),
    removal: environment.registry.removal,
  });
}

function makeEndpoint(
  scope: Construct,
  name: string,
  model: ModelSettings,
  parts: Parts & {
    readonly requests: Bucket | undefined;
    readonly programs: IBucket | undefined;
    readonly check: PackageCheck | undefined;
  },
): SageMakerEndpoint {
  const { environment, foundation, data } = parts;
  const { capture, classification, rollout, isolated, logDays, smoke, team, serverless } = model;
  const endpoint = new SageMakerEndpoint(scope, name, {
    name,
    owner: team,
    variants: variantsOf(scope, name, model, parts),
    traffic: trafficOf(model),
    invocation: invocationOf(model, parts.requests),
    network: serverless ? undefined : foundation.network,
    encryptionKey: foundation.keys.of('registry'),
    isolated,
    check: parts.check,
    rollout: rolloutOf(rollout),
    smoke: smoke && {
      bucket: data.models.bucket,
      samples: smoke.samples,
      programs: parts.programs, // a store may refuse what Terraform writes
      latencyMs: smoke.latencyMs,
      alarmTopicArns: foundation.alarmActions?.topicArnsOf('warning'),
    },
    capture: capture && {
      zone: data.lake.zone(capture.zone),
      samplingPercent: capture.sampling,
      retentionDays: capture.days,
      classification,
    },
    logRetentionDays: logDays,
    removal: environment.registry.removal,
  });
  if (isolated === false && endpoint.securityGroup) foundation.network.allowAwsServices(endpoint.securityGroup);
  return endpoint;
}

function variantsOf(scope: Construct, name: string, model: ModelSettings, parts: Parts): Record<string, Variant> {
  const { challenger, shadow, version } = model;
  const sources = new Construct(scope, `Sources-${name}`);
  const source = (variant: string, number: number | undefined) =>
    sourceOf(new Construct(sources, variant), { ...model, version: number }, parts);
  return {
    [CHAMPION]: { model: source(CHAMPION, version) },
    ...(challenger && {
      [CHALLENGER]: {
        model: source(CHALLENGER, challenger.version),
        instanceType: challenger.instance,
        instances: challenger.instances && instancesOf(challenger.instances),
      },
    }),
    ...(shadow && { [SHADOW]: { model: source(SHADOW, shadow.version), instanceType: shadow.instance } }),
  };
}

function sourceOf(scope: Construct, model: ModelSettings, { data, services }: Parts): ModelSource {
  const { package: registry, from, store, version, image, variables: environment } = model;
  if (registry !== undefined) {
    const packages = data.packages.get(registry)!;
    const registered = [...(services.pipelines?.values() ?? [])]
      .map((pipeline) => pipeline.registered)
      .filter((models) => models.packages === packages);
    return ModelSource.fromPackage({
      packages,
      packageVersion: version!,
      artifacts: registered.map(({ artifacts }) => artifacts),
      contracts: registered.map(({ contracts }) => contracts),
      images: registered,
    });
  }
  if (from) return fromElsewhere(scope, from, version!);
  const uri = imageUri(scope, image!, data);
  if (store === undefined) return ModelSource.fromImage({ image: uri, environment });
  return ModelSource.fromStore({ store: data.models, model: store, version: `${version}`, image: uri, environment });
}

function fromElsewhere(own: Construct, from: NonNullable<ModelSettings['from']>, version: number): ModelSource {
  const encryptionKey = from.keyArn === undefined ? undefined : Key.fromKeyArn(own, 'Key', from.keyArn);
  return ModelSource.fromPackage({
    packages: ModelPackageGroup.fromModelPackageGroupAttributes(own, 'Group', { packageGroupArn: from.group }),
    packageVersion: version,
    artifacts: [
      {
        bucket: Bucket.fromBucketAttributes(own, 'Artifacts', { bucketArn: from.bucketArn, encryptionKey }),
        prefix: from.prefix,
      },
    ],
    images: [ImageRepository.fromRepositoryArn(own, 'Image', from.repositoryArn)],
  });
}

function imageUri(scope: Construct, image: string, data: Parts['data']): string {
  const [name, digest] = imageOfRegistry(image) ?? [];
  if (name === undefined) return image;
  return withReference(`${registryHost(scope)}/${data.images.get(name)!.repositoryName}`, digest!);
}

function trafficOf(model: ModelSettings): Traffic {
  const { challenger, shadow } = model;
  if (shadow) return Traffic.shadow({ live: CHAMPION, shadow: SHADOW, percent: shadow.percent });
  if (!challenger) return Traffic.all(CHAMPION);
  const [champion, other] = weightsOf(model.weight, challenger.weight);
  return Traffic.split({ [CHAMPION]: champion, [CHALLENGER]: other });
}

function invocationOf({ instance, instances, serverless, asynchronous }: ModelSettings, requests?: Bucket): Invocation {
  if (serverless) return Invocation.serverless(serverless);
  const capacity = { instanceType: instance!, instances: instancesOf(instances) };
  if (!asynchronous) return Invocation.realTime(capacity);
  const { concurrency, successTopic: successTopicArn, errorTopic: errorTopicArn } = asynchronous;
  return Invocation.asynchronous({ ...capacity, bucket: requests!, concurrency, successTopicArn, errorTopicArn });
}

function instancesOf({ min, max, initial, target, schedules }: ModelSettings['instances']): Instances {
  if (target === undefined || max === undefined) return Instances.fixed(min);
  return Instances.scaling({ min, max, initial, target, schedules });
}

function rolloutOf(settings: ModelSettings['rollout']): Rollout {
  const { kind, ...times } = rolloutTimes(settings);
  const { errorPercent, minRequests, latencyMs, alarms: alarmNames } = settings.rollback;
  const rollback = { errorPercent, minRequests, latencyMs, alarmNames };
  return Rollout[kind]({ ...times, rollback });
}
