export { AppFailure, CannotRehearse, Interrupted } from './errors';
export type {
  Fault,
  OverriddenResource,
  Phase,
  PlannedChange,
  RehearsalEvent,
  RehearsalResult,
  Report,
  ResourceClass,
  StackResult,
  Step,
} from './events';
export { OVERRIDES, type Override } from './overrides';
export { type RehearsalOptions, rehearse } from './rehearse';
export { DEFAULT_PLACE, type Place } from './source/place';
export type { App } from './source/synthesize';
