import { asc, gt, inArray, type SQL } from 'drizzle-orm';
import type { Logger } from 'pino';
import { auditHeads } from '../../../drizzle/schema/audit.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import type { Db } from '../database/database.ts';
import type { Stores } from '../stores.ts';
import type { AuditHead } from './canonical-text.ts';

/** Heads that one statement reads. */
const HEADS_PER_STATEMENT = 1_000;
/** How many heads are logged at startup. */
const MAX_HEADS = 10_000;

/**
 * Logs the head of every chain, for an operator to compare with later ones: only that shows that the end of a
 * chain was cut off together with its head. Logs at most 10,000, and says how many it leaves out.
 */
export async function logChainHeads({ database }: Stores, log: Logger): Promise<void> {
  let after = '';
  for (let logged = 0; logged < MAX_HEADS; logged += HEADS_PER_STATEMENT) {
    const heads = await select(database.db, gt(auditHeads.workspaceId, after));
    logHeads(heads, log);
    if (heads.length < HEADS_PER_STATEMENT) return;
    after = heads.at(-1)?.workspaceId ?? '';
  }
  log.warn({ logged: MAX_HEADS }, 'not all audit heads are logged');
}

/** Logs the heads of the chains that this process extended since the last call. The next call logs those that could not be read. */
export async function logExtendedHeads({ database, audit }: Stores, log: Logger): Promise<void> {
  const left = new Set(audit.takeExtended());
  try {
    await inChunks([...left], HEADS_PER_STATEMENT, async (workspaceIds) => {
      logHeads(await select(database.db, inArray(auditHeads.workspaceId, [...workspaceIds])), log);
      for (const id of workspaceIds) left.delete(id);
    });
  } finally {
    audit.putBackExtended(left);
  }
}

function select(db: Db, where: SQL): Promise<AuditHead[]> {
  return db
    .select()
    .from(auditHeads)
    .where(where)
    .orderBy(asc(auditHeads.workspaceId))
    .limit(HEADS_PER_STATEMENT);
}

function logHeads(heads: readonly AuditHead[], log: Logger): void {
  for (const { workspaceId, seq, mac } of heads) log.info({ workspaceId, seq, mac }, 'audit head');
}
