import { and, desc, eq, gt, ilike, isNotNull, isNull, like, lte, or, type SQL, sql } from 'drizzle-orm';
import { externalOwners, keys } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Stores } from '../stores/stores.ts';
import type { Vault } from '../stores/vault.ts';
import { type KeyRow, rowOf, selectKeys } from './find.ts';
import type { Key, ListKeysInput } from './schemas.ts';

/** A workspace's keys, newest first, a page at a time. Refuses with INPUT_INVALID where a cursor is not ours. */
export async function listKeys(
  stores: Pick<Stores, 'database' | 'vault' | 'clock'>,
  workspaceId: string,
  { limit = 50, cursor, search, status, externalId }: NonNullable<ListKeysInput>,
): Promise<{ rows: KeyRow[]; nextCursor: string | null }> {
  const now = stores.clock();
  const asked = and(
    eq(keys.workspaceId, workspaceId),
    isNull(keys.deletedAt),
    search ? or(ilike(keys.name, `%${escaped(search)}%`), like(keys.id, `${escaped(search)}%`)) : undefined,
    status && HAS_STATUS[status](new Date(now)),
    externalId === undefined ? undefined : eq(externalOwners.externalId, externalId),
    cursor === undefined ? undefined : after(readCursor(stores.vault, workspaceId, cursor)),
  );
  const rows = await selectKeys(stores.database.db, now, asked)
    .orderBy(desc(keys.createdAt), desc(keys.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(rowOf);
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
