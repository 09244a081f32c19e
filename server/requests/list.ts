import { and, desc, eq, getTableColumns, gte, inArray, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { requestLog as log } from '../../drizzle/schema/usage.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { walkedColumns, walkRows } from '../stores/database/walk-rows.ts';
import type { Stores } from '../stores/stores.ts';
import { REQUEST_LOG_RETENTION_MS } from '../stores/usage/request-log.ts';
import type { ListRequestsInput, LoggedRequest } from './schemas.ts';

const LIST = 'requests.list';

type Filter = NonNullable<ListRequestsInput>;

/** The calls of a workspace's keys, newest first, a page at a time. Refuses with INPUT_INVALID a cursor that Keyseal did not make. */
export async function listRequests(
  { database: { db }, vault, clock }: Stores,
  workspaceId: string,
  input: Filter,
  inTurn: WorkspaceTurn,
): Promise<{ items: LoggedRequest[]; nextCursor: string | null }> {
  const { limit = 50, cursor } = input;
  const now = clock();
  const start = cursor === undefined ? null : readCursor(vault, LIST, workspaceId, cursor);
  const { rows, last } = await walkRows<WalkedRequest>(limit, (walked, size) => {
    const position = walked ? positionOf(walked) : start;
    return inTurn(() => selectAfter(db, { workspaceId, position, input, now, wanted: limit + 1 }, size));
  });
  const names = await keyNames(db, workspaceId, [...new Set(rows.map((row) => row.keyId))]);
  const items = rows.map(
    ({
      keyId: id,
      workspaceId: _workspace,
      id: _id,
      at,
      matches: _matches,
      rowNumber: _rowNumber,
      ...call
    }) => ({
      ...call,
      at: at.toISOString(),
      key: { id, name: names.get(id) ?? null },
    }),
  );
  return { items, nextCursor: last && writeCursor(vault, LIST, workspaceId, positionOf(last)) };
}

const positionOf = ({ at, id }: { readonly at: Date; readonly id: string }) => `${at.getTime()}.${id}`;

interface Batch {
  readonly workspaceId: string;
  /** After which call it begins; null for the newest. */
  readonly position: string | null;
  readonly input: Filter;
  /** Milliseconds. */
  readonly now: number;
  /** How many matching calls are enough. */
  readonly wanted: number;
}

type WalkedRequest = Awaited<ReturnType<typeof selectAfter>>[number];

/** The calls of one batch that match the input. The index of one filter leads to them, in their order; the others are checked. */
function selectAfter(db: Db, { workspaceId, position, input, now, wanted }: Batch, size: number) {
  const { from, to, requestId, keyId, procedure, environment, outcome } = input;
  const oldest = now - REQUEST_LOG_RETENTION_MS;
  const filters = [
    keyId === undefined ? undefined : eq(log.keyId, keyId),
    procedure === undefined ? undefined : eq(log.procedure, procedure),
    outcome === undefined ? undefined : whereOutcome(outcome),
    // No index leads to it, and the walk is bounded.
    environment === undefined ? undefined : eq(log.environment, environment),
  ];
  const indexed = filters[0] ?? filters[1] ?? leadingOutcome(outcome);
  const leading = requestId === undefined ? indexed : eq(log.requestId, requestId);
  const isWanted = and(
    eq(log.workspaceId, workspaceId),
    gte(log.at, new Date(Math.max(oldest, from === undefined ? oldest : Date.parse(from)))),
    to === undefined ? undefined : lt(log.at, new Date(Math.max(0, Date.parse(to)))),
    leading,
    ...(requestId === undefined ? [] : filters),
    position === null ? undefined : whereAfter(position),
  );
  const read = (tx: Db) => {
    const walked = tx
      .select({
        ...getTableColumns(log),
        ...walkedColumns(and(...filters), sql`${log.at} desc, ${log.id} desc`),
      })
      .from(log)
      .where(isWanted)
      .orderBy(desc(log.at), desc(log.id))
      .limit(size)
      .as('walked');
    return tx
      .select()
      .from(walked)
      .where(or(walked.matches, eq(walked.rowNumber, size)))
      .limit(wanted);
  };
  // A request has few calls, which may be sorted.
  return requestId === undefined ? inIndexOrder(db, read) : read(db);
}

/** A reason is that of refused calls: `OK` is not one. */
function whereOutcome(outcome: string): SQL | undefined {
  if (outcome === 'refused') return isRefused();
  return outcome === 'accepted' ? eq(log.outcome, 'OK') : and(eq(log.outcome, sql`${outcome}`), isRefused());
}

/**
 * Refused calls have an index. Accepted ones, and those of one reason, have none: if it led, a statement would have to read all
 * other calls to find a few.
 */
const leadingOutcome = (outcome: string | undefined): SQL | undefined =>
  outcome === undefined || outcome === 'accepted' ? undefined : isRefused();

const isRefused = (): SQL => ne(log.outcome, sql.raw(`'OK'`));

function whereAfter(position: string): SQL {
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
