import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { bySize, error, integer, named, part, type Section, text, written } from '../../../stacks';

const PLAYERS = bySize({ small: 1, medium: 2, large: 4 });

const GamesSchema = named(
  text(NAME),
  z.strictObject({ players: integer(1, 9).describe(`Players of the game. ${PLAYERS.description}`).optional() }),
)
  .default({})
  .describe('Games with the toy. Default: none.');

type Games = Readonly<Record<string, { readonly players: number }>>;

/** A key of the toy's section with a folder of its own; its bucket is in the services layer. */
export const games: Section<'games', typeof GamesSchema, Games> = {
  name: 'games',
  schema: GamesSchema,
  complete: (own, { size }) =>
    Object.fromEntries(
      Object.entries(own).map(([name, { players }]) => [name, { players: players ?? PLAYERS.of(size) }]),
    ),
  *rules(own) {
    for (const [name, { players }] of written(own)) {
      if (players === 5) yield error(['toy', 'games', name, 'players'], 'must not be 5, got 5; use 4 or 6');
    }
  },
  *names(own) {
    for (const name of Object.keys(own)) yield { kind: BUCKET, name, form: 'located', path: ['toy', 'games', name] };
  },
  endpoints: (settings) => (Object.keys(settings).length > 0 ? ['s3-express'] : []),
  parts: (settings) =>
    Object.keys(settings).map((name) =>
      part('services', (stack, available) => {
        (require('./make') as typeof import('./make')).makeGame(stack, available, name);
        return {};
      }),
    ),
};
