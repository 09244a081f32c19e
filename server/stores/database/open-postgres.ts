import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import { ConfigError } from '../../lib/config.ts';
import { splitDatabaseUrl } from '../../lib/database-url.ts';
import { standbysAwaited } from './commit-wait.ts';
import { connectPostgres, Upstream } from './connection/connect.ts';
import { connectionLimit } from './connection/connection-limit.ts';
import { DatabaseUnavailable } from './connection/database-unavailable.ts';
import { causeOf, decodePercent, failureSentence, knownFailure } from './connection/failure-sentence.ts';
import type { StartStep } from './connection/failure-table.ts';
import { countSessions, poolerAdvice, requireCommits, requireSessionMode } from './connection/pooler.ts';
import { checkServer } from './connection/server-check.ts';
import { causesOf, isReadOnly } from './connection-errors.ts';
import type { Database } from './database.ts';
import { type MigrateOptions, migrateAlone } from './migrate-postgres.ts';
import { type Query, SCHEMA_HANDLERS, type SchemaUse } from './migrations.ts';
import type { Warn } from './private-files.ts';
import { checkPrivileges, requireAllRows } from './privileges.ts';
import { tolerateLostConnection } from './resilient-client.ts';
import { StatementsInFlight, withStatementTimeout } from './statement-timeout.ts';

const CONNECTIONS = 6;
/**
 * A separate pool for claims of nonces (three statements at once) and rate limits (one): they never wait for the
 * lookups of unauthenticated callers, nor for a tenant's procedures.
 */
const ADMISSION_CONNECTIONS = 4;
/** Those of both pools, and the one that listens. */
const CONNECTIONS_NEEDED = CONNECTIONS + ADMISSION_CONNECTIONS + 1;

/**
 * Opens the database of DATABASE_URL.
 * @throws ConfigError if it cannot be used, with a message that says why and what to do
 */
export async function openPostgres(
  url: string,
  wanted: SchemaUse,
  options: MigrateOptions,
): Promise<Database> {
  const { warn } = options;
  let pooled = false;
  // A service writes with every call. A read-only command may use a standby.
  const upstream = new Upstream(wanted === 'migrate');
  const onPooler = () => {
    pooled = true;
  };
  const driver = connectPostgres(url, { max: CONNECTIONS, upstream, onPooler });
  const client = tolerateLostConnection(driver);
  const admission = tolerateLostConnection(connectPostgres(url, { max: ADMISSION_CONNECTIONS, upstream }));
  const close = async (timeout: number) => {
    await Promise.all([client.end({ timeout }), admission.end({ timeout })]);
  };
  const statements = new StatementsInFlight();
  let step: StartStep = 'opening';
  try {
    await checkFirstStatement(url, driver, upstream, warn);
    await checkServer(driver);
    await (pooled ? checkPooler(url, driver, upstream, warn) : checkConnectionLimit(driver, warn));
    step = 'migrating';
    const db = drizzle(withStatementTimeout(client, statements));
    const query: Query = async <T>(statement: SQL) => [...(await db.execute(statement))] as T[];
    const migrated =
      wanted === 'migrate'
        ? await migrateAlone(url, upstream, options)
        : await SCHEMA_HANDLERS[wanted](query, async () => {});
    if (wanted === 'migrate') await checkMigrated(url, upstream, query);
    return {
      kind: 'postgres',
      db,
      sql: admission,
      pool: statements.ofPool(CONNECTIONS + ADMISSION_CONNECTIONS),
      migrated,
      query,
      ping: () => checkPrivileges(query),
      standbysAwaited: () => standbysAwaited(url, upstream),
      close: () => close(5),
    };
  } catch (error) {
    await close(1);
    throw startFailure(url, error, step);
  }
}

/**
 * An attempt that reaches a read-only server continues with the next host. If all are read-only, a failover may be under way:
 * the service starts, and is not ready until one of them accepts writes.
 */
async function checkFirstStatement(url: string, driver: Sql, upstream: Upstream, warn: Warn): Promise<void> {
  const hosts = splitDatabaseUrl(url)?.hosts.length ?? 1;
  for (let left = hosts; left > 0; left--) {
    try {
      return void (await driver`select 1`);
    } catch (error) {
      if (!isReadOnly(error)) throw error;
    }
  }
  warn(
    { database: withoutSecrets(url) },
    'the database is read-only: no call is served until it accepts writes',
  );
  upstream.mustWrite = false;
  await driver`select 1`;
}

/** @throws ConfigError if a pooler cannot be used. One with few connections can, with calls that wait. */
async function checkPooler(url: string, driver: Sql, upstream: Upstream, warn: Warn): Promise<void> {
  await requireSessionMode(url, driver, upstream);
  const connections = 1 + (await countSessions(url, CONNECTIONS_NEEDED - 1, upstream));
  if (connections === CONNECTIONS_NEEDED) return;
  warn(
    { connections, needed: CONNECTIONS_NEEDED },
    'the pooler of DATABASE_URL has fewer connections left than an instance needs, so that calls wait or are UNAVAILABLE: raise default_pool_size, max_db_connections and max_client_conn in the pooler',
  );
}

/** Calls fail that need a connection beyond a limit, while others have theirs. A role that may not read the limits is served. */
async function checkConnectionLimit(driver: Sql, warn: Warn): Promise<void> {
  const limit = await connectionLimit(driver).catch((error: unknown) => {
    if (causeOf(error).code === '42501') return null;
    throw error;
  });
  if (limit === null || limit.connections >= CONNECTIONS_NEEDED) return;
  warn(
    { ...limit, needed: CONNECTIONS_NEEDED },
    `${limit.limitedBy} allows fewer connections than an instance needs, so that calls are UNAVAILABLE`,
  );
}

/** What a service needs of its tables. @throws if row-level security hides rows, or a pooler commits nothing */
async function checkMigrated(url: string, upstream: Upstream, query: Query): Promise<void> {
  await requireAllRows(query, 'service');
  if (upstream.mustWrite) await requireCommits(url, upstream);
}

/** Says in a sentence why the database of DATABASE_URL cannot be used. */
export function startFailure(url: string, error: unknown, step: StartStep): ConfigError {
  const known = causesOf(error).find((cause) => cause instanceof ConfigError);
  if (known) return known;
  const advice = poolerAdvice(error as Error);
  if (advice !== null) return new ConfigError(advice);
  const subject = `The database of DATABASE_URL (${withoutSecrets(url)})`;
  const sentence = failureSentence(subject, error, step, url);
  const isTemporary = knownFailure(causeOf(error).code, step)?.isTemporary === true;
  return isTemporary ? new DatabaseUnavailable(sentence) : new ConfigError(sentence);
}

/** Where the database is, without user, password and parameters. */
export function withoutSecrets(databaseUrl: string): string {
  const { url, hosts } = splitDatabaseUrl(databaseUrl) ?? { url: new URL(databaseUrl), hosts: [] };
  const places = hosts.map(({ host, port }) => {
    const name = decodePercent(host);
    return port === undefined ? name : `${name}:${port}`;
  });
  return places.join(',') + url.pathname;
}
