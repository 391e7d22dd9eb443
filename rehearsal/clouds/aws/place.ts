import { InputError } from '../../../lib/core/input-error';
import type { SynthesizedStack } from '../../source/manifest';

/** The account and region of a rehearsal. */
export interface Place {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** Account and region if no provider of the stacks sets them. */
export const DEFAULT_PLACE: Place = { account: '123456789012', region: 'us-east-1' };

/**
 * The account and region that the AWS providers of an app set.
 *
 * @throws InputError if they set several accounts: an emulator has one
 */
export function placeOf(stacks: readonly SynthesizedStack[]): Place {
  const providers = stacks.flatMap(({ configuration }) => configuration.provider?.aws ?? []);
  const literal = (ids: unknown): string[] => ([ids ?? []].flat() as string[]).filter((id) => /^\d{12}$/.test(id));
  const allowed = providers
    .filter(({ assume_role }) => assume_role === undefined) // the emulator has an account for every role
    .map(({ allowed_account_ids }) => literal(allowed_account_ids))
    .filter((ids) => ids.length > 0);
  const [account] = (allowed[0] ?? []).filter((id) => allowed.every((ids) => ids.includes(id)));
  if (allowed.length > 0 && account === undefined) {
    const ids = [...new Set(allowed.flat())];
    throw new InputError(
      `the stacks are for ${ids.length} accounts (${ids.join(', ')}), a rehearsal has one: rehearse them separately, with --stack`,
    );
  }
  const main = providers.find(({ alias }) => alias === undefined);
  const forbidden = providers.flatMap(({ forbidden_account_ids }) => literal(forbidden_account_ids));
  const free = [DEFAULT_PLACE.account, ...SPARE].find((id) => !forbidden.includes(id))!;
  return { account: account ?? accountOfRole(main) ?? free, region: regionOf(main) ?? DEFAULT_PLACE.region };
}

/** Used if an app forbids the default account. */
const SPARE = ['210987654321', '321098765432'];

/** The account of the role that a provider assumes. */
function accountOfRole(provider: Record<string, unknown> | undefined): string | undefined {
  const [role] = [provider?.assume_role ?? []].flat() as { readonly role_arn?: string }[];
  return /^arn:[\w-]+:iam::(\d{12}):/.exec(role?.role_arn ?? '')?.[1];
}

/** The region of a provider, if the stack itself says it: a variable has a value only in Terraform. */
function regionOf(provider: Record<string, unknown> | undefined): string | undefined {
  return typeof provider?.region === 'string' && !provider.region.includes('${') ? provider.region : undefined;
}
