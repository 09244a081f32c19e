import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations, memberships } from '../../drizzle/schema/memberships.ts';
import { isPending } from '../membership/accept-invitation.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import type { Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';

/** How many rows one statement counts: on PGlite it blocks everything for some milliseconds. */
const ROWS_PER_STATEMENT = 5_000;

/** The numbers of rows that the deletion of a workspace removes. */
interface Contents {
  readonly members: number;
  readonly keys: number;
  readonly serviceKeys: number;
  readonly invitations: number;
}

/** Counts what is in a workspace, in bounded statements, each in its workspace's turn. */
export async function contentsOf(
  db: Db,
  workspaceId: string,
  now: Date,
  inTurn: WorkspaceTurn,
): Promise<Contents> {
  const members = await countRows(db, inTurn, (after) => membersAfter(workspaceId, after));
  const live = await countRows(db, inTurn, (after) => keysAfter(workspaceId, after));
  const pending = and(eq(invitations.workspaceId, workspaceId), isPending(now));
  const [waiting] = await inTurn(() => db.select({ n: count() }).from(invitations).where(pending));
  return {
    members: members.all,
    keys: live.all,
    serviceKeys: live.ofNobody,
    invitations: waiting?.n ?? 0,
  };
}

/** The row after which the next batch begins. */
interface Position {
  readonly at: string | null;
  readonly id: string;
}

/** Members, and keys that are neither revoked nor deleted: `all` of them, and those that belong to no user. */
async function countRows(db: Db, inTurn: WorkspaceTurn, batchAfter: (after: Position | null) => SQL) {
  const counted = { all: 0, ofNobody: 0 };
  for (let after: Position | null = null, isLast = false; !isLast; ) {
    const batch = countsOf(batchAfter(after));
    const [row] = await inTurn(() => inIndexOrder(db, (tx) => readCounts(tx, batch)));
    counted.all += row?.all ?? 0;
    counted.ofNobody += row?.ofNobody ?? 0;
    isLast = !row || row.lastId === null;
    after = isLast || !row ? null : { at: row.lastAt, id: row.lastId as string };
  }
  return counted;
}

const readCounts = (tx: Db, batch: SQL) =>
  tx
    .select({
      all: sql<number>`live`,
      ofNobody: sql<number>`of_nobody`,
      lastAt: sql<string | null>`last_at`,
      lastId: sql<string | null>`last_id`,
    })
    .from(sql`(${batch}) as counts`);

const countsOf = (batch: SQL): SQL => sql`
  with batch as materialized (${batch} limit ${ROWS_PER_STATEMENT}),
    ended as (select at::text as last_at, id as last_id from batch offset ${ROWS_PER_STATEMENT - 1})
  select count(*) filter (where is_live)::int as live, count(*) filter (where is_live and owner_id is null)::int as of_nobody,
    (select last_at from ended) as last_at, (select last_id from ended) as last_id
  from batch`;

const membersAfter = (workspaceId: string, after: Position | null): SQL => sql`
  select ${memberships.userId} as id, null as at, ${memberships.userId} as owner_id, true as is_live
  from ${memberships} where ${memberships.workspaceId} = ${workspaceId} and ${memberships.removedAt} is null
    ${after ? sql`and ${memberships.userId} > ${after.id}` : sql``}
  order by ${memberships.userId}`;

const keysAfter = (workspaceId: string, after: Position | null): SQL => sql`
  select ${keys.id} as id, ${keys.createdAt} as at, ${keys.ownerId} as owner_id,
    ${keys.revokedAt} is null and ${keys.deletedAt} is null as is_live
  from ${keys} where ${keys.workspaceId} = ${workspaceId}
    ${after ? sql`and (${keys.createdAt}, ${keys.id}) > (${after.at}::text::timestamptz, ${after.id}::text)` : sql``}
  order by ${keys.createdAt}, ${keys.id}`;
