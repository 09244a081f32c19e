import { and, eq, ilike, inArray, isNotNull, isNull, like, or, type SQL, sql } from 'drizzle-orm';
import { externalOwners, keys } from '../../drizzle/schema/keys.ts';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Db } from '../stores/database/database.ts';
import { isFutureSql } from '../stores/database/is-future.ts';
import type { Stores } from '../stores/stores.ts';
import { type KeyRow, ownerIsActive, selectKeys, toKeyRow } from './find.ts';
import { scanKeys } from './scan-keys.ts';
import type { Key, ListKeysInput } from './schemas.ts';

type ListQuery = NonNullable<ListKeysInput>;

/** The number of an owner's keys up to which a list reads only those; with more it walks all keys of the workspace. */
const MAX_KEYS_BY_ID = 500;

interface ListRequest {
  readonly workspaceId: string;
  readonly query: ListQuery;
  /** When the request was read, by `performance.now()`. */
  readonly startedAt: number;
  /** The fairness path of the caller. */
  readonly payer: FairnessPath;
  readonly inTurn: WorkspaceTurn;
}

/**
 * A workspace's keys, newest first by default, a page at a time: each key once, and one that is used in the meantime moves to
 * the front of `lastUsed`. Refuses with INPUT_INVALID a cursor that Keyseal did not make, or that belongs to another list.
 */
export async function listKeys(
  { database: { db }, vault, clock, lastUsed }: Pick<Stores, 'database' | 'vault' | 'clock' | 'lastUsed'>,
  { workspaceId, query, startedAt, payer, inTurn }: ListRequest,
): Promise<{ rows: KeyRow[]; nextCursor: string | null }> {
  const { limit = 50, cursor, sort = 'newest', externalId } = query;
  const list = cursorName(query);
  const position = cursor === undefined ? null : readCursor(vault, list, workspaceId, cursor);
  // So that a key that this instance just used is in its right place.
  if (sort === 'lastUsed') await lastUsed.flushWorkspace(payer, startedAt);
  const now = clock();
  const owned = externalId === undefined ? null : await keysOfOwner(db, workspaceId, externalId);
  const { ids, next } = await scanKeys(
    db,
    {
      workspaceId,
      sort,
      position,
      limit,
      candidates: owned?.few,
      matching: and(owned?.all, matching(query, now)),
    },
    inTurn,
  );
  return {
    rows: ids.length === 0 ? [] : await inTurn(() => rowsOf(db, ids, now)),
    nextCursor: next === null ? null : writeCursor(vault, list, workspaceId, next),
  };
}

/** Keys in the order of these ids, without those that were deleted in the meantime. */
async function rowsOf(db: Db, ids: readonly string[], now: number): Promise<KeyRow[]> {
  const rows = await selectKeys(db, now, and(inArray(keys.id, [...ids]), isNull(keys.deletedAt)));
  const byId = new Map(rows.map((row) => [row.key.id, toKeyRow(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The condition for the keys of an external owner; if they are few, one that finds them by an index. */
async function keysOfOwner(
  db: Db,
  workspaceId: string,
  externalId: string,
): Promise<{ all: SQL; few?: SQL }> {
  const named = and(eq(externalOwners.workspaceId, workspaceId), eq(externalOwners.externalId, externalId));
  const rows = await db
    .select({ id: keys.id })
    .from(externalOwners)
    .innerJoin(keys, eq(keys.externalOwnerId, externalOwners.id))
    .where(named)
    .limit(MAX_KEYS_BY_ID + 1);
  const all = sql`${keys.externalOwnerId} in (select ${externalOwners.id} from ${externalOwners} where ${named})`;
  const ids = rows.map(({ id }) => id);
  return ids.length > MAX_KEYS_BY_ID
    ? { all }
    : { all, few: ids.length === 0 ? sql`false` : inArray(keys.id, ids) };
}

/** The parameters that must be the same on every page. */
const cursorName = ({ sort = 'newest', search, status, environment, externalId }: ListQuery): string =>
  `keys.list ${JSON.stringify([sort, search || null, status ?? null, environment ?? null, externalId ?? null])}`;

const matching = ({ search, status, environment }: ListQuery, now: number): SQL | undefined =>
  and(
    search
      ? or(ilike(keys.name, `%${escapeLike(search)}%`), like(keys.id, `${escapeLike(search)}%`))
      : undefined,
    status && HAS_STATUS[status](new Date(now)),
    environment && eq(keys.environment, environment),
  );

/** The statuses of `viewOf`, as conditions. */
const HAS_STATUS: Record<Key['status'], (now: Date) => SQL | undefined> = {
  revoked: () => isNotNull(keys.revokedAt),
  expired: (now) =>
    and(isNull(keys.revokedAt), isNotNull(keys.expiresAt), sql`not (${isFutureSql(keys.expiresAt, now)})`),
  disabled: (now) => and(isNull(keys.revokedAt), notExpired(now), sql`not (${usable})`),
  active: (now) => and(isNull(keys.revokedAt), notExpired(now), usable),
};

/** Whether a key is enabled, and the gate admits its owner. */
const usable = sql`(${keys.enabled} and ${ownerIsActive})`;

const notExpired = (now: Date) => or(isNull(keys.expiresAt), isFutureSql(keys.expiresAt, now));

const escapeLike = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
