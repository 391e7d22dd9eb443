import { Token } from 'cdktf';
import { digitsOf } from '../core/cdktf/token-values';
import { InputError } from '../core/input-error';
import { Properties } from '../core/properties';

/** Ports of TCP and UDP. */
export const PORT_LIMITS = { min: 1, max: 65_535 } as const;

/** Protocol and ports of a connection. */
export class Port {
  public static tcp(port: number): Port {
    Properties.need('Port.tcp', { port }, 'port');
    return Port.of('tcp', port, port);
  }

  /** From the first to the last port, inclusive. */
  public static tcpRange(from: number, to: number): Port {
    Properties.need('Port.tcpRange', { from, to }, 'from', 'to');
    return Port.of('tcp', from, to);
  }

  public static udp(port: number): Port {
    Properties.need('Port.udp', { port }, 'port');
    return Port.of('udp', port, port);
  }

  /** All protocols and ports. */
  public static all(): Port {
    return new Port('-1');
  }

  private static of(protocol: string, from: number, to: number): Port {
    const { min, max } = PORT_LIMITS;
    const isPort = (port: number) => Token.isUnresolved(port) || (Number.isInteger(port) && port >= min && port <= max);
    const range = from === to ? `${from}` : `${from}-${to}`;
    if (!isPort(from) || !isPort(to)) {
      throw new InputError(`port must be a whole number between ${min} and ${max}, got ${range}`);
    }
    if (!Token.isUnresolved(from) && !Token.isUnresolved(to) && from > to) {
      throw new InputError(`a range of ports must begin with the lower one, got ${range}; write ${to}, ${from}`);
    }
    return new Port(protocol, from, to);
  }

  private constructor(
    /** As in a security group rule: `tcp`, `udp`, or `-1` for all. */
    public readonly protocol: string,
    public readonly from?: number,
    public readonly to?: number,
  ) {}

  /** `tcp 5432`, `tcp 30000-32767`, `all`. */
  public toString(): string {
    const { protocol, from, to } = this;
    if (from === undefined || to === undefined) return 'all';
    return `${protocol} ${from === to ? digitsOf(from) : `${digitsOf(from)}-${digitsOf(to)}`}`;
  }
}

/** The port of AWS services. */
export const HTTPS = Port.tcp(443);
