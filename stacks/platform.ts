import type { App } from 'cdktf';
import type { Removal } from '../lib/core/removal';
import type { Environment } from './environment/environment';
import type { AnySection, KeptData } from './environment/section';
import type { DataStack } from './layers/data-stack';
import type { FoundationStack } from './layers/foundation-stack';
import type { ModelsStack } from './layers/models-stack';
import type { MonitoringStack } from './layers/monitoring-stack';
import type { ServicesStack } from './layers/services-stack';
import type { AwsLayerName, Offers, Part } from './offers';
import { SECTIONS } from './sections/list';

/**
 * All stacks of one environment, in the order of deployment.
 *
 * The module of a stack, and with it its provider, is loaded when the stack is created.
 */
export class Platform implements Pick<Offers, 'foundation' | 'data'> {
  /** Parts of all sections, in the order of the sections. */
  public readonly parts: readonly Part<AwsLayerName>[];
  /** Data domains, each with its own key. */
  public readonly domains: readonly KeptData[];
  public readonly foundation: FoundationStack;
  public readonly data: DataStack;
  /** `undefined` if the environment has nothing in this layer. */
  public readonly services?: ServicesStack;
  /** `undefined` if the environment has nothing in this layer. */
  public readonly models?: ModelsStack;
  /** `undefined` if the environment has nothing in this layer. */
  public readonly monitoring?: MonitoringStack;

  /** @param sections sections of the file. @default - those of the platform */
  constructor(
    app: App,
    public readonly environment: Environment,
    sections: readonly AnySection[] = SECTIONS,
  ) {
    const settingsOf = ({ name }: AnySection) => (environment as never)[name] as never;
    this.parts = sections.flatMap(
      (section) => (section.parts?.(settingsOf(section), environment) ?? []) as readonly Part<AwsLayerName>[],
    );
    this.domains = sections.flatMap((section) => {
      const settings = settingsOf(section) as KeptSettings | undefined;
      return section.domain && settings
        ? [{ ...section.domain, removal: settings.removal ?? 'retain', keyArn: settings.keyArn }]
        : [];
    });
    const { FoundationStack } = require('./layers/foundation-stack') as typeof import('./layers/foundation-stack');
    this.foundation = new FoundationStack(app, this);
    const { DataStack } = require('./layers/data-stack') as typeof import('./layers/data-stack');
    this.data = new DataStack(app, this);
    if (this.has('services')) {
      const { ServicesStack } = require('./layers/services-stack') as typeof import('./layers/services-stack');
      this.services = new ServicesStack(app, this);
    }
    if (this.has('models')) {
      const { ModelsStack } = require('./layers/models-stack') as typeof import('./layers/models-stack');
      this.models = new ModelsStack(app, this);
    }
    if (this.has('monitoring')) {
      const { MonitoringStack } = require('./layers/monitoring-stack') as typeof import('./layers/monitoring-stack');
      this.monitoring = new MonitoringStack(app, this);
    }
  }

  private has(name: AwsLayerName): boolean {
    return this.parts.some(({ layer }) => layer === name);
  }
}

/** What the settings of a section with a domain of data have. */
interface KeptSettings {
  readonly removal?: Removal;
  readonly keyArn?: string;
}
