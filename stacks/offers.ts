import type { IDataLake } from '../lib/data-lake/data-lake';
import type { IQueryWorkgroup } from '../lib/data-lake/query-workgroup';
import type { ITable } from '../lib/data-lake/table';
import type { IKey } from '../lib/encryption/key';
import type { INetwork } from '../lib/network/network';
import type { IDatabase } from '../lib/registry/database';
import type { IImageRepository } from '../lib/registry/image-repository';
import type { IModelStore } from '../lib/registry/model-store';
import type { IBucket } from '../lib/storage/bucket';
import type { Environment } from './environment/environment';
import type { LayerStack } from './layers/layer-stack';

/** The encryption keys of an environment, one for each domain of data. */
export interface Keys {
  /** @throws InputError naming the known domains when there is none of this name */
  of(domain: string): IKey;
}

/** What every other layer stands on. */
export interface Foundation {
  readonly keys: Keys;
  readonly network: INetwork;
  /** Records the requests to every other bucket of the environment. */
  readonly accessLogs: IBucket;
}

/** What is kept: the lake and its catalog, where teams query it, and the registries of models and images. */
export interface Data {
  readonly lake: IDataLake;
  /** By name. */
  readonly tables: ReadonlyMap<string, ITable>;
  /** By team. */
  readonly workgroups: ReadonlyMap<string, IQueryWorkgroup>;
  readonly models: IModelStore;
  /** By name. */
  readonly images: ReadonlyMap<string, IImageRepository>;
  /** `undefined` where the environment asks for none. */
  readonly database?: IDatabase;
}

/** What each layer offers the layers after it, in the order of their deployment. */
export interface Offers {
  readonly foundation: Foundation;
  readonly data: Data;
}

export type AwsLayerName = keyof Offers;

/** What the parts of each layer may use: the layers before it, and what earlier sections have made of its own. */
export interface Available {
  readonly foundation: {
    readonly environment: Environment;
    readonly foundation: Pick<Foundation, 'keys'> & Partial<Foundation>;
  };
  readonly data: {
    readonly environment: Environment;
    readonly foundation: Foundation;
    readonly data: Partial<Data>;
  };
}

/** What one section makes in one layer. */
export interface Part<Layer extends AwsLayerName> {
  readonly layer: Layer;
  /** Makes it, and returns what the layer offers by it. */
  make(stack: LayerStack, available: Available[Layer]): Partial<Offers[Layer]>;
}

/** A part of a layer. `make` loads the constructs that it uses: reading a file loads none. */
export function part<Layer extends AwsLayerName>(layer: Layer, make: Part<Layer>['make']): Part<Layer> {
  return { layer, make };
}
