import { type SQL, sql } from 'drizzle-orm';
import type { TestService } from './service.ts';

const databaseOf = ({ running }: TestService) => running.service.stores.database;

/** Runs statements in the database of a service. */
export async function runStatements(service: TestService, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await databaseOf(service).query(sql.raw(statement));
}

/** @param which what follows `from` */
export async function countRows(service: TestService, which: SQL): Promise<number> {
  const [row] = await databaseOf(service).query<{ n: number }>(sql`select count(*)::int as n from ${which}`);
  return row?.n ?? 0;
}

/** Inserts keys of a person that nobody can call with. */
export async function insertKeys(
  service: TestService,
  { workspaceId, ownerId }: { readonly workspaceId: string; readonly ownerId: string },
  count: number,
): Promise<void> {
  await databaseOf(service).query(sql`
    insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version, signing_sealed,
      signing_version)
    select ${workspaceId}::text || ${ownerId}::text || n, ${workspaceId}::text, ${ownerId}::text, 'Key ' || n, 'live',
      '["exemple:read"]', 'ff', 1, 'x', 1 from generate_series(1, ${count}::int) n`);
}
