import type { IConstruct } from 'constructs';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import type { ITrainingWorkspace } from '../sagemaker/workspace';
import { ML_INSTANCE } from '../training-limits';
import {
  brokenMembers,
  DEFAULT_SPACE_GB,
  IDLE_LIMITS_MINUTES,
  MEMBER,
  NOTEBOOK_AUTH,
  type NotebookAuth,
  SPACE_LIMITS_GB,
} from './notebooks-limits';

/** A team with notebooks. */
export interface NotebookTeamProps {
  /** Its people, each with a profile and a space. @default - one profile and one space for the team */
  readonly members?: readonly string[];
  /** Types on which its apps may run, the first for who chooses none. @default - those of the notebooks */
  readonly instanceTypes?: readonly string[];
}

/** Properties of `Notebooks`. */
export interface NotebooksProps {
  /** Where the jobs of the environment run: its network, key, bucket and guardrails are those of the notebooks too. */
  readonly workspace: ITrainingWorkspace;
  /** Teams by name: lower-case letters, digits and single hyphens. */
  readonly teams: Readonly<Record<string, NotebookTeamProps>>;
  /**
   * How people are recognized: `IAM`, by a role to which `grantOpen` gives a profile; or `SSO`, by IAM Identity Center of
   * the same region, where members are its user names, whom someone assigns to the domain's application there: see
   * `docs/notebooks.md`. It cannot be changed later.
   * @default IAM
   */
  readonly auth?: NotebookAuth;
  /** Types on which apps may run, the first for who chooses none. @default ml.t3.medium, ml.m5.large, ml.m5.xlarge */
  readonly instanceTypes?: readonly string[];
  /** Minutes without activity until an app is stopped, 60 to 525,600. @default 60 */
  readonly idleMinutes?: number;
  /** Gigabytes of the volume of a new space, 5 to 16,384; one that exists keeps its own, which its user may enlarge. @default 20 */
  readonly spaceGb?: number;
  /** Gigabytes of the largest volume that a user may choose. @default - 100, or `spaceGb` if it is more */
  readonly maxSpaceGb?: number;
  /**
   * Whether the log group of all notebooks of the account and region, `/aws/sagemaker/studio`, belongs to these, which give it
   * a retention and the key of the workspace. Where several environments share an account, set it in one of them only. Where
   * notebooks have run before, import the group once (`terraform import <address> /aws/sagemaker/studio`), or set it to false.
   * @default true
   */
  readonly ownsLogGroups?: boolean;
  /** Retention of the logs in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Name after the stack's prefix. Another name replaces the domain. @default - from the construct's path */
  readonly name?: string;
  /** Whether the domain may be destroyed with the files of its users: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * @throws InputError with everything that is wrong
 */
export function validateNotebooks(
  scope: IConstruct,
  props: NotebooksProps,
  teams: readonly [string, NotebookTeamProps][],
): void {
  const { auth, idleMinutes, spaceGb, maxSpaceGb, instanceTypes, ownsLogGroups = true, logRetentionDays } = props;
  const properties = Properties.of(scope)
    .oneOf('auth', auth, NOTEBOOK_AUTH)
    .integer('idleMinutes', idleMinutes, IDLE_LIMITS_MINUTES)
    .integer('spaceGb', spaceGb, SPACE_LIMITS_GB)
    .integer('maxSpaceGb', maxSpaceGb, { ...SPACE_LIMITS_GB, min: spaceGb ?? DEFAULT_SPACE_GB })
    .require(
      ownsLogGroups || logRetentionDays === undefined,
      "'logRetentionDays' has no effect without 'ownsLogGroups'; remove it",
    );
  validateTypes(properties, 'instanceTypes', instanceTypes);
  for (const [team, own] of teams) {
    properties
      .matches(`teams.${team}`, team, NAME)
      .require(own !== null && own !== undefined, `'teams.${team}' must be set; {} has every default`)
      .known({ [`teams.${team}.members`]: own?.members }, `teams.${team}.members`);
    validateTypes(properties, `teams.${team}.instanceTypes`, own?.instanceTypes);
  }
  properties.throwIfInvalid();
  for (const [team, { members = [] }] of teams) {
    members.forEach((member, index) => {
      const at = `teams.${team}.members[${index}]`;
      properties.known({ [at]: member }, at).matches(at, member, MEMBER);
    });
  }
  const members = Object.fromEntries(teams.map(([team, own]) => [team, own.members ?? []]));
  for (const { at, message } of brokenMembers(members, auth)) {
    const place = at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    properties.require(false, `'teams${place}' ${message}`);
  }
  properties.throwIfInvalid();
}

function validateTypes(properties: Properties, name: string, types: readonly string[] | undefined): void {
  properties
    .known({ [name]: types }, name)
    .require(types?.length !== 0, `'${name}' must name at least one type, got none`);
  types?.forEach((type, index) => {
    const at = `${name}[${index}]`;
    properties.known({ [at]: type }, at).matches(at, type, ML_INSTANCE);
  });
}
