import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  App,
  DataResource,
  DataTerraformRemoteStateS3,
  S3Backend,
  type TerraformDataSource,
  TerraformOutput,
  type TerraformResource,
  TerraformStack,
} from 'cdktf';
import type { Construct } from 'constructs';
import { loadEnvironment } from '../stacks/environment';
import { Platform } from '../stacks/platform';
import { printCostOf } from './measure';

// platform.ts ours <folder>: the reference platform of environments/prod.yaml, synthesized into the folder
// platform.ts bare <folder>: what was synthesized there, resource by resource, with only cdktf

type Json = Record<string, any>;
type Element = TerraformResource | TerraformDataSource;
type ElementClass = (new (scope: Construct, id: string, config: Json) => Element) & { tfResourceType?: string };

const [, , kind, folder] = process.argv as [string, string, 'ours' | 'bare', string];

/** What the platform loads when it makes a stack; the bare program loads the same classes before it is measured. */
function loadConstructs(): void {
  const stacks = join(__dirname, '../stacks');
  const files = readdirSync(stacks, { recursive: true }).map(String);
  for (const file of files) if (/(make(-\w+)?|-stack)\.js$/.test(file)) require(join(stacks, file));
}

function ours(): void {
  loadConstructs();
  const environment = loadEnvironment('environments/prod.yaml');
  printCostOf(() => {
    const app = new App({ outdir: folder });
    new Platform(app, environment);
    app.synth();
  });
}

function bare(): void {
  const { stacks } = read('manifest.json');
  const plans: [id: string, json: Json][] = Object.keys(stacks).map((id) => [id, read(`stacks/${id}/cdk.tf.json`)]);
  for (const [, json] of plans) for (const type of typesOf(json)) classOf(type); // loads the provider classes
  const programs = plans.map(([id, json]) => [id, camelCased(json) as Json] as const);
  const outdir = join(folder, 'bare');
  printCostOf(() => {
    const app = new App({ outdir });
    for (const [id, program] of programs) new BareStack(app, id, program);
    app.synth();
  });
  for (const [id, json] of plans) {
    const same = isDeepStrictEqual(essence(read(`bare/stacks/${id}/cdk.tf.json`)), essence(json));
    if (!same) throw new Error(`${id}: the bare program differs, compare ${folder}/bare`);
  }
}

/** The stack as written without a library: one line for each resource, one token for each reference. */
class BareStack extends TerraformStack {
  private readonly elements = new Map<string, Element>();

  constructor(
    scope: Construct,
    id: string,
    private readonly json: Json,
  ) {
    super(scope, id);
    new S3Backend(this, this.config(json.terraform.backend.s3) as never);
    this.addOverride('terraform.backend.s3.use_lockfile', true);
    new AwsProvider(this, 'Aws', this.config(json.provider.aws[0]));
    for (const address of addresses(json)) this.element(address);
    for (const [name, output] of Object.entries<Json>(json.output ?? {})) {
      new TerraformOutput(this, name, this.config(output) as never).overrideLogicalId(name);
    }
  }

  private element(address: string): Element {
    const known = this.elements.get(address);
    if (known) return known;
    const [type, name] = address.split(/\.(?=[^.]+$)/) as [string, string];
    const attributes = type.startsWith('data.') ? this.json.data[type.slice(5)][name] : this.json.resource[type][name];
    const config = this.config(isRemoteState(type) ? remoteState(attributes) : attributes);
    const element = new (classOf(type))(this, name, config);
    element.overrideLogicalId(name);
    this.elements.set(address, element);
    return element;
  }

  private config({ '//': _, dependsOn, ...attributes }: Json): Json {
    const elements = dependsOn?.map((address: string) => this.element(address));
    return { ...(this.withTokens(attributes) as Json), ...(elements && { dependsOn: elements }) };
  }

  private withTokens(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.replace(REFERENCE, (_, address, attribute) => this.element(address).getStringAttribute(attribute));
    }
    if (Array.isArray(value)) return value.map((item) => this.withTokens(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.withTokens(part)]));
  }
}

const REFERENCE = /\$\{((?:data\.)?aws_\w+\.[\w-]+)\.(\w+)\}/g;
/** Attributes whose keys are chosen by the user. */
const MAPS = new Set(['tags', 'parameters', 'default_arguments', 'config', 'airflow_configuration_options']);

function classOf(type: string): ElementClass {
  if (isRemoteState(type)) return DataTerraformRemoteStateS3 as never;
  if (type === DataResource.tfResourceType) return DataResource as never;
  const file = type.replace('data.aws_', 'data-aws-').replace(/^aws_/, '').replaceAll('_', '-');
  const classes: Record<string, ElementClass> = require(`@cdktf/provider-aws/lib/${file}`);
  return Object.values(classes).find(({ tfResourceType }) => tfResourceType === type.replace('data.', ''))!;
}

function isRemoteState(type: string): boolean {
  return type === 'data.terraform_remote_state';
}

function remoteState({ workspace, config }: Json): Json {
  return { workspace, ...config };
}

function typesOf({ resource = {}, data = {} }: Json): string[] {
  return [...Object.keys(resource), ...Object.keys(data).map((type) => `data.${type}`)];
}

function addresses(json: Json): string[] {
  return typesOf(json).flatMap((type) => {
    const named = type.startsWith('data.') ? json.data[type.slice(5)] : json.resource[type];
    return Object.keys(named).map((name) => `${type}.${name}`);
  });
}

/** Attributes as the provider classes name them; types, names and the keys of maps are not changed. */
function camelCased(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => camelCased(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      depth < 3 ? key : key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      MAPS.has(key) ? part : camelCased(part, depth + 1),
    ]),
  );
}

/** What Terraform reads, without the paths of constructs. */
function essence(json: Json): unknown {
  return JSON.parse(JSON.stringify(json, (key, value) => (key === '//' ? undefined : value)));
}

function read(file: string): Json {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

if (kind === 'ours') ours();
else bare();
