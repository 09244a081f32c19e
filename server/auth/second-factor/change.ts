import { and, eq, ne } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import { clearSecondFactorMethod, endSessions } from '../../stores/credentials/sessions.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { raiseRev } from '../../stores/database/rev.ts';
import type { Stores } from '../../stores/stores.ts';
import { lockReauthenticated, reauthenticate } from '../password-change.ts';
import {
  confirmFactor,
  countRecoveryCodes,
  deleteFactor,
  findFactor,
  hasSecondFactor,
  insertFactor,
  replaceRecoveryCodes,
} from './factor.ts';
import { type AccountProof, throttleCode, type UserContext, withProof } from './proof.ts';
import { newTotpSecret, totpUri } from './totp.ts';

/** The state of the caller's second factor. */
export async function secondFactorOf({ service, caller }: UserContext) {
  const { db } = service.stores.database;
  const confirmedAt = (await findFactor(db, caller.userId))?.confirmedAt ?? null;
  // A factor counts even if its time cannot be read.
  return {
    confirmedAt: confirmedAt && isoOrEpoch(confirmedAt),
    recoveryCodesLeft: await countRecoveryCodes(db, caller.userId),
  };
}

/**
 * Makes a secret for the caller's authenticator app. It has no effect until a code confirms it.
 * Refuses with CREDENTIALS_INVALID a wrong password, with CONFLICT if the account has a second factor.
 */
export async function beginSecondFactor(ctx: UserContext, { password }: { readonly password: string }) {
  const { caller, request, service } = ctx;
  const { stores } = service;
  const { email, passwordHash } = await reauthenticate(service, caller, password, request.address);
  const secret = newTotpSecret();
  await stores.writes.transaction(caller.session.payer, async (tx) => {
    await lockReauthenticated(tx, stores, caller, passwordHash);
    if (await hasSecondFactor(tx, caller.userId)) throw new Refusal('CONFLICT');
    const now = new Date(stores.clock());
    await insertFactor(tx, stores.vault, { userId: caller.userId, secret, now });
    await record(tx, ctx, 'secondFactor.begin', { secondFactorBegunAt: now });
  });
  const named = `${service.config.branding.name} ${new URL(service.issuer).hostname}`;
  return { secret, uri: totpUri(secret, named, email) };
}

/**
 * Confirms the secret with one of its codes: afterwards, sign-ins with the password require a code. Ends the account's other
 * sessions, at once on every instance: they began without one. Refuses with CREDENTIALS_INVALID a wrong code, with NOT_FOUND if
 * no set-up has begun, with CONFLICT if it is confirmed.
 * @returns the recovery codes, which are shown only once
 */
export async function confirmSecondFactor(
  ctx: UserContext,
  { code }: { readonly code: string },
): Promise<{ readonly recoveryCodes: string[] }> {
  const { caller, service } = ctx;
  const { writes, vault, clock, credentials } = service.stores;
  const confirm = () =>
    writes.transaction(caller.session.payer, async (tx) => {
      await lockUser(tx, caller.userId, 'no key update');
      await requireLiveSession(tx, service.stores, caller);
      const factor = await findFactor(tx, caller.userId);
      if (!factor) throw new Refusal('NOT_FOUND');
      if (factor.confirmedAt) throw new Refusal('CONFLICT');
      const now = new Date(clock());
      if (!(await confirmFactor(tx, vault, factor, { code, now }))) throw new Refusal('CREDENTIALS_INVALID');
      const others = and(eq(sessions.userId, caller.userId), ne(sessions.id, caller.session.id));
      await endSessions(tx, others, now);
      await noteCode(tx, caller);
      const recoveryCodes = await replaceRecoveryCodes(tx, vault, factor);
      await record(tx, ctx, 'secondFactor.confirm', { secondFactorConfirmedAt: now });
      return recoveryCodes;
    });
  const recoveryCodes = await throttleCode(ctx, confirm);
  credentials.changed({ user: caller.userId });
  return { recoveryCodes };
}

/** The calling session began with the password, and has now shown a code. */
async function noteCode(tx: Db, { session }: UserContext['caller']): Promise<void> {
  await tx
    .update(sessions)
    .set({ method: 'password+code', rev: raiseRev(sessions.rev) })
    .where(and(eq(sessions.id, session.id), eq(sessions.method, 'password')));
}

/** Makes new recovery codes in place of all earlier ones. Refuses as `withProof`, and with NOT_FOUND. */
export async function newRecoveryCodesFor(
  ctx: UserContext,
  proof: AccountProof,
): Promise<{ readonly recoveryCodes: string[] }> {
  return withProof(ctx, proof, async (tx, { factor, now, used }) => {
    if (!factor?.confirmedAt) throw new Refusal('NOT_FOUND');
    const recoveryCodes = await replaceRecoveryCodes(tx, ctx.service.stores.vault, factor);
    await record(tx, ctx, 'secondFactor.newRecoveryCodes', { recoveryCodesMadeAt: now, ...used });
    return { recoveryCodes };
  });
}

/** Removes the second factor and its recovery codes. It ends no session. Refuses as `withProof`, and with NOT_FOUND. */
export async function removeSecondFactor(ctx: UserContext, proof: AccountProof): Promise<void> {
  await withProof(ctx, proof, async (tx, { now, used }) => {
    if (!(await deleteFactor(tx, ctx.caller.userId))) throw new Refusal('NOT_FOUND');
    await clearSecondFactorMethod(tx, ctx.caller.userId);
    await record(tx, ctx, 'secondFactor.remove', { secondFactorRemovedAt: now, ...used });
  });
  ctx.service.stores.credentials.changed({ user: ctx.caller.userId });
}

/**
 * Removes the second factor of a user who has lost it and the recovery codes, for an operator.
 * @returns false if there is none
 */
export async function removeSecondFactorOf(
  { database, credentials, clock, audit }: Pick<Stores, 'database' | 'credentials' | 'clock' | 'audit'>,
  userId: string,
): Promise<boolean> {
  const found = await database.db.transaction(async (tx) => {
    await lockUser(tx, userId, 'no key update');
    if (!(await deleteFactor(tx, userId))) return false;
    await clearSecondFactorMethod(tx, userId);
    const after = { secondFactorRemovedAt: new Date(clock()) };
    const change = { action: 'users.removeSecondFactor', before: {}, after };
    await recordForAllWorkspaces(tx, audit, { userId, request: null }, change);
    return true;
  });
  credentials.changed({ user: userId });
  return found;
}

/** Records a change of the caller's second factor. Call it last in the transaction. */
const record = (tx: Db, { service, caller, request }: UserContext, action: string, after: object) =>
  recordForAllWorkspaces(
    tx,
    service.stores.audit,
    { userId: caller.userId, request },
    {
      action,
      before: {},
      after: { ...after },
    },
  );
