import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import { isOwnersMembership } from '../stores/credentials/credential-rows.ts';
import type { Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import {
  afterPosition,
  orderOf,
  positionOf,
  type SortFields,
  type SortName,
  sortValue,
} from './sort-orders.ts';

/** Keys that one statement scans: on PGlite it blocks everything for a few milliseconds. */
const KEYS_PER_STATEMENT = 500;
/** Keys that one call scans. */
const MAX_SCANNED = 50_000;

interface KeyScan {
  readonly workspaceId: string;
  readonly sort: SortName;
  /** The position after which the walk begins; null for the beginning. */
  readonly position: string | null;
  /** The condition for the keys to scan; undefined for all of the workspace. */
  readonly candidates: SQL | undefined;
  /** The condition for the keys to return; undefined for all. */
  readonly matching: SQL | undefined;
  /** The maximum number of keys to return. */
  readonly limit: number;
}

/** The ids of a page, and the position after which the next one begins; null if it is the last. */
interface ScannedPage {
  readonly ids: readonly string[];
  readonly next: string | null;
}

/**
 * Walks the keys of a workspace in an order that has an index, in bounded statements, each in its workspace's turn, until
 * a page is full. A page has fewer keys than `limit` at the end of the list, or after 50,000 keys.
 */
export async function scanKeys(db: Db, walk: KeyScan, inTurn: WorkspaceTurn): Promise<ScannedPage> {
  const { limit, matching } = walk;
  const found: SortFields[] = [];
  let { position } = walk;
  let looked = 0;
  let size = matching === undefined ? limit + 1 : KEYS_PER_STATEMENT;
  for (;;) {
    const rows = await inTurn(() => rowsAfter(db, { ...walk, position }, size));
    found.push(...rows.filter(({ fits }) => fits));
    const last = found[limit - 1];
    if (last && found.length > limit) return pageOf(found.slice(0, limit), positionOf(last));
    const end = rows.at(-1);
    if (end?.nth !== size) return pageOf(found, null);
    position = positionOf(end);
    looked += size;
    if (looked >= MAX_SCANNED) return pageOf(found, position);
    size = KEYS_PER_STATEMENT;
  }
}

const pageOf = (places: readonly SortFields[], next: string | null): ScannedPage => ({
  ids: places.map(({ id }) => id),
  next,
});

/**
 * The matching keys of one stretch of the order, and its last key whether or not it matches. Deleted keys are skipped like those
 * that do not match: there may be any number of them in a row.
 */
function rowsAfter(db: Db, walk: KeyScan, size: number) {
  // A few keys may be sorted; all keys of a workspace must be read in the order of an index.
  return walk.candidates
    ? selectAfter(db, walk, size)
    : inIndexOrder(db, (tx) => selectAfter(tx, walk, size));
}

async function selectAfter(
  db: Db,
  { workspaceId, sort, position, candidates: among, matching }: KeyScan,
  size: number,
) {
  const order = orderOf(sort);
  const walked = db
    .select({
      id: keys.id,
      value: sortValue(sort).as('value'),
      fits: sql<boolean>`(${and(isNull(keys.deletedAt), matching)}) is true`.as('fits'),
      nth: sql<number>`(row_number() over (order by ${sql.join(order, sql`, `)}))::int`.as('nth'),
    })
    .from(keys)
    .leftJoin(users, eq(users.id, keys.ownerId))
    .leftJoin(memberships, isOwnersMembership)
    .where(
      and(
        eq(keys.workspaceId, workspaceId),
        among,
        position === null ? undefined : afterPosition(sort, position),
      ),
    )
    .orderBy(...order)
    .limit(size)
    .as('walked');
  const rows = await db
    .select()
    .from(walked)
    .where(or(walked.fits, eq(walked.nth, size)));
  return rows.sort((first, second) => first.nth - second.nth);
}
