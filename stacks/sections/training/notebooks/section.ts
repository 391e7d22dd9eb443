import type * as z from 'zod';
import { brokenMembers, DOMAIN } from '../../../../lib/training/notebooks/notebooks-limits';
import { type Draft, written } from '../../../environment/draft';
import { error, type FileError } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { NOTEBOOKS_NAME, NotebooksSchema } from './schema';

type Written = NonNullable<z.output<typeof NotebooksSchema>>;
/** The settings of the notebooks; `undefined` if the environment has none. */
export type Notebooks = (Omit<Written, 'teams'> & { readonly teams: NonNullable<Written['teams']> }) | undefined;
type DraftNotebooks = Draft<NonNullable<z.input<typeof NotebooksSchema>>>;

const PATH = ['training', 'notebooks'];

/** Notebooks of the teams. */
export const notebooks: Section<'notebooks', typeof NotebooksSchema, Notebooks> = {
  name: 'notebooks',
  schema: NotebooksSchema,
  complete: (own, { teams }) =>
    own && {
      ...own,
      teams: own.teams ?? Object.fromEntries(Object.keys(teams).map((team) => [team, { members: [] }])),
    },
  rules: notebookRules,
  *names(_, { training }) {
    if (training?.notebooks !== undefined) yield { kind: DOMAIN, name: NOTEBOOKS_NAME, form: 'prefixed' };
  },
  endpoints: (settings) => (settings === undefined ? [] : ['notebooks']),
  parts: (settings) =>
    settings === undefined
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeNotebooks(stack, settings, available),
          ),
        ],
};

function* notebookRules(own: DraftNotebooks, file: Draft): Iterable<FileError> {
  if (file.training?.notebooks === undefined) return;
  const known: object = file.teams ?? {};
  const teams = own.teams ?? Object.fromEntries(Object.keys(known).map((team) => [team, {}]));
  if (Object.keys(teams).length === 0) {
    yield error(PATH, 'needs a team; add one under teams', 'key');
  }
  for (const team of Object.keys(teams)) {
    if (!Object.hasOwn(known, team)) yield error([...PATH, 'teams', team], unknownName('teams', team, known), 'key');
  }
  yield* sizes(own);
  yield* instances([...PATH, 'instances'], own.instances);
  for (const [team, { instances: types }] of written(teams as NonNullable<DraftNotebooks['teams']>)) {
    yield* instances([...PATH, 'teams', team, 'instances'], types);
  }
  yield* members(own.auth, written(teams as NonNullable<DraftNotebooks['teams']>), own.teams !== undefined);
}

function* sizes({ spaceGb, maxSpaceGb }: DraftNotebooks): Iterable<FileError> {
  if (spaceGb === undefined || maxSpaceGb === undefined || maxSpaceGb >= spaceGb) return;
  yield error(
    [...PATH, 'maxSpaceGb'],
    `must be at least spaceGb ${spaceGb}, got ${maxSpaceGb}; raise it, or lower spaceGb`,
  );
}

function* instances(path: readonly string[], types: readonly (string | undefined)[] | undefined): Iterable<FileError> {
  if (types === undefined) return;
  if (types.length === 0) yield error(path, 'must name at least one type, got none; add one, or remove the key');
  for (const [index, type] of types.entries()) {
    if (type === undefined || types.indexOf(type) === index) continue;
    yield error([...path, index], `must be listed once, got '${type}' again; remove one`);
  }
}

type DraftTeam = NonNullable<NonNullable<DraftNotebooks['teams']>[string]>;

function* members(
  auth: DraftNotebooks['auth'],
  teams: readonly [string, DraftTeam][],
  listed: boolean,
): Iterable<FileError> {
  const known = teams.filter(([, { members: list = [] }]) => !list.includes(undefined));
  const lists = Object.fromEntries(known.map(([team, { members: list = [] }]) => [team, list as readonly string[]]));
  for (const { at, message } of brokenMembers(lists, auth)) {
    const path = listed ? [...PATH, 'teams', ...at] : PATH;
    yield error(path, listed ? message : `of team '${at[0]}' ${message}`, at.length === 1 ? 'key' : 'value');
  }
}
