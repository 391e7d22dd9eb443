/** Mends what cdktf writes into HCL wrongly: a map's key such as `--source` without quotes, which reads as a negation. */
export function mendHcl(hcl: string): string {
  return hcl.replace(/^(-[\w-]*)(?= = )/gm, '"$1"');
}
