import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { mendHcl } from './cdktf/hcl';
import { forgetWhereTokensAreMade, resolvingFast } from './cdktf/synthesis';
import { StateBackend } from './state-backend';
import { Surroundings, type SurroundingsProps } from './surroundings';

export interface PlatformStackProps extends SurroundingsProps {
  /** Tags of every resource of the stack. @default - none */
  readonly tags?: Record<string, string>;
  /** @default - a local file */
  readonly stateBackend?: StateBackend;
}

/**
 * A Terraform stack that knows its surroundings: constructs in it take their names, account, region and what may be
 * destroyed from it. Its AWS provider refuses every account but the stack's.
 */
export class PlatformStack extends TerraformStack {
  public readonly awsProvider: AwsProvider;

  constructor(scope: Construct, id: string, props: PlatformStackProps = {}) {
    super(scope, id);
    forgetWhereTokensAreMade();
    Surroundings.declare(this, props);
    (props.stateBackend ?? StateBackend.local()).bind(this);
    this.awsProvider = new AwsProvider(this, 'Aws', {
      region: props.region,
      allowedAccountIds: props.account ? [props.account] : undefined,
      defaultTags: props.tags ? [{ tags: props.tags }] : undefined,
    });
  }

  public override prepareStack(): void {
    resolvingFast(() => super.prepareStack());
  }

  public override toTerraform(): unknown {
    return resolvingFast(() => super.toTerraform());
  }

  public override toHclTerraform(): { hcl: string; metadata: Record<string, unknown> } {
    const { hcl, metadata } = super.toHclTerraform();
    return { hcl: mendHcl(hcl), metadata };
  }

  /** Whether this stack is deployed after `stack`. Walks each stack once, where cdktf walks each path. */
  public override dependsOn(stack: TerraformStack): boolean {
    const reached = new Set(this.dependencies);
    for (const next of reached) {
      if (next === stack) return true;
      for (const further of next.dependencies) reached.add(further);
    }
    return false;
  }
}
