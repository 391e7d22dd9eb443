import * as z from 'zod';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import {
  bucketArn,
  byProfile,
  bySize,
  type Engine,
  Engines,
  error,
  integer,
  part,
  reference,
  removal,
  type Section,
  SubSections,
  type ValidEnvironment,
} from '../../../stacks';
import { games } from './games';

const PORTS = bySize({ small: 1, medium: 1, large: 8 });

const BoxSchema = z.strictObject({
  engine: z.literal('box').describe('A box.'),
  size: integer(1, 9).describe(`Ports of the box. ${PORTS.description}`).optional(),
});
const CrateSchema = z.strictObject({
  engine: z.literal('crate').describe('A crate.'),
  planks: integer(1, 9).describe('Planks of the crate. Default: 3.').default(3),
});

const box: Engine<'box', typeof BoxSchema, { size: number }, string, 'foundation'> = {
  engine: 'box',
  layer: 'foundation',
  schema: BoxSchema,
  complete: ({ size: ports }, { size }) => ({ size: ports ?? PORTS.of(size) }),
  make: () => 'a box',
};
const crate: Engine<'crate', typeof CrateSchema, { planks: number }, string, 'data'> = {
  engine: 'crate',
  layer: 'data',
  schema: CrateSchema,
  complete: (written) => written,
  *rules(path, { planks }) {
    if (planks === 5) yield error([...path, 'planks'], 'must not be 5, got 5; use 4 or 6');
  },
  make: () => 'a crate',
};

const CONTAINERS = new Engines([box, crate], byProfile({ managed: 'box', kubernetes: 'crate' }));

const KEYS = new SubSections([games]);

const ToySchema = z
  .strictObject({
    owner: reference('teams', z.string())
      .describe('Owner of the toy.')
      .meta({ examples: ['fraud'] }),
    source: bucketArn().describe('Source of the toy. Default: none.').optional(),
    container: CONTAINERS.schema.optional().describe('Container of the toy. Default: none.'),
    ...KEYS.shape,
    removal: removal('the toy'),
  })
  .describe('A toy.')
  .optional();

type Toy = ReturnType<typeof complete> | undefined;

/** A section that the platform does not have: this folder, and one line in the list of sections. */
export const toy: Section<'toy', typeof ToySchema, Toy> = {
  name: 'toy',
  schema: ToySchema,
  domain: { name: 'toy', description: 'Toys' },
  complete: (own, file) => own && complete(own, file),
  *rules(own, file) {
    yield* CONTAINERS.rules(['toy', 'container'], own.container, file);
    yield* KEYS.rules(own, file);
    if (own.owner === 'ads') yield error(['toy', 'owner'], 'must not be ads, got ads; name another team');
  },
  *names(own, file) {
    yield { kind: BUCKET, name: 'toys', form: 'located' };
    yield* KEYS.names(own, file);
  },
  endpoints: (settings, environment) =>
    settings === undefined
      ? []
      : [...(settings.container ? (['batch-ec2', 'ssm'] as const) : []), ...KEYS.endpoints(settings, environment)],
  parts: (settings, environment) =>
    settings === undefined
      ? []
      : [
          part('data', (stack, available) => {
            (require('./make') as typeof import('./make')).makeToys(stack, available, settings.removal);
            return {};
          }),
          ...(settings.container ? [CONTAINERS.part(settings.container, 'container')] : []),
          ...KEYS.parts(settings, environment),
        ],
};

function complete(own: NonNullable<z.output<typeof ToySchema>>, file: ValidEnvironment) {
  const container = own.container && CONTAINERS.complete(own.container, file);
  return { ...own, ...KEYS.complete(own, file), container };
}
