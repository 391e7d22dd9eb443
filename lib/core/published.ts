import { type IResolvable, type IResolveContext, TerraformStack, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from './input-error';

/**
 * A name or ARN that follows from the configuration: a reference in its own stack, the literal in every other stack, which is
 * then deployed after its own.
 *
 * So a stack that uses it adds no output to the stack that has it. What the cloud makes up (key ids, VPC ids, endpoints) has
 * no literal and crosses by remote state.
 *
 * @param owner construct that has the value
 * @param reference token of the attribute, e.g. `bucket.arn`
 * @param literal what the attribute will be; a literal that is itself known only at deploy time is not published
 */
export function published(owner: IConstruct, reference: string, literal: string): string {
  return Token.isUnresolved(literal) ? reference : Token.asString(new Published(owner, reference, literal));
}

class Published implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly owner: IConstruct,
    private readonly reference: string,
    private readonly literal: string,
  ) {}

  public resolve(context: IResolveContext): unknown {
    const [own, reader] = [TerraformStack.of(this.owner), TerraformStack.of(context.scope)];
    if (own === reader) return context.resolve(this.reference);
    if (own.dependsOn(reader)) {
      throw new InputError(
        `${reader.node.path}: uses '${this.literal}' of ${this.owner.node.path}, but ${own.node.path} is deployed after it; move one of the two, so that only one stack uses the other`,
      );
    }
    reader.addDependency(own);
    return context.suppressBraces ? JSON.stringify(this.literal) : this.literal; // inside an expression: a quoted string
  }

  public toString(): string {
    return Token.asString(this);
  }

  public toJSON(): unknown {
    return this.toString();
  }
}
