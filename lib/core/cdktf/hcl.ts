/**
 * Corrects what cdktf writes wrongly into HCL: a map key such as `--source` without quotes, which reads as a negation, and the
 * conditions of a lifecycle as an attribute, which Terraform takes only as blocks.
 */
export function mendHcl(hcl: string): string {
  return hcl
    .replace(/^(-[\w-]*)(?= = )/gm, '"$1"')
    .replace(/^ *(precondition|postcondition) = \[\n((?:\{\n(?:.*\n)*?\},\n)+)\]$/gm, (_, name, items: string) =>
      items.replace(/^\{\n((?:.*\n)*?)\},\n/gm, `${name} {\n$1}\n`).trimEnd(),
    );
}
