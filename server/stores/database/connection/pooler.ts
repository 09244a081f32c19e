import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { ConfigError } from '../../../lib/config.ts';
import { connectPostgres } from './connect.ts';
import { startupParameters } from './session-settings.ts';

/** Time for a notification that arrives at once in a real session, in milliseconds. */
const NOTIFIED_MS = 5_000;

/**
 * Checks that a pooler gives each connection its own session. In transaction mode each transaction may run in
 * another session: checks, prepared statements, locks and LISTEN of one are missing in the next.
 * @param other another connection to the same database
 * @throws ConfigError if it does not
 */
export async function requireSessionMode(url: string, other: Sql): Promise<void> {
  const one = connectPostgres(url, { max: 1 });
  const channel = `keyseal_${randomUUID().replaceAll('-', '')}`;
  try {
    const heard = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), NOTIFIED_MS).unref();
      one
        .listen(channel, () => resolve(true))
        .then(() => other`select pg_notify(${channel}, '')`)
        .catch(() => resolve(false));
    });
    if (await heard) return;
  } finally {
    await one.end({ timeout: 1 });
  }
  throw new ConfigError(
    'DATABASE_URL leads to a pooler that gives every transaction another session (pool_mode = transaction): settings, locks and notifications would not hold. Set pool_mode = session for this database, or connect to Postgres itself.',
  );
}

/**
 * The remedy if a pooler rejects the start-up parameters; null for any other error.
 * @param error the connection's error
 */
export function poolerAdvice(error: { readonly code?: string; readonly message?: string }): string | null {
  if (error.code !== '08P01' || !error.message?.includes('startup parameter')) return null;
  const names = Object.keys(startupParameters({}));
  return `DATABASE_URL leads to a pooler that refuses the settings which Keyseal sends with the start of every connection (${error.message}). Connect to Postgres itself, or set ignore_startup_parameters = ${names.join(',')} and pool_mode = session in the pooler, and run ALTER ROLE ... SET statement_timeout = 5000 and ALTER ROLE ... SET row_security = off in Postgres.`;
}
