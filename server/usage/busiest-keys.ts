import { type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import { isAfterKey } from '../stores/credentials/key-position.ts';
import type { Database, Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { USAGE_TABLES } from '../stores/usage/usage-buckets.ts';
import { addCounts, type Counts, totalCalls } from './counts.ts';
import { inLargestBuckets, type Range } from './range.ts';
import type { BusyKey } from './schemas.ts';
import { COUNTS, COUNTS_COLUMNS, COUNTS_PER_STATEMENT, rowsOf, walkCounts } from './walk-counts.ts';

/** How many keys one statement reads. */
const KEYS_PER_STATEMENT = 500;

interface Query {
  readonly workspaceId: string;
  readonly range: Range;
  /** How many keys are wanted. */
  readonly top: number;
  /** The only procedure that is counted; undefined for all. */
  readonly called: string | undefined;
  /** The environment of the only keys that are counted; undefined for all. */
  readonly environment: Environment | undefined;
}

/** A key of one batch with calls, or none, and where the batch ends. */
interface BatchRow extends BusyKeyRow {
  /** After which key the next batch begins; null after the last. */
  readonly lastAt: string | null;
  readonly lastId: string | null;
  /** Whether it is the key at which the batch was cut: it has too many counts to be read with the others. */
  readonly isCut: boolean;
}

interface BusyKeyRow {
  readonly id: string | null;
  readonly name: string | null;
  readonly accepted: number;
  readonly refused: number;
}

/**
 * The keys of a workspace with the most calls. It walks the keys in bounded statements, each in its workspace's turn: a
 * workspace may have any number of keys, each with any number of counts.
 */
export async function busiestKeys(
  { db }: Pick<Database, 'db'>,
  { workspaceId, range, top, called, environment }: Query,
  inTurn: WorkspaceTurn,
): Promise<BusyKey[]> {
  const parts = inLargestBuckets(range);
  let busiest: BusyKey[] = [];
  let after = sql``;
  for (let isLast = top === 0; !isLast; ) {
    const batch = busiestAfter(after, { workspaceId, environment, top, parts, called });
    const rows = await inTurn(() => inIndexOrder(db, (tx) => readBatch(tx, batch)));
    const found = await Promise.all(
      rows.map((row) => (row.isCut ? sumOf(db, row, { parts, called }, inTurn) : row)),
    );
    busiest = [...busiest, ...found.flatMap(viewOf)].sort(byCalls).slice(0, top);
    const [{ lastAt, lastId } = { lastAt: null, lastId: null }] = rows;
    isLast = lastId === null;
    if (lastAt !== null && lastId !== null) after = sql`and ${isAfterKey({ createdAt: lastAt, id: lastId })}`;
  }
  return busiest;
}

type Counted = Pick<Query, 'called'> & { readonly parts: readonly Range[] };

/** The calls of a key with many counts. */
async function sumOf(
  db: Db,
  { id, name }: BusyKeyRow,
  { parts, called }: Counted,
  inTurn: WorkspaceTurn,
): Promise<BusyKeyRow> {
  let total: Counts = { accepted: 0, refused: 0 };
  for (const range of parts) {
    await walkCounts(db, { subject: id ?? '', range, called }, inTurn, (sum) => {
      if (sum.at !== null) total = addCounts(total, sum);
    });
  }
  return { id, name, ...total };
}

const readBatch = (tx: Db, batch: SQL): Promise<BatchRow[]> =>
  tx
    .select({
      id: sql<string | null>`id`,
      name: sql<string | null>`name`,
      ...COUNTS_COLUMNS,
      lastAt: sql<string | null>`last_at`,
      lastId: sql<string | null>`last_id`,
      isCut: sql<boolean>`is_cut`,
    })
    .from(sql`(${batch}) as batch`);

/** The counts of the key of `batch`, from each part of the range. */
const countsIn = (parts: readonly Range[]): SQL =>
  sql.join(
    parts.map((part) => {
      const table = USAGE_TABLES[part.step];
      return sql`select procedure, outcome, count from ${table} where ${rowsOf(sql`batch.id`, part)}`;
    }),
    sql` union all `,
  );

/**
 * The busiest of the keys after a position, as far as one statement may read: at least one row, without a key if none of them was
 * called.
 */
function busiestAfter(
  after: SQL,
  {
    workspaceId,
    environment,
    top,
    parts,
    called,
  }: Pick<Query, 'workspaceId' | 'environment' | 'top'> & Counted,
): SQL {
  // The walk passes keys of the other environment without reading their counts: a batch stays bounded.
  const isCounted = environment === undefined ? sql`true` : sql`batch.environment = ${environment}`;
  const isCalled = called === undefined ? sql`true` : sql`procedure = ${called}`;
  return sql`
    with batch as materialized (
      select ${keys.id} as id, ${keys.createdAt} as created_at, ${keys.environment} as environment,
        case when ${keys.deletedAt} is null then ${keys.name} end as name
      from ${keys} where ${keys.workspaceId} = ${workspaceId} ${after}
      order by ${keys.createdAt}, ${keys.id} limit ${KEYS_PER_STATEMENT}
    ), counted as materialized (
      select batch.id, counts.* from batch
      cross join lateral (${countsIn(parts)} limit ${COUNTS_PER_STATEMENT + 1}) as counts
      where ${isCounted} limit ${COUNTS_PER_STATEMENT + 1}
    ), cut as materialized (
      select id from counted offset ${COUNTS_PER_STATEMENT}
    ), called as (
      select id, ${COUNTS}, sum(count) as calls from counted
      where ${isCalled} and id not in (select id from cut) group by id
    ), busiest as (
      select id, accepted, refused, false as is_cut from (select * from called order by calls desc, id limit ${top}) as most
      union all
      select id, 0, 0, true from cut
    ), ended as (
      select created_at::text as last_at, id as last_id from batch where id in (select id from cut)
      union all
      select * from (select created_at::text, id from batch offset ${KEYS_PER_STATEMENT - 1}) as full_batch
      where not exists (select from cut)
    )
    select busiest.id, batch.name, coalesce(accepted, 0) as accepted, coalesce(refused, 0) as refused, last_at, last_id,
      coalesce(is_cut, false) as is_cut
    from (select 1) as one left join ended on true left join busiest on true left join batch on batch.id = busiest.id`;
}

const viewOf = ({ id, name, accepted, refused }: BusyKeyRow): BusyKey[] =>
  id === null || accepted + refused === 0 ? [] : [{ id, name, accepted, refused }];

const byCalls = (a: BusyKey, b: BusyKey): number => totalCalls(b) - totalCalls(a) || (a.id < b.id ? -1 : 1);
