import { createHash } from 'node:crypto';
import { and, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { HOUR_MS } from '../../../shared/durations.ts';
import { throttleByClient, unauthenticatedCaller } from '../../gate/request/throttle.ts';
import { MAX_TOKEN_LIFETIME } from '../../gate/user-token/external-token.ts';
import { claimedIssuer } from '../../gate/user-token/issuer-token.ts';
import { seconds } from '../../lib/clock.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inTurn } from '../../lib/concurrency/in-turn.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context, Service } from '../../rpc/trpc.ts';
import type { AuditChange } from '../../stores/audit/audit.ts';
import { endSessions } from '../../stores/credentials/sessions.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import type { LoggedOut } from '../../stores/issuers/provider-logouts.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { claimState } from '../sign-in-state.ts';
import { findIdentity } from './identities.ts';
import { type LogoutClaims, verifyLogoutToken } from './logout-token.ts';

const ACTION = 'auth.backchannelLogout';

/** Milliseconds for which a logout is remembered if no user tokens of the issuer are accepted: a sign-in may be under way. */
const SIGN_IN_MS = HOUR_MS;

/**
 * Logouts that an issuer has signed; issuers take turns. An issuer may log out all of its users at once, and few issuers repeat
 * a request that failed.
 */
const logouts = new FairQueue({ concurrency: 2, capacity: 10_000 });

type Request = Pick<Context['request'], 'id' | 'address'>;

/**
 * Logs a person out because their provider says so (OpenID Connect Back-Channel Logout 1.0): ends the sessions that they
 * began with it, and the tokens that it issued to them. A person who is unknown here is logged out already (§2.7).
 * @param token the logout token
 * @throws Refusal SIGN_IN_INVALID if the token is not valid or was used before, TOO_MANY_FAILURES, UNAVAILABLE if the issuer's
 *   keys cannot be read
 */
export async function logOutByProvider(service: Service, token: string, request: Request): Promise<void> {
  const { stores, config } = service;
  await throttleByClient(
    unauthenticatedCaller(request.address),
    config.failures.address,
    stores,
    async () => {
      const name = claimedIssuer(token);
      const issuer = stores.issuers.all.find((trusted) => trusted.issuer === name);
      if (!issuer) throw new Refusal('SIGN_IN_INVALID', {}, 'the logout token is of no trusted issuer');
      const claims = await verifyLogoutToken(token, issuer, seconds(stores.clock));
      await logOut(service, issuer, claims, request);
    },
  );
}

async function logOut({ stores }: Service, issuer: TrustedIssuer, claims: LogoutClaims, request: Request) {
  const logout: LoggedOut = {
    issuer: issuer.issuer,
    subject: claims.sub ?? null,
    session: claims.sid ?? null,
    at: claims.iat,
    retainedUntil: issuer.userToken
      ? (claims.iat + MAX_TOKEN_LIFETIME + 2 * issuer.clockTolerance) * 1000 + SIGN_IN_MS
      : stores.clock() + SIGN_IN_MS,
  };
  const { providerLogouts } = stores;
  let isRecorded = false;
  const users = await inTurn(logouts, [issuer.name], () =>
    stores.database.db.transaction(async (tx) => {
      isRecorded = providerLogouts.hasRoomFor(logout);
      await providerLogouts.lockLogout(tx, logout);
      if (isRecorded) {
        await claimState(tx, stateOf(issuer, claims), new Date(stores.clock()));
        await providerLogouts.record(tx, logout);
      }
      return endSessionsOf(stores, tx, logout, request);
    }),
  );
  if (isRecorded) providerLogouts.remember(logout);
  for (const user of users) stores.credentials.changed({ user });
  // The sessions are over all the same; the provider can repeat its request.
  if (!isRecorded) throw new Refusal('UNAVAILABLE', { retryAfter: 60 }, 'too many logouts of this provider');
}

/** The name under which a logout token is recorded as used. */
const stateOf = ({ issuer }: TrustedIssuer, { jti }: LogoutClaims): string =>
  `logout-${createHash('sha256')
    .update(JSON.stringify([issuer, jti]))
    .digest('base64url')}`;

/** Ends the sessions that a logout concerns. @returns their users */
async function endSessionsOf(
  { audit, clock }: Service['stores'],
  tx: Db,
  logout: LoggedOut,
  request: Request,
): Promise<string[]> {
  const concerned = await sessionsOf(tx, logout);
  if (concerned === null) return [];
  const live = and(concerned, isNull(sessions.endedAt));
  const people = await tx.selectDistinct({ userId: sessions.userId }).from(sessions).where(live);
  const users = people.map(({ userId }) => userId).sort();
  for (const userId of users) await lockUser(tx, userId, 'no key update');
  const ending = await tx
    .select({ id: sessions.id, userId: sessions.userId, workspaceId: sessions.workspaceId })
    .from(sessions)
    .where(and(live, inArray(sessions.userId, users)));
  const endedAt = new Date(clock());
  const ids = ending.map(({ id }) => id);
  if (ids.length > 0) await endSessions(tx, inArray(sessions.id, ids), endedAt);
  const after = { endedAt, issuer: logout.issuer, reason: 'logged out at the identity provider' };
  for (const workspaceId of [...new Set(ending.map((session) => session.workspaceId))].sort()) {
    const changes = ending
      .filter((session) => session.workspaceId === workspaceId)
      .map(({ id, userId }): AuditChange => {
        const before = { endedAt: null, issuer: logout.issuer, userId };
        return { action: ACTION, kind: 'session', subject: id, before, after: { ...after, userId } };
      });
    await audit.recordAll(tx, { caller: { kind: 'system', workspaceId }, request }, changes);
  }
  return users;
}

/**
 * The sessions that a logout concerns; null if there can be none. A logout of one session at the provider also ends the
 * person's sessions of which the provider named none.
 */
async function sessionsOf(tx: Db, { issuer, subject, session }: LoggedOut): Promise<SQL | null> {
  const named = session === null ? undefined : eq(sessions.issuerSession, session);
  if (subject === null) return and(eq(sessions.issuer, issuer), named) ?? null;
  const identity = await findIdentity(tx, issuer, subject);
  if (!identity) return null;
  const begun = and(eq(sessions.userId, identity.userId), eq(sessions.identityId, identity.id));
  return and(begun, named && or(named, isNull(sessions.issuerSession))) ?? null;
}
