import { basename, dirname } from 'node:path';
import { holdsData, inWords, KEPT_TYPES } from '../../lib/aws/kept-types';
import { InputError } from '../../lib/core/input-error';
import type { Stacks } from './record';

type Attributes = Readonly<Record<string, unknown>>;

/** The part of a plan as JSON that a guard reads. */
interface Plan {
  readonly format_version: string;
  /** Absent if nothing changes. */
  readonly resource_changes?: readonly ResourceChange[];
  /** Whether planning failed: the plan ends where it did, and cannot be applied. */
  readonly errored?: boolean;
}

interface ResourceChange {
  readonly address: string;
  /** Where the state has it, if a `moved` block applies. */
  readonly previous_address?: string;
  /** Key of the old object that a replacement left behind when it was interrupted; the address has a newer one. */
  readonly deposed?: string;
  readonly type: string;
  readonly mode: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    /** Paths of the attributes whose change replaces it. */
    readonly replace_paths?: readonly (readonly unknown[])[];
  };
}

/** A change that a guard refuses. */
export interface RefusedChange {
  /** With the key of the object, if it is not the one that the address has now. */
  readonly address: string;
  /** What it is, and why it must not be lost. */
  readonly why: string;
}

/** Texts that are taken for a plan as JSON, by how they begin. */
const NO_PLANS: readonly (readonly [RegExp, string])[] = [
  [/^\s*$/, "is empty; 'terraform show' failed, or its output went elsewhere"],
  [/^PK/, "is a plan file itself; make it JSON with 'terraform show -json plan > plan.json'"],
  [
    /^\{"@level"/,
    "is the log of 'terraform plan -json'; use 'terraform plan -out=plan' and 'terraform show -json plan'",
  ],
  [/^(\[command\]|::debug::)/, "has lines of setup-terraform before the plan; set 'terraform_wrapper: false' there"],
];

/**
 * Reads a plan, as `terraform show -json` or `tofu show -json` prints it. PowerShell writes it in UTF-16 or with a byte
 * order mark.
 *
 * @throws InputError if it is something else
 */
export function readPlan(file: string, bytes: Buffer): Plan {
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
  const plan = parsed(text);
  if (!plan) {
    const other = NO_PLANS.find(([start]) => start.test(text))?.[1];
    const must =
      "must be a plan as JSON; make it with 'terraform plan -out=plan && terraform show -json plan > plan.json'";
    throw new InputError(`${file}: ${other ?? must}`);
  }
  if (!/^[01]\./.test(plan.format_version)) {
    throw new InputError(
      `${file}: has the format ${plan.format_version}, which this version cannot read; it reads 0 and 1`,
    );
  }
  if (plan.errored === true) throw new InputError(`${file}: is a plan that failed; mend what it names, and plan again`);
  return plan;
}

/** Other JSON of Terraform has a format version too: of a state, an empty one, of schemas, of `validate`. */
function parsed(text: string): Plan | undefined {
  try {
    const plan = JSON.parse(text);
    if (typeof plan.format_version !== 'string' || 'values' in plan) return undefined;
    const changes = plan.resource_changes ?? [];
    const isChange = ({ address, change }: ResourceChange) =>
      typeof address === 'string' && Array.isArray(change.actions);
    return ('planned_values' in plan || 'resource_changes' in plan) && changes.every(isChange) ? plan : undefined;
  } catch {
    return undefined;
  }
}

/** The stack of a plan, if a record has it: named by the file or by one of its folders. */
export function stackOfPlan(file: string, record: Stacks): string | undefined {
  const names: string[] = [basename(file).replace(/(\.plan|\.tfplan)?\.json$/, '')];
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) names.push(basename(folder));
  return names.find((name) => Object.hasOwn(record, name));
}

/**
 * Changes of a plan that lose what is kept.
 *
 * With a record: what it keeps, and its companions. Without one: every type that holds data. In both: what its service
 * still protects, because both keys were not deployed.
 */
export function refusedChanges(plan: Plan, stack: Stacks[string] | undefined): RefusedChange[] {
  return (plan.resource_changes ?? []).flatMap((change) => {
    const { actions, before } = change.change;
    if (change.mode !== 'managed' || !actions.includes('delete')) return [];
    const why = stack ? whyKept(change, stack) : undefined;
    const reason = why ?? whyProtected(change.type, before ?? {}, stack !== undefined);
    const verb = actions.includes('create') ? `would be replaced${cause(change)}` : 'would be destroyed';
    const address = change.deposed ? `${change.address} (deposed object ${change.deposed})` : change.address;
    return reason ? [{ address, why: `${verb}: ${reason}` }] : [];
  });
}

/** What replaces it, as Terraform says. */
function cause({ action_reason, change: { replace_paths = [] } }: ResourceChange): string {
  if (action_reason === 'replace_because_tainted') {
    return " because it is tainted ('terraform untaint' takes that back)";
  }
  if (action_reason === 'replace_by_request') return " by '-replace'";
  const names = [...new Set(replace_paths.map(([name]) => name))];
  return names.length > 0 ? ` by a change of ${names.join(', ')}` : '';
}

function whyKept(change: ResourceChange, { kept }: Stacks[string]): string | undefined {
  const addresses = [change.address, change.previous_address ?? change.address].map(withoutKey);
  for (const [path, construct] of Object.entries(kept)) {
    const resource = Object.values(construct.kept).find((one) => addresses.includes(one.address));
    if (resource) return `${resource.is} is kept (${path})`;
    const isCompanion = Object.values(construct.companions).some((one) => addresses.includes(one));
    if (isCompanion && !change.deposed && !change.change.actions.includes('create')) {
      return `it belongs to ${Object.values(construct.kept)[0]!.is}, which is kept (${path}); if it must go, run 'cdktf-mlops record' and commit the record`;
    }
  }
  return undefined;
}

/** A record has resources; a plan has their instances, by `count` and `for_each`. */
function withoutKey(address: string): string {
  return address.replace(/^([\w-]+\.[\w-]+)\[.*\]$/s, '$1');
}

function whyProtected(type: string, before: Attributes, isRecorded: boolean): string | undefined {
  const { consent } = KEPT_TYPES[type] ?? {};
  if (!Object.hasOwn(KEPT_TYPES, type) || !holdsData(type, before) || before.skip_destroy === true) return undefined;
  const missing = Object.entries(consent ?? {}).filter(([name, value]) => before[name] !== value);
  if (missing.length > 0) {
    const settings = missing.map(([name, value]) => `${name} = ${value}`).join(', ');
    return `${inWords(type, before)} holds data, and ${settings} is not deployed: set both 'removal' to destroy and deploy first`;
  }
  return consent || isRecorded ? undefined : `${inWords(type, before)} holds data, and no record says that it may go`;
}
