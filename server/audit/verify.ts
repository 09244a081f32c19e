import { setImmediate } from 'node:timers/promises';
import { and, asc, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm';
import { auditRecords as records } from '../../drizzle/schema/audit.ts';
import { CHAIN_BROKEN } from '../stores/audit/audit.ts';
import { type AuditHead, type AuditRecordFields, canonicalOf } from '../stores/audit/canonical-text.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Db } from '../stores/database/database.ts';
import type { Stores as AllStores } from '../stores/stores.ts';
import type { VerifyAuditInput, VerifyAuditOutput } from './schemas.ts';

/** What a verification needs, in the service and on the command line. */
type Stores = Pick<AllStores, 'database' | 'vault' | 'audit'>;

const LIST = 'audit.verify';
/** How many records one statement reads. PGlite has one connection, so a long statement would delay every other. */
const RECORDS_PER_STATEMENT = 100;
/** How many records are checked before other work gets a turn. */
const BEFORE_YIELD = 20;
/** The bounds of one call: a number of records, and a number of milliseconds that is checked between statements. */
const MAX_RECORDS = 50_000;
const TIME_MS = 2_000;

/** The last record that was intact. */
interface ChainPosition {
  readonly seq: number;
  readonly mac: string;
}

type Problem = Extract<VerifyAuditOutput, { verified: false }>;

/**
 * Walks a workspace's chain and checks that every record is the one that was written, in its place, and that none is
 * missing at the end. Ignores records that are added in the meantime. Other work gets its turn in between, and no
 * transaction is open longer than a statement.
 * @param signal ends the walk early, as its time limit does
 * @throws Refusal INPUT_INVALID for a cursor that Keyseal did not make
 */
export async function verifyAudit(
  stores: Stores,
  workspaceId: string,
  { known, cursor }: NonNullable<VerifyAuditInput>,
  signal?: AbortSignal,
): Promise<VerifyAuditOutput> {
  const { db } = stores.database;
  const lost = known ? await problemWithKnown(db, workspaceId, known) : null;
  if (lost) return lost;
  const [end, until] = [await endOf(stores, workspaceId), performance.now() + TIME_MS];
  let reached = cursor === undefined ? { seq: 0, mac: '' } : positionOf(stores, workspaceId, cursor);
  const lastSeq = reached.seq + MAX_RECORDS;
  // No genuine record follows a genuine head, so nothing after it needs a check.
  const last = end.head && stores.audit.isGenuineHead(end.head) ? Math.min(end.last, end.head.seq) : end.last;
  while (reached.seq < last) {
    if (reached.seq >= lastSeq || performance.now() > until || signal?.aborted) {
      const position = `${reached.seq}.${reached.mac}`;
      const nextCursor = writeCursor(stores.vault, LIST, workspaceId, position);
      return { verified: null, records: reached.seq, nextCursor };
    }
    const walked = await walk(stores, workspaceId, reached, last);
    if ('verified' in walked) return walked;
    reached = walked;
  }
  return verifyHead(stores, end, reached);
}

function positionOf({ vault }: Stores, workspaceId: string, cursor: string): ChainPosition {
  const [seq, mac = ''] = readCursor(vault, LIST, workspaceId, cursor).split('.');
  return { seq: Number(seq), mac };
}

/** Checks the records of one statement; returns what is wrong with the first bad one. */
async function walk(
  stores: Stores,
  workspaceId: string,
  from: ChainPosition,
  last: number,
): Promise<ChainPosition | Problem> {
  const rows = await rowsAfter(stores.database.db, workspaceId, from.seq, last);
  let reached = from;
  for (const [nth, row] of rows.entries()) {
    if (nth % BEFORE_YIELD === 0) await setImmediate();
    if (row.seq !== reached.seq + 1) break;
    if (!isNext(stores, row, reached)) {
      const [next] = await rowsAfter(stores.database.db, workspaceId, row.seq, row.seq + 1);
      // If the next record belongs in this one's place, this one was inserted.
      const inserted = next && isNext(stores, { ...next, seq: row.seq }, reached);
      return { verified: false, at: row.seq, problem: inserted ? 'inserted' : 'changed' };
    }
    // The service itself found that the last record that it wrote was gone or changed.
    if (row.action === CHAIN_BROKEN) return { verified: false, at: row.seq, problem: 'cut' };
    reached = { seq: row.seq, mac: row.mac };
  }
  const whole = rows.length > 0 && reached.seq === rows.at(-1)?.seq;
  return whole ? reached : { verified: false, at: reached.seq + 1, problem: 'missing' };
}

type Row = Awaited<ReturnType<typeof rowsAfter>>[number];

function isNext({ audit }: Stores, { mac, before, after, ...row }: Row, reached: ChainPosition): boolean {
  const record: AuditRecordFields = {
    ...row,
    before: before === null ? null : canonicalOf(before),
    after: after === null ? null : canonicalOf(after),
  };
  const complete = (before === null || record.before !== null) && (after === null || record.after !== null);
  return complete && audit.follows(record, reached.mac, mac);
}

/** Records exactly as the database has them: timestamps in microseconds, `jsonb` as Postgres writes it. */
function rowsAfter(db: Db, workspaceId: string, seq: number, last: number) {
  return db
    .select({
      ...getTableColumns(records),
      // No record was written at infinity: such a time does not match the MAC.
      at: sql<string>`case when isfinite(${records.at})
        then (extract(epoch from ${records.at}) * 1000000)::bigint::text else ${records.at}::text end`,
      before: sql<string | null>`${records.before}::text`,
      after: sql<string | null>`${records.after}::text`,
    })
    .from(records)
    .where(and(eq(records.workspaceId, workspaceId), gt(records.seq, seq), lte(records.seq, last)))
    .orderBy(asc(records.seq))
    .limit(RECORDS_PER_STATEMENT);
}

interface End {
  readonly head: AuditHead | null;
  /** The number of the last existing record. */
  readonly last: number;
}

/** Head and last record as of one statement: they are written together. */
async function endOf({ database }: Stores, workspaceId: string): Promise<End> {
  const [row] = await database.query<Record<string, string | number | null>>(sql`
    select h.seq, h.mac, h.seal_mac, h.key_version, r.last
    from (select max(seq) as last from audit_records where workspace_id = ${workspaceId}) r
    left join audit_heads h on h.workspace_id = ${workspaceId}`);
  if (!row) throw new Error('no row of a maximum');
  const head = {
    workspaceId,
    seq: Number(row['seq']),
    mac: String(row['mac']),
    sealMac: String(row['seal_mac']),
    keyVersion: Number(row['key_version']),
  };
  return { head: row['mac'] === null ? null : head, last: Number(row['last'] ?? 0) };
}

/** Whether the chain ends at the record that its head names, once every record is intact. */
function verifyHead({ audit }: Stores, { head, last }: End, reached: ChainPosition): VerifyAuditOutput {
  if (head === null && last === 0) return { verified: true, records: 0, head: null };
  if (head === null || !audit.isGenuineHead(head) || head.seq > last) {
    return { verified: false, at: last + 1, problem: 'cut' };
  }
  if (head.seq < last) return { verified: false, at: head.seq + 1, problem: 'inserted' };
  if (head.mac !== reached.mac) return { verified: false, at: last, problem: 'changed' };
  return { verified: true, records: last, head: { seq: head.seq, mac: head.mac } };
}

/** Whether a known record is gone, or another has taken its place. */
async function problemWithKnown(db: Db, workspaceId: string, known: ChainPosition): Promise<Problem | null> {
  const [row] = await db
    .select({ mac: records.mac })
    .from(records)
    .where(and(eq(records.workspaceId, workspaceId), eq(records.seq, known.seq)));
  if (!row) return { verified: false, at: known.seq, problem: 'cut' };
  return row.mac === known.mac ? null : { verified: false, at: known.seq, problem: 'changed' };
}
