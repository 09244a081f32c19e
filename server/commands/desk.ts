import { type Config, readConfig } from '../config.ts';
import { openVault } from '../master-key-check.ts';
import { Audit } from '../stores/audit.ts';
import { Credentials } from '../stores/credentials.ts';
import { developmentMasterKey } from '../stores/data-dir.ts';
import { LastUsed } from '../stores/last-used.ts';
import { openDatabase } from '../stores/open-database.ts';
import type { Stores } from '../stores/stores.ts';
import { TokenKeys } from '../stores/token-keys.ts';

/** What a command works with that works on the database itself, beside the instances that serve. */
export interface Desk
  extends Pick<Stores, 'database' | 'vault' | 'credentials' | 'audit' | 'lastUsed' | 'clock'> {
  readonly config: Config;
}

/**
 * Opens the database of the environment for a command, and closes it.
 * @throws ConfigError where the schema or the master keys are not those of the database
 */
export async function atDesk<T>(work: (desk: Desk) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const database = await openDatabase(config, 'require');
  try {
    const { db } = database;
    const vault = await openVault(db, config.masterKeys ?? developmentMasterKey(config.dataDir));
    return await work({
      config,
      database,
      vault,
      credentials: new Credentials(db, vault, config.permissions),
      audit: new Audit(vault, Date.now),
      lastUsed: new LastUsed(db),
      clock: Date.now,
    });
  } finally {
    await database.close();
  }
}

/**
 * Makes the first token key where there is none yet: from then on other bytes for a master key's version are noticed.
 * To be called before anything is hashed or sealed.
 */
export async function pinMasterKeys({ database, vault, clock }: Desk): Promise<void> {
  await TokenKeys.open(database.db, vault, clock);
}
