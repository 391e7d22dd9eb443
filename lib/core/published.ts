import { type IResolvable, type IResolveContext, TerraformStack, Token, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from './input-error';

/**
 * A name or ARN that follows from the configuration. Its own stack gets the reference. Every other stack gets the
 * literal and is deployed after the owner's stack.
 *
 * A stack that uses the value therefore adds no output to the owner's stack. Values that the cloud generates (key ids,
 * VPC ids, endpoints) have no literal and cross stacks by remote state.
 *
 * The literal is what the construct was made with. To rename a resource, set the name in the properties of its construct:
 * an override of the attribute (`resource.addOverride('bucket', ...)`) does not reach the other stacks.
 *
 * @param owner construct that has the value
 * @param reference token of the attribute, e.g. `bucket.arn`
 * @param literal value of the attribute; if it is a token itself, every stack gets `reference`
 */
export function published(owner: IConstruct, reference: string, literal: string): string {
  return Token.isUnresolved(literal) ? reference : Token.asString(new Published(owner, reference, literal));
}

/**
 * A text in which published values are literals in their own stack too: for a resource that need not wait for their owners, and
 * whose life must not become theirs, as `createBeforeDestroy` does with everything that it refers to.
 */
export function withoutReferences(text: string): string {
  const values = Tokenization.reverseString(text).tokens.filter((token) => token instanceof Published);
  return values.reduce((all, value) => all.replaceAll(`${value}`, `${value.withoutReference()}`), text);
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
    if (!context.preparing) return this.literalIn(context);
    if (own.dependsOn(reader)) {
      throw new InputError(
        `${reader.node.path}: uses '${this.literal}' of ${this.owner.node.path}, but ${own.node.path} is deployed after it; move one of the two, so that only one stack depends on the other`,
      );
    }
    reader.addDependency(own);
    return this.literalIn(context);
  }

  /** The same value, of which its own stack gets the literal. */
  public withoutReference(): Published {
    return new Published(this.owner, this.literal, this.literal);
  }

  private literalIn(context: IResolveContext): string {
    return context.suppressBraces ? JSON.stringify(this.literal) : this.literal; // inside an expression it is a quoted string
  }

  public toString(): string {
    return Token.asString(this);
  }

  public toJSON(): unknown {
    return this.toString();
  }
}
