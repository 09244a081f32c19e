import { setImmediate } from 'node:timers/promises';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { Limit } from '../../../shared/limits.ts';
import type { KeyCaller, UserCaller } from '../../gate/caller/caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { ExternalOwner } from '../../stores/credentials/external-owners.ts';
import type { Db } from '../../stores/database/database.ts';
import type { CreditPolicy } from '../../stores/limits/credit-policy.ts';
import { compareCredits, compareLimits } from '../access-reduction.ts';
import { checkCredentialRight, personOf } from '../credential-rights.ts';
import { checkRestrictions, isPreviousPair, UNRESTRICTED } from '../key-restrictions.ts';

interface Policy {
  readonly limits: readonly Limit[];
  readonly credits: CreditPolicy | null;
}

/**
 * Whether a policy lets the keys of an external owner do more than before, in any way.
 * @param after what an input changes of it
 */
export function widensPolicy(
  before: Policy,
  after: { readonly [F in keyof Policy]?: Policy[F] | undefined },
): boolean {
  const changes = [
    after.limits === undefined ? 'same' : compareLimits(before.limits, after.limits),
    after.credits === undefined ? 'same' : compareCredits(before.credits, after.credits),
  ];
  return changes.includes('other');
}

/**
 * The keys of an external owner must not loosen its bounds.
 * @throws Refusal ESCALATION_DENIED for a key that is tied to an external owner
 */
export function checkNoExternalOwner(caller: KeyCaller | UserCaller): void {
  if (caller.kind === 'key' && caller.key.externalId !== null) {
    throw new Refusal('ESCALATION_DENIED', { missing: 'externalId' });
  }
}

/**
 * Keys whose lists are compared with those of a calling key. An owner may have many thousands, each with lists of up to 64 IP
 * addresses and 64 hosts: reading them all would use up the process's memory.
 */
const MAX_COMPARED = 1_000;
/** Keys whose rights are read: the transaction holds locks, and on PGlite the only connection. */
const MAX_READ = 10_000;
/** Keys that are compared before other calls run. */
const COMPARED_PER_TURN = 10;

/**
 * Checks that the caller may let every key of an external owner do more. What the keys share belongs to the workspace, not to
 * the owner of one of them, so another user's key counts as a service key here; its own bounds are unaffected. A caller with
 * the secrets from before a rotation may not: what the keys share does not end with the grace period.
 * @param owner locked within `tx`, like its keys
 * @throws Refusal as `checkCredentialRight`; ESCALATION_DENIED with the role `owner` if the keys are too many for anyone else
 */
export async function checkWidening(
  tx: Db,
  caller: KeyCaller | UserCaller,
  owner: Pick<ExternalOwner, 'id' | 'externalId'>,
): Promise<void> {
  if (isPreviousPair(caller)) throw new Refusal('ESCALATION_DENIED', { missing: 'expiresAt' });
  // An owner of the workspace may extend every service key, whatever its rights.
  if (caller.kind === 'user' && caller.role === 'owner') return;
  if (await exceedsMaxRead(tx, owner.id)) throw new Refusal('ESCALATION_DENIED', { missing: 'owner' });
  const person = personOf(caller);
  const key = keyOf(caller);
  // The lists are compared below: those of the caller itself do not exceed it.
  const allowedAddresses = key?.allowedAddresses ?? [];
  const rest = { ...UNRESTRICTED, allowedAddresses, externalId: owner.externalId, id: '', reducedBy: null };
  for (const { isOwn, permission, latest, environment } of await rightsOfKeys(tx, owner.id, person)) {
    const permissions = permission === null ? [] : [permission];
    const expiresAt = latest === null ? null : new Date(latest);
    const right = { environment, permissions, expiresAt, ownerId: isOwn ? person : null };
    checkCredentialRight(caller, { ...rest, ...right }, 'extend');
  }
  if (key) await compareLists(tx, caller, key, owner);
}

/** Whether an external owner has more live keys than are read. */
async function exceedsMaxRead(tx: Db, ownerId: string): Promise<boolean> {
  const live = tx.select({ id: keys.id }).from(keys).where(liveKeysOf(ownerId));
  return (await live.limit(1).offset(MAX_READ)).length > 0;
}

interface Right {
  /** Whether the keys are the caller's own. */
  readonly isOwn: boolean;
  readonly environment: 'live' | 'test';
  /** Null if a key has none. */
  readonly permission: string | null;
  /** The latest expiry of these keys in milliseconds; null if one does not expire. */
  readonly latest: number | null;
}

/** What the keys of an external owner may do, one row for each permission: an owner may have many thousands of keys. */
function rightsOfKeys(tx: Db, ownerId: string, person: string | null): Promise<Right[]> {
  const latest = (at: SQL) => sql`case when bool_and(${at} is not null) then max(${at}) end`;
  const kinds = sql`
    select ${keys.ownerId} is not distinct from ${person}::text as is_own, ${keys.environment} as environment,
      ${keys.permissions} as permissions, ${latest(sql`${keys.expiresAt}`)} as expiry
    from ${keys} where ${liveKeysOf(ownerId)} group by 1, 2, 3`;
  return tx
    .select({
      isOwn: sql<boolean>`is_own`,
      environment: sql<Right['environment']>`environment`,
      permission: sql<string | null>`permission`,
      latest: sql<number | null>`(extract(epoch from ${latest(sql`expiry`)}) * 1000)::float8`,
    })
    .from(
      sql`(${kinds}) as kinds left join lateral jsonb_array_elements_text(permissions) as permission on true`,
    )
    .groupBy(sql`1, 2, 3`);
}

/**
 * @throws Refusal ESCALATION_DENIED if a key exceeds the caller in its IP addresses or its authorities, or too many must be
 *   compared
 */
async function compareLists(
  tx: Db,
  caller: KeyCaller | UserCaller,
  key: KeyCaller['key'],
  owner: Pick<ExternalOwner, 'id' | 'externalId'>,
): Promise<void> {
  const isBound = key.allowedAddresses.length > 0;
  const rows = await tx
    .select({ allowedAddresses: keys.allowedAddresses, authorities: keys.authorities })
    .from(keys)
    .where(and(liveKeysOf(owner.id), isBound ? undefined : sql`${keys.authorities} <> '[]'`))
    .limit(MAX_COMPARED + 1);
  if (rows.length > MAX_COMPARED)
    throw new Refusal('ESCALATION_DENIED', { missing: isBound ? 'allowedAddresses' : 'authorities' });
  const expiresAt = key.expiresAt === null ? null : new Date(key.expiresAt);
  for (const [nth, lists] of rows.entries()) {
    if (nth % COMPARED_PER_TURN === COMPARED_PER_TURN - 1) await setImmediate();
    checkRestrictions(caller, { ...lists, expiresAt, externalId: owner.externalId });
  }
}

const keyOf = (caller: KeyCaller | UserCaller): KeyCaller['key'] | null =>
  caller.kind === 'key' ? caller.key : null;

const liveKeysOf = (ownerId: string) =>
  and(eq(keys.externalOwnerId, ownerId), isNull(keys.revokedAt), isNull(keys.deletedAt));
