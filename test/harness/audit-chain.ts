import { asc, eq } from 'drizzle-orm';
import { auditRecords } from '../../drizzle/schema/audit.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { type Person, query } from './people.ts';
import type { TestService } from './service.ts';
import type { Credentials } from './wire.ts';

export const dbOf = ({ running }: TestService) => running.service.stores.database.db;

/** A workspace's records in the database, oldest first. */
export function recordsOf(service: TestService, workspaceId: string) {
  return dbOf(service)
    .select()
    .from(auditRecords)
    .where(eq(auditRecords.workspaceId, workspaceId))
    .orderBy(asc(auditRecords.seq));
}

/** The workspace of a key. */
export async function workspaceOf(service: TestService, { id }: Credentials): Promise<string> {
  const [row] = await dbOf(service).select().from(keys).where(eq(keys.id, id));
  return row?.workspaceId ?? '';
}

/** The final result of `audit.verify`, which may take several calls. */
export async function verifyChain(service: TestService, who: Credentials | Person, input: object = {}) {
  let cursor: string | undefined;
  for (;;) {
    const more = cursor === undefined ? {} : { cursor };
    const answer = await query(service, who, 'audit.verify', { ...input, ...more });
    if (answer.status !== 200) throw new Error(`audit.verify: ${answer.text}`);
    const { data } = answer.json.result;
    if (data.verified !== null) return data;
    cursor = data.nextCursor;
  }
}
