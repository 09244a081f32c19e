import type { AnySession } from './session.ts';

/** Stores a session. */
export interface SessionStore {
  /** Whether it survives a reload and is visible to other tabs. */
  readonly lasting: boolean;
  read(): Promise<AnySession | null>;
  /** Replaces whatever is stored. */
  write(session: AnySession): Promise<void>;
  /** Replaces one session with `next`. @returns false if that session is no longer stored */
  replace(id: string, next: AnySession | null): Promise<boolean>;
}

/** A database that does not respond within these milliseconds has failed. */
const TIMEOUT_MS = 5_000;
const STORE = 'session';
const ONLY = 'current';

/** A store in IndexedDB, which stores a CryptoKey as it is: no code can read its bytes. */
export function indexedDbStore(name: string): SessionStore {
  return {
    lasting: true,
    read: async () => (await inDatabase(name, 'readonly', (store) => store.get(ONLY))) ?? null,
    write: async (session) => {
      await inDatabase(name, 'readwrite', (store) => store.put(session, ONLY));
    },
    replace: async (id, next) => {
      const found = await inDatabase(name, 'readwrite', (store) => {
        const kept = store.get(ONLY);
        kept.onsuccess = () => {
          if (kept.result?.id !== id) return;
          if (next) store.put(next, ONLY);
          else store.delete(ONLY);
        };
        return kept;
      });
      return found?.id === id;
    },
  };
}

/** A store in the memory of this page, for as long as the page is open. */
export function memoryStore(): SessionStore {
  let kept: AnySession | null = null;
  return {
    lasting: false,
    read: async () => kept,
    write: async (session) => {
      kept = session;
    },
    replace: async (id, next) => {
      if (kept?.id !== id) return false;
      kept = next;
      return true;
    },
  };
}

/** Opens the database for one transaction: a browser that clears a site's data closes open connections. */
function inDatabase<T>(
  name: string,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return withTimeout(async () => {
    const database = await open(name);
    try {
      // Flush at once: if a crash brought back a used refresh token, it would end the session.
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(STORE));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      return request.result;
    } finally {
      database.close();
    }
  });
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

function withTimeout<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const rejectLate = () => reject(new Error('The database of this browser does not respond.'));
    const timer = setTimeout(rejectLate, TIMEOUT_MS);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
