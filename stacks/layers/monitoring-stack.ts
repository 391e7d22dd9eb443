import type { App } from 'cdktf';
import type { LogSearch, Monitoring, Offers } from '../offers';
import type { Platform } from '../platform';
import { LayerStack } from './layer-stack';

/** The monitoring layer, after all others: who is told of what goes wrong, and what people look at. */
export class MonitoringStack extends LayerStack implements Monitoring {
  public readonly logSearch?: LogSearch;

  constructor(
    app: App,
    {
      environment,
      parts,
      foundation,
      data,
      services = {},
      models = {},
    }: Pick<Platform, 'environment' | 'parts' | 'foundation' | 'data'> & Partial<Pick<Offers, 'services' | 'models'>>,
  ) {
    super(app, 'monitoring', environment);
    Object.assign(this, this.makeParts('monitoring', parts, { environment, foundation, data, services, models }));
  }
}
