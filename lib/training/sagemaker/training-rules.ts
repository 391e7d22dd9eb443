import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Properties } from '../../core/properties';
import { MAX_TAGS, quote, TAG_KEY, TAG_VALUE } from '../../core/text-pattern';
import { CHANNEL_NAME } from '../data/data-limits';
import type { Value } from '../pipeline/value';
import {
  brokenExpression,
  CODE_CHANNEL,
  ENTRY_POINT,
  ENVIRONMENT_LIMITS,
  HYPERPARAMETER_LIMITS,
  HYPERPARAMETER_VALUE,
  HYPERPARAMETER_WORD,
  hasInstanceStore,
  INSTANCE_COUNT_LIMITS,
  KEEP_ALIVE_LIMITS_MINUTES,
  MAX_CHANNELS,
  METRIC_LIMITS,
  RETRY_LIMITS,
  TEAM,
  VARIABLE_NAME,
  VOLUME_LIMITS_GB,
} from '../training-limits';
import type { SageMakerTrainingProps } from './training-props';

/** Names of hyperparameters with which script mode finds its program. */
const RESERVED_HYPERPARAMETER = /^sagemaker_/;
/** Tags that the training sets itself. */
const OWN_TAG = 'team';

/**
 * Checks all properties of a training.
 *
 * @throws InputError that lists every failure
 */
export function validateTraining(scope: IConstruct, props: SageMakerTrainingProps): void {
  const properties = Properties.of(scope)
    .known(props, 'team', 'entryPoint', 'instanceType', 'instanceCount', 'maxRuntimeMinutes', 'maxWaitMinutes')
    .known(
      props,
      'volumeSizeGb',
      'retries',
      'keepAliveMinutes',
      'hyperparameters',
      'environment',
      'metrics',
      'tags',
      'inputs',
    );
  properties.throwIfInvalid();
  properties.matches('team', props.team, TEAM);
  checkCode(properties, props);
  checkInstances(properties, props);
  checkTimes(properties, props);
  checkInputs(properties, props);
  checkTexts(properties, props);
  properties.throwIfInvalid();
}

function checkCode(properties: Properties, { framework, code, entryPoint }: SageMakerTrainingProps): void {
  properties
    .matches('entryPoint', entryPoint, ENTRY_POINT)
    .require(
      code === undefined || entryPoint !== undefined,
      "'entryPoint' must be set with 'code', got undefined; name the file that trains, e.g. 'train.py'",
    )
    .require(
      code !== undefined || entryPoint === undefined,
      `'entryPoint' must be a file in 'code', which is not set, got ${quote(`${entryPoint}`)}`,
    )
    .require(
      code !== undefined || framework.hasProgram,
      `'code' must be set: the image of ${framework.name} has no program of its own`,
    )
    .require(
      code === undefined || framework.scriptMode,
      "'code' must not be set: the image runs its own program; build the code into it, or say that it has script mode",
    );
}

function checkInstances(properties: Properties, props: SageMakerTrainingProps): void {
  const { instanceType, workspace, volumeEncryptionKey } = props;
  properties
    .oneOf('instanceType', instanceType, workspace.instanceTypes)
    .require(
      volumeEncryptionKey === undefined || !hasInstanceStore(instanceType),
      `'volumeEncryptionKey' must not be set on ${instanceType}: its instance store takes no key, its hardware encrypts it; remove the key, or choose a type without an instance store`,
    )
    .integer('instanceCount', props.instanceCount, INSTANCE_COUNT_LIMITS)
    .integer('volumeSizeGb', props.volumeSizeGb, VOLUME_LIMITS_GB)
    .integer('retries', props.retries, RETRY_LIMITS);
}

function checkTimes(properties: Properties, props: SageMakerTrainingProps): void {
  const { workspace, spot = false, maxWaitMinutes, keepAliveMinutes } = props;
  const { maxRuntimeMinutes = workspace.maxRuntimeMinutes } = props;
  properties
    .integer('maxRuntimeMinutes', maxRuntimeMinutes, { min: 1, max: workspace.maxRuntimeMinutes })
    .integer('maxWaitMinutes', maxWaitMinutes, { min: maxRuntimeMinutes })
    .require(spot || maxWaitMinutes === undefined, "'maxWaitMinutes' has no effect without 'spot'; remove it")
    .integer('keepAliveMinutes', keepAliveMinutes, KEEP_ALIVE_LIMITS_MINUTES)
    .require(
      !spot || keepAliveMinutes === undefined,
      "'keepAliveMinutes' must not be set with 'spot': SageMaker keeps no spot instance warm; remove one of the two",
    );
}

function checkInputs(properties: Properties, { inputs, code }: SageMakerTrainingProps): void {
  const names = Object.keys(inputs);
  const most = MAX_CHANNELS - (code ? 1 : 0);
  for (const name of names) properties.matches('inputs', name, CHANNEL_NAME);
  properties
    .require(names.length <= most, `'inputs' must have at most ${most} channels, got ${names.length}`)
    .require(
      !names.includes(CODE_CHANNEL) || code === undefined,
      `'inputs' must not have a channel '${CODE_CHANNEL}': it holds the code; rename it`,
    );
}

function checkTexts(properties: Properties, props: SageMakerTrainingProps): void {
  const { hyperparameters = {}, environment = {}, metrics = {}, tags = {}, code } = props;
  const reserved = Object.keys(hyperparameters).filter((name) => RESERVED_HYPERPARAMETER.test(name));
  properties.require(
    code === undefined || reserved.length === 0,
    `'hyperparameters' must not begin with sagemaker_, by which script mode finds its program, got ${reserved.join(', ')}`,
  );
  checkMap(properties, 'hyperparameters', hyperparameters, HYPERPARAMETER_LIMITS);
  if (code !== undefined) checkHyperparameters(properties, hyperparameters);
  checkMap(properties, 'environment', environment, ENVIRONMENT_LIMITS);
  for (const name of Object.keys(environment)) properties.matches('environment', name, VARIABLE_NAME);
  checkMap(properties, 'metrics', metrics, METRIC_LIMITS);
  for (const [name, regex] of Object.entries(metrics)) {
    properties.keeps(`metrics.${name}`, regex, Token.isUnresolved(regex) ? [] : brokenExpression(regex));
  }
  for (const [key, value] of Object.entries(tags)) {
    properties.matches('tags', key, TAG_KEY).matches(`tags.${key}`, value, TAG_VALUE);
  }
  properties
    .require(
      Object.keys(tags).length < MAX_TAGS,
      `'tags' must have at most ${MAX_TAGS - 1} tags, got ${Object.keys(tags).length}`,
    )
    .require(
      !Object.hasOwn(tags, OWN_TAG),
      `'tags' must not have '${OWN_TAG}', which is the property 'team'; remove it`,
    );
}

/** What script mode passes to the program as it is meant: see {@link HYPERPARAMETER_VALUE}. A reference is not known yet. */
export function checkHyperparameters(properties: Properties, hyperparameters: Readonly<Record<string, Value>>): void {
  for (const [name, value] of Object.entries(hyperparameters)) {
    properties.matches('hyperparameters', name, HYPERPARAMETER_WORD);
    if (typeof value !== 'string') continue;
    properties.matches(`hyperparameters.${name}`, value, HYPERPARAMETER_VALUE);
  }
}

function checkMap(
  properties: Properties,
  name: string,
  map: Readonly<Record<string, string>>,
  limits: { readonly count: number; readonly nameLength: number; readonly valueLength: number },
): void {
  const { length } = Object.keys(map);
  properties.require(length <= limits.count, `'${name}' must have at most ${limits.count} entries, got ${length}`);
  for (const [key, value] of Object.entries(map)) {
    properties
      .require(
        key.length > 0 && key.length <= limits.nameLength,
        `'${name}' must have names of 1 to ${limits.nameLength} characters, got ${quote(key)} with ${key.length}`,
      )
      .require(
        Token.isUnresolved(value) || value.length <= limits.valueLength,
        `'${name}.${key}' must have at most ${limits.valueLength} characters, got ${value.length}`,
      );
  }
}
