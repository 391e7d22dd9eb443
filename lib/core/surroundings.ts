import { TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import type { Removal } from './removal';

/** What a stack tells the constructs in it. */
export interface SurroundingsProps {
  /** First part of every physical name, e.g. `acme-dev`. @default - names begin with the construct's path */
  readonly namePrefix?: string;
  /** The stack's key to destroying data: see {@link mayDestroy}. @default retain */
  readonly removal?: Removal;
}

const CHILD_ID = 'Surroundings';

/** What constructs ask of their stack, whatever its provider. A plain `TerraformStack` has the defaults. */
export class Surroundings extends Construct {
  /** The surroundings of the stack that holds `scope`. */
  public static of(scope: IConstruct): Surroundings {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Surroundings | undefined) ?? new Surroundings(stack, {});
  }

  /**
   * Tells a stack what its constructs may ask.
   *
   * @throws Error when a construct of the stack has asked already: its answer would change underneath it.
   */
  public static declare(stack: TerraformStack, props: SurroundingsProps): Surroundings {
    return new Surroundings(stack, props);
  }

  public readonly namePrefix?: string;
  public readonly removal: Removal;

  private constructor(stack: TerraformStack, props: SurroundingsProps) {
    super(stack, CHILD_ID);
    this.namePrefix = props.namePrefix;
    this.removal = props.removal ?? 'retain';
  }
}
