import { TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { InputError } from './input-error';
import { Properties } from './properties';
import type { Removal } from './removal';
import { NAME } from './text-pattern';

/** What can be set as `removal`. */
export const REMOVALS = ['retain', 'destroy'] as const;

/** Settings that a stack provides to its constructs. */
export interface SurroundingsProps {
  /** First part of every physical name, e.g. `acme-dev`. @default - none: names begin with the construct's path */
  readonly namePrefix?: string;
  /** Whether data may be destroyed; each construct must allow it too: see {@link mayDestroy}. @default retain */
  readonly removal?: Removal;
}

const CHILD_ID = 'Surroundings';

/** Settings of a stack for its constructs, independent of the provider. A plain `TerraformStack` has the defaults. */
export class Surroundings extends Construct {
  /** The surroundings of the stack that holds `scope`. */
  public static of(scope: IConstruct): Surroundings {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Surroundings | undefined) ?? new Surroundings(stack, {}, scope);
  }

  /**
   * Sets the surroundings of a stack.
   *
   * @throws InputError if one is invalid, or a construct of the stack has already read them: it would keep the old ones
   */
  public static declare(stack: TerraformStack, props: SurroundingsProps): Surroundings {
    refuseLate(stack, 'Surroundings', stack.node.tryFindChild(CHILD_ID) as Surroundings | undefined);
    Properties.of(stack)
      .matches('namePrefix', props.namePrefix, NAME)
      .oneOf('removal', props.removal, REMOVALS)
      .throwIfInvalid();
    return new Surroundings(stack, props);
  }

  public readonly namePrefix?: string;
  public readonly removal: Removal;

  private constructor(
    stack: TerraformStack,
    props: SurroundingsProps,
    /** The first construct that read the defaults, if nothing was declared. */
    public readonly firstReader?: IConstruct,
  ) {
    super(stack, CHILD_ID);
    this.namePrefix = props.namePrefix;
    this.removal = props.removal ?? 'retain';
  }
}

/** @throws InputError if the settings of a stack were already read or declared */
export function refuseLate(
  stack: TerraformStack,
  settings: string,
  known: { readonly firstReader?: IConstruct | undefined } | undefined,
): void {
  if (!known) return;
  const { path } = stack.node;
  throw new InputError(
    known.firstReader
      ? `${path}: ${settings}.declare is too late: ${known.firstReader.node.path} has already read the settings of the stack; declare them before the first construct`
      : `${path}: ${settings}.declare must be called once: the settings of the stack are already declared; a platform stack declares them from its properties`,
  );
}
