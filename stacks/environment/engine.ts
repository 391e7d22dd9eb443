import * as z from 'zod';
import type { FixedChoiceProps } from '../../lib/core/fixed-choice';
import type { LayerStack } from '../layers/layer-stack';
import type { Available, AwsLayerName, Part } from '../offers';
import type { Draft } from './draft';
import type { FileError, Path } from './errors';
import type { DefaultBy, Profile } from './schema/choices';
import { PROFILES } from './schema/choices';
import type { General, GeneralInput } from './schema/general';
import type { JsonSchema } from './schema/json-schema';

/** One of several implementations of a part of the platform, selected by `engine` in the file. */
export interface Engine<Name extends string, Schema extends z.ZodObject, Settings, Offer, Layer extends AwsLayerName> {
  readonly engine: Name;
  /** The layer that contains it. */
  readonly layer: Layer;
  /** Schema of its keys; the key `engine` is the literal {@link engine}. */
  readonly schema: Schema;
  /** Fills in the defaults that depend on the environment. */
  complete(written: z.output<Schema>, general: General): Settings;
  /** Rules beyond the types of values; the section calls them through `Engines.rules`. @default - none */
  rules?(path: Path, own: Draft<z.input<Schema>>, general: Draft<GeneralInput>): Iterable<FileError>;
  /** Creates the constructs. Loads their modules, so that reading a file loads none. */
  make(stack: LayerStack, settings: Settings, available: Available[Layer]): Offer;
}

// biome-ignore lint/suspicious/noExplicitAny: engines in a list have different settings; each gets only its own
type AnyEngine = Engine<string, z.ZodObject, any, any, any>;
type SettingsOf<E extends AnyEngine> = ReturnType<E['complete']> & { readonly engine: E['engine'] };

/** Prevents a change of the engine of a part that holds data: see `FixedChoice`. */
export interface FixedEngine extends Omit<FixedChoiceProps, 'value'> {
  /** Id of the construct. */
  readonly id: string;
}

/** The engines of one part: their union in the schema, and the selected one. */
export class Engines<E extends AnyEngine> {
  /** Schema: the keys of one engine. Without `engine` the default applies. */
  public readonly schema: z.ZodType<z.output<E['schema']>, z.input<E['schema']>>;

  /** @param byDefault the default engine, which may depend on the profile */
  constructor(
    private readonly engines: readonly E[],
    byDefault: E['engine'] | DefaultBy<Profile, E['engine']>,
  ) {
    const of = (profile: Profile) => (typeof byDefault === 'string' ? byDefault : byDefault.of(profile));
    const defaultEngine = Object.fromEntries(PROFILES.map((profile) => [profile, of(profile)])) as Record<
      Profile,
      string
    >;
    const [first, ...others] = engines.map(({ schema }) => schema);
    this.schema = z
      .discriminatedUnion('engine', [first!, ...others] as never)
      .meta({ defaultEngine } satisfies JsonSchema) as never;
  }

  public complete(written: z.output<E['schema']>, general: General): SettingsOf<E> {
    const engine = this.named((written as { engine: string }).engine)!;
    return { ...engine.complete(written as never, general), engine: engine.engine } as SettingsOf<E>;
  }

  /** Applies the rules of the selected engine. */
  public *rules(
    path: Path,
    own: { readonly engine?: string } | undefined,
    general: Draft<GeneralInput>,
  ): Iterable<FileError> {
    const engine = this.named(own?.engine);
    if (engine) yield* engine.rules?.(path, own as never, general) ?? [];
  }

  /**
   * The part of the selected engine, in its layer.
   *
   * @param offer name of the result in the layer's offers
   * @param fixed prevents a change of the engine after deployment, for a part that holds data. @default - it may change
   */
  public part(settings: SettingsOf<E>, offer: string, fixed?: FixedEngine): Part<E['layer']> {
    const engine = this.named(settings.engine)!;
    return {
      layer: engine.layer,
      make: (stack, available) => {
        if (fixed) {
          const { FixedChoice } =
            require('../../lib/core/fixed-choice') as typeof import('../../lib/core/fixed-choice');
          new FixedChoice(stack, fixed.id, { ...fixed, value: engine.engine });
        }
        return { [offer]: engine.make(stack, settings, available) } as never;
      },
    };
  }

  private named(name: string | undefined): E | undefined {
    return this.engines.find(({ engine }) => engine === name);
  }
}
