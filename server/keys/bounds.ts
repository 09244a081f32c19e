import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { Refusal } from '../refusal.ts';
import type { KeyRecord } from '../stores/credential-rows.ts';
import { isWithin } from './addresses.ts';

/** What bounds a key beside its permissions, as it would be. */
export interface Bounds {
  readonly expiresAt: Date | null;
  readonly allowedAddresses: readonly string[];
  readonly externalId: string | null;
  readonly authorities: readonly string[];
}

export const UNBOUND: Bounds = { expiresAt: null, allowedAddresses: [], externalId: null, authorities: [] };

/** The bounds of a key as an input leaves them. */
export function boundsOf(
  before: Bounds,
  {
    expiresAt,
    ...input
  }: {
    readonly expiresAt?: string | null | undefined;
    readonly allowedAddresses?: readonly string[] | undefined;
    readonly externalId?: string | null | undefined;
    readonly authorities?: readonly string[] | undefined;
  },
): Bounds {
  return {
    expiresAt: expiresAt === undefined ? before.expiresAt : expiresAt === null ? null : new Date(expiresAt),
    allowedAddresses: input.allowedAddresses ?? before.allowedAddresses,
    externalId: input.externalId === undefined ? before.externalId : input.externalId,
    authorities: input.authorities ?? before.authorities,
  };
}

/** Whether a key would be freer than the key that makes it, by each of its bounds. */
const FREER: Record<keyof Bounds | 'credits', (maker: KeyRecord, made: Bounds) => boolean> = {
  expiresAt: (maker, { expiresAt }) =>
    maker.expiresAt !== null && (expiresAt === null || !(expiresAt.getTime() <= maker.expiresAt)),
  allowedAddresses: ({ allowedAddresses: within }, { allowedAddresses }) =>
    within.length > 0 &&
    (allowedAddresses.length === 0 || !allowedAddresses.every((address) => isWithin(address, within))),
  externalId: (maker, { externalId }) => maker.externalId !== null && externalId !== maker.externalId,
  authorities: (maker, { authorities }) => !authorities.every((name) => maker.authorities.includes(name)),
  // Whatever it made would spend beside it.
  credits: (maker) => maker.metered.includes(maker.id),
};

/**
 * No key makes, changes or is shown another that is freer than itself: in time, in place, in whose limits and credits
 * it spends, in whose requests it may verify; a metered key none at all. A person may.
 * Refuses with ESCALATION_DENIED and the bound that is wider.
 */
export function checkBounds(caller: KeyCaller | UserCaller, made: Bounds): void {
  if (caller.kind !== 'key') return;
  const names = Object.keys(FREER) as (keyof typeof FREER)[];
  const wider = names.find((name) => FREER[name](caller.key, made));
  if (wider !== undefined) throw new Refusal('ESCALATION_DENIED', { missing: wider });
}

/**
 * A test key does not tie keys to an external owner that is not its own: they would spend what live keys live on.
 * Refuses with ENVIRONMENT_DENIED.
 */
export function checkTie(caller: KeyCaller | UserCaller, externalId: string | null | undefined): void {
  if (caller.kind !== 'key' || caller.key.environment === 'live') return;
  if (externalId && externalId !== caller.key.externalId) throw new Refusal('ENVIRONMENT_DENIED');
}

/** A key does not let itself spend more. Refuses with ESCALATION_DENIED and what it reached for. */
export function checkOwnPolicy(
  caller: KeyCaller | UserCaller,
  { id, limits, credits }: { readonly id: string; readonly limits?: unknown; readonly credits?: unknown },
): void {
  if (caller.kind !== 'key' || caller.key.id !== id) return;
  const reached = limits !== undefined ? 'limits' : credits !== undefined ? 'credits' : null;
  if (reached) throw new Refusal('ESCALATION_DENIED', { missing: reached });
}
