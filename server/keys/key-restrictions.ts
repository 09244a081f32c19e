import { isWithin } from '../../shared/ip.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { Refusal } from '../lib/refusal.ts';

/** What limits a key in addition to its permissions, in the state that a change would leave. */
export interface KeyRestrictions {
  readonly expiresAt: Date | null;
  readonly allowedAddresses: readonly string[];
  readonly externalId: string | null;
  readonly authorities: readonly string[];
}

export const UNRESTRICTED: KeyRestrictions = {
  expiresAt: null,
  allowedAddresses: [],
  externalId: null,
  authorities: [],
};

/** The restrictions of a key after an input is applied. */
export function applyRestrictions(
  before: KeyRestrictions,
  {
    expiresAt,
    ...input
  }: {
    readonly expiresAt?: string | null | undefined;
    readonly allowedAddresses?: readonly string[] | undefined;
    readonly externalId?: string | null | undefined;
    readonly authorities?: readonly string[] | undefined;
  },
): KeyRestrictions {
  return {
    expiresAt: expiresAt === undefined ? before.expiresAt : expiresAt === null ? null : new Date(expiresAt),
    allowedAddresses: input.allowedAddresses ?? before.allowedAddresses,
    externalId: input.externalId === undefined ? before.externalId : input.externalId,
    authorities: input.authorities ?? before.authorities,
  };
}

/** For each restriction, whether a new key would exceed the key that makes it. */
const EXCEEDS: Record<
  keyof KeyRestrictions | 'credits',
  (maker: KeyCaller, made: KeyRestrictions) => boolean
> = {
  expiresAt: (maker, { expiresAt }) => !endsInTime(maker, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY),
  allowedAddresses: ({ key: { allowedAddresses: within } }, { allowedAddresses }) =>
    within.length > 0 &&
    (allowedAddresses.length === 0 || !allowedAddresses.every((address) => isWithin(address, within))),
  externalId: ({ key }, { externalId }) => key.externalId !== null && externalId !== key.externalId,
  authorities: ({ key }, { authorities }) => !authorities.every((name) => key.authorities.includes(name)),
  // A new key would spend its own credits, in addition to those of its metered creator.
  credits: ({ key }) => key.creditSubjects.includes(key.id),
};

/**
 * Whether a key that expires at `end`, in milliseconds, expires no later than the secrets that authenticated the caller. The
 * secrets from before a rotation expire with the grace period. A key that they create must also expire before their own key: a
 * key that lasts as long as another may receive its secrets, and so those that the rotation created.
 */
function endsInTime({ key, pair }: KeyCaller, end: number): boolean {
  const expiry = key.expiresAt ?? Number.POSITIVE_INFINITY;
  return pair.previous ? end <= (key.previous?.validUntil ?? 0) && end < expiry : end <= expiry;
}

/** Whether a caller authenticated with the secrets from before a rotation. */
export const isPreviousPair = (caller: KeyCaller | UserCaller): caller is KeyCaller =>
  caller.kind === 'key' && caller.pair.previous;

/**
 * A key cannot make, change or see the secrets of another key that exceeds it: in time (that of the secrets used for the call),
 * in IP addresses, in whose limits and credits it spends, in whose requests it may verify. A metered key cannot create any key.
 * A user can.
 * @throws Refusal ESCALATION_DENIED with the restriction that is exceeded
 */
export function checkRestrictions(caller: KeyCaller | UserCaller, made: KeyRestrictions): void {
  if (caller.kind !== 'key') return;
  const names = Object.keys(EXCEEDS) as (keyof typeof EXCEEDS)[];
  const exceeded = names.find((name) => EXCEEDS[name](caller, made));
  if (exceeded !== undefined) throw new Refusal('ESCALATION_DENIED', { missing: exceeded });
}

/**
 * A test key cannot tie keys to an external owner other than its own: they would spend the credits of live keys.
 * @throws Refusal ENVIRONMENT_DENIED
 */
export function checkExternalOwnerAssignment(
  caller: KeyCaller | UserCaller,
  externalId: string | null | undefined,
): void {
  if (caller.kind !== 'key' || caller.key.environment === 'live') return;
  if (externalId && externalId !== caller.key.externalId) throw new Refusal('ENVIRONMENT_DENIED');
}

/**
 * A key cannot raise its own spending.
 * @throws Refusal ESCALATION_DENIED with the field in question
 */
export function checkSelfPolicyChange(
  caller: KeyCaller | UserCaller,
  { id, limits, credits }: { readonly id: string; readonly limits?: unknown; readonly credits?: unknown },
): void {
  if (caller.kind !== 'key' || caller.key.id !== id) return;
  const changedField = limits !== undefined ? 'limits' : credits !== undefined ? 'credits' : null;
  if (changedField) throw new Refusal('ESCALATION_DENIED', { missing: changedField });
}
