import { Token } from 'cdktf';
import { InputError } from '../core/input-error';

/** Ports of TCP and UDP. */
export const PORT_LIMITS = { min: 1, max: 65_535 } as const;

/** What a connection may be made to: protocol and ports. */
export class Port {
  public static tcp(port: number): Port {
    return Port.of('tcp', port, port);
  }

  /** Both ends are allowed. */
  public static tcpRange(from: number, to: number): Port {
    return Port.of('tcp', from, to);
  }

  public static udp(port: number): Port {
    return Port.of('udp', port, port);
  }

  /** Every protocol, every port. */
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
      throw new InputError(`a range of ports must begin with the lower one, got ${range}: write ${to}, ${from}`);
    }
    return new Port(protocol, from, to);
  }

  private constructor(
    /** As in a security group's rule: `tcp`, `udp`, or `-1` for all. */
    public readonly protocol: string,
    public readonly from?: number,
    public readonly to?: number,
  ) {}

  /** `tcp 5432`, `tcp 30000-32767`, `all`. */
  public toString(): string {
    const { protocol, from, to } = this;
    if (from === undefined || to === undefined) return 'all';
    return `${protocol} ${from === to ? text(from) : `${text(from)}-${text(to)}`}`;
  }
}

function text(port: number): string {
  return Token.isUnresolved(port) ? Token.asString(port) : `${port}`;
}

/** Where services of AWS, and most others, listen. */
export const HTTPS = Port.tcp(443);
