import { isSessionId, type Signature } from '../../shared/signature.ts';
import { Refusal } from '../refusal.ts';
import { isAhead } from '../stores/clock.ts';
import type { KeyRecord, SessionRecord } from '../stores/credential-rows.ts';
import { IDLE_MS } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { Caller, KeyCaller, OnBehalf, Pair } from './caller.ts';
import { inScope, type Scope } from './scope.ts';
import type { TokenClaims } from './token.ts';

/** The session that `k` names. Unknown, or no session at all, looks like a signature that is wrong. */
export async function findSigningSession(
  { k }: Signature,
  stores: Stores,
  scope: Scope | null,
): Promise<SessionRecord> {
  const session = isSessionId(k) ? inScope(await readSession(k, null, stores), scope) : null;
  if (!session) throw new Refusal('SIGNATURE_INVALID');
  return session;
}

/** The session of a token that a key brought, as it stands in the key's workspace; null without one. */
export async function findSession(
  claims: TokenClaims | null,
  workspaceId: string,
  stores: Stores,
): Promise<SessionRecord | null> {
  return claims && readSession(claims.sid, workspaceId, stores);
}

/** A session that looks ended is read again: nothing claims a nonce on a refusal, so nothing else would. */
async function readSession(
  id: string,
  workspaceId: string | null,
  stores: Stores,
): Promise<SessionRecord | null> {
  const { credentials } = stores;
  const cached = await credentials.session(id, workspaceId);
  if (!cached || isLive(cached, stores.clock())) return cached;
  credentials.forget(null, cached);
  return credentials.session(id, workspaceId);
}

/**
 * Who calls, from the records that the claim stood on.
 * Refuses with SESSION_ENDED where the session is over (ended, idle too long, too old, its user disabled),
 * TOKEN_INVALID where the token is of another session than the one that signed, WORKSPACE_DENIED where the
 * person whom a key calls for does not belong to its workspace.
 * @param now milliseconds
 */
export function callerOf(
  proven: { readonly key: KeyRecord; readonly pair: Pair } | null,
  session: SessionRecord | null,
  claims: TokenClaims | null,
  now: number,
): Caller {
  if (!claims) {
    if (proven) return keyCaller(proven, null);
    if (!session || !isLive(session, now)) throw new Refusal('SESSION_ENDED');
    return { kind: 'session', session, workspaceId: session.workspaceId };
  }
  if (session && (claims.sid !== session.id || claims.sub !== session.userId))
    throw new Refusal('TOKEN_INVALID');
  if (!session || !isLive(session, now)) throw new Refusal('SESSION_ENDED');
  const { userId, workspaceId, role } = session;
  if (!proven) return { kind: 'user', session, workspaceId, userId, role };
  if (role === null) throw new Refusal('WORKSPACE_DENIED');
  return keyCaller(proven, { userId, session, role });
}

function keyCaller({ key, pair }: { key: KeyRecord; pair: Pair }, user: OnBehalf | null): KeyCaller {
  return { kind: 'key', key, pair, workspaceId: key.workspaceId, user };
}

function isLive(session: SessionRecord, now: number): boolean {
  return (
    session.ended === false && isAhead(session.expiresAt, now) && isAhead(session.refreshedAt + IDLE_MS, now)
  );
}
