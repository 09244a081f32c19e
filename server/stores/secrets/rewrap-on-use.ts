import { and, eq, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { KeyRecord, SessionRecord } from '../credentials/credential-rows.ts';
import type { CredentialStore } from '../credentials/credentials.ts';
import type { SigningMaterial } from '../credentials/signing-material.ts';
import type { Db } from '../database/database.ts';
import type { Encrypted, EncryptionContext, Vault } from './vault.ts';

/** Rewraps a secret that an older master key hashed or encrypted under the newest one, when it is used. */
export class RewrapOnUse {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #credentials: CredentialStore;
  readonly #running = new Set<string>();

  constructor(db: Db, vault: Vault, credentials: CredentialStore) {
    this.#db = db;
    this.#vault = vault;
    this.#credentials = credentials;
  }

  /** @param text the API key as it was sent: the database has only its MAC */
  key(key: KeyRecord, text: string): void {
    const { newest } = this.#vault;
    if (key.pepperVersion === newest && key.signingVersion === newest) return;
    this.#once(key.id, async () => {
      const context = { table: 'keys', column: 'signing', row: key.id };
      const encrypted = this.#rewrapped(key, context);
      await this.#db
        .update(keys)
        .set({
          secretHash: this.#vault.mac('pepper', text),
          pepperVersion: newest,
          signingSealed: encrypted.text,
          signingVersion: encrypted.version,
        })
        // Only if the secret has not been replaced in the meantime.
        .where(and(unlocked(this.#db, keys, key.id), eq(keys.secretHash, key.secretHash)));
      await this.#credentials.readKeyIfChanged(key.id, key);
    });
  }

  session(session: SessionRecord): void {
    if (session.signingVersion === this.#vault.newest) return;
    this.#once(session.id, async () => {
      const context = { table: 'sessions', column: 'signing', row: session.id };
      const encrypted = this.#rewrapped(session, context);
      const isUnchanged = session.publicKey ? isNotNull(sessions.publicKey) : isNull(sessions.publicKey);
      await this.#db
        .update(sessions)
        .set({ signingSealed: encrypted.text, signingVersion: encrypted.version })
        .where(and(unlocked(this.#db, sessions, session.id), isUnchanged));
      this.#credentials.invalidate(null, session);
    });
  }

  /** The signing secret under the newest master key; with a public key there is none, only the version. */
  #rewrapped({ signingSecret }: SigningMaterial, context: EncryptionContext): Encrypted {
    return signingSecret === null
      ? { text: '', version: this.#vault.newest }
      : this.#vault.encrypt(signingSecret, context);
  }

  /** Runs one rewrap of a row at a time, in parallel with the call that triggered it. The next use retries one that fails. */
  #once(id: string, rewrap: () => Promise<void>): void {
    if (this.#running.has(id)) return;
    this.#running.add(id);
    rewrap()
      .catch(() => {})
      .finally(() => this.#running.delete(id));
  }
}

/** Matches a row unless another transaction has locked it: a rewrap that waited would keep a connection from all callers. */
const unlocked = (db: Db, table: typeof keys | typeof sessions, id: string): SQL =>
  inArray(
    table.id,
    db
      .select({ id: table.id })
      .from(table)
      .where(eq(table.id, id))
      .for('no key update', { skipLocked: true }),
  );
