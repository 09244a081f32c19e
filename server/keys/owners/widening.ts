import { setImmediate } from 'node:timers/promises';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { Limit } from '../../../shared/limits.ts';
import type { KeyCaller, UserCaller } from '../../gate/caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { ExternalOwner } from '../../stores/credentials/external-owners.ts';
import type { Db } from '../../stores/database/database.ts';
import type { CreditPolicy } from '../../stores/limits/credit-policy.ts';
import { compareCredits, compareLimits } from '../access-reduction.ts';
import { checkCredentialRight, personOf } from '../credential-rights.ts';
import { isPreviousPair } from '../key-restrictions.ts';

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

/** Kinds of keys that are checked before other calls run: there may be thousands, each with a list of addresses. */
const KINDS_PER_TURN = 10;

/**
 * Checks that the caller may let every key of an external owner do more. What the keys share belongs to the
 * workspace, not to the person of one of them, so another person's key counts as a service key here; its own bounds
 * are unaffected.
 * The pair from before a rotation may not: what the keys share does not end with the grace.
 * @param owner is locked within `tx`, as its keys are
 * @throws Refusal as `checkCredentialRight`
 */
export async function checkWidening(
  tx: Db,
  caller: KeyCaller | UserCaller,
  owner: Pick<ExternalOwner, 'id' | 'externalId'>,
): Promise<void> {
  if (isPreviousPair(caller)) throw new Refusal('ESCALATION_DENIED', { missing: 'expiresAt' });
  for (const [nth, row] of (await kindsOfKeys(tx, owner.id)).entries()) {
    if (nth % KINDS_PER_TURN === KINDS_PER_TURN - 1) await setImmediate();
    const ownerId = row.ownerId === personOf(caller) ? row.ownerId : null;
    const key = { ...row, ownerId, externalId: owner.externalId, id: '', reducedBy: null };
    checkCredentialRight(caller, key, 'extend');
  }
}

/**
 * One row for each kind of keys with the same rights, with the latest expiry: an owner may have many thousands of
 * keys.
 */
function kindsOfKeys(tx: Db, ownerId: string) {
  const { ownerId: person, environment, permissions, allowedAddresses, authorities, expiresAt } = keys;
  const alike = { ownerId: person, environment, permissions, allowedAddresses, authorities };
  const latest = sql<Date | null>`case when bool_and(${expiresAt} is not null) then max(${expiresAt}) end`;
  return tx
    .select({ ...alike, expiresAt: latest.mapWith(expiresAt) })
    .from(keys)
    .where(and(eq(keys.externalOwnerId, ownerId), isNull(keys.revokedAt), isNull(keys.deletedAt)))
    .groupBy(...Object.values(alike));
}
