export { OVERRIDES } from './clouds/aws/overrides';
export type { Patch } from './clouds/aws/patches/patch';
export { PATCHES } from './clouds/aws/patches/patches';
export { DEFAULT_PLACE, type Place } from './clouds/aws/place';
export type { Cloud, CloudFactory, Guards, Override, Service, StandIn, StandIns, StartOptions } from './clouds/cloud';
export { CLOUDS } from './clouds/clouds';
export type { StackCopy } from './copy/stack-copy';
export { AppFailure, CannotRehearse, Interrupted } from './errors';
export {
  type OverriddenResource,
  type Phase,
  type PlannedChange,
  RESOURCE_CLASSES,
  type RehearsalError,
  type RehearsalEvent,
  type RehearsalResult,
  type Report,
  type ResourceClass,
  type SlowResource,
  type StackResult,
  type StandInResource,
  type Step,
} from './events';
export { type RehearsalOptions, rehearse } from './rehearse';
export type { StackConfiguration, SynthesizedStack } from './source/manifest';
export type { App } from './source/synthesize';
export type { Stage, StageContext, StageResult } from './stages/stage';
export { STAGES } from './stages/stages';
