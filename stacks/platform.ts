import type { App } from 'cdktf';
import type { Environment } from './environment/environment';
import type { AnySection, KeptData } from './environment/section';
import type { DataStack } from './layers/data-stack';
import type { FoundationStack } from './layers/foundation-stack';
import type { AwsLayerName, Offers, Part } from './offers';
import { SECTIONS } from './sections/list';

/**
 * Every stack of one environment, made in the order in which they are deployed.
 *
 * A stack, and with it its provider, is loaded when it is made.
 */
export class Platform implements Offers {
  /** What the sections of the environment make, in the order of the sections. */
  public readonly parts: readonly Part<AwsLayerName>[];
  /** The domains of data that have a key of their own. */
  public readonly domains: readonly KeptData[];
  public readonly foundation: FoundationStack;
  public readonly data: DataStack;

  /** @param sections what the file consists of, where they are not only the platform's own */
  constructor(
    app: App,
    public readonly environment: Environment,
    sections: readonly AnySection[] = SECTIONS,
  ) {
    const settingsOf = ({ name }: AnySection) => (environment as never)[name] as never;
    this.parts = sections.flatMap((section) => section.parts?.(settingsOf(section), environment) ?? []);
    this.domains = sections.flatMap((section) =>
      section.domain ? [{ ...section.domain, removal: (settingsOf(section) as KeptData).removal }] : [],
    );
    this.foundation = new (require('./layers/foundation-stack') as Layers).FoundationStack(app, this);
    this.data = new (require('./layers/data-stack') as Layers).DataStack(app, this);
  }
}

type Layers = typeof import('./layers/foundation-stack') & typeof import('./layers/data-stack');
