import { and, desc, eq, getTableColumns, gte, lt, or, sql } from 'drizzle-orm';
import { auditRecords as records } from '../../drizzle/schema/audit.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { walkedColumns, walkRows } from '../stores/database/walk-rows.ts';
import type { Stores } from '../stores/stores.ts';
import type { AuditRecord, ListAuditInput } from './schemas.ts';

const LIST = 'audit.list';

type Filter = NonNullable<ListAuditInput>;

/** A workspace's records, newest first, a page at a time. Refuses with INPUT_INVALID a cursor that Keyseal did not make. */
export async function listAudit(
  { database: { db }, vault }: Stores,
  workspaceId: string,
  input: Filter,
  inTurn: WorkspaceTurn,
): Promise<{ items: AuditRecord[]; nextCursor: string | null }> {
  const { limit = 50, cursor } = input;
  const before = cursor === undefined ? null : Number(readCursor(vault, LIST, workspaceId, cursor));
  const wanted = limit + 1;
  const read = (last: WalkedRecord | null, size: number) =>
    inTurn(() => selectBefore(db, { workspaceId, before: last?.seq ?? before, input, wanted }, size));
  // A subject has few.
  const isOfSubject = input.subject !== undefined;
  const rows = isOfSubject
    ? (await read(null, wanted)).sort((a, b) => a.rowNumber - b.rowNumber)
    : await walkRows<WalkedRecord>(wanted, read);
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  const more = rows.length > limit && last;
  return { items, nextCursor: more ? writeCursor(vault, LIST, workspaceId, String(last.seq)) : null };
}

interface Batch {
  readonly workspaceId: string;
  /** The number of the record before which it begins; null for the newest. */
  readonly before: number | null;
  readonly input: Filter;
  /** How many matching records are enough. */
  readonly wanted: number;
}

type WalkedRecord = Awaited<ReturnType<typeof selectBefore>>[number];

/**
 * The records of one batch that the input asks for. The index of one filter leads to them, in their order; the others are
 * checked. The few of a subject are sorted.
 */
function selectBefore(
  db: Db,
  { workspaceId, before, wanted, input: { from, to, actorId, action, subject } }: Batch,
  size: number,
) {
  const named = [
    actorId === undefined ? undefined : eq(records.actorId, actorId),
    action === undefined ? undefined : eq(records.action, action),
  ];
  const leading = subject === undefined ? (named[0] ?? named[1]) : eq(records.subject, subject);
  const matching = and(
    ...named,
    from === undefined ? undefined : gte(records.at, storableTime(from)),
    to === undefined ? undefined : lt(records.at, storableTime(to)),
  );
  const own = and(
    eq(records.workspaceId, workspaceId),
    leading,
    subject === undefined ? undefined : matching,
    before === null ? undefined : lt(records.seq, before),
  );
  const read = (tx: Db) => {
    const walked = tx
      .select({
        ...getTableColumns(records),
        ...walkedColumns(matching, sql`${records.seq} desc`),
      })
      .from(records)
      .where(own)
      .orderBy(desc(records.seq))
      .limit(size)
      .as('walked');
    return tx
      .select()
      .from(walked)
      .where(or(walked.matches, eq(walked.rowNumber, size)))
      .limit(wanted);
  };
  return subject === undefined ? inIndexOrder(db, read) : read(db);
}

/** A time of an input; 1970 for an earlier one, when no record existed: the database has no year 0. */
const storableTime = (text: string): Date => new Date(Math.max(0, Date.parse(text)));

function viewOf(row: WalkedRecord): AuditRecord {
  const { workspaceId, actorKind: kind, actorId: id, keyVersion, at, matches, rowNumber, ...rest } = row;
  return { ...rest, at: isoOrEpoch(at), actor: { kind, id } };
}
