import { homedir, tmpdir } from 'node:os';
import { App, type TerraformStack } from 'cdktf';
import { parseJson } from './matching';
import { Template } from './template';

/**
 * The addresses of all resources of a stack, an app, or a folder with a synthesized app, sorted, one a line:
 * `acme-dev-data: aws_s3_bucket.Lake_Raw_1A2B3C4D`. A committed copy shows when a changed id would make Terraform
 * destroy one resource and create another.
 */
export function addresses(subject: Template | TerraformStack | App | string): string {
  return templatesOf(subject)
    .flatMap((template) => template.addresses().map((address) => `${template.stackId}: ${address}`))
    .sort()
    .join('\n');
}

function templatesOf(subject: Template | TerraformStack | App | string): Template[] {
  if (subject instanceof Template) return [subject];
  if (typeof subject === 'string' || App.isApp(subject)) return Object.values(Template.all(subject));
  return [Template.synth(subject)];
}

/**
 * The content of a template for a snapshot: sorted keys, JSON such as policies as objects, and without what changes but
 * has no effect: comments with metadata and stack traces, versions of Terraform and providers, hashes of assets,
 * folders of this machine.
 */
export function snapshotOf(template: Template): unknown {
  const { terraform = {}, ...rest } = template.json;
  const { required_providers = {}, required_version: _version, ...settings } = terraform;
  const providers = Object.entries<{ source: string }>(required_providers).map(([name, { source }]) => [name, source]);
  return simplify({ ...rest, terraform: { ...settings, required_providers: Object.fromEntries(providers) } });
}

/**
 * Makes `expect(Template.synth(stack)).toMatchSnapshot()` write `snapshotOf`. For `expect.addSnapshotSerializer`, in
 * Jest and Vitest; `import 'cdktf-mlops/testing/jest'` adds it.
 */
export const snapshotSerializer = {
  test: (value: unknown): boolean => value instanceof Template,
  serialize: (value: Template): string => JSON.stringify(snapshotOf(value), undefined, 2),
};

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value === 'string') return simplifyText(value);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key]) => key !== '//');
  const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, field]) => [key, /_hash$/.test(key) ? '<hash>' : simplify(field)]));
}

function simplifyText(text: string): unknown {
  const json = parseJson(text);
  if (json) return simplify(json);
  const folders = [process.cwd(), tmpdir(), homedir()];
  const relative = folders.reduce((result, folder) => result.replaceAll(`${folder}/`, '<folder>/'), text);
  // an asset is kept in `assets/<name>/<hash of its content>/`
  return relative.replace(/(^|\/)assets\/([^/]+)\/[0-9A-F]{32}\b/g, '$1assets/$2/<hash>');
}
