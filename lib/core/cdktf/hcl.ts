/**
 * Mends two things that cdktf writes into HCL: a map's key such as `--source` without quotes, which reads as a negation,
 * and `attribute = null`, which Terraform takes as absent but scanners take for a setting.
 */
export function mendHcl(hcl: string): string {
  return hcl.replace(/^\S+ = null\n/gm, '').replace(/^(-[\w-]*)(?= = )/gm, '"$1"');
}
