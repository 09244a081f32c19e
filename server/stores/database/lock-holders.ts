import type { Sql } from 'postgres';

/** One advisory lock for all instances that migrate the same database at the same time. */
export const MIGRATION_LOCK = 0x6b657973;

/** A session that is in the way. Of another role's session Postgres may tell no more than pid and application. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string | null;
  readonly address: string | null;
  readonly state: string | null;
  /** When its transaction, or else its session, began; ISO 8601. */
  readonly since: string | null;
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

/** Other transactions that hold tables of the schema, the oldest first, a few of them. */
export async function tableLockHolders(sql: Sql): Promise<LockHolder[]> {
  return sql<LockHolder[]>`
    select distinct lock.pid, application_name as application, client_addr::text as address, state,
      coalesce(xact_start, backend_start)::text as since
    from pg_locks lock join pg_stat_activity session on session.pid = lock.pid
      join pg_class class on class.oid = lock.relation
    where lock.granted and lock.pid <> pg_backend_pid() and relnamespace = 'public'::regnamespace
      and lock.database = (select oid from pg_database where datname = current_database())
    order by since nulls last limit 5`;
}
