const ADDRESS_BITS = 32;
const PATTERN = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** A block of IPv4 addresses in CIDR notation. */
export class Ipv4Block {
  /** @returns `undefined` if the text is not a block: four numbers up to 255, a prefix up to 32, no host bits */
  public static parse(text: string): Ipv4Block | undefined {
    const numbers = PATTERN.exec(text)?.slice(1).map(Number);
    if (!numbers) return undefined;
    const [prefix, ...bytes] = [numbers.pop()!, ...numbers];
    const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const block = new Ipv4Block(first, prefix);
    return prefix <= ADDRESS_BITS && bytes.every((byte) => byte <= 255) && first % block.size === 0 ? block : undefined;
  }

  /** The block of an address with host bits: 10.20.0.0/16 for 10.20.3.0/16; `undefined` unless the text is an address. */
  public static around(text: string): Ipv4Block | undefined {
    const numbers = PATTERN.exec(text)?.slice(1).map(Number);
    if (!numbers) return undefined;
    const [prefix, ...bytes] = [numbers.pop()!, ...numbers];
    if (prefix > ADDRESS_BITS || bytes.some((byte) => byte > 255)) return undefined;
    const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const size = 2 ** (ADDRESS_BITS - prefix);
    return new Ipv4Block(first - (first % size), prefix);
  }

  private constructor(
    /** First address, as a number. */
    private readonly first: number,
    /** Prefix length in bits. */
    public readonly prefix: number,
  ) {}

  /** Number of addresses. */
  public get size(): number {
    return 2 ** (ADDRESS_BITS - this.prefix);
  }

  public contains(other: Ipv4Block): boolean {
    return other.first >= this.first && other.first + other.size <= this.first + this.size;
  }

  public overlaps(other: Ipv4Block): boolean {
    return this.contains(other) || other.contains(this);
  }

  /** Part `index`, counted from 0, of this block divided into 2^`bits` equal parts. */
  public part(bits: number, index: number): Ipv4Block {
    const prefix = this.prefix + bits;
    return new Ipv4Block(this.first + index * 2 ** (ADDRESS_BITS - prefix), prefix);
  }

  public toString(): string {
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(this.first / 2 ** shift) % 256);
    return `${bytes.join('.')}/${this.prefix}`;
  }
}
