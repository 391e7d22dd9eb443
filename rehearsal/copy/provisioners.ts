import { managedResources, type StackConfiguration } from '../source/manifest';

/**
 * Removes what runs commands, here or elsewhere, from a configuration, in place: provisioners with their connections,
 * and actions with what triggers them.
 *
 * @returns addresses of the resources and actions that had one
 */
export function removeProvisioners(configuration: StackConfiguration): string[] {
  const actions = Object.entries((configuration.action ?? {}) as Record<string, object>).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((name) => `action.${type}.${name}`),
  );
  delete configuration.action;
  const resources = managedResources(configuration).flatMap(({ type, name, resource }) => {
    const had = resource.provisioner !== undefined;
    delete resource.provisioner;
    delete resource.connection;
    const lifecycle = resource.lifecycle as Record<string, unknown> | undefined;
    delete lifecycle?.action_trigger;
    return had ? [`${type}.${name}`] : [];
  });
  return [...resources, ...actions];
}
