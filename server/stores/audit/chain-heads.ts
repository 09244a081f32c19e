import { asc, gt, inArray, type SQL } from 'drizzle-orm';
import type { Logger } from 'pino';
import { auditHeads } from '../../../drizzle/schema.ts';
import type { Db } from '../database/database.ts';
import type { Stores } from '../stores.ts';
import type { Head } from './canonical-text.ts';

/** Heads of one statement. */
const AT_ONCE = 1_000;
/** Heads that one start tells. */
const MOST = 10_000;

/**
 * Tells the log the head of every chain, for an operator to hold against later ones: what shows that a tail was cut
 * together with its head. At most 10,000; the log is told of the rest that they are not named.
 */
export async function logChainHeads({ database }: Stores, log: Logger): Promise<void> {
  let after = '';
  for (let told = 0; told < MOST; told += AT_ONCE) {
    const heads = await select(database.db, gt(auditHeads.workspaceId, after));
    tell(heads, log);
    if (heads.length < AT_ONCE) return;
    after = heads.at(-1)?.workspaceId ?? '';
  }
  log.warn({ told: MOST }, 'there are more audit heads than are told');
}

/** The same of the chains that this process added to since the last time. */
export async function logMovedHeads({ database, audit }: Stores, log: Logger): Promise<void> {
  const moved = audit.takeMoved();
  for (let i = 0; i < moved.length; i += AT_ONCE) {
    tell(await select(database.db, inArray(auditHeads.workspaceId, moved.slice(i, i + AT_ONCE))), log);
  }
}

function select(db: Db, where: SQL): Promise<Head[]> {
  return db.select().from(auditHeads).where(where).orderBy(asc(auditHeads.workspaceId)).limit(AT_ONCE);
}

function tell(heads: readonly Head[], log: Logger): void {
  for (const { workspaceId, seq, mac } of heads) log.info({ workspaceId, seq, mac }, 'audit head');
}
