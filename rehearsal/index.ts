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
export { DEFAULT_PLACE, type RehearsalOptions, rehearse } from './rehearse';
export type { App } from './source/synthesize';
