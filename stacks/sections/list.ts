import { lake } from './lake/section';
import { logs } from './logs/section';
import { network } from './network/section';
import { registry } from './registry/section';
import { state } from './state/section';
import { teams } from './teams/section';

/** The sections of an environment file, in the order in which they create their parts. */
export const SECTIONS = [state, network, logs, lake, teams, registry] as const;
