import { isSessionId } from '../../shared/signature.ts';
import { isFuture } from '../lib/clock.ts';
import { andThen, type MaybePromise } from '../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../lib/refusal.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';
import { isIssuedSession } from '../stores/credentials/issued-credentials.ts';
import { type LinkedAccount, personCacheKey } from '../stores/credentials/linked-accounts.ts';
import { IDLE_MS } from '../stores/credentials/sessions.ts';
import type { TokenPerson } from '../stores/issuers/provider-logouts.ts';
import type { AuthenticatedKey } from './bearer/bearer.ts';
import type { GateStores } from './bearer/credential-lookups.ts';
import type { Caller, KeyCaller } from './caller/caller.ts';
import { type ExternalIdentity, resolveIssuerUser } from './caller/external-user.ts';
import { membershipRefusal } from './caller/membership-refusal.ts';
import type { SignedRequest } from './request/request.ts';
import { inScope, type Scope } from './request/scope.ts';
import type { PresentedSignature } from './signature/signature.ts';
import type { TokenClaims } from './user-token/user-token.ts';

/** The session that `k` names. An unknown session and an id of another kind both look like a wrong signature. */
export function findSigningSession(
  { k }: PresentedSignature,
  { credentials, vault, lookups }: GateStores,
  request: SignedRequest,
  scope: Scope | null,
): MaybePromise<SessionRecord> {
  if (!isSessionId(k)) throw new Refusal('SIGNATURE_INVALID');
  const read = () => credentials.session(k);
  const lookUp = () => {
    if (isIssuedSession(vault, k)) return lookups.readIssued(request, k, read);
    return lookups.readUnauthenticated(request, async () =>
      (await credentials.hasSession(k)) ? read() : null,
    );
  };
  return andThen(credentials.cachedSession(k) ?? lookUp(), (session) => requireInScope(session, scope));
}

/**
 * Returns the session that signed, read again if its cached row has ended. Call it only after the MAC is verified.
 */
export function confirmSigningSession(
  session: SessionRecord | null,
  stores: GateStores,
  scope: Scope | null,
): MaybePromise<SessionRecord> {
  const confirmed = session && readIfEnded(session, null, stores);
  return andThen(confirmed, (current) => requireInScope(current, scope));
}

function requireInScope(session: SessionRecord | null, scope: Scope | null): SessionRecord {
  const found = inScope(session, scope);
  if (!found) throw new Refusal('SIGNATURE_INVALID');
  return found;
}

/**
 * The session of the token that a key brought, with its role in the key's workspace; null without a token, or with one
 * of another issuer.
 */
export function findSession(
  claims: TokenClaims | ExternalIdentity | null,
  { workspaceId, payer }: KeyRecord,
  stores: GateStores,
): MaybePromise<SessionRecord | null> {
  if (!claims || 'issuer' in claims) return null;
  const { credentials, lookups } = stores;
  const read = () => credentials.session(claims.sid, workspaceId);
  const found =
    credentials.cachedSession(claims.sid, workspaceId) ??
    lookups.reread(payer, `${claims.sid} ${workspaceId}`, read);
  return andThen(found, (session) => session && readIfEnded(session, workspaceId, stores));
}

/** The account of the person whom the token of a trusted issuer names, which a key brought. */
export function findLinkedAccount(
  { issuer, subject }: TokenPerson,
  { workspaceId, payer }: KeyRecord,
  { credentials, lookups }: GateStores,
): MaybePromise<LinkedAccount> {
  const person = { issuer, subject, workspaceId, payer };
  const read = () => credentials.linked.read(person);
  return credentials.linked.cached(person) ?? lookups.reread(payer, personCacheKey(person), read);
}

/** A refusal claims no nonce, so nothing else would discover that another instance refreshed the session. */
function readIfEnded(
  session: SessionRecord,
  workspaceId: string | null,
  { credentials, clock, lookups }: GateStores,
): MaybePromise<SessionRecord | null> {
  if (isLive(session, clock())) return session;
  const { id, payer } = session;
  const rowName = workspaceId === null ? id : `${id} ${workspaceId}`;
  return lookups.rereadBeforeRefusal(
    payer,
    rowName,
    () => credentials.rereadSession(id, workspaceId),
    session,
  );
}

/** What the nonce claim checked about a user: the session, or the account that is linked to a person of a trusted issuer. */
interface PersonRecords {
  readonly session: SessionRecord | null;
  readonly account: LinkedAccount | null;
}

/**
 * Builds the caller from the records that the nonce claim checked.
 * @param now milliseconds
 * @throws Refusal SESSION_ENDED if the session is over (ended, idle too long, too old, its user disabled) or the linked account is disabled,
 *   TOKEN_INVALID if the token belongs to another session than the one that signed, WORKSPACE_DENIED if the person on
 *   whose behalf a key calls is not a member of its workspace, SIGN_IN_RULE if their sign-in does not meet its rule
 */
export function callerOf(
  authenticatedKey: Pick<AuthenticatedKey, 'key' | 'pair'> | null,
  { session, account }: PersonRecords,
  claims: TokenClaims | ExternalIdentity | null,
  now: number,
): Caller {
  if (claims && 'issuer' in claims) {
    // The bearer token and the session of a signed-in user are Keyseal's own.
    if (!authenticatedKey || !account) throw new Refusal('TOKEN_INVALID');
    return keyCaller(authenticatedKey, resolveIssuerUser(claims, account));
  }
  if (!claims) {
    if (authenticatedKey) return keyCaller(authenticatedKey, null);
    if (!session || !isLive(session, now)) throw new Refusal('SESSION_ENDED');
    return { kind: 'session', session, workspaceId: session.workspaceId };
  }
  if (session && (claims.sid !== session.id || claims.sub !== session.userId))
    throw new Refusal('TOKEN_INVALID');
  if (!session || !isLive(session, now)) throw new Refusal('SESSION_ENDED');
  const { userId, workspaceId, role } = session;
  if (!authenticatedKey) return { kind: 'user', session, workspaceId, userId, role };
  if (role === null) throw membershipRefusal(session);
  return keyCaller(authenticatedKey, { id: userId, userId, session, role });
}

function keyCaller(
  { key, pair }: Pick<AuthenticatedKey, 'key' | 'pair'>,
  user: KeyCaller['user'],
): KeyCaller {
  return { kind: 'key', key, pair, workspaceId: key.workspaceId, user };
}

function isLive(session: SessionRecord, now: number): boolean {
  return (
    session.ended === false &&
    isFuture(session.expiresAt, now) &&
    isFuture(session.refreshedAt + IDLE_MS, now)
  );
}
