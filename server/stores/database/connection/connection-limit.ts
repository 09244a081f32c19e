import type { Sql } from 'postgres';

/** How many connections Postgres gives a role in total, and why no more. */
export interface ConnectionLimit {
  readonly connections: number;
  readonly limitedBy: string;
  /** How to raise it. */
  readonly fix: string;
}

type Numbers = Readonly<Record<'ofRole' | 'ofDatabase' | 'ofServer', number | null>>;

/**
 * The lowest limit of a session's role: its own, that of the database, and what `max_connections` leaves after the reserved
 * connections. For superusers only `max_connections` applies, with nothing reserved.
 */
export async function connectionLimit(sql: Sql): Promise<ConnectionLimit> {
  const [row] = await sql<Numbers[]>`
    select case when rolsuper or rolconnlimit < 0 then null else rolconnlimit end as "ofRole",
      case when rolsuper or datconnlimit < 0 then null else datconnlimit end as "ofDatabase",
      current_setting('max_connections')::int - case when rolsuper then 0 else
        current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) end as "ofServer"
    from pg_roles, pg_database where rolname = session_user and datname = current_database()`;
  const limits = [
    limit(row?.ofRole, 'the connection limit of the role', 'ALTER ROLE ... CONNECTION LIMIT'),
    limit(row?.ofDatabase, 'the connection limit of the database', 'ALTER DATABASE ... CONNECTION LIMIT'),
    limit(row?.ofServer, 'max_connections, less what is reserved', 'max_connections in Postgres'),
  ];
  return limits.reduce((lowest, one) => (one.connections < lowest.connections ? one : lowest));
}

const limit = (connections: number | null | undefined, limitedBy: string, fix: string): ConnectionLimit => ({
  connections: connections ?? Number.POSITIVE_INFINITY,
  limitedBy,
  fix: `Raise it (${fix}): each instance needs 11, and up to 3 more while it starts.`,
});
