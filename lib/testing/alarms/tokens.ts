/** The parts of an expression, which a parser takes one after the other. */
export class Tokens {
  private position = 0;
  private readonly parts: readonly string[];

  constructor(
    private readonly text: string,
    pattern: RegExp,
  ) {
    const parts = text.match(pattern) ?? [];
    if (parts.join('').replace(/\s/g, '') !== text.replace(/\s/g, '')) this.fail('has signs that are not known');
    this.parts = parts;
  }

  /** The next part, which stays. */
  public get next(): string | undefined {
    return this.parts[this.position];
  }

  /** Takes the next part if it is one of these. */
  public take(...wanted: readonly string[]): string | undefined {
    const { next } = this;
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.position++;
    return next;
  }

  /** Takes the next part, whatever it is. */
  public any(): string {
    const { next } = this;
    if (next === undefined) this.fail('ends too early');
    this.position++;
    return next;
  }

  /** Takes the next part, which must be this. */
  public expect(wanted: string): void {
    if (this.take(wanted) === undefined) this.fail(`must have '${wanted}' before '${this.next ?? 'its end'}'`);
  }

  /** Fails unless all is taken. */
  public end(): void {
    if (this.next !== undefined) this.fail(`must end before '${this.next}'`);
  }

  public fail(why: string): never {
    throw new Error(`expression '${this.text}' ${why}`);
  }
}
