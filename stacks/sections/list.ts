// only with this import, the declaration of the list refers to that file, and not to the module of the stacks
import type { Section } from '../environment/section';
import { features } from './features/section';
import { iam } from './iam/section';
import { lake } from './lake/section';
import { logs } from './logs/section';
import { models } from './models/section';
import { monitoring } from './monitoring/section';
import { network } from './network/section';
import { registry } from './registry/section';
import { scheduler } from './scheduler/section';
import { state } from './state/section';
import { teams } from './teams/section';
import { tracking } from './tracking/section';
import { training } from './training/section';

/** The sections of an environment file, each a {@link Section}, in the order in which they create their parts. */
export const SECTIONS = [
  state,
  iam,
  network,
  logs,
  lake,
  teams,
  features,
  registry,
  tracking,
  training,
  scheduler,
  models,
  monitoring,
] as const;
