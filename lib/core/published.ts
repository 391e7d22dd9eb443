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
 * @param reference token of the attribute, e.g. `bucket.arn`; the literal, if its own stack refers to nothing either
 * @param literal value of the attribute; if it is a token itself, every stack gets `reference`
 */
export function published(owner: IConstruct, reference: string, literal: string): string {
  return Token.isUnresolved(literal) ? reference : Token.asString(new Published(owner, reference, literal));
}

/**
 * A text in which the values of `published` of its own stack are no references: for what reads a name and needs nothing to be there. What
 * is made before it is destroyed makes all that it refers to so, too; a database whose first deployment failed could not be made again.
 *
 * @param reader construct that uses the text
 * @param text other tokens stay in it
 */
export function unreferenced(reader: IConstruct, text: string): string {
  const stack = TerraformStack.of(reader);
  const own = Tokenization.reverseString(text).tokens.filter((one) => one instanceof Published && one.isIn(stack));
  return own.reduce<string>((all, one) => all.replaceAll(`${one}`, (one as Published).literal), text);
}

class Published implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly owner: IConstruct,
    private readonly reference: string,
    public readonly literal: string,
  ) {}

  public isIn(stack: TerraformStack): boolean {
    return TerraformStack.of(this.owner) === stack;
  }

  public resolve(context: IResolveContext): unknown {
    const [own, reader] = [TerraformStack.of(this.owner), TerraformStack.of(context.scope)];
    if (own === reader) {
      return Token.isUnresolved(this.reference) ? context.resolve(this.reference) : this.literalIn(context);
    }
    if (!context.preparing) return this.literalIn(context);
    if (own.dependsOn(reader)) {
      throw new InputError(
        `${reader.node.path}: uses '${this.literal}' of ${this.owner.node.path}, but ${own.node.path} is deployed after it; move one of the two, so that only one stack depends on the other`,
      );
    }
    reader.addDependency(own);
    return this.literalIn(context);
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
