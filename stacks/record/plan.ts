import { basename, dirname } from 'node:path';
import { holdsData, inWords, KEPT_TYPES } from '../../lib/aws/kept-types';
import { InputError } from '../../lib/core/input-error';
import type { Stacks } from './record';

type Attributes = Readonly<Record<string, unknown>>;

/** The part of a plan as JSON that a guard reads. */
interface Plan {
  readonly format_version?: unknown;
  readonly resource_changes?: readonly ResourceChange[];
}

interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly mode: string;
  readonly change: { readonly actions: readonly string[]; readonly before: Attributes | null };
}

/** A change that a guard refuses. */
export interface RefusedChange {
  readonly address: string;
  /** What it is, and why it must not be lost. */
  readonly why: string;
}

/**
 * The text of a plan, as `terraform show -json` or `tofu show -json` prints it.
 *
 * @throws InputError if it is something else
 */
export function readPlan(file: string, text: string): Plan {
  try {
    const plan = JSON.parse(text) as Plan;
    if (typeof plan.format_version === 'string' && !('values' in plan)) return plan;
  } catch {
    // reported below
  }
  throw new InputError(
    `${file}: must be a plan as JSON; make it with 'terraform plan -out=plan && terraform show -json plan > plan.json'`,
  );
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
    const verb = actions.includes('create') ? 'would be replaced' : 'would be destroyed';
    return reason ? [{ address: change.address, why: `${verb}: ${reason}` }] : [];
  });
}

function whyKept({ address, change: { actions } }: ResourceChange, { kept }: Stacks[string]): string | undefined {
  for (const [path, construct] of Object.entries(kept)) {
    const resource = Object.values(construct.kept).find((one) => one.address === address);
    if (resource) return `${resource.is} is kept (${path})`;
    const isCompanion = Object.values(construct.companions).includes(address);
    if (isCompanion && !actions.includes('create')) {
      return `it belongs to ${Object.values(construct.kept)[0]!.is}, which is kept (${path}); if it must go, run 'cdktf-mlops record' and commit the record`;
    }
  }
  return undefined;
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
