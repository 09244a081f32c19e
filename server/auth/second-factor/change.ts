import type { SessionUserCaller } from '../../gate/caller.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import type { Stores } from '../../stores/stores.ts';
import { throttleLogin } from '../login-throttle.ts';
import { lockReauthenticated, reauthenticate } from '../password-change.ts';
import { newTotpSecret, totpUri } from './codes.ts';
import {
  confirmFactor,
  countRecoveryCodes,
  deleteFactor,
  findFactor,
  insertFactor,
  replaceRecoveryCodes,
  type SecondFactor,
} from './factor.ts';

/** A procedure's context with the person who called. */
type UserContext = Pick<Context, 'service' | 'request'> & { readonly caller: SessionUserCaller };

/** The state of the caller's second factor. */
export async function secondFactorOf({ service, caller }: UserContext) {
  const { db } = service.stores.database;
  const confirmedAt = (await findFactor(db, caller.userId))?.confirmedAt ?? null;
  // A factor whose moment cannot be read still counts.
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
  const { email, passwordHash } = await reauthenticate(
    ctx.service,
    ctx.caller,
    password,
    ctx.request.address,
  );
  const secret = newTotpSecret();
  await change(ctx, 'secondFactor.begin', passwordHash, async (tx, factor, now) => {
    if (factor?.confirmedAt) throw new Refusal('CONFLICT');
    await insertFactor(tx, ctx.service.stores.vault, ctx.caller.userId, secret, now);
    return { after: { secondFactorBegunAt: now } };
  });
  return { secret, uri: totpUri(secret, new URL(ctx.service.issuer).hostname, email) };
}

/**
 * Confirms the secret by a code of it: from then on, sign-ins with the password take a code.
 * Refuses with CREDENTIALS_INVALID a wrong code, with NOT_FOUND if no set-up has begun, with CONFLICT if it is confirmed.
 * @returns the recovery codes, which are shown only once
 */
export async function confirmSecondFactor(
  ctx: UserContext,
  { code }: { readonly code: string },
): Promise<{ readonly recoveryCodes: string[] }> {
  const { caller, request, service } = ctx;
  // A session counts its own failures, as it does for passwords.
  const attempt = { email: caller.userId, address: request.address, device: caller.session.id };
  const confirm = () =>
    change(ctx, 'secondFactor.confirm', null, async (tx, factor, now) => {
      if (!factor) throw new Refusal('NOT_FOUND');
      if (factor.confirmedAt) throw new Refusal('CONFLICT');
      const { vault } = service.stores;
      if (!(await confirmFactor(tx, vault, factor, code, now))) throw new Refusal('CREDENTIALS_INVALID');
      const recoveryCodes = await replaceRecoveryCodes(tx, vault, factor);
      return { recoveryCodes, after: { secondFactorConfirmedAt: now } };
    });
  const { recoveryCodes } = await throttleLogin(service, attempt, (work) => work(), confirm);
  return { recoveryCodes };
}

/** Makes new recovery codes in place of all earlier ones. Refuses with CREDENTIALS_INVALID or NOT_FOUND. */
export async function newRecoveryCodesFor(
  ctx: UserContext,
  { password }: { readonly password: string },
): Promise<{ readonly recoveryCodes: string[] }> {
  const { passwordHash } = await reauthenticate(ctx.service, ctx.caller, password, ctx.request.address);
  const action = 'secondFactor.newRecoveryCodes';
  const { recoveryCodes } = await change(ctx, action, passwordHash, async (tx, factor, now) => {
    if (!factor?.confirmedAt) throw new Refusal('NOT_FOUND');
    const recoveryCodes = await replaceRecoveryCodes(tx, ctx.service.stores.vault, factor);
    return { recoveryCodes, after: { recoveryCodesMadeAt: now } };
  });
  return { recoveryCodes };
}

/** Removes the second factor and its recovery codes. It ends no session. Refuses with CREDENTIALS_INVALID or NOT_FOUND. */
export async function removeSecondFactor(
  ctx: UserContext,
  { password }: { readonly password: string },
): Promise<void> {
  const { passwordHash } = await reauthenticate(ctx.service, ctx.caller, password, ctx.request.address);
  await change(ctx, 'secondFactor.remove', passwordHash, async (tx, _factor, now) => {
    if (!(await deleteFactor(tx, ctx.caller.userId))) throw new Refusal('NOT_FOUND');
    return { after: { secondFactorRemovedAt: now } };
  });
}

/**
 * Removes the second factor of a person who has lost it and the recovery codes, for an operator.
 * @returns false if there is none
 */
export async function removeSecondFactorOf(
  { database, clock, audit }: Pick<Stores, 'database' | 'clock' | 'audit'>,
  userId: string,
): Promise<boolean> {
  return database.db.transaction(async (tx) => {
    await lockUser(tx, userId, 'to change');
    if (!(await deleteFactor(tx, userId))) return false;
    const after = { secondFactorRemovedAt: new Date(clock()) };
    const change = { action: 'users.removeSecondFactor', before: {}, after };
    await recordForAllWorkspaces(tx, audit, userId, null, change);
    return true;
  });
}

/**
 * Changes the caller's second factor under the lock on their row, and records it.
 * Refuses with CREDENTIALS_INVALID if the password was changed since the caller gave it.
 * @param passwordHash of the account when the password was verified; null if the change takes none
 */
async function change<R extends { readonly after: object }>(
  { service, caller, request }: UserContext,
  action: string,
  passwordHash: string | null,
  work: (tx: Db, factor: SecondFactor | null, now: Date) => Promise<R>,
): Promise<R> {
  const { stores } = service;
  return stores.database.db.transaction(async (tx) => {
    if (passwordHash !== null) {
      await lockReauthenticated(tx, stores, caller, passwordHash);
    } else {
      await lockUser(tx, caller.userId, 'to change');
      await requireLiveSession(tx, stores, caller);
    }
    const now = new Date(stores.clock());
    const done = await work(tx, await findFactor(tx, caller.userId), now);
    const { after } = done;
    await recordForAllWorkspaces(tx, stores.audit, caller.userId, request, { action, before: {}, after });
    return done;
  });
}
