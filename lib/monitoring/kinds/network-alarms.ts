import { type AlarmSpec, COUNT, judged, metric, SILENT_WHEN_WELL } from '../alarms/alarm-spec';

/** A network, as far as its alarms depend on it. */
export interface MonitoredNetwork {
  /** @default - none */
  readonly natGatewayIds?: readonly string[];
  /** Log group of its flow log. @default - unknown: no alarm on denied connections */
  readonly flowLogGroupName?: string;
  /** Its block, to tell connections from inside. @default - unknown: no alarm on denied connections */
  readonly vpcCidr?: string;
}

/** Names of the alarms of a network. */
export const NETWORK_ALARMS = ['no-ports', 'dropped-packets', 'denied-connections'] as const;
/** One of {@link NETWORK_ALARMS}. */
export type NetworkAlarm = (typeof NETWORK_ALARMS)[number];

/** Fields of a flow log in its default format, with those that a pattern judges. */
const FIELDS = (source: string) =>
  `[version, account, interface, source = ${source}, destination, sourcePort, destinationPort, protocol, packets, bytes, start, end, action = REJECT, status]`;

/** The alarms of a network: of each NAT gateway, and of what its groups refuse. */
export function networkAlarms({ natGatewayIds = [], flowLogGroupName, vpcCidr }: MonitoredNetwork): AlarmSpec[] {
  const gateways = natGatewayIds.flatMap((id, index) => {
    const part = natGatewayIds.length === 1 ? {} : { part: `nat-${index + 1}` };
    return gateway(id).map((spec) => ({ ...spec, ...part }));
  });
  if (flowLogGroupName === undefined || vpcCidr === undefined) return gateways;
  return [...gateways, denied(flowLogGroupName, vpcCidr)];
}

function gateway(id: string): AlarmSpec[] {
  const of = (name: string) => metric('AWS/NATGateway', name, { NatGatewayId: id }, 'Sum');
  const counted = { unit: '', bad: 'above', thresholdLimits: COUNT, ...SILENT_WHEN_WELL } as const;
  return [
    {
      name: 'no-ports',
      severity: 'critical',
      means: 'The NAT gateway has no port left for a connection; some calls to the internet fail.',
      runbook:
        'Find the client with the most connections in the flow log; an endpoint of the service takes the load off.',
      metrics: { refused: of('ErrorPortAllocation') },
      ...counted,
      threshold: 0,
      ...judged(5, 2, 3),
    },
    {
      name: 'dropped-packets',
      severity: 'warning',
      means: 'The NAT gateway drops packets.',
      runbook: 'Compare its bytes with the 100 Gbit/s of a gateway; a gateway in each zone divides the load.',
      metrics: { dropped: of('PacketsDropCount') },
      ...counted,
      threshold: 100,
      ...judged(5, 3, 3),
    },
  ];
}

function denied(logGroupName: string, vpcCidr: string): AlarmSpec {
  return {
    name: 'denied-connections',
    severity: 'warning',
    means: 'Something inside tries again and again to connect to what it may not.',
    runbook:
      'Search the flow log for REJECT by source: a missing rule between two services, or a workload that looks around.',
    metrics: {
      denied: {
        ...metric('MLOps/Denied', logGroupName, {}, 'Sum'),
        from: { logGroupName, pattern: FIELDS(`${insideOf(vpcCidr)}*`) },
      },
    },
    unit: '',
    bad: 'above',
    threshold: 500,
    thresholdLimits: COUNT,
    ...judged(15, 2, 2),
    ...SILENT_WHEN_WELL,
  };
}

const BITS_PER_PART = 8;

/** The whole parts of an address that all of a block share: `10.20.` of `10.20.16.0/20`. */
function insideOf(cidr: string): string {
  const [address = '', prefix = '0'] = cidr.split('/');
  const parts = address.split('.').slice(0, Math.floor(Number(prefix) / BITS_PER_PART));
  return parts.map((part) => `${part}.`).join('');
}
