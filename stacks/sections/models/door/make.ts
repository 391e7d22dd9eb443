import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { DoorAuth, DoorReach } from '../../../../lib/serving/door/door-access';
import { EndpointDoor } from '../../../../lib/serving/door/endpoint-door';
import type { IEndpoint } from '../../../../lib/serving/endpoint/endpoint-base';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available } from '../../../offers';
import type { ModelSettings, Models } from '../section';

type Door = NonNullable<ModelSettings['door']>;

/** Where clients ask, by model. */
export const DOORS_OUTPUT = 'ModelDoors';

/** Creates a door for each model that has one. */
export function makeDoors(
  stack: LayerStack,
  models: Models,
  endpoints: Readonly<Record<string, IEndpoint>>,
  { environment, foundation }: Available['models'],
): ReadonlyMap<string, EndpointDoor> | undefined {
  const all = Object.entries(models).flatMap(([name, { door }]) => (door ? [[name, door] as const] : []));
  if (all.length === 0) return undefined;
  const scope = new Construct(stack, 'Doors');
  const made = all.map(([name, door]) => {
    const { clients, requestsPerSecond, logDays: logRetentionDays } = door;
    const made = new EndpointDoor(scope, name, {
      name,
      endpoint: endpoints[name]!,
      auth: authOf(door),
      reach: door.webAcl === undefined ? DoorReach.vpc(...door.vpcEndpoints!) : DoorReach.internet(door.webAcl),
      ...{ clients, requestsPerSecond, logRetentionDays },
      encryptionKey: foundation.keys.of('registry'),
      removal: environment.registry.removal,
    });
    return [name, made] as const;
  });
  new TerraformOutput(stack, DOORS_OUTPUT, {
    staticId: true,
    value: Object.fromEntries(made.map(([name, { address }]) => [name, address])),
    description: 'Where clients of other accounts and networks ask the models.',
  });
  return new Map(made);
}

function authOf({ callers, cognito }: Door): DoorAuth {
  if (!cognito) return DoorAuth.iam({ callers });
  const { pools: userPoolArns, scopes } = cognito;
  return DoorAuth.cognito({ userPoolArns, scopes });
}
