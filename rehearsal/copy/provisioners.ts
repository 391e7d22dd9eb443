import { managedResources, type StackConfiguration } from '../source/manifest';

/**
 * Removes provisioners and their connections from a configuration, in place: they run commands, here or elsewhere.
 *
 * @returns addresses of the resources that had one
 */
export function removeProvisioners(configuration: StackConfiguration): string[] {
  return managedResources(configuration).flatMap(({ type, name, resource }) => {
    const had = resource.provisioner !== undefined;
    delete resource.provisioner;
    delete resource.connection;
    return had ? [`${type}.${name}`] : [];
  });
}
