import { and, count, eq } from 'drizzle-orm';
import { finishedSignIns, identities } from '../../../drizzle/schema/identities.ts';
import { HOUR_MS } from '../../../shared/durations.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Db } from '../../stores/database/database.ts';
import { purgeBefore } from '../../stores/database/purge.ts';
import { newIdentityId } from '../../stores/secrets/random-ids.ts';
import type { Stores } from '../../stores/stores.ts';
import type { LinkedIdentity } from '../admitted-session.ts';

export type Identity = typeof identities.$inferSelect;

/** The maximum number of identities of one account. */
const MAX_IDENTITIES = 20;

/** The identity of a person of an issuer; null if no account is linked to it. */
export async function findIdentity(db: Db, issuer: string, subject: string): Promise<Identity | null> {
  const which = and(eq(identities.issuer, issuer), eq(identities.subject, subject));
  const [found] = await db.select().from(identities).where(which);
  return found ?? null;
}

/**
 * Links a person of an issuer to an account whose row is locked.
 * @throws Refusal CONFLICT if an account is linked to that person already, or this one to too many
 */
export async function insertIdentity(tx: Db, link: Omit<Identity, 'id'>): Promise<LinkedIdentity> {
  const mine = eq(identities.userId, link.userId);
  const [has] = await tx.select({ n: count() }).from(identities).where(mine);
  if ((has?.n ?? 0) >= MAX_IDENTITIES) throw new Refusal('CONFLICT');
  const [made] = await tx
    .insert(identities)
    .values({ ...link, id: newIdentityId() })
    .onConflictDoNothing({ target: [identities.issuer, identities.subject] })
    .returning({ id: identities.id, issuer: identities.issuer });
  if (!made) throw new Refusal('CONFLICT');
  return made;
}

/**
 * For so long a state that was used up is remembered. Flows and challenges come back within ten minutes; a logout token of an
 * issuer whose clock is ahead, within 21.
 */
const RETENTION_MS = HOUR_MS;

/** Deletes states that have expired, and so cannot come back. */
export async function deleteFinishedSignIns({ database, clock }: Stores): Promise<void> {
  const before = clock() - RETENTION_MS;
  await purgeBefore(database, finishedSignIns, before, { at: finishedSignIns.finishedAt });
}
