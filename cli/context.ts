import { openVault } from '../server/app/master-keys.ts';
import { type Config, readConfig } from '../server/lib/config.ts';
import { Audit } from '../server/stores/audit/audit.ts';
import { CredentialStore } from '../server/stores/credentials/credentials.ts';
import { LastUsed } from '../server/stores/credentials/last-used.ts';
import { openDatabase } from '../server/stores/database/open-database.ts';
import { developmentMasterKey } from '../server/stores/database/pglite/data-dir.ts';
import { TokenKeys } from '../server/stores/secrets/token-keys.ts';
import type { Stores } from '../server/stores/stores.ts';

/** What a command needs that works on the database directly, alongside running instances. */
export interface CliContext
  extends Pick<Stores, 'database' | 'vault' | 'credentials' | 'audit' | 'lastUsed' | 'clock'> {
  readonly config: Config;
}

/**
 * Opens the database that the environment configures, runs a command with it, and closes it.
 * @throws ConfigError if the schema or the master keys do not match the database
 */
export async function withCliContext<T>(work: (context: CliContext) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const database = await openDatabase(config, 'require');
  try {
    const { db } = database;
    const vault = await openVault(db, config.masterKeys ?? developmentMasterKey(config.dataDir));
    return await work({
      config,
      database,
      vault,
      credentials: new CredentialStore(database, vault, config.permissions),
      audit: new Audit(vault, Date.now),
      lastUsed: new LastUsed(db),
      clock: Date.now,
    });
  } finally {
    await database.close();
  }
}

/**
 * Creates the first token key if there is none: it reveals later if the bytes of a master key version have changed.
 * Call it before anything is hashed or encrypted.
 */
export async function ensureTokenKey({ database, vault, clock }: CliContext): Promise<void> {
  await TokenKeys.open(database.db, vault, clock);
}
