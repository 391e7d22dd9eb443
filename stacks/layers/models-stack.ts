import type { App } from 'cdktf';
import type { EndpointDoor } from '../../lib/serving/door/endpoint-door';
import type { IEndpoint } from '../../lib/serving/endpoint/endpoint-base';
import type { Models, Offers } from '../offers';
import type { Platform } from '../platform';
import { LayerStack } from './layer-stack';

/** The models layer: what serves predictions. A promotion, a rollback or a shift of weights plans this stack alone. */
export class ModelsStack extends LayerStack implements Models {
  public readonly endpoints?: ReadonlyMap<string, IEndpoint>;
  public readonly doors?: ReadonlyMap<string, EndpointDoor>;

  constructor(
    app: App,
    {
      environment,
      parts,
      foundation,
      data,
      services = {},
    }: Pick<Platform, 'environment' | 'parts' | 'foundation' | 'data'> & Partial<Pick<Offers, 'services'>>,
  ) {
    super(app, 'models', environment);
    Object.assign(this, this.makeParts('models', parts, { environment, foundation, data, services }));
  }
}
