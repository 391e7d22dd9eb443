/** A block of IPv4 addresses. */
export class Cidr {
  /** @returns `undefined` for what is no address with a prefix length, such as 10.0.0.256/16 */
  public static parse(text: string): Cidr | undefined {
    const [, address = '', length = ''] = /^([\d.]+)\/(\d+)$/.exec(text) ?? [];
    const bytes = address.split('.').map(Number);
    if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || Number(length) > 32) return undefined;
    return new Cidr(
      bytes.reduce((sum, byte) => sum * 256 + byte, 0),
      Number(length),
    );
  }

  private constructor(
    private readonly address: number,
    public readonly prefixLength: number,
  ) {}

  /** The block that holds this address: the same, with nothing set beyond the prefix. */
  public get start(): Cidr {
    return new Cidr(this.address - (this.address % this.size), this.prefixLength);
  }

  public overlaps(other: Cidr): boolean {
    const [a, b] = [this.start, other.start];
    return a.address < b.address + b.size && b.address < a.address + a.size;
  }

  public isWithin(other: Cidr): boolean {
    return this.prefixLength >= other.prefixLength && this.overlaps(other);
  }

  public toString(): string {
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(this.address / 2 ** shift) % 256);
    return `${bytes.join('.')}/${this.prefixLength}`;
  }

  private get size(): number {
    return 2 ** (32 - this.prefixLength);
  }
}
