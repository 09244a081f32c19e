import { type Config, readConfig } from '../server/config.ts';

/** For whose requests is asked. */
export const AUTHORITY = 'orders.example.com';
export const PERMISSION = 'orders:write';
/** A limit that every call is counted in and none reaches. */
export const LIMIT = { name: 'all', limit: 1_000_000_000, windowSeconds: 60 };

/** Keyseal on Postgres as it is run in production. The database is thrown away, and its master key with it. */
export function settingOn(databaseUrl: string): Config {
  return readConfig({
    NODE_ENV: 'production',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 'bench').toString('base64')}`,
    KEYSEAL_PUBLIC_ORIGINS: 'https://keyseal.example.com',
    KEYSEAL_PERMISSIONS: `orders:read,${PERMISSION}`,
    KEYSEAL_LOG_LEVEL: 'error',
    LOG_FORMAT: 'json',
  });
}
