import { type Config, readConfig } from '../server/config.ts';

/** For whose requests is asked. */
export const AUTHORITY = 'orders.example.com';
export const PERMISSION = 'orders:write';
/** A limit that every call is counted in and none reaches. */
export const LIMIT = { name: 'all', limit: 1_000_000_000, windowSeconds: 60 };

const QUIET = { PORT: '0', KEYSEAL_LOG_LEVEL: 'error', LOG_FORMAT: 'json' };

export const MASTER_KEY = { version: 1, bytes: Buffer.alloc(32, 'bench') };

/** Keyseal on Postgres as it is run in production. The database is thrown away, and its master key with it. */
export const environmentOn = (databaseUrl: string) => ({
  ...QUIET,
  NODE_ENV: 'production',
  DATABASE_URL: databaseUrl,
  KEYSEAL_MASTER_KEYS: `${MASTER_KEY.version}:${MASTER_KEY.bytes.toString('base64')}`,
  KEYSEAL_PUBLIC_ORIGINS: 'https://keyseal.example.com',
  KEYSEAL_PERMISSIONS: `orders:read,${PERMISSION}`,
});

/** Keyseal as it starts by itself: PGlite in a folder, nonces in memory. */
export const localEnvironment = (folder: string) => ({
  ...QUIET,
  KEYSEAL_DATA_DIR: folder,
  KEYSEAL_DEMO: 'off',
});

export const settingOn = (databaseUrl: string): Config => readConfig(environmentOn(databaseUrl));
export const localSetting = (folder: string, origin?: string): Config =>
  readConfig({ ...localEnvironment(folder), KEYSEAL_PUBLIC_ORIGINS: origin });
