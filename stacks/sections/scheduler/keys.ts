// only with this import, the declaration of the list refers to that file, and not to the module of the stacks
import type { Section } from '../../environment/section';
import { SubSections } from '../../environment/sub-sections';
import { airflow } from './airflow/section';
import { triggers } from './triggers/section';

/** The keys of `scheduler` that have folders of their own, each a {@link Section}, in the order in which they create their parts. */
export const SCHEDULER_KEYS = new SubSections([airflow, triggers]);
