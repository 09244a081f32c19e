import type { Sql } from 'postgres';

/** One advisory lock for all instances that migrate the same database at the same time. */
export const MIGRATION_LOCK = 0x6b657973;

/** A session that is in the way. Of another role's session Postgres may tell no more than pid and application. */
export interface LockHolder {
  /** Null for a prepared transaction, which has no session. */
  readonly pid: number | null;
  readonly application: string | null;
  readonly address: string | null;
  readonly state: string | null;
  /** When its transaction, or else its session, began; ISO 8601. */
  readonly since: string | null;
  /** The name of a prepared transaction: it keeps its locks until it is committed or rolled back by that name. */
  readonly prepared?: string;
}

/** The sessions that hold the lock of migrations. */
export async function migrationLockHolders(sql: Sql): Promise<LockHolder[]> {
  return sql<LockHolder[]>`
    select distinct lock.pid, application_name as application, client_addr::text as address, state,
      coalesce(xact_start, backend_start)::text as since
    from pg_locks lock join pg_stat_activity session on session.pid = lock.pid
    where locktype = 'advisory' and granted and classid = 0 and objid = ${MIGRATION_LOCK} and objsubid = 1
      and lock.database = (select oid from pg_database where datname = current_database())`;
}

/** Other transactions that hold tables of the schema, the oldest first, a few of them. Prepared ones come first. */
export async function tableLockHolders(sql: Sql): Promise<LockHolder[]> {
  return [...(await preparedLockHolders(sql)), ...(await sessionLockHolders(sql))];
}

/** Prepared transactions have no process: each is found by the lock that it holds on its own number. */
async function preparedLockHolders(sql: Sql): Promise<LockHolder[]> {
  return sql<LockHolder[]>`
    select distinct null::int as pid, null as application, null as address, 'prepared' as state,
      prepared::text as since, gid as prepared
    from pg_locks lock join pg_locks own on own.virtualtransaction = lock.virtualtransaction
      join pg_prepared_xacts on own.transactionid = transaction
      join pg_class class on class.oid = lock.relation
    where lock.granted and lock.pid is null and own.granted and own.pid is null
      and relnamespace = 'public'::regnamespace and pg_prepared_xacts.database = current_database()
    order by since limit 5`;
}

async function sessionLockHolders(sql: Sql): Promise<LockHolder[]> {
  return sql<LockHolder[]>`
    select distinct lock.pid, application_name as application, client_addr::text as address, state,
      coalesce(xact_start, backend_start)::text as since
    from pg_locks lock join pg_stat_activity session on session.pid = lock.pid
      join pg_class class on class.oid = lock.relation
    where lock.granted and lock.pid <> pg_backend_pid() and relnamespace = 'public'::regnamespace
      and lock.database = (select oid from pg_database where datname = current_database())
    order by since nulls last limit 5`;
}

/** A session by pid and application, or a prepared transaction by name. */
export const nameOfHolder = ({ pid, application, prepared }: LockHolder): string =>
  prepared === undefined
    ? `pid ${pid} (${application || 'without a name'})`
    : `the prepared transaction ${quoteLiteral(prepared)}`;

/** The statement that ends a holder. No backend runs a prepared transaction, so nothing that ends sessions ends it. */
export const endOfHolder = ({ pid, prepared }: LockHolder): string =>
  prepared === undefined
    ? `select pg_terminate_backend(${pid})`
    : `commit prepared ${quoteLiteral(prepared)} or rollback prepared ${quoteLiteral(prepared)}`;

const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
