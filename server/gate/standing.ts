import { Refusal } from '../refusal.ts';
import { isAhead } from '../stores/clock.ts';
import type { KeyRecord } from '../stores/credential-rows.ts';
import type { Stores } from '../stores/stores.ts';
import { keyState } from './bearer.ts';
import type { Caller, Pair } from './caller.ts';
import { callerOf } from './session.ts';

/** Streams of one caller share a look that is no older than this, in milliseconds. */
const SHARED_MS = 1_000;

/**
 * The same caller from rows that are read anew, for streams that stay open.
 * Refuses as `admit` would where what the caller stood on was taken away.
 */
export async function readAgain(caller: Caller, { credentials, clock }: Stores): Promise<Caller> {
  const key = caller.kind === 'key' ? caller.key : null;
  const session = caller.kind === 'key' ? (caller.user?.session ?? null) : caller.session;
  credentials.expire(key, session, SHARED_MS);
  const freshKey = key && (await credentials.key(key.id));
  const freshSession = session && (await credentials.session(session.id, session.workspaceId));
  if (key && (!freshKey || keyState(freshKey, clock()))) throw new Refusal('KEY_INVALID');
  const proven = caller.kind === 'key' && freshKey ? { key: freshKey, pair: caller.pair } : null;
  if (proven && !stillHas(proven.key, proven.pair, clock())) throw new Refusal('KEY_INVALID');
  // The token was verified when the stream began; what it vouched for is the session, which is read here.
  const claims =
    session && caller.kind !== 'session' ? { sub: session.userId, sid: session.id, exp: 0 } : null;
  return callerOf(proven, freshSession, claims, clock());
}

/** Whether a pair of secrets is one of the key's still: a rotation may have ended it. */
function stillHas({ secretHash, previous }: KeyRecord, pair: Pair, now: number): boolean {
  if (pair.secretHash === secretHash) return true;
  return previous !== null && pair.secretHash === previous.secretHash && isAhead(previous.validUntil, now);
}
