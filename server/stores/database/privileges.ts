import { type SQL, sql } from 'drizzle-orm';
import { ROW_SECURITY_ROUTINE } from './connection/failure-sentence.ts';
import type { Query } from './migrations.ts';
import { CALL_PRIVILEGES, SERVICE_PRIVILEGES } from './table-privileges.ts';

/** The privileges, by purpose. */
const PRIVILEGES = { call: CALL_PRIVILEGES, service: SERVICE_PRIVILEGES } as const;

/** Selects the rights that the role lacks, as rows of `missing`: `INSERT on nonces`. It reads only catalogs. */
export function missingPrivileges(worker: keyof typeof PRIVILEGES): SQL {
  const needed = Object.entries(PRIVILEGES[worker]).flatMap(([name, rights]) =>
    rights.map((right) => ({ name, right })),
  );
  return sql`
    select "right" || ' on ' || name as missing
    from json_to_recordset(${JSON.stringify(needed)}::text::json) as needed (name text, "right" text)
    where not has_table_privilege('public.' || quote_ident(name), "right")`;
}

/** Selects the tables to which row-level security applies for the role, as rows of `name`. It reads only catalogs. */
export function securedTables(worker: keyof typeof PRIVILEGES): SQL {
  const names = Object.keys(PRIVILEGES[worker]);
  return sql`
    select name from json_array_elements_text(${JSON.stringify(names)}::text::json) as needed (name)
    where row_security_active(to_regclass('public.' || quote_ident(name))::oid)`;
}

/** The role of the service may not do what a call needs. */
class PrivilegesMissing extends Error {
  override readonly name = 'PrivilegesMissing';
  readonly code = '42501';
}

/** Every statement on these tables fails, since sessions have `row_security = off`. */
class RowSecurityApplies extends Error {
  override readonly name = 'RowSecurityApplies';
  readonly code = '42501';
  /** As Postgres says it. */
  readonly routine = ROW_SECURITY_ROUTINE;
}

/** @throws PrivilegesMissing if the role lacks what a call needs @throws RowSecurityApplies */
export async function checkPrivileges(query: Query): Promise<void> {
  const rows = await query<{ missing: string }>(missingPrivileges('call'));
  if (rows.length > 0)
    throw new PrivilegesMissing(`the role lacks ${rows.map(({ missing }) => missing).join(', ')}`);
  await requireAllRows(query, 'call');
}

/** @throws RowSecurityApplies if row-level security applies to the role */
export async function requireAllRows(query: Query, worker: keyof typeof PRIVILEGES): Promise<void> {
  const rows = await query<{ name: string }>(securedTables(worker));
  if (rows.length === 0) return;
  throw new RowSecurityApplies(rowSecuritySentence(rows.map(({ name }) => name)));
}

/** Names the tables to which row-level security applies. */
export const rowSecuritySentence = (tables: readonly string[]): string =>
  `row-level security applies to this role on ${tables.join(', ')}`;
