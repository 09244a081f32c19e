import { eq, sql } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { isoOf } from '../lib/clock.ts';
import type { SignInMethod } from '../stores/credentials/sign-in-method.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { type AccountProof, type UserContext, withProof } from './second-factor/proof.ts';

/**
 * Records for the calling session that its user has just proven who they are, effective on every instance. No other session of
 * the user gains anything. Refuses as `withProof`: an account without a password signs in again instead.
 */
export async function stepUp(ctx: UserContext, proof: AccountProof): Promise<{ readonly provenAt: string }> {
  const { caller, service } = ctx;
  const { audit, clock, credentials } = service.stores;
  const { id, provenAt: before } = caller.session;
  // The time is read before the password is checked, so that the clock of another instance is hardly behind it: a proof in the
  // future does not count.
  const provenAt = new Date(clock());
  await withProof(ctx, proof, async (tx, { factor, used }) => {
    const shown: SignInMethod = factor?.confirmedAt ? 'password+code' : 'password';
    await tx
      .update(sessions)
      .set({ provenAt, method: withPassword(shown), rev: raiseRev(sessions.rev) })
      .where(eq(sessions.id, id));
    const was = before === null ? null : isoOf(new Date(before));
    const states = { before: { provenAt: was }, after: { provenAt, ...used } };
    const change = { action: 'auth.stepUp', kind: 'session', subject: id, ...states } as const;
    await audit.record(tx, ctx, change);
  });
  credentials.changed({ session: id });
  return { provenAt: provenAt.toISOString() };
}

/** A session that did not begin with the password keeps its method; the row is read within the transaction. */
const withPassword = (shown: SignInMethod) =>
  sql`case when coalesce(${sessions.method}, 'password') = 'password' then ${shown}::text else ${sessions.method} end`;
