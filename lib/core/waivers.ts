import { TerraformElement } from 'cdktf';
import type { IConstruct } from 'constructs';

const WAIVER = 'cdktf-mlops:waiver';
const WITHDRAWN = 'cdktf-mlops:withdrawn-waiver';

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

/** Withdraws a waiver whose finding is mended after all, by what is added to the resource later. */
export function withdrawWaiver(resource: TerraformElement, check: string): void {
  resource.node.addMetadata(WITHDRAWN, check);
}

/** Every waiver below `root`, with the address of its resource. */
export function waiversOf(root: IConstruct): Waiver[] {
  return root.node.findAll().flatMap((construct) => {
    const { metadata } = construct.node;
    const withdrawn = metadata.filter(({ type }) => type === WITHDRAWN).map(({ data }) => data);
    return metadata
      .filter(({ type, data }) => type === WAIVER && !withdrawn.includes(data.check))
      .map(({ data }) => ({ address: addressOf(construct), ...data }));
  });
}

function addressOf(construct: IConstruct): string {
  if (!TerraformElement.isTerraformElement(construct)) return construct.node.path;
  const { terraformResourceType } = construct as TerraformElement & { terraformResourceType?: string };
  return `${terraformResourceType}.${construct.friendlyUniqueId}`;
}
