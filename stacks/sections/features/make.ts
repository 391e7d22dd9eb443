import { Construct } from 'constructs';
import { Aws } from '../../../lib/aws/aws';
import { Tags } from '../../../lib/core/tags';
import type { IDataLake } from '../../../lib/data-lake/data-lake';
import { TEAM_TAG } from '../../../lib/data-lake/query-workgroup';
import { FeatureGroup, type FeatureGroupProps } from '../../../lib/features/feature-group';
import { FeatureType } from '../../../lib/features/feature-type';
import { OnlineStore } from '../../../lib/features/online-store';
import { Principal } from '../../../lib/iam/principal';
import { Role } from '../../../lib/iam/role';
import { mapValues } from '../../environment/map-values';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Data, Keys } from '../../offers';
import type { Features } from './section';

type Group = Features['groups'][string];

/** Creates the groups, and the roles with which jobs of each team write and read them. */
export function makeFeatures(
  stack: LayerStack,
  { groups, removal }: Features,
  { data, foundation: { keys } }: Available['data'],
): Pick<Data, 'featureGroups' | 'featureRoles'> {
  const scope = new Construct(stack, 'Features');
  const made = new Map<string, FeatureGroup>();
  for (const [key, { name = key, version, ...group }] of Object.entries(groups)) {
    const id = `${name}-v${version}`; // its key may change, as when the next version takes it over
    const columns = mapValues(group.columns, (type) => FeatureType.named(type));
    const featureGroup = new FeatureGroup(scope, id, {
      name,
      version: String(version),
      features: columns,
      recordIdentifier: group.id,
      eventTime: group.eventTime,
      ...storesOf(group, data.lake!, keys),
      description: `written by team ${group.team}`,
      removal,
    });
    Tags.of(featureGroup).add({ [TEAM_TAG]: group.team });
    made.set(key, featureGroup);
  }
  return { featureGroups: made, featureRoles: makeRoles(stack, groups, made, data) };
}

/** Beside a store in memory there is no offline store; its key is that of the lake, as the others have it from their zone. */
function storesOf(
  { online, zone, format }: Omit<Group, 'version'>,
  lake: IDataLake,
  keys: Keys,
): Pick<FeatureGroupProps, 'zone' | 'offlineFormat' | 'online' | 'encryptionKey'> {
  if (online?.storage === 'in-memory') return { online: OnlineStore.inMemory(online), encryptionKey: keys.of('lake') };
  return { zone: lake.zone(zone), offlineFormat: format, online: online && OnlineStore.standard(online) };
}

/** Who writes a group reads it too; queries of the offline stores run in the workgroup of the team. */
function makeRoles(
  stack: LayerStack,
  groups: Features['groups'],
  made: ReadonlyMap<string, FeatureGroup>,
  { workgroups }: Available['data']['data'],
): ReadonlyMap<string, Role> {
  const scope = new Construct(stack, 'FeatureTeams');
  const assumedBy = Principal.service('sagemaker.amazonaws.com', Aws.of(stack).account);
  const roles = new Map<string, Role>();
  const teams = new Set(Object.values(groups).flatMap(({ team, readers }) => [team, ...readers]));
  for (const team of teams) {
    const role = new Role(scope, team, { assumedBy });
    roles.set(team, role);
    workgroups?.get(team)?.grantQuery(role);
    for (const [key, group] of made) {
      const { team: owner, readers } = groups[key]!;
      if (owner === team) group.grantIngest(role);
      if (owner !== team && !readers.includes(team)) continue;
      if (group.isOnline) group.grantReadOnline(role);
      if (group.offlineTable) group.grantReadOffline(role);
    }
  }
  return roles;
}
