import { TerraformElement } from 'cdktf';
import type { IConstruct } from 'constructs';

const WAIVER = 'cdktf-mlops:waiver';

/** A security scanner's finding that was reviewed and accepted. */
export interface Waiver {
  /** Terraform address, e.g. `aws_s3_bucket.Logs_Resource_1A2B3C4D`. */
  readonly address: string;
  /** The scanner's id of the check, e.g. `CKV_AWS_18` (checkov) or `AWS-0089` (trivy, formerly `AVD-AWS-0089`). */
  readonly check: string;
  /** Why the finding is accepted. */
  readonly reason: string;
}

/** Accepts a scanner's finding on one resource. Call it next to the code that causes the finding. */
export function waive(resource: TerraformElement, reason: string, ...checks: readonly string[]): void {
  for (const check of checks) resource.node.addMetadata(WAIVER, { check, reason });
}

/** Every waiver below `root`, with the address of its resource. */
export function waiversOf(root: IConstruct): Waiver[] {
  return root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === WAIVER)
        .map(({ data }) => ({ address: addressOf(construct), ...data })),
    );
}

function addressOf(construct: IConstruct): string {
  if (!TerraformElement.isTerraformElement(construct)) return construct.node.path;
  const { terraformResourceType } = construct as TerraformElement & { terraformResourceType?: string };
  return `${terraformResourceType}.${construct.friendlyUniqueId}`;
}
