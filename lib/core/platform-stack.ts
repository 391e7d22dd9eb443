import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { writingHcl } from './cdktf/hcl';
import { forgetWhereTokensAreMade, resolvingFast } from './cdktf/synthesis';
import { claimName } from './names';
import { Properties } from './properties';
import { StateBackend } from './state-backend';
import { REMOVALS, Surroundings, type SurroundingsProps } from './surroundings';
import { validateTags } from './tags';
import { NAME } from './text-pattern';

export interface PlatformStackProps extends SurroundingsProps {
  /** Tags of every resource of the stack. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /** @default - a local file */
  readonly stateBackend?: StateBackend;
}

/**
 * A Terraform stack that provides the surroundings of its constructs: name prefix, tags, and whether data may be
 * destroyed. It has no provider; an `AwsStack` adds the AWS provider.
 */
export class PlatformStack extends TerraformStack {
  /** Tags of every resource of the stack, by key. */
  public readonly tags: Readonly<Record<string, string>>;
  /** What this stack is deployed after, as long as no stack in `upstream` has more dependencies than its count. */
  private reached: ReadonlySet<TerraformStack> = new Set();
  private upstream: readonly { readonly of: TerraformStack; readonly count: number }[] = [{ of: this, count: 0 }];

  constructor(scope: Construct, id: string, props: PlatformStackProps = {}) {
    super(scope, id);
    const properties = Properties.of(this);
    this.validateProps(properties, props);
    properties.throwIfInvalid();
    claimName(this, 'stack', id, '');
    forgetWhereTokensAreMade();
    Surroundings.declare(this, props);
    this.tags = props.tags ?? {};
    (props.stateBackend ?? StateBackend.local()).bind(this);
  }

  /** Adds what is wrong with the properties, so that one error lists all of it. */
  protected validateProps(properties: Properties, { namePrefix, removal, tags }: PlatformStackProps): void {
    properties.matches('namePrefix', namePrefix, NAME).oneOf('removal', removal, REMOVALS);
    validateTags(properties, tags);
  }

  public override prepareStack(): void {
    resolvingFast(() => super.prepareStack());
  }

  public override toTerraform(): unknown {
    return resolvingFast(() => super.toTerraform());
  }

  public override toHclTerraform(): { hcl: string; metadata: Record<string, unknown> } {
    return writingHcl(() => super.toHclTerraform());
  }

  /**
   * Whether this stack is deployed after `stack`. Visits each stack once; cdktf visits every path. The result is kept until one of
   * the stacks has a new dependency.
   */
  public override dependsOn(stack: TerraformStack): boolean {
    if (this.upstream.some(({ of, count }) => of.dependencies.length !== count)) {
      const reached = new Set(this.dependencies);
      for (const next of reached) for (const further of next.dependencies) reached.add(further);
      this.reached = reached;
      this.upstream = [this, ...reached].map((of) => ({ of, count: of.dependencies.length }));
    }
    return this.reached.has(stack);
  }
}
