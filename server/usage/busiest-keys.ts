import { type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import type { Database, Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { USAGE_TABLES } from '../stores/usage/usage-buckets.ts';
import { bucketsIn, inLargestBuckets, type Range } from './range.ts';
import type { BusyKey } from './schemas.ts';
import { COUNTS, isCalled, within } from './sums.ts';

/**
 * Counts that one statement should read at most: on PGlite it blocks everything for some milliseconds. A bucket has one for each
 * procedure and outcome, so how many keys that is shows only in the statement before.
 */
const COUNTS_PER_STATEMENT = 20_000;
/** Keys of one statement, and of the first. */
const MAX_KEYS = 1_000;
const FIRST_KEYS = 100;

interface Query {
  readonly workspaceId: string;
  readonly range: Range;
  /** How many keys are wanted. */
  readonly top: number;
  /** The only procedure that counts; undefined for all. */
  readonly called: string | undefined;
  /** That of the only keys that count; undefined for all. */
  readonly environment: Environment | undefined;
}

/** A key of one batch with calls, or none, and where the batch ends. */
interface BatchRow {
  /** The number of keys of the batch. */
  readonly size: number;
  /** The number of counts that the statement read. */
  readonly counts: number;
  readonly lastAt: string;
  readonly lastId: string;
  readonly id: string | null;
  readonly name: string | null;
  readonly accepted: number;
  readonly refused: number;
}

/**
 * The keys of a workspace with the most calls. It walks the keys in bounded statements, each in its workspace's turn: a
 * workspace may have any number of keys, each with more than a thousand minutes.
 */
export async function busiestKeys(
  { db }: Pick<Database, 'db'>,
  { workspaceId, range, top, called, environment }: Query,
  inTurn: WorkspaceTurn,
): Promise<BusyKey[]> {
  const parts = inLargestBuckets(range);
  const buckets = parts.reduce((sum, part) => sum + bucketsIn(part), 0);
  const most = Math.max(1, Math.min(MAX_KEYS, Math.floor(COUNTS_PER_STATEMENT / buckets)));
  let size = Math.min(most, FIRST_KEYS);
  let busiest: BusyKey[] = [];
  let after = sql``;
  for (let isLast = top === 0; !isLast; ) {
    const batch = busiestAfter(after, {
      workspaceId,
      environment,
      top,
      size,
      counted: countedIn(parts, called),
    });
    const rows = await inTurn(() => inIndexOrder(db, (tx) => readBatch(tx, batch)));
    busiest = [...busiest, ...rows.flatMap(viewOf)].sort(byCalls).slice(0, top);
    const [end] = rows;
    isLast = end?.size !== size;
    const fitting = Math.floor((size * COUNTS_PER_STATEMENT) / (end?.counts || 1));
    size = Math.max(1, Math.min(most, 2 * size, fitting));
    after = sql`and (${keys.createdAt}, ${keys.id}) > (${end?.lastAt}::text::timestamptz, ${end?.lastId}::text)`;
  }
  return busiest;
}

const readBatch = (tx: Db, batch: SQL): Promise<BatchRow[]> =>
  tx
    .select({
      size: sql<number>`size`,
      counts: sql<number>`counts`,
      lastAt: sql<string>`last_at`,
      lastId: sql<string>`last_id`,
      id: sql<string | null>`id`,
      name: sql<string | null>`name`,
      accepted: sql<number>`accepted`,
      refused: sql<number>`refused`,
    })
    .from(sql`(${batch}) as batch`);

/** The counts of the key of `batch`, from each part of the range. */
const countedIn = (parts: readonly Range[], called: string | undefined): SQL =>
  sql.join(
    parts.map((part) => {
      const table = USAGE_TABLES[part.step];
      return sql`select outcome, count from ${table} where ${table.keyId} = batch.id and ${within(part)} and ${isCalled(called)}`;
    }),
    sql` union all `,
  );

interface Batch extends Pick<Query, 'workspaceId' | 'top' | 'environment'> {
  readonly size: number;
  readonly counted: SQL;
}

/** A row for each of the busiest keys of a batch; one without a key if none was called. */
function busiestAfter(after: SQL, { workspaceId, environment, top, size, counted }: Batch): SQL {
  // The walk passes keys of the other environment without reading their counts: a batch stays bounded.
  const isCounted = environment === undefined ? sql`true` : sql`batch.environment = ${environment}`;
  return sql`
    with batch as materialized (
      select ${keys.id} as id, ${keys.createdAt} as created_at, ${keys.environment} as environment,
        case when ${keys.deletedAt} is null then ${keys.name} end as name
      from ${keys} where ${keys.workspaceId} = ${workspaceId} ${after}
      order by ${keys.createdAt}, ${keys.id} limit ${size}
    ), called as (
      select batch.id, batch.name, ${COUNTS}, sum(count) as calls, count(*) as counts
      from batch cross join lateral (${counted}) as counted where ${isCounted}
      group by batch.id, batch.name
    ), busiest as (
      select id, name, accepted, refused from called order by calls desc, id limit ${top}
    ), ended as (
      select count(*)::int as size, (select coalesce(sum(counts), 0)::int from called) as counts,
        (array_agg(created_at::text order by created_at desc, id desc))[1] as last_at,
        (array_agg(id order by created_at desc, id desc))[1] as last_id
      from batch
    )
    select size, counts, last_at, last_id, id, name, accepted, refused from ended left join busiest on true`;
}

const viewOf = ({ id, name, accepted, refused }: BatchRow): BusyKey[] =>
  id === null ? [] : [{ id, name, accepted, refused }];

const byCalls = (a: BusyKey, b: BusyKey): number =>
  b.accepted + b.refused - (a.accepted + a.refused) || (a.id < b.id ? -1 : 1);
