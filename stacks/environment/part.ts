/** Layers of an environment on AWS, in the order of deployment. */
export type AwsLayerName = 'foundation' | 'data' | 'services' | 'models' | 'monitoring';

/**
 * The part of a section in any layer, as `part` and `Engines.part` declare it.
 *
 * Its types name no construct: the types of an environment file follow from its sections, and whoever only reads files
 * need not install a provider.
 */
export interface AnyPart {
  readonly layer: AwsLayerName;
  make(stack: never, available: never): object;
}
