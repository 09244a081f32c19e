import { hash, timingSafeEqual } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { exchangedTokens } from '../../../drizzle/schema/exchange.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockKeys } from '../../stores/database/locks.ts';
import { purgeBefore } from '../../stores/database/purge.ts';
import type { Stores } from '../../stores/stores.ts';
import { revokeKey } from '../revoke.ts';
import { exchangeDenied, type WorkloadToken } from './workload-token.ts';

/** A token is remembered for longer than it is accepted: the clocks of instances differ. */
const MARGIN_MS = 600_000;

/** The exchange that uses a token up. */
interface Exchange {
  readonly keyId: string;
  readonly ruleId: string;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

/** The key of an exchange that is repeated, which is revoked. */
export interface RevokedKey {
  readonly id: string;
  /** The thumbprint of its public key (RFC 7638); null if it has none. */
  readonly thumbprint: string | null;
}

/**
 * Uses a token up, on whichever instance. With the idempotency key of the first exchange it may be exchanged again by the same rule:
 * then the key of the earlier exchange is revoked, since its secrets may have been lost in transit.
 * @returns the revoked key; null if the token is new
 * @throws Refusal EXCHANGE_DENIED if it was used before
 */
export async function claimWorkloadToken(
  tx: Db,
  { digest, expiresAt }: WorkloadToken,
  { keyId, ruleId, idempotencyKey, now }: Exchange,
): Promise<RevokedKey | null> {
  const retryDigest = idempotencyKey === undefined ? null : hash('sha256', idempotencyKey, 'base64url');
  const claimed = await tx
    .insert(exchangedTokens)
    .values({ digest, keyId, retryDigest, expiresAt })
    .onConflictDoNothing()
    .returning({ digest: exchangedTokens.digest });
  if (claimed.length > 0) return null;
  const which = eq(exchangedTokens.digest, digest);
  const [before] = await tx.select().from(exchangedTokens).where(which).for('update');
  if (!before || !constantTimeEquals(before.retryDigest, retryDigest))
    throw exchangeDenied('the token was used before');
  const revoked = await revokeFirst(tx, before.keyId, ruleId, now);
  await tx.update(exchangedTokens).set({ keyId }).where(which);
  return revoked;
}

/** @throws Refusal EXCHANGE_DENIED if another rule gave the key, or it was revoked in the meantime */
async function revokeFirst(tx: Db, keyId: string, ruleId: string, now: Date): Promise<RevokedKey> {
  const first = and(eq(keys.id, keyId), eq(keys.exchangeRuleId, ruleId), isNull(keys.revokedAt));
  await lockKeys(tx, first, 'no key update');
  const [live] = await tx.select({ id: keys.id, publicKey: keys.publicKey }).from(keys).where(first);
  if (!live) throw exchangeDenied('the key of the first exchange is gone');
  await revokeKey(tx, keyId, 'Its token was exchanged again.', now.getTime());
  return { id: keyId, thumbprint: live.publicKey?.thumbprint ?? null };
}

function constantTimeEquals(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Deletes tokens that have expired, and so cannot be exchanged again. */
export async function deleteOldExchangedTokens({ database, clock }: Stores): Promise<void> {
  await purgeBefore(database, exchangedTokens, clock() - MARGIN_MS, { at: exchangedTokens.expiresAt });
}
