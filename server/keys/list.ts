import { and, desc, eq, gt, ilike, isNotNull, isNull, like, lte, or, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Db } from '../stores/database.ts';
import type { Stores } from '../stores/stores.ts';
import type { Vault } from '../stores/vault.ts';
import type { Key, ListKeysInput } from './schemas.ts';

type Row = typeof keys.$inferSelect;

/** A workspace's keys, newest first, a page at a time. Refuses with INPUT_INVALID where a cursor is not ours. */
export async function listKeys(
  stores: Stores,
  workspaceId: string,
  { limit = 50, cursor, search, status }: NonNullable<ListKeysInput>,
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const rows = await stores.database.db
    .select()
    .from(keys)
    .where(
      and(
        eq(keys.workspaceId, workspaceId),
        isNull(keys.deletedAt),
        search
          ? or(ilike(keys.name, `%${escaped(search)}%`), like(keys.id, `${escaped(search)}%`))
          : undefined,
        status && HAS_STATUS[status](new Date(stores.clock())),
        cursor === undefined ? undefined : after(readCursor(stores.vault, workspaceId, cursor)),
      ),
    )
    .orderBy(desc(keys.createdAt), desc(keys.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return { rows: page, nextCursor: more ? writeCursor(stores.vault, workspaceId, last) : null };
}

/** The statuses of `viewOf`, as conditions. */
const HAS_STATUS: Record<Key['status'], (now: Date) => SQL | undefined> = {
  revoked: () => isNotNull(keys.revokedAt),
  expired: (now) => and(isNull(keys.revokedAt), lte(keys.expiresAt, now)),
  disabled: (now) => and(isNull(keys.revokedAt), notExpired(now), eq(keys.enabled, false)),
  active: (now) => and(isNull(keys.revokedAt), notExpired(now), eq(keys.enabled, true)),
};

const notExpired = (now: Date) => or(isNull(keys.expiresAt), gt(keys.expiresAt, now));

const escaped = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);

interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

const after = ({ createdAt, id }: Position) =>
  sql`(${keys.createdAt}, ${keys.id}) < (${createdAt.toISOString()}::timestamptz, ${id})`;

/** `<milliseconds>.<id>.<mac>`: a caller cannot make one up, nor carry it to another workspace. */
function writeCursor(vault: Vault, workspaceId: string, { createdAt, id }: Position): string {
  const position = `${createdAt.getTime()}.${id}`;
  return `${position}.${vault.hash('cursors', `${workspaceId} ${position}`)}`;
}

function readCursor(vault: Vault, workspaceId: string, cursor: string): Position {
  const [, position = '', at, id = '', mac = ''] =
    /^((\d{1,15})\.([0-9A-Za-z]{12}))\.([0-9a-f]{64})$/.exec(cursor) ?? [];
  const ours = vault.versions.some((version) =>
    vault.matches('cursors', `${workspaceId} ${position}`, mac, version),
  );
  if (!ours)
    throw new Refusal('INPUT_INVALID', {
      issues: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    });
  return { createdAt: new Date(Number(at)), id };
}

/**
 * A key of the caller's own workspace. Refuses with KEY_NOT_FOUND, for other workspaces' keys too.
 * @param why `to change` holds the row until the transaction ends
 */
export async function findOwn(db: Db, workspaceId: string, id: string, why?: 'to change'): Promise<Row> {
  const own = db
    .select()
    .from(keys)
    .where(and(eq(keys.id, id), eq(keys.workspaceId, workspaceId), isNull(keys.deletedAt)));
  const [row] = await (why ? own.for('update') : own);
  if (!row) throw new Refusal('KEY_NOT_FOUND');
  return row;
}
