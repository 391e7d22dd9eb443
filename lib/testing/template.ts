import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  App,
  DefaultTokenResolver,
  StringConcat,
  TerraformDataSource,
  TerraformResource,
  type TerraformStack,
  Token,
  Tokenization,
} from 'cdktf';
import type { IConstruct } from 'constructs';
import { closest } from 'fastest-levenshtein';
import { type Attributes, type AttributesOf, type ElementType, nameOf, type SubsetOf } from './attributes';
import { type Difference, differences, explain, show } from './matching';
import type { Policy } from './policy/policy';
import { policyOf } from './policy/policy-of';
import { synthesizeOnce } from './synthesis';

interface Entry {
  readonly address: string;
  readonly attributes: Attributes;
  /** Path of the construct; absent if the synthesized metadata does not contain it. */
  readonly path?: string;
}

/**
 * The synthesized form of a stack, as Terraform reads it.
 *
 * @example
 * const template = Template.synth(stack);
 * expect(template.one(S3Bucket).force_destroy).toBe(false);
 * template.hasResource('aws_s3_bucket_versioning', { versioning_configuration: { status: 'Enabled' } });
 * template.policyOf(role).allows({ actions: 's3:GetObject', resources: `${bucket.bucketArn}/raw/*` });
 */
export class Template {
  /**
   * Synthesizes the whole app of the stack, with preparation, aspects and validations, and returns the part of this
   * stack. Other stacks of the app are taken from the same synthesis until something in the app changes.
   *
   * @throws Error of the first validation or error annotation that fails
   */
  public static synth(stack: TerraformStack): Template {
    return Template.ofStack(stack, synthesizeOnce(App.of(stack)).get(stack.node.id)!.text);
  }

  /** Every stack of an app, or of a folder with a synthesized app (`cdktf.out`), by stack id. */
  public static all(appOrFolder: App | string): Record<string, Template> {
    if (typeof appOrFolder !== 'string') {
      const stacks = [...synthesizeOnce(appOrFolder)];
      return Object.fromEntries(stacks.map(([id, { stack, text }]) => [id, Template.ofStack(stack, text)]));
    }
    const manifest: { stacks: Record<string, { synthesizedStackPath: string }> } = JSON.parse(
      readFileSync(join(appOrFolder, 'manifest.json'), 'utf8'),
    );
    return Object.fromEntries(
      Object.entries(manifest.stacks).map(([id, { synthesizedStackPath }]) => [
        id,
        Template.fromFile(join(appOrFolder, synthesizedStackPath)),
      ]),
    );
  }

  /** From the text or the parsed content of a `cdk.tf.json`. */
  public static fromJson(json: string | Attributes): Template {
    return new Template(typeof json === 'string' ? JSON.parse(json) : json);
  }

  /** From a `cdk.tf.json`, or from the folder of a stack that holds it. */
  public static fromFile(path: string): Template {
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'cdk.tf.json') : path;
    return Template.fromJson(readFileSync(file, 'utf8'));
  }

  private static ofStack(stack: TerraformStack, text: string): Template {
    return new Template(JSON.parse(text), stack);
  }

  /** Entries by type and address; data sources under `data.<type>`. */
  private readonly entries = new Map<string, Map<string, Entry>>();

  private constructor(
    /** The whole `cdk.tf.json`. */
    public readonly json: Attributes,
    private readonly stack?: TerraformStack,
  ) {
    this.index('', json.resource ?? {});
    this.index('data.', json.data ?? {});
  }

  /** Id of the stack; empty if the JSON does not contain it. */
  public get stackId(): string {
    return this.json['//']?.metadata?.stackName ?? '';
  }

  /** Every resource (or data source) of a type, by address. */
  public resources<Type extends ElementType>(type: Type): Record<string, AttributesOf<Type>> {
    return Object.fromEntries(
      this.ofType(type).map(({ address, attributes }) => [address, attributes as AttributesOf<Type>]),
    );
  }

  /** Every resource (or data source) of a type. */
  public all<Type extends ElementType>(type: Type): AttributesOf<Type>[] {
    return Object.values(this.resources(type));
  }

  /**
   * The only resource (or data source) of a type.
   *
   * @throws Error if there is none or more than one, with those that exist
   */
  public one<Type extends ElementType>(type: Type): AttributesOf<Type> {
    const found = this.ofType(type);
    if (found.length === 0) throw new Error(this.noneOfType(type));
    if (found.length === 1) return found[0]!.attributes as AttributesOf<Type>;
    throw new Error(`${this.name} has ${found.length} ${nameOf(type)} where one is expected${listed(found)}`);
  }

  /**
   * One resource or data source by its address, `aws_s3_bucket.Lake_Raw_1A2B3C4D`, or by its construct: an L1, or one
   * whose main resource has the id `Resource`.
   *
   * @throws Error with the nearest address if there is none
   */
  public resource(addressOrConstruct: string | IConstruct): Attributes {
    return this.entryAt(addressOrConstruct).attributes;
  }

  /** Path of the construct of a resource; `undefined` if there is no such resource, or no metadata about it. */
  public pathOf(address: string): string | undefined {
    return this.find(address)?.path;
  }

  /** Addresses of all resources, sorted; without data sources, which are never created or replaced. */
  public addresses(): string[] {
    const resources = [...this.entries.entries()].filter(([type]) => !type.startsWith('data.'));
    return resources.flatMap(([, entries]) => [...entries.keys()]).sort();
  }

  /** Resources of a type that match a subset, by address; `differences` describes the comparison. */
  public findResources<Type extends ElementType>(
    type: Type,
    subset: SubsetOf<Type>,
  ): Record<string, AttributesOf<Type>> {
    const expected = this.resolve(subset);
    const found = Object.entries(this.resources(type));
    return Object.fromEntries(found.filter(([, attributes]) => differences(expected, attributes).length === 0));
  }

  /**
   * Asserts that a resource of the type matches the subset; `differences` describes the comparison. Tokens of
   * constructs are allowed in it: `{ bucket: bucket.bucketName }`.
   *
   * @throws Error with the nearest resource and its differences
   */
  public hasResource<Type extends ElementType>(type: Type, subset?: SubsetOf<Type>): void {
    const expected = this.resolve(subset ?? {});
    const candidates = this.ofType(type).map((entry) => ({ entry, found: differences(expected, entry.attributes) }));
    if (candidates.some(({ found }) => found.length === 0)) return;
    if (candidates.length === 0) throw new Error(this.noneOfType(type));
    const nearest = candidates.reduce((best, candidate) =>
      candidate.found.length < best.found.length ? candidate : best,
    );
    throw new Error(this.nearMiss(nameOf(type), expected, candidates.length, nearest));
  }

  /**
   * Asserts the number of resources of a type.
   *
   * @throws Error with those that exist
   */
  public resourceCount(type: ElementType, expected: number): void {
    const found = this.ofType(type);
    if (found.length === expected) return;
    throw new Error(`${this.name} has ${found.length} ${nameOf(type)} where ${expected} are expected${listed(found)}`);
  }

  /** Outputs by name: `{ value, description?, sensitive? }`. */
  public get outputs(): Record<string, Attributes> {
    return this.json.output ?? {};
  }

  /** Blocks of a provider, `aws` or `AwsProvider`: one for each alias. */
  public providers<Type extends ElementType>(type: Type): AttributesOf<Type>[] {
    return this.json.provider?.[nameOf(type)] ?? [];
  }

  /** Kind and settings of the state backend, e.g. `{ type: 's3', bucket: ..., key: ... }`. */
  public get backend(): Attributes {
    const [type, settings] = Object.entries<Attributes>(this.json.terraform?.backend ?? {})[0] ?? ['local', {}];
    return { type, ...settings };
  }

  /**
   * A policy of a resource, to assert what it allows.
   *
   * @param resource address or construct of the resource. For an IAM role, user or group the result is what it may do: by
   *   inline and managed policies, however this stack attaches them, within its permissions boundary. For a bucket, key,
   *   queue, topic, repository or secret it is the resource policy
   * @param attribute attribute that holds the policy, e.g. `assume_role_policy` for the trust policy.
   *   @default - `policy`, else the only attribute that holds one
   * @throws Error if there is no policy, or if it cannot be parsed
   */
  public policyOf(resource: string | IConstruct, attribute?: string): Policy {
    const { address, attributes } = this.entryAt(resource);
    const resources = (type: string) => this.resources(type);
    return policyOf({ address, attributes, resources }, attribute, (value) => this.resolve(value));
  }

  /**
   * Replaces the tokens in a value, at every depth, by what this stack contains. A token of another stack becomes the
   * remote state that it is read from, if this stack uses that token. A template read from JSON changes nothing.
   */
  public resolve(value: unknown): unknown {
    if (!this.stack) return value;
    if (Token.isUnresolved(value)) {
      const resolver = new DefaultTokenResolver(new StringConcat());
      return Tokenization.resolve(value, { scope: this.stack, resolver, preparing: false });
    }
    if (Array.isArray(value)) return value.map((element) => this.resolve(element));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.resolve(field)]));
  }

  private index(prefix: string, blocks: Record<string, Record<string, Attributes>>): void {
    for (const [type, resources] of Object.entries(blocks)) {
      const entries = Object.entries(resources).map(([id, { '//': comment, ...attributes }]): [string, Entry] => {
        const address = `${prefix}${type}.${id}`;
        return [address, { address, attributes, path: comment?.metadata?.path }];
      });
      this.entries.set(prefix + type, new Map(entries));
    }
  }

  private ofType(type: ElementType): Entry[] {
    return [...(this.entries.get(nameOf(type))?.values() ?? [])];
  }

  private find(address: string): Entry | undefined {
    return this.entries.get(address.slice(0, address.lastIndexOf('.')))?.get(address);
  }

  private entryAt(addressOrConstruct: string | IConstruct): Entry {
    const address = typeof addressOrConstruct === 'string' ? addressOrConstruct : addressOf(addressOrConstruct);
    const found = this.find(address);
    if (found) return found;
    const known = [...this.entries.values()].flatMap((entries) => [...entries.keys()]);
    throw new Error(
      `${this.name} has no ${address}${known.length > 0 ? `; nearest is ${closest(address, known)}` : ''}`,
    );
  }

  private get name(): string {
    return this.stackId === '' ? 'the stack' : `stack '${this.stackId}'`;
  }

  private noneOfType(type: ElementType): string {
    const known = [...this.entries.keys()];
    const nearest = known.length > 0 ? `; nearest of its ${known.length} types is ${closest(nameOf(type), known)}` : '';
    return `${this.name} has no ${nameOf(type)}${nearest}`;
  }

  private nearMiss(type: string, expected: unknown, of: number, { entry, found }: Candidate): string {
    const lines = explain(found).map((line) => `\n    ${line}`);
    return `no ${type} in ${this.name} has ${show(expected)}\n  nearest of ${of} is ${describe(entry)}:${lines.join('')}`;
  }
}

interface Candidate {
  readonly entry: Entry;
  readonly found: readonly Difference[];
}

/** Address of a construct's resource: itself, or its main child, `Resource` by convention. */
function addressOf(construct: IConstruct): string {
  const main = construct.node.defaultChild ?? construct;
  if (TerraformDataSource.isTerraformDataSource(main))
    return `data.${main.terraformResourceType}.${main.friendlyUniqueId}`;
  if (TerraformResource.isTerraformResource(main)) return `${main.terraformResourceType}.${main.friendlyUniqueId}`;
  throw new Error(
    `${construct.node.path} is not a resource and has no child 'Resource'; pass the resource or its address`,
  );
}

function describe({ address, path }: Entry): string {
  return path ? `${address} (${path})` : address;
}

function listed(entries: readonly Entry[]): string {
  return entries.length === 0 ? '' : `:${entries.map((entry) => `\n  - ${describe(entry)}`).join('')}`;
}
