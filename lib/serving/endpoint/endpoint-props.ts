import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../../aws/log-group';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import type { ITable } from '../../data-lake/table';
import type { IKey } from '../../encryption/key';
import type { INetwork } from '../../network/network';
import { ML_INSTANCE } from '../../training/training-limits';
import type { PackageCheck } from '../check/package-check';
import type { ModelSource } from '../model/model-source';
import type { Rollout } from '../rollout/rollout';
import { MAX_ROLLBACK_ALARMS } from '../rollout/rollout-limits';
import { brokenSmoke } from '../smoke/smoke-limits';
import type { SmokeOptions } from '../smoke/smoke-test';
import { Traffic } from '../traffic/traffic';
import { MAX_VARIANTS, VARIANT_NAME } from '../traffic/traffic-limits';
import type { CaptureOptions } from './capture';
import type { RequestStore } from './endpoint-base';
import { brokenFeatures, brokenScaledType, type EndpointFeature, type InvocationKind } from './endpoint-limits';
import type { Instances } from './instances';
import type { Invocation } from './invocation';

/** One of the models of an endpoint. */
export interface Variant {
  readonly model: ModelSource;
  /** @default - that of the invocation */
  readonly instanceType?: string;
  /** @default - those of the invocation */
  readonly instances?: Instances;
}

/** What an endpoint is made of. */
export interface SageMakerEndpointProps {
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. Another name replaces the endpoint. */
  readonly name: string;
  /**
   * Models by the names of their variants, e.g. `champion` and `challenger`. The names of those that answer cannot change later:
   * SageMaker rolls a change out within the variants that are there. A model that comes later gets a variant with weight 0 now.
   */
  readonly variants: Readonly<Record<string, Variant>>;
  /** How requests are divided. @default - every request to the only variant */
  readonly traffic?: Traffic;
  readonly invocation: Invocation;
  /** Network of the containers. Required, except of a serverless endpoint, which takes none. @default - none */
  readonly network?: INetwork;
  /** Key of the volumes and of the log. */
  readonly encryptionKey: IKey;
  /** Team that answers for the models. */
  readonly owner: string;
  /**
   * Whether the containers can call nothing, neither AWS nor the internet: SageMaker loads models and captures data for them.
   * @default - true, except of a serverless endpoint, which takes no isolation
   */
  readonly isolated?: boolean;
  /** How a change takes over. It has alarms from the first deployment on. @default Rollout.canary() */
  readonly rollout?: Rollout;
  /** What versions of the registry must pass before they are served. @default - nothing: whoever may approve decides alone */
  readonly check?: PackageCheck;
  /** What is asked after each deployment; a wrong answer rolls it back. @default - nothing: the alarms on requests of clients decide */
  readonly smoke?: SmokeOptions;
  /** What is captured of requests and answers. @default - nothing */
  readonly capture?: CaptureOptions;
  /** Retention of the log in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** An existing endpoint. */
export interface EndpointAttributes {
  readonly endpointName: string;
  /** @default real-time */
  readonly invocation?: InvocationKind;
  /** @default - none known */
  readonly variantNames?: readonly string[];
  /** @default - none */
  readonly captured?: ITable;
  /** Of an asynchronous endpoint. @default - not known: its requests are granted by their bucket */
  readonly requests?: RequestStore;
}

/** The traffic of an endpoint: with one variant there is no choice. */
export function trafficOf({ variants, traffic }: SageMakerEndpointProps): Traffic | undefined {
  const [only, another] = Object.keys(variants);
  return traffic ?? (another === undefined && only !== undefined ? Traffic.all(only) : undefined);
}

/**
 * Checks all properties of an endpoint.
 *
 * @throws InputError that lists every failure
 */
export function validateEndpoint(scope: IConstruct, props: SageMakerEndpointProps, rollout: Rollout): void {
  const properties = Properties.of(scope)
    .present(props, 'name', 'variants', 'invocation', 'encryptionKey', 'owner')
    .known(props, 'variants', 'isolated', 'name')
    .matches('name', props?.name, NAME)
    .oneOf('logRetentionDays', props?.logRetentionDays, LOG_RETENTION_DAYS);
  properties.throwIfInvalid();
  checkVariants(properties, props);
  properties.throwIfInvalid();
  checkFeatures(properties, props, rollout);
  checkAlarms(properties, props, rollout);
  checkSmoke(properties, props, rollout);
  properties.throwIfInvalid();
}

function checkVariants(properties: Properties, props: SageMakerEndpointProps): void {
  const names = Object.keys(props.variants);
  properties.require(
    names.length > 0 && names.length <= MAX_VARIANTS,
    `'variants' must be 1 to ${MAX_VARIANTS}, got ${names.length}`,
  );
  for (const [name, { model, instanceType, instances }] of Object.entries(props.variants)) {
    const place = `variants.${name}.instanceType`;
    properties
      .matches('variants', name, VARIANT_NAME)
      .require(model !== undefined, `'variants.${name}.model' must be set, got undefined`)
      .known({ [place]: instanceType }, place)
      .matches(place, instanceType, ML_INSTANCE)
      .require(
        props.invocation.capacity !== undefined || (instanceType === undefined && instances === undefined),
        `'variants.${name}' must have no instances: the endpoint is serverless; remove 'instanceType' and 'instances'`,
      )
      .require(
        props.invocation.kind === 'asynchronous' || instances?.min !== 0,
        `'variants.${name}.instances' must be at least 1, got a minimum of 0: who asks would wait for none`,
      );
    checkScaling(properties, props, name);
  }
  if (!names.every((name) => VARIANT_NAME.pattern.test(name))) return;
  const traffic = trafficOf(props);
  if (!traffic) {
    properties.require(false, "'traffic' must say how requests are divided among the variants, got undefined");
    return;
  }
  const wanted = [...traffic.names, ...(traffic.shadow ? [traffic.shadow.name] : [])];
  properties.require(
    wanted.length === names.length && wanted.every((name) => names.includes(name)),
    `'traffic' must name each of the variants ${names.join(', ')}, got ${wanted.join(', ')}`,
  );
}

function checkScaling(properties: Properties, { variants, invocation, traffic }: SageMakerEndpointProps, name: string) {
  const { instanceType = invocation.capacity?.instanceType, instances = invocation.capacity?.instances } =
    variants[name]!;
  if (!instanceType || !instances?.options || traffic?.shadow?.name === name) return;
  properties.keeps(`variants.${name}.instanceType`, instanceType, brokenScaledType(instanceType));
}

function checkFeatures(properties: Properties, props: SageMakerEndpointProps, rollout: Rollout): void {
  const { invocation, network, capture, isolated } = props;
  const traffic = trafficOf(props)!;
  const present: Readonly<Record<EndpointFeature, boolean>> = {
    network: network !== undefined,
    capture: capture !== undefined,
    split: traffic.names.length > 1,
    shadow: traffic.shadow !== undefined,
    rolling: rollout.kind === 'rolling',
  };
  const features = (Object.keys(present) as EndpointFeature[]).filter((feature) => present[feature]);
  const places = { network: 'network', capture: 'capture', split: 'traffic', shadow: 'traffic', rolling: 'rollout' };
  for (const { feature, must, fix } of brokenFeatures({ invocation: invocation.kind, features })) {
    properties.require(false, `'${places[feature]}' ${must}; ${fix}`);
  }
  const isServerless = invocation.kind === 'serverless';
  properties
    .require(isServerless || network !== undefined, "'network' must be set, got undefined: the containers run in it")
    .require(
      !isServerless || isolated !== true,
      "'isolated' must not be true on a serverless endpoint, which takes no isolation; remove it, or take instances",
    );
}

function checkAlarms(properties: Properties, props: SageMakerEndpointProps, { rollback }: Rollout): void {
  const answering = trafficOf(props)!.names.length;
  const own = answering * (rollback.latencyMs === undefined ? 1 : 2);
  const smoke = props.smoke ? 1 : 0;
  const all = own + smoke + rollback.alarmNames.length;
  properties.require(
    Token.isUnresolved(rollback.alarmNames) || all <= MAX_ROLLBACK_ALARMS,
    `'rollout' must have at most ${MAX_ROLLBACK_ALARMS} alarms, got ${own} of the variants and ${smoke + rollback.alarmNames.length} others; combine the others into one`,
  );
}

function checkSmoke(properties: Properties, { smoke, invocation }: SageMakerEndpointProps, rollout: Rollout): void {
  if (!smoke) return;
  const { minutes } = rollout.firstStep;
  const times = { bakeMinutes: minutes, finalBakeMinutes: minutes };
  for (const { must, got, fix } of brokenSmoke({ invocation: invocation.kind, kind: rollout.kind, ...times })) {
    properties.require(false, `'smoke' ${must}${got === undefined ? '' : `, got ${got}`}; ${fix}`);
  }
}
