import { asc, gt, inArray, type SQL } from 'drizzle-orm';
import type { Logger } from 'pino';
import { auditHeads } from '../../../drizzle/schema/audit.ts';
import type { Db } from '../database/database.ts';
import type { Stores } from '../stores.ts';
import type { AuditHead } from './canonical-text.ts';

/** Heads that one statement reads. */
const AT_ONCE = 1_000;
/** Heads that one start logs. */
const MAX_HEADS = 10_000;

/**
 * Logs the head of every chain, for an operator to compare with later ones: only that shows that the end of a
 * chain was cut off together with its head. Logs at most 10,000, and says how many it leaves out.
 */
export async function logChainHeads({ database }: Stores, log: Logger): Promise<void> {
  let after = '';
  for (let logged = 0; logged < MAX_HEADS; logged += AT_ONCE) {
    const heads = await select(database.db, gt(auditHeads.workspaceId, after));
    logHeads(heads, log);
    if (heads.length < AT_ONCE) return;
    after = heads.at(-1)?.workspaceId ?? '';
  }
  log.warn({ logged: MAX_HEADS }, 'not all audit heads are logged');
}

/** Logs the heads of the chains that this process extended since the last call. */
export async function logMovedHeads({ database, audit }: Stores, log: Logger): Promise<void> {
  const moved = audit.takeMoved();
  for (let i = 0; i < moved.length; i += AT_ONCE) {
    logHeads(await select(database.db, inArray(auditHeads.workspaceId, moved.slice(i, i + AT_ONCE))), log);
  }
}

function select(db: Db, where: SQL): Promise<AuditHead[]> {
  return db.select().from(auditHeads).where(where).orderBy(asc(auditHeads.workspaceId)).limit(AT_ONCE);
}

function logHeads(heads: readonly AuditHead[], log: Logger): void {
  for (const { workspaceId, seq, mac } of heads) log.info({ workspaceId, seq, mac }, 'audit head');
}
