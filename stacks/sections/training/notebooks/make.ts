import { Notebooks } from '../../../../lib/training/notebooks/notebooks';
import { mapValues } from '../../../environment/map-values';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { NOTEBOOKS_NAME } from './schema';
import type { Notebooks as Settings } from './section';

/** Creates the notebooks, and grants each team what it owns. */
export function makeNotebooks(
  stack: LayerStack,
  { instances, teams, ...settings }: NonNullable<Settings>,
  { environment, data, services: { training, pretrained, tracking, tensorBoard } }: Available['services'],
): Pick<Services, 'notebooks'> {
  const { ownsLogGroups, logDays, removal } = environment.training!; // whose key `notebooks` is
  const notebooks = new Notebooks(stack, 'Notebooks', {
    ...settings,
    workspace: training!, // made by the section that has these notebooks
    name: NOTEBOOKS_NAME,
    instanceTypes: instances,
    teams: mapValues(teams, ({ members, instances: instanceTypes }) => ({ members, instanceTypes })),
    ownsLogGroups,
    logRetentionDays: ownsLogGroups ? logDays : undefined,
    removal,
  });
  for (const team of Object.keys(teams)) {
    const role = notebooks.roleOf(team);
    data.workgroups.get(team)?.grantQuery(role);
    for (const [name, { owner }] of Object.entries(environment.lake.tables)) {
      if (owner === team) data.tables.get(name)?.grantRead(role);
    }
    pretrained?.grantTeam(role, team);
    tracking?.grantTrack(role);
    tracking?.grantOpen(role);
    tensorBoard!.grantRead(role); // made with the workspace
  }
  return { notebooks };
}
