import { and, desc, eq, gte, lt } from 'drizzle-orm';
import { auditRecords as records } from '../../drizzle/schema/audit.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { readCursor, writeCursor } from '../stores/database/cursors.ts';
import type { Stores } from '../stores/stores.ts';
import type { AuditRecord, ListAuditInput } from './schemas.ts';

const LIST = 'audit.list';

/** A workspace's records, newest first, a page at a time. Refuses with INPUT_INVALID a cursor that Keyseal did not make. */
export async function listAudit(
  { database, vault }: Stores,
  workspaceId: string,
  { from, to, actorId, action, subject, limit = 50, cursor }: NonNullable<ListAuditInput>,
): Promise<{ items: AuditRecord[]; nextCursor: string | null }> {
  const before = cursor === undefined ? null : Number(readCursor(vault, LIST, workspaceId, cursor));
  const condition = and(
    eq(records.workspaceId, workspaceId),
    from === undefined ? undefined : gte(records.at, storableTime(from)),
    to === undefined ? undefined : lt(records.at, storableTime(to)),
    actorId === undefined ? undefined : eq(records.actorId, actorId),
    action === undefined ? undefined : eq(records.action, action),
    subject === undefined ? undefined : eq(records.subject, subject),
    before === null ? undefined : lt(records.seq, before),
  );
  const rows = await database.db
    .select()
    .from(records)
    .where(condition)
    .orderBy(desc(records.seq))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  const more = rows.length > limit && last;
  return { items, nextCursor: more ? writeCursor(vault, LIST, workspaceId, String(last.seq)) : null };
}

/** A time of an input; 1970 for an earlier one, when no record existed: the database has no year 0. */
const storableTime = (text: string): Date => new Date(Math.max(0, Date.parse(text)));

function viewOf(row: typeof records.$inferSelect): AuditRecord {
  const { workspaceId, actorKind: kind, actorId: id, keyVersion, at, ...rest } = row;
  return { ...rest, at: isoOrEpoch(at), actor: { kind, id } };
}
