import { isDeepStrictEqual } from 'node:util';
import { Batcher } from '../database/batcher.ts';
import type { Database, Db } from '../database/database.ts';
import type { CallerRevisions } from '../replay/replay.ts';
import type { Vault } from '../secrets/vault.ts';
import { type CredentialChange, tagsOf } from './credential-change.ts';
import { hasSecret, hasSession } from './credential-probes.ts';
import { type KeyRecord, loadKey, loadKeys, type SessionRecord } from './credential-rows.ts';
import { LinkedAccounts } from './linked-accounts.ts';
import { areUnchanged, type StreamDependencies, type TailedKey } from './revisions.ts';
import { type CacheUse, RowCache } from './row-cache.ts';
import { loadSession } from './session-rows.ts';

/** How many keys, and how many sessions, are cached. */
const MAX_CACHED = 20_000;

/** Callers with open streams are checked together, one statement at a time. */
const SHARED_STATEMENTS = { size: 500, maxConcurrent: 1, maxQueued: 5_000 };

/** Keys, sessions and linked accounts, cached as the gate reads them. */
export class CredentialStore {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #vocabulary: readonly string[];
  readonly #keys = new RowCache<KeyRecord>(
    MAX_CACHED,
    ({ payer }) => payer,
    ({ id, ownerId, externalOwnerId, workspaceId }) =>
      tagsOf({ key: id, user: ownerId, externalOwner: externalOwnerId, workspace: workspaceId }),
  );
  readonly #sessions = new RowCache<SessionRecord>(
    MAX_CACHED,
    ({ payer }) => payer,
    ({ id, userId, workspaceId }) => tagsOf({ session: id, user: userId, workspace: workspaceId }),
  );
  /** Of the persons whom tokens of trusted issuers name. */
  readonly linked: LinkedAccounts;

  readonly #unchanged: Batcher<StreamDependencies, boolean>;
  readonly #rereads: Batcher<KeyRecord, () => KeyRecord | null>;

  constructor(database: Pick<Database, 'db' | 'query'>, vault: Vault, vocabulary: readonly string[]) {
    const { db } = database;
    this.#db = db;
    this.#vault = vault;
    this.#vocabulary = vocabulary;
    this.linked = new LinkedAccounts(db);
    this.#unchanged = new Batcher({
      ...SHARED_STATEMENTS,
      payerOf: ({ key, session, tailed }) => (key ?? session ?? tailed)?.payer ?? [],
      run: (streams) => areUnchanged(database, streams),
    });
    this.#rereads = new Batcher({
      ...SHARED_STATEMENTS,
      payerOf: ({ payer }) => payer,
      run: (records) =>
        loadKeys(
          db,
          vault,
          vocabulary,
          records.map(({ id }) => id),
        ),
    });
  }

  get use(): { readonly keys: CacheUse; readonly sessions: CacheUse } {
    return { keys: this.#keys.use, sessions: this.#sessions.use };
  }

  key(id: string): Promise<KeyRecord | null> {
    return this.#keys.read(id, () => loadKey(this.#db, this.#vault, this.#vocabulary, id));
  }

  /** A key that needs no lookup; null if it would need one. */
  cachedKey(id: string): KeyRecord | null {
    return this.#keys.hit(id);
  }

  /**
   * Looks up a key that was checked against a cached row, or without one. A row that was cached since then is newer, and is
   * returned without a query.
   */
  readKeyIfChanged(id: string, seen: KeyRecord | null): Promise<KeyRecord | null> {
    return seen !== null && this.#keys.peek(id) === seen ? this.rereadKey(seen) : this.key(id);
  }

  /** Whether no instance has changed a caller's records since they were read. Many share one statement. */
  isUnchanged(caller: CallerRevisions): Promise<boolean> {
    return this.#unchanged.submit(caller);
  }

  /** Whether a key is still in its workspace. Shares the statements of `isUnchanged`. */
  keyExists(tailed: TailedKey): Promise<boolean> {
    return this.#unchanged.submit({ key: null, session: null, tailed });
  }

  /** A key as it is now. A row that no instance has changed is not read again: one statement checks many. */
  async currentKey(seen: KeyRecord): Promise<KeyRecord | null> {
    return (await this.isUnchanged({ key: seen, session: null }))
      ? seen
      : this.readKeyIfChanged(seen.id, seen);
  }

  /** Reads again a key that has changed. Many share one statement. */
  rereadKey(seen: KeyRecord): Promise<KeyRecord | null> {
    return this.#keys.refresh(seen.id, async () => (await this.#rereads.submit(seen))());
  }

  /**
   * Whether a string is a stored secret of a key: the cheapest lookup, for strings that are most likely made up. It
   * costs the same whether the key exists or not, and caches nothing.
   */
  hasSecret(id: string, text: string): Promise<boolean> {
    return hasSecret(this.#db, this.#vault, id, text);
  }

  cachedSession(id: string, workspaceId: string | null = null): SessionRecord | null {
    return this.#sessions.hit(sessionCacheKey(id, workspaceId));
  }

  rereadSession(id: string, workspaceId: string | null = null): Promise<SessionRecord | null> {
    return this.#sessions.refresh(sessionCacheKey(id, workspaceId), () =>
      loadSession(this.#db, this.#vault, id, workspaceId),
    );
  }

  /** Whether a session exists: the cheapest lookup, which caches nothing. */
  hasSession(id: string): Promise<boolean> {
    return hasSession(this.#db, id);
  }

  /** A session with its role in a workspace; in its active one by default. */
  session(id: string, workspaceId: string | null = null): Promise<SessionRecord | null> {
    return this.#sessions.read(sessionCacheKey(id, workspaceId), () =>
      loadSession(this.#db, this.#vault, id, workspaceId),
    );
  }

  /** A key as a transaction sees it, past the cache. */
  readKeyInTransaction(tx: Db, id: string): Promise<KeyRecord | null> {
    return loadKey(tx, this.#vault, this.#vocabulary, id);
  }

  /** A session in a workspace as a transaction sees it, past the cache. */
  sessionWithin(tx: Db, id: string, workspaceId: string): Promise<SessionRecord | null> {
    return loadSession(tx, this.#vault, id, workspaceId);
  }

  /** Call it after a change is committed and before its caller gets the response. */
  changed(change: CredentialChange): void {
    const tags = tagsOf(change);
    this.#keys.invalidateTagged(tags);
    this.#sessions.invalidateTagged(tags);
    this.linked.changed(change);
  }

  /** Drops records that turned out to be stale, so that the next lookup reads them again. */
  invalidate(key: KeyRecord | null, session: SessionRecord | null): void {
    if (key) this.#keys.invalidate(key.id);
    if (!session) return;
    this.#sessions.invalidate(session.id);
    this.#sessions.invalidate(sessionCacheKey(session.id, session.workspaceId));
  }

  /** Whether these revisions equal the cached ones: the check of the replay store in the same process. */
  isCurrent({ key, session, account }: CallerRevisions): boolean {
    if (key && !isAsCached(key, this.#keys.peek(key.id))) return false;
    if (account && !this.linked.isCurrent(account)) return false;
    if (!session) return true;
    const active = this.#sessions.peek(sessionCacheKey(session.id, null));
    const seen =
      active?.workspaceId === session.workspaceId
        ? active
        : this.#sessions.peek(sessionCacheKey(session.id, session.workspaceId));
    return seen !== undefined && seen.rev === session.rev;
  }
}

/**
 * Whether a key that was read before admits as the cached one does. Its `rev` does not tell whether its external owner has
 * changed.
 */
function isAsCached(seen: NonNullable<CallerRevisions['key']>, cached: KeyRecord | undefined): boolean {
  if (cached === seen) return true;
  return (
    cached?.rev === seen.rev &&
    isDeepStrictEqual(cached.counters, seen.counters) &&
    isDeepStrictEqual(cached.creditSubjects, seen.creditSubjects)
  );
}

const sessionCacheKey = (id: string, workspaceId: string | null) =>
  workspaceId === null ? id : `${id} ${workspaceId}`;
