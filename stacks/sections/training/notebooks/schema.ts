import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  DEFAULT_IDLE_MINUTES,
  DEFAULT_MAX_SPACE_GB,
  DEFAULT_NOTEBOOK_AUTH,
  DEFAULT_NOTEBOOK_INSTANCES,
  DEFAULT_SPACE_GB,
  IDLE_LIMITS_MINUTES,
  MEMBER,
  NOTEBOOK_AUTH,
  SPACE_LIMITS_GB,
} from '../../../../lib/training/notebooks/notebooks-limits';
import { ML_INSTANCE } from '../../../../lib/training/training-limits';
import { snippet } from '../../../environment/schema/editor';
import { choice, integer, named, text } from '../../../environment/schema/fields';

/** The domain. */
export const NOTEBOOKS_NAME = 'notebooks';

const instances = () => z.array(text(ML_INSTANCE));
const gb = () => integer(SPACE_LIMITS_GB.min, SPACE_LIMITS_GB.max);

const TeamSchema = z
  .strictObject({
    members: z
      .array(text(MEMBER))
      .default([])
      .describe(
        'People of the team, each with a profile and a space; with auth SSO their user names. Default: one profile and one space for the team.',
      )
      .meta({ examples: [['ada', 'grace']] }),
    instances: instances()
      .describe('Instance types of the team, the first for who chooses none. Default: those of the notebooks.')
      .optional(),
  })
  .describe('A team with notebooks.');

/** What may be written under `training.notebooks`. */
export const NotebooksSchema = z
  .strictObject({
    auth: choice(NOTEBOOK_AUTH)
      .default(DEFAULT_NOTEBOOK_AUTH)
      .describe(
        `How people are recognized: by roles of IAM, or by IAM Identity Center of the same region, where someone assigns the people to the domain. It cannot be changed later. Default: ${DEFAULT_NOTEBOOK_AUTH}.`,
      ),
    instances: instances()
      .default([...DEFAULT_NOTEBOOK_INSTANCES])
      .describe(
        `Instance types of apps, the first for who chooses none. Default: ${DEFAULT_NOTEBOOK_INSTANCES.join(', ')}, because heavy work runs in jobs.`,
      ),
    idleMinutes: integer(IDLE_LIMITS_MINUTES.min, IDLE_LIMITS_MINUTES.max)
      .default(DEFAULT_IDLE_MINUTES)
      .describe(
        `Minutes without activity until an app is stopped, which users may shorten only. Default: ${DEFAULT_IDLE_MINUTES}, the shortest of SageMaker.`,
      ),
    spaceGb: gb()
      .default(DEFAULT_SPACE_GB)
      .describe(
        `Size of the volume of a new space in GB; one that exists keeps its own, which its user may enlarge. Default: ${DEFAULT_SPACE_GB}.`,
      ),
    maxSpaceGb: gb()
      .describe(
        `Largest volume that a user may choose, in GB. Default: ${DEFAULT_MAX_SPACE_GB}, or spaceGb if it is more.`,
      )
      .optional(),
    teams: named(text(NAME), TeamSchema)
      .describe('Teams with notebooks, by name. Default: every team of the file.')
      .meta({ defaultSnippets: [snippet('a team', { '${1:fraud}': { members: ['${2:ada}'] } })] })
      .optional(),
  })
  .describe(
    'Notebooks: a SageMaker domain in the private subnets. The notebooks of a team read the tables that it owns and TensorBoard logs, use its query workgroup and its pretrained models, and record in the tracking server. Default: none.',
  )
  .optional();
