import { and, desc, eq, gte, inArray, isNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { requestLog as log } from '../../drizzle/schema/usage.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Db } from '../stores/database/database.ts';
import type { Stores } from '../stores/stores.ts';
import { LOGGED_MS } from '../stores/usage/request-log.ts';
import type { ListRequestsInput, LoggedRequest } from './schemas.ts';

const LIST = 'requests.list';

/** The calls of a workspace's keys, newest first, a page at a time. Refuses with INPUT_INVALID a cursor that Keyseal did not make. */
export async function listRequests(
  { database: { db }, vault, clock }: Stores,
  workspaceId: string,
  input: NonNullable<ListRequestsInput>,
): Promise<{ items: LoggedRequest[]; nextCursor: string | null }> {
  const { from, to, requestId, keyId, procedure, outcome, limit = 50, cursor } = input;
  const oldest = clock() - LOGGED_MS;
  const rows = await db
    .select()
    .from(log)
    .where(
      and(
        eq(log.workspaceId, workspaceId),
        gte(log.at, new Date(Math.max(oldest, from === undefined ? oldest : Date.parse(from)))),
        to === undefined ? undefined : lt(log.at, new Date(Math.max(0, Date.parse(to)))),
        requestId === undefined ? undefined : eq(log.requestId, requestId),
        keyId === undefined ? undefined : eq(log.keyId, keyId),
        procedure === undefined ? undefined : eq(log.procedure, procedure),
        outcome === undefined ? undefined : ended(outcome),
        cursor === undefined ? undefined : after(readCursor(vault, LIST, workspaceId, cursor)),
      ),
    )
    .orderBy(desc(log.at), desc(log.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const names = await keyNames(db, workspaceId, [...new Set(page.map((row) => row.keyId))]);
  const items = page.map(({ keyId: id, workspaceId: _workspace, id: _id, at, ...call }) => ({
    ...call,
    at: at.toISOString(),
    key: { id, name: names.get(id) ?? null },
  }));
  const more = rows.length > limit && last;
  const position = more ? `${last.at.getTime()}.${last.id}` : '';
  return { items, nextCursor: more ? writeCursor(vault, LIST, workspaceId, position) : null };
}

/** The second condition lets Postgres use the index of refused calls. */
function ended(outcome: string): SQL | undefined {
  const refused = ne(log.outcome, sql.raw(`'OK'`));
  if (outcome === 'refused') return refused;
  return outcome === 'accepted' ? eq(log.outcome, 'OK') : and(eq(log.outcome, sql`${outcome}`), refused);
}

function after(position: string): SQL {
  const [at = '', id = ''] = position.split('.');
  return sql`(${log.at}, ${log.id}) < (${new Date(Number(at)).toISOString()}::timestamptz, ${id})`;
}

async function keyNames(db: Db, workspaceId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: keys.id, name: keys.name })
    .from(keys)
    .where(and(inArray(keys.id, [...ids]), eq(keys.workspaceId, workspaceId), isNull(keys.deletedAt)));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
