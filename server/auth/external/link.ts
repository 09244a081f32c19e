import { and, eq } from 'drizzle-orm';
import { sessions, users } from '../../../drizzle/schema/accounts.ts';
import { identities } from '../../../drizzle/schema/identities.ts';
import type { SessionUserCaller } from '../../gate/caller/caller.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { isoOf, isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import type { Context } from '../../rpc/trpc.ts';
import { endSessions } from '../../stores/credentials/sessions.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { hasPassword, passwordDigest } from '../passwords.ts';
import { type AccountProof, withProof } from '../second-factor/proof.ts';
import { claimState } from '../sign-in-state.ts';
import { insertIdentity, unlinkIdentities } from './identities.ts';
import type { FinishSignInInput, StartLinkInput } from './schemas.ts';
import { finishFlow, loggingRefusals, startFlow } from './sign-in.ts';

/** A procedure's context with the user who called. */
type UserContext = Context & { readonly caller: SessionUserCaller };

/**
 * Begins to link an identity to the caller's account. An identity gives access to the account just as the password does, so a
 * stolen session is not enough. Refuses with CREDENTIALS_INVALID.
 */
export async function startLink(ctx: UserContext, { password, code, ...input }: StartLinkInput) {
  const linker = await withProof(ctx, { password, code }, async (_, { passwordHash }) => ({
    userId: ctx.caller.userId,
    passwordDigest: passwordDigest(passwordHash),
  }));
  return startFlow(ctx, input, linker);
}

/**
 * Links the identity. Refuses with CONFLICT if it is linked already, to whichever account, and with SIGN_IN_INVALID if the
 * password was changed since the person gave it: the change is meant to end everything that the old password gave access to.
 */
export async function finishLink(ctx: UserContext, input: FinishSignInInput) {
  const { caller, request, service } = ctx;
  const { stores } = service;
  const finish = () => finishFlow(ctx, input, caller.userId);
  const { issuer, claims, state, ...flow } = await loggingRefusals(ctx, 'the link of an identity', finish);
  await stores.writes.transaction(caller.session.payer, async (tx) => {
    const user = await lockUser(tx, caller.userId, 'no key update');
    await requireLiveSession(tx, stores, caller);
    if (flow.passwordDigest !== passwordDigest(user?.passwordHash ?? ''))
      throw new Refusal('SIGN_IN_INVALID', {}, 'the password was changed in the meantime');
    const now = new Date(stores.clock());
    await claimState(tx, state, now);
    const link = {
      issuer: issuer.issuer,
      subject: claims.sub,
      createdAt: now,
      // Linking gives no membership.
      ruleClaims: null,
      lastUsedAt: null,
    };
    const { id } = await insertIdentity(tx, { ...link, userId: caller.userId });
    const after = { userId: caller.userId, issuer: issuer.issuer };
    const change = { action: 'identities.finishLink', kind: 'identity', subject: id, after } as const;
    await recordForAllWorkspaces(tx, stores.audit, { userId: caller.userId, request }, change);
  });
  stores.credentials.changed({ identity: { issuer: issuer.issuer, subject: claims.sub } });
  return { returnTo: flow.returnTo };
}

/**
 * Unlinks an identity of the caller's account, and ends the sessions that began with it.
 * Refuses as `withProof`, so that an account without a password keeps its identities, and with NOT_FOUND.
 */
export async function unlink(ctx: UserContext, { id, ...proof }: AccountProof & { readonly id: string }) {
  const { caller, request, service } = ctx;
  const { stores } = service;
  await withProof(ctx, proof, async (tx, { now, used }) => {
    const which = and(eq(identities.id, id), eq(identities.userId, caller.userId));
    const [gone] = await unlinkIdentities(tx, which);
    if (!gone) throw new Refusal('NOT_FOUND');
    await endSessions(tx, and(eq(sessions.userId, caller.userId), eq(sessions.identityId, id)), now);
    const known = { userId: caller.userId, issuer: gone.issuer };
    const states = { before: { ...known, unlinkedAt: null }, after: { ...known, unlinkedAt: now, ...used } };
    const change = { action: 'identities.unlink', kind: 'identity', subject: id, ...states } as const;
    await recordForAllWorkspaces(tx, stores.audit, { userId: caller.userId, request }, change);
  });
  stores.credentials.changed({ user: caller.userId });
}

/** The identities of the caller's account, and the issuers with which people sign in. */
export async function listIdentities({ caller, service }: UserContext) {
  const { database, issuers } = service.stores;
  const mine = await database.db
    .select()
    .from(identities)
    .where(eq(identities.userId, caller.userId))
    .orderBy(identities.createdAt, identities.id);
  const [user] = await database.db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, caller.userId));
  const nameOf = (iss: string) => issuers.forSignIn.find(({ issuer }) => issuer === iss)?.name ?? null;
  return {
    items: mine.map(({ id, issuer, createdAt, lastUsedAt }) => ({
      id,
      issuer,
      name: nameOf(issuer),
      createdAt: isoOrEpoch(createdAt),
      lastUsedAt: isoOf(lastUsedAt),
    })),
    issuers: issuers.forSignIn.map(({ name, signIn }) => ({ name, title: signIn.title })),
    hasPassword: hasPassword(user?.passwordHash ?? ''),
  };
}
