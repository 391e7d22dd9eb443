import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';

/** Names of SageMaker domains. */
export const DOMAIN: AwsNameKind = { kind: 'SageMaker domain', maxLength: 63, uniqueIn: 'region' };
/** Most characters of the name of a user profile or of a space. */
export const MAX_PROFILE_LENGTH = 63;

/** Minutes without activity until an app is stopped (`IdleSettings` of the SageMaker API). */
export const IDLE_LIMITS_MINUTES = { min: 60, max: 525_600 } as const;
/** An hour: the shortest that SageMaker offers. An idle instance costs as much as a busy one. */
export const DEFAULT_IDLE_MINUTES = 60;

/** Gigabytes of the volume of a space (`DefaultEbsStorageSettings` of the SageMaker API). */
export const SPACE_LIMITS_GB = { min: 5, max: 16_384 } as const;
/** Default size of the volume of a new space. */
export const DEFAULT_SPACE_GB = 20;
/** Default of the largest volume of a space. */
export const DEFAULT_MAX_SPACE_GB = 100;

/** Types for code that is written and tried; heavy work runs in jobs, which stop when they are done. */
export const DEFAULT_NOTEBOOK_INSTANCES = ['ml.t3.medium', 'ml.m5.large', 'ml.m5.xlarge'] as const;

/** How people are recognized: roles of IAM, or users of IAM Identity Center. */
export const NOTEBOOK_AUTH = ['IAM', 'SSO'] as const;
/** A way in {@link NOTEBOOK_AUTH}. */
export type NotebookAuth = (typeof NOTEBOOK_AUTH)[number];
/** Needs nothing besides IAM. */
export const DEFAULT_NOTEBOOK_AUTH: NotebookAuth = 'IAM';

/** A person: a word, or a user name of IAM Identity Center. */
export const MEMBER: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.@+-]{0,127}$/,
  meaning: 'a word or a user name such as ada or ada@acme.example',
};

/** Members of the teams, by team. */
export type Members = Readonly<Record<string, readonly string[]>>;

/** The name of a person's profile: `fraud-ada-acme-example`; of a team without members, its own. */
export function profileName(team: string, member?: string): string {
  if (member === undefined) return team;
  return `${team}-${member.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}`;
}

/** A member that cannot be, with the reason. */
export interface BrokenMember {
  /** Place in the teams: `['fraud', 'members', 1]`, or the team as a whole. */
  readonly at: readonly (string | number)[];
  /** What is wrong, and what to do: a sentence without a full stop. */
  readonly message: string;
}

/**
 * What is wrong with the members of teams: names of profiles that are too long or the same, members twice, and with
 * IAM Identity Center teams without members and persons in two teams.
 */
export function brokenMembers(teams: Members, auth: NotebookAuth = DEFAULT_NOTEBOOK_AUTH): BrokenMember[] {
  const profiles = new Map<string, string>();
  const people = new Map<string, string>();
  const found: BrokenMember[] = [];
  for (const [team, members] of Object.entries(teams)) {
    if (auth === 'SSO' && members.length === 0) {
      const message =
        'must have members with auth SSO: a profile belongs to one user of IAM Identity Center; list them';
      found.push({ at: [team], message });
    }
    for (const [index, member] of (members.length === 0 ? [undefined] : members).entries()) {
      const at = member === undefined ? [team] : [team, 'members', index];
      const whose = member === undefined ? `team ${team}` : `${member} of ${team}`;
      const name = profileName(team, member);
      const other = profiles.get(name);
      const excess = name.length - MAX_PROFILE_LENGTH;
      if (excess > 0) {
        const message = `makes the profile '${name}' of ${name.length} characters, the limit is ${MAX_PROFILE_LENGTH}; shorten it by ${excess}`;
        found.push({ at, message });
      }
      if (other !== undefined) {
        found.push({ at, message: `makes the profile '${name}', which ${other} has too; choose another name` });
      } else if (member !== undefined && auth === 'SSO' && people.has(member)) {
        const message = `must be in one team with auth SSO, got '${member}' in ${people.get(member)} and ${team}; a user has one profile in a domain`;
        found.push({ at, message });
      }
      profiles.set(name, whose);
      if (member !== undefined && !people.has(member)) people.set(member, team);
    }
  }
  return found;
}
