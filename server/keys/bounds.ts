import { isWithin } from '../../shared/ip.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { Refusal } from '../lib/refusal.ts';

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
const EXCEEDS: Record<keyof Bounds | 'credits', (maker: KeyCaller, made: Bounds) => boolean> = {
  expiresAt: (maker, { expiresAt }) => !((expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) <= endOf(maker)),
  allowedAddresses: ({ key: { allowedAddresses: within } }, { allowedAddresses }) =>
    within.length > 0 &&
    (allowedAddresses.length === 0 || !allowedAddresses.every((address) => isWithin(address, within))),
  externalId: ({ key }, { externalId }) => key.externalId !== null && externalId !== key.externalId,
  authorities: ({ key }, { authorities }) => !authorities.every((name) => key.authorities.includes(name)),
  // Whatever it made would spend beside it.
  credits: ({ key }) => key.metered.includes(key.id),
};

/** When the secrets that the caller showed end, in milliseconds: those from before a rotation with their grace. */
function endOf({ key, pair }: KeyCaller): number {
  const end = key.expiresAt ?? Number.POSITIVE_INFINITY;
  return pair.previous ? Math.min(end, key.previous?.validUntil ?? 0) : end;
}

/**
 * No key makes, changes or is shown another that is freer than itself: in time (for the pair of secrets that calls), in
 * place, in whose limits and credits it spends, in whose requests it may verify; a metered key none at all. A person may.
 * Refuses with ESCALATION_DENIED and the bound that is wider.
 */
export function checkBounds(caller: KeyCaller | UserCaller, made: Bounds): void {
  if (caller.kind !== 'key') return;
  const names = Object.keys(EXCEEDS) as (keyof typeof EXCEEDS)[];
  const wider = names.find((name) => EXCEEDS[name](caller, made));
  if (wider !== undefined) throw new Refusal('ESCALATION_DENIED', { missing: wider });
}

/**
 * A test key does not tie keys to an external owner that is not its own: they would spend what live keys live on.
 * Refuses with ENVIRONMENT_DENIED.
 */
export function checkExternalOwnerAssignment(
  caller: KeyCaller | UserCaller,
  externalId: string | null | undefined,
): void {
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
