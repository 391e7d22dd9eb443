import { SubSections } from '../../environment/sub-sections';

/** The keys of `training` that have folders of their own, in the order in which they create their parts. */
export const TRAINING_KEYS = new SubSections([]);
