import { ENDPOINT_NEEDS, type EndpointUse } from '../../../lib/network/needs/endpoint-needs';
import type { EndpointService } from '../../../lib/network/network-limits';
import type { Environment } from '../environment';
import type { AnySection } from '../section';

/** An AWS service that a section calls from the private subnets. */
export interface ServiceNeed {
  readonly service: EndpointService;
  /** Name of the section that calls it. */
  readonly section: string;
  /** What of the section calls it, e.g. `Feature groups`; `undefined` if the section names the service itself. */
  readonly workload?: string;
}

/** What the sections of an environment call from the private subnets, in the order of the sections. */
export function serviceNeeds(sections: readonly AnySection[], environment: Environment): ServiceNeed[] {
  return sections.flatMap((section) => {
    const settings = (environment as unknown as Record<string, unknown>)[section.name];
    return (section.endpoints?.(settings, environment) ?? []).flatMap((named) => needsOf(section.name, named));
  });
}

function needsOf(section: string, named: EndpointUse | EndpointService): ServiceNeed[] {
  if (!isUse(named)) return [{ service: named, section }];
  const { workload, services } = ENDPOINT_NEEDS[named];
  return services.map((service) => ({ service, section, workload }));
}

function isUse(named: EndpointUse | EndpointService): named is EndpointUse {
  return Object.hasOwn(ENDPOINT_NEEDS, named);
}
