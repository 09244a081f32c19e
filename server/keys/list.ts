import { and, eq, gt, ilike, isNotNull, isNull, like, lte, or, type SQL, sql } from 'drizzle-orm';
import { externalOwners, keys } from '../../drizzle/schema.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Stores } from '../stores/stores.ts';
import { type KeyRow, ownerAdmitted, rowOf, selectKeys } from './find.ts';
import type { Key, ListKeysInput } from './schemas.ts';
import { after, orderOf, positionOf } from './sorts.ts';

type Asked = NonNullable<ListKeysInput>;

/**
 * A workspace's keys, newest first unless another order is asked for, a page at a time: each key once, and one that is
 * used meanwhile moves to the front of `lastUsed`. Refuses with INPUT_INVALID a cursor that is not ours, or that
 * continues another list than is asked for.
 */
export async function listKeys(
  stores: Pick<Stores, 'database' | 'vault' | 'clock' | 'lastUsed'>,
  workspaceId: string,
  asked: Asked,
): Promise<{ rows: KeyRow[]; nextCursor: string | null }> {
  const { limit = 50, cursor, sort = 'newest' } = asked;
  const { database, vault, clock, lastUsed } = stores;
  const list = nameOf(asked);
  const position = cursor === undefined ? null : readCursor(vault, list, workspaceId, cursor);
  // So that a key that was just used here is where it belongs.
  if (sort === 'lastUsed') await lastUsed.flush();
  const now = clock();
  const rest = position === null ? undefined : after(sort, position);
  const rows = await selectKeys(database.db, now, and(matching(workspaceId, asked, now), rest))
    .orderBy(...orderOf(sort))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(rowOf);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return {
    rows: page,
    nextCursor: more ? writeCursor(vault, list, workspaceId, positionOf(sort, last)) : null,
  };
}

/** What has to be the same on every page. */
const nameOf = ({ sort = 'newest', search, status, environment, externalId }: Asked): string =>
  `keys.list ${JSON.stringify([sort, search || null, status ?? null, environment ?? null, externalId ?? null])}`;

const matching = (
  workspaceId: string,
  { search, status, environment, externalId }: Asked,
  now: number,
): SQL | undefined =>
  and(
    eq(keys.workspaceId, workspaceId),
    isNull(keys.deletedAt),
    search ? or(ilike(keys.name, `%${escaped(search)}%`), like(keys.id, `${escaped(search)}%`)) : undefined,
    status && HAS_STATUS[status](new Date(now)),
    environment && eq(keys.environment, environment),
    externalId === undefined ? undefined : eq(externalOwners.externalId, externalId),
  );

/** The statuses of `viewOf`, as conditions. */
const HAS_STATUS: Record<Key['status'], (now: Date) => SQL | undefined> = {
  revoked: () => isNotNull(keys.revokedAt),
  expired: (now) => and(isNull(keys.revokedAt), lte(keys.expiresAt, now)),
  disabled: (now) => and(isNull(keys.revokedAt), notExpired(now), sql`not (${usable})`),
  active: (now) => and(isNull(keys.revokedAt), notExpired(now), usable),
};

/** Whether a key is switched on, and its owner is one whom the gate admits. */
const usable = sql`(${keys.enabled} and ${ownerAdmitted})`;

const notExpired = (now: Date) => or(isNull(keys.expiresAt), gt(keys.expiresAt, now));

const escaped = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
