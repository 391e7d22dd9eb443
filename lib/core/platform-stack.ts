import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
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
    Surroundings.declare(this, props);
    (props.stateBackend ?? StateBackend.local()).bind(this);
    this.awsProvider = new AwsProvider(this, 'Aws', {
      region: props.region,
      allowedAccountIds: props.account ? [props.account] : undefined,
      defaultTags: props.tags ? [{ tags: props.tags }] : undefined,
    });
  }

  /** Whether this stack is deployed after `stack`. Walks each stack once, where cdktf walks each path. */
  public override dependsOn(stack: TerraformStack): boolean {
    const seen = new Set<TerraformStack>();
    const waiting = [...this.dependencies];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (next === stack) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...next.dependencies);
    }
    return false;
  }
}
