import { eq } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { Refusal } from '../lib/refusal.ts';
import { recordForAllWorkspaces } from '../membership/audit-all-workspaces.ts';
import type { Context, Service } from '../rpc/trpc.ts';
import { lockUser } from '../stores/database/locks.ts';

/**
 * Changes the caller's name. The record contains the time, not the name; an unchanged name is not recorded. Refuses with
 * SESSION_ENDED if the session was ended or the account deleted in the meantime: a deleted account's name must stay erased.
 */
export async function updateProfile(
  { stores }: Service,
  { caller, request }: Pick<Context, 'request'> & { readonly caller: SessionUserCaller },
  { name }: { readonly name: string },
): Promise<typeof users.$inferSelect> {
  const { writes, clock, audit } = stores;
  return writes.transaction(caller.session.payer, async (tx) => {
    const user = await lockUser(tx, caller.userId, 'no key update');
    if (!user || user.deletedAt) throw new Refusal('SESSION_ENDED');
    await requireLiveSession(tx, stores, caller);
    if (user.name === name) return user;
    await tx.update(users).set({ name }).where(eq(users.id, user.id));
    const after = { nameChangedAt: new Date(clock()) };
    await recordForAllWorkspaces(
      tx,
      audit,
      { userId: user.id, request },
      {
        action: 'auth.updateProfile',
        before: {},
        after,
      },
    );
    return { ...user, name };
  });
}
