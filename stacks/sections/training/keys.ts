// only with this import, the declaration of the list refers to that file, and not to the module of the stacks
import type { Section } from '../../environment/section';
import { SubSections } from '../../environment/sub-sections';
import { batch } from './batch/section';
import { fileSystems } from './file-systems/section';
import { notebooks } from './notebooks/section';
import { pipelines } from './pipelines/section';
import { pretrained } from './pretrained/section';

/** The keys of `training` that have folders of their own, each a {@link Section}, in the order in which they create their parts. */
export const TRAINING_KEYS = new SubSections([fileSystems, batch, pretrained, notebooks, pipelines]);
