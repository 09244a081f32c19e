import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { DAY_MS } from '../../shared/durations.ts';
import { seconds } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Service } from '../rpc/trpc.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import type { SessionRecord } from '../stores/credentials/credential-rows.ts';
import { newSessionId } from '../stores/credentials/issued-credentials.ts';
import { areLive, endSessions } from '../stores/credentials/sessions.ts';
import type { SignInMethod } from '../stores/credentials/sign-in-method.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser } from '../stores/database/locks.ts';
import { newSigningSecret } from '../stores/secrets/random-ids.ts';
import { TOKEN_LIFETIME } from '../stores/secrets/token-keys.ts';
import type { Stores } from '../stores/stores.ts';
import type { Account } from './accounts.ts';
import { idTokenOf } from './external/id-token-hint.ts';
import { readRefreshToken, refreshToken } from './refresh-token.ts';
import { encryptState } from './sign-in-state.ts';

/** A session ends this long after it began, refreshed or not. */
const LIFETIME_MS = 90 * DAY_MS;
/**
 * Within this time a spent token whose successor is unused gets that successor again: a response may be lost, or two tabs may
 * refresh.
 */
const GRACE_MS = 30_000;

/** Characters of the `user-agent` header that are stored. */
const MAX_USER_AGENT = 200;

/** The response to a client whose session begins and, without the secret, at every refresh. */
export interface IssuedSession {
  readonly id: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
}

/** The IP address and client that began a session, so that its user can recognize it. */
interface SessionClient {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** An identity of an account at an identity provider, with which its user signs in. */
export interface PresentedIdentity {
  readonly id: string;
  readonly issuer: string;
  /** The session at the provider, its `sid`; null if the provider names none. */
  readonly session: string | null;
  /** The ID token, if signing out is to end the session at the provider; null otherwise. */
  readonly idToken: string | null;
}

/** How the user of a new session proved who they are. */
export interface SignInProof {
  readonly method: SignInMethod;
  /** When they did; now if absent. */
  readonly provenAt?: Date;
  /** The identity with which they signed in; null or absent for a password and a passkey. */
  readonly identity?: PresentedIdentity | null;
  /** The passkey with which they did. */
  readonly passkeyId?: string;
}

/** Begins a session. Keyseal chooses its id, never the caller. */
export async function beginSession(
  {
    service,
    request: { address, userAgent },
  }: { readonly service: Service; readonly request: SessionClient },
  db: Db,
  { user, workspaceId }: Account,
  { method, provenAt, identity, passkeyId }: SignInProof,
): Promise<IssuedSession & { signingSecret: string }> {
  const { vault, clock } = service.stores;
  const id = newSessionId(vault);
  const signingSecret = newSigningSecret();
  const encrypted = vault.encrypt(signingSecret, { table: 'sessions', column: 'signing', row: id });
  const now = new Date(clock());
  await db.insert(sessions).values({
    id,
    userId: user.id,
    workspaceId,
    identityId: identity?.id ?? null,
    issuer: identity?.issuer ?? null,
    issuerSession: identity?.session ?? null,
    idTokenSealed: identity?.idToken ? encryptState(vault, idTokenOf(id), identity.idToken) : null,
    passkeyId: passkeyId ?? null,
    method,
    provenAt: provenAt ?? now,
    address,
    userAgent: userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    signingSealed: encrypted.text,
    signingVersion: encrypted.version,
    refreshedAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
    createdAt: now,
  });
  return { ...(await issue(service, id, user.id, 1)), signingSecret };
}

/**
 * Exchanges a refresh token for the next one and a new access token. Refuses with TOKEN_INVALID if it is not a token of this
 * session, with SESSION_ENDED if the session has ended in the meantime; ends the session, with SESSION_ENDED, if it was used
 * before.
 */
export async function refreshSession(
  service: Service,
  { caller, request }: AuditActor & { readonly caller: { readonly session: SessionRecord } },
  token: string,
): Promise<IssuedSession> {
  const { session } = caller;
  const { database, writes, credentials, vault, clock } = service.stores;
  const count = readRefreshToken(vault, session.id, token);
  if (count === null) throw new Refusal('TOKEN_INVALID');
  const now = new Date(clock());
  const isIt = and(eq(sessions.id, session.id), areLive(session.userId, now));
  const [spent] = await writes.statement(session.payer, () =>
    database.db
      .update(sessions)
      .set({ refreshCount: sql`${sessions.refreshCount} + 1`, refreshedAt: now })
      .where(and(isIt, eq(sessions.refreshCount, count)))
      .returning(),
  );
  credentials.changed({ session: session.id });
  if (spent) return issue(service, session.id, session.userId, spent.refreshCount);

  const [row] = await database.db.select().from(sessions).where(isIt);
  if (!row) throw new Refusal('SESSION_ENDED');
  // Of a moment ahead by more, a clock that was wrong has written it: the grace period would not end before that moment.
  const isRecent = Math.abs(clock() - row.refreshedAt.getTime()) <= GRACE_MS;
  const unused = row.refreshCount === count + 1 && isRecent;
  if (unused) return issue(service, session.id, session.userId, row.refreshCount);
  const why = { action: 'auth.refresh', reason: 'a spent refresh token came back' };
  await endSession(service.stores, session, { caller, request }, why);
  throw new Refusal('SESSION_ENDED');
}

/** Ends a user's session: once this returns, no instance admits it. */
export async function endSession(
  { writes, credentials, clock, audit }: Stores,
  { id, userId, payer }: Pick<SessionRecord, 'id' | 'userId' | 'payer'>,
  actor: AuditActor,
  { action, reason }: { readonly action: string; readonly reason?: string },
): Promise<void> {
  await writes.transaction(payer, async (tx) => {
    await lockUser(tx, userId, 'no key update');
    const endedAt = new Date(clock());
    if ((await endSessions(tx, eq(sessions.id, id), endedAt)) === 0) return;
    const [before, after] = [{ endedAt: null }, { endedAt, reason }];
    await audit.record(tx, actor, { action, kind: 'session', subject: id, before, after });
  });
  credentials.changed({ session: id });
}

async function issue(service: Service, id: string, userId: string, count: number): Promise<IssuedSession> {
  const { vault, clock, tokenKeys } = service.stores;
  const { kid, privateKey } = tokenKeys.signer();
  const issuedAt = seconds(clock);
  const expiresAt = issuedAt + TOKEN_LIFETIME;
  const accessToken = await new SignJWT({ sid: id, client_id: 'keyseal' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
    .setIssuer(service.issuer)
    .setAudience(`${service.issuer}/api`)
    .setSubject(userId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(privateKey);
  return {
    id,
    accessToken,
    accessTokenExpiresAt: new Date(expiresAt * 1000).toISOString(),
    refreshToken: refreshToken(vault, id, count),
  };
}
