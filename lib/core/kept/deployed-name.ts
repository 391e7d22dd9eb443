import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';

/** Context key of the names that are deployed. */
const DEPLOYED_NAMES = 'cdktf-mlops:deployed-names';
const NAME = 'cdktf-mlops:name';

/** Finds the deployed name of a construct that was moved, by its path and the kind of the name. */
export type DeployedNames = (path: string, kind: string) => string | undefined;

/** Context for an app in which moved constructs keep their deployed names: `new App({ context })`. */
export function deployedNamesContext(names: DeployedNames): Record<string, unknown> {
  return { [DEPLOYED_NAMES]: names };
}

/**
 * The name of a resource, which a service cannot change: the deployed one if the construct was moved, else a new one.
 *
 * @param kind kind of resource, e.g. `S3 bucket`
 * @param make makes the name of a construct that was not moved
 * @param suffix the required end of the name; a deployed name with another end is not used. @default - any end
 */
export function deployedName(scope: IConstruct, kind: string, make: () => string, suffix = ''): string {
  const deployed = (scope.node.tryGetContext(DEPLOYED_NAMES) as DeployedNames | undefined)?.(scope.node.path, kind);
  const name = deployed?.endsWith(suffix) ? deployed : make();
  if (!Token.isUnresolved(name)) scope.node.addMetadata(NAME, { kind, name });
  return name;
}

/** The names that `deployedName` returned to a construct, by kind. */
export function namesOf(construct: IConstruct): Readonly<Record<string, string>> {
  const names = construct.node.metadata.filter(({ type }) => type === NAME);
  return Object.fromEntries(names.map(({ data }) => [data.kind, data.name]));
}
