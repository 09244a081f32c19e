import { and, count, eq, isNotNull, isNull, type SQL } from 'drizzle-orm';
import { users } from '../../../drizzle/schema/accounts.ts';
import { finishedSignIns, formerIdentities, identities } from '../../../drizzle/schema/identities.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
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

/** The maximum number of accounts from which one person was unlinked: each call with their tokens reads them. */
const MAX_FORMER = 20;

/** The identity of a person of an issuer; null if no account is linked to it. */
export async function findIdentity(db: Db, issuer: string, subject: string): Promise<Identity | null> {
  const which = and(eq(identities.issuer, issuer), eq(identities.subject, subject));
  const [found] = await db.select().from(identities).where(which);
  return found ?? null;
}

/**
 * Links a person of an issuer to an account whose row is locked.
 * @throws Refusal CONFLICT if an account is linked to that person already, this one to too many, or too many were
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
  await forgetFormer(tx, link);
  return made;
}

/** The account that a person is linked to is no longer a former one. */
async function forgetFormer(tx: Db, { issuer, subject, userId }: Omit<Identity, 'id'>): Promise<void> {
  const ofPerson = and(eq(formerIdentities.issuer, issuer), eq(formerIdentities.subject, subject));
  await tx.delete(formerIdentities).where(and(ofPerson, eq(formerIdentities.userId, userId)));
  const [has] = await tx.select({ n: count() }).from(formerIdentities).where(ofPerson);
  if ((has?.n ?? 0) >= MAX_FORMER) throw new Refusal('CONFLICT');
}

/**
 * Unlinks identities from their accounts. Rights that a workspace removes from such an account, before or afterwards, stay
 * removed from the person, who could otherwise become a person without an account by unlinking. The caller must pass the
 * account to `credentials.changed`.
 * @returns the identities that were unlinked
 */
export async function unlinkIdentities(tx: Db, which: SQL | undefined): Promise<Identity[]> {
  const gone = await tx.delete(identities).where(which).returning();
  const former = gone.map(({ issuer, subject, userId }) => ({ issuer, subject, userId }));
  if (former.length > 0) await tx.insert(formerIdentities).values(former).onConflictDoNothing();
  return gone;
}

/**
 * Unlinks the identities of an account that is being deleted. Nothing about them is kept, unless the account was a member of an
 * existing workspace, which may have removed it.
 */
export async function eraseIdentities(tx: Db, userId: string): Promise<void> {
  const mine = eq(identities.userId, userId);
  const [known] = await tx
    .select({ id: workspaces.id })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), isNull(workspaces.deletedAt)))
    .limit(1);
  if (known) return void (await unlinkIdentities(tx, mine));
  await tx.delete(identities).where(mine);
  await tx.delete(formerIdentities).where(eq(formerIdentities.userId, userId));
}

/** Whether an account from which a person was unlinked is disabled. A deleted one is not: its person may come back. */
export async function hasDisabledFormerAccount(tx: Db, issuer: string, subject: string): Promise<boolean> {
  const ofPerson = and(eq(formerIdentities.issuer, issuer), eq(formerIdentities.subject, subject));
  const [found] = await tx
    .select({ id: users.id })
    .from(formerIdentities)
    .innerJoin(users, eq(users.id, formerIdentities.userId))
    .where(and(ofPerson, isNotNull(users.disabledAt), isNull(users.deletedAt)))
    .limit(1);
  return found !== undefined;
}

/**
 * How long a used state is remembered, in milliseconds. Flows and challenges come back within ten minutes; a logout token of an
 * issuer whose clock is ahead, within 21.
 */
const RETENTION_MS = HOUR_MS;

/** Deletes states that have expired, and so cannot come back. */
export async function deleteFinishedSignIns({ database, clock }: Stores): Promise<void> {
  const before = clock() - RETENTION_MS;
  await purgeBefore(database, finishedSignIns, before, { at: finishedSignIns.finishedAt });
}
