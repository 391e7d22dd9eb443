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
  const accounts = [...new Set(providers.flatMap(({ allowed_account_ids = [] }) => allowed_account_ids as string[]))];
  if (accounts.length > 1) {
    throw new InputError(
      `the stacks are for ${accounts.length} accounts (${accounts.join(', ')}), a rehearsal has one: rehearse them separately, with --stack`,
    );
  }
  const region = providers.find(({ alias }) => alias === undefined)?.region as string | undefined;
  return { account: accounts[0] ?? DEFAULT_PLACE.account, region: region ?? DEFAULT_PLACE.region };
}
