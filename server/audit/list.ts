import { and, desc, eq, getTableColumns, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
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

/** The number of a subject's records up to which a list reads only those; with more it walks the log as without it. */
const MAX_OF_SUBJECT = 500;

/**
 * A workspace's records, newest first, a page at a time: by their numbers, or by time if only a time is given. Refuses
 * with INPUT_INVALID a cursor that Keyseal did not make.
 */
export async function listAudit(
  { database: { db }, vault }: Stores,
  workspaceId: string,
  input: Filter,
  inTurn: WorkspaceTurn,
): Promise<{ items: AuditRecord[]; nextCursor: string | null }> {
  const { limit = 50, cursor, subject } = input;
  const before = cursor === undefined ? null : Number(readCursor(vault, LIST, workspaceId, cursor));
  const few = subject === undefined ? null : await inTurn(() => fewOfSubject(db, workspaceId, subject));
  const batch = { workspaceId, input, few, wanted: limit + 1 };
  const { rows, last } = await walkRows<WalkedRecord>(limit, (walked, size) =>
    inTurn(() => selectBefore(db, { ...batch, before: walked?.seq ?? before }, size)),
  );
  return {
    items: rows.map(viewOf),
    nextCursor: last && writeCursor(vault, LIST, workspaceId, String(last.seq)),
  };
}

/** The condition for the records of a subject; null if there are too many to sort. */
async function fewOfSubject(db: Db, workspaceId: string, subject: string): Promise<SQL | null> {
  const named = and(eq(records.workspaceId, workspaceId), eq(records.subject, subject));
  const some = await inIndexOrder(db, (tx) =>
    tx
      .select({ seq: records.seq })
      .from(records)
      .where(named)
      .limit(MAX_OF_SUBJECT + 1),
  );
  if (some.length > MAX_OF_SUBJECT) return null;
  const seqs = some.map(({ seq }) => seq);
  return seqs.length === 0 ? sql`false` : inArray(records.seq, seqs);
}

interface Batch {
  readonly workspaceId: string;
  /** The number of the record before which it begins; null for the newest. */
  readonly before: number | null;
  readonly input: Filter;
  /** The condition for the records of the input's subject, if they are few. */
  readonly few: SQL | null;
  /** How many matching records are enough. */
  readonly wanted: number;
}

type WalkedRecord = Awaited<ReturnType<typeof selectBefore>>[number];

/**
 * The records of one batch that match the input. The index of one filter leads to them, in their order; the others are
 * checked. The few of a subject are sorted.
 */
function selectBefore(
  db: Db,
  { workspaceId, before, few, wanted, input: { from, to, actorId, action, subject } }: Batch,
  size: number,
) {
  const named = [
    subject === undefined ? undefined : eq(records.subject, subject),
    actorId === undefined ? undefined : eq(records.actorId, actorId),
    action === undefined ? undefined : eq(records.action, action),
  ];
  const within = and(
    from === undefined ? undefined : gte(records.at, storableTime(from)),
    to === undefined ? undefined : lt(records.at, storableTime(to)),
  );
  const indexed = few ?? named[1] ?? named[2];
  const isByTime = indexed === undefined && within !== undefined;
  const order = isByTime ? [desc(records.at), desc(records.seq)] : [desc(records.seq)];
  const isWanted = and(
    eq(records.workspaceId, workspaceId),
    indexed ?? within,
    before === null ? undefined : isByTime ? afterInTime(workspaceId, before) : lt(records.seq, before),
  );
  const read = (tx: Db) => {
    const walked = tx
      .select({
        ...getTableColumns(records),
        ...walkedColumns(and(...named, within), sql.join(order, sql`, `)),
      })
      .from(records)
      .where(isWanted)
      .orderBy(...order)
      .limit(size)
      .as('walked');
    return tx
      .select()
      .from(walked)
      .where(or(walked.matches, eq(walked.rowNumber, size)))
      .limit(wanted);
  };
  return few ? read(db) : inIndexOrder(db, read);
}

/** The condition for records after one in the order of time: if the clock was set back, they have greater numbers. */
function afterInTime(workspaceId: string, seq: number): SQL {
  const at = sql`(select ${records.at} from ${records}
    where ${eq(records.workspaceId, workspaceId)} and ${eq(records.seq, seq)})`;
  return sql`(${records.at} <= ${at} and (${records.at} < ${at} or ${records.seq} < ${seq}))`;
}

/** A time of an input; 1970 for an earlier one, when no record existed: the database has no year 0. */
const storableTime = (text: string): Date => new Date(Math.max(0, Date.parse(text)));

function viewOf(row: WalkedRecord): AuditRecord {
  const { workspaceId, actorKind: kind, actorId: id, keyVersion, at, matches, rowNumber, ...rest } = row;
  return { ...rest, at: isoOrEpoch(at), actor: { kind, id } };
}
