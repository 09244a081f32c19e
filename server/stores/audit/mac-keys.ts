import { and, asc, gt, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { auditHeads, auditKeys } from '../../../drizzle/schema/audit.ts';
import type { Database, Db } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';
import { type Audit, systemActor } from './audit.ts';
import type { AuditHead } from './canonical-text.ts';

/** Heads that one statement rewrites. */
const HEADS_PER_STATEMENT = 100;
/** Passes over heads that other transactions have locked. */
const PASSES = 5;

/** Loads the stored audit keys of retired master keys. Call it before verifying anything. */
export async function loadAuditKeys(db: Db, vault: Vault): Promise<void> {
  for (const { version, keySealed: text, sealVersion } of await db.select().from(auditKeys))
    vault.loadAuditKey(version, { text, version: sealVersion });
}

/**
 * Stores the audit key of every older loaded version, encrypted under the newest, so that its records can be
 * verified once its master key is retired. Replaces a stored value that is not that key.
 */
export async function storeAuditKeys(db: Db, vault: Vault): Promise<void> {
  const rows = await db.select().from(auditKeys);
  for (const version of vault.versions) {
    if (version === vault.newest) continue;
    const row = rows.find((stored) => stored.version === version);
    if (row && vault.isAuditKey(version, { text: row.keySealed, version: row.sealVersion })) continue;
    const { text, version: sealVersion } = vault.encryptAuditKey(version);
    const stored = { keySealed: text, sealVersion };
    await db
      .insert(auditKeys)
      .values({ version, ...stored })
      .onConflictDoUpdate({ target: auditKeys.version, set: stored });
  }
  await loadAuditKeys(db, vault);
}

/** The result of rewrapping the heads of the chains. */
export interface RewrappedHeads {
  /** Heads with a new MAC. */
  resealed: number;
  /**
   * The workspaces of heads that the service did not write: their chains record that. At most a hundred.
   */
  readonly broken: string[];
}

/**
 * Brings the heads of all chains to the newest master key while instances serve. After it, an attacker cannot end a chain
 * with an old key that is no longer loaded. It rewrites a head only if the head is unchanged and genuine; otherwise
 * it records in the chain that it was broken. Work that is done stays done: after an interruption the next run
 * continues with the rest.
 */
export async function rewrapHeads(database: Database, vault: Vault, audit: Audit): Promise<RewrappedHeads> {
  const result: RewrappedHeads = { resealed: 0, broken: [] };
  for (let pass = 0; pass < PASSES; pass++) {
    let skipped = 0;
    for (let after = ''; ; ) {
      const heads = await oldHeads(database.db, vault, after);
      const last = heads.at(-1);
      if (!last) break;
      after = last.workspaceId;
      const genuine = heads.filter((head) => audit.isGenuineHead(head));
      const written = await writeHeads(database, audit, genuine);
      result.resealed += written;
      skipped += genuine.length - written;
      for (const { workspaceId } of heads.filter((head) => !genuine.includes(head))) {
        await database.db.transaction((tx) => audit.recordAll(tx, systemActor(workspaceId), []));
        if (result.broken.length < 100) result.broken.push(workspaceId);
      }
    }
    if (skipped === 0) break;
  }
  return result;
}

function oldHeads(db: Db, { newest, versions }: Vault, after: string): Promise<AuditHead[]> {
  const { keyVersion, workspaceId } = auditHeads;
  const old: SQL | undefined = and(ne(keyVersion, newest), inArray(keyVersion, [...versions]));
  return db
    .select()
    .from(auditHeads)
    .where(and(old, gt(workspaceId, after)))
    .orderBy(asc(workspaceId))
    .limit(HEADS_PER_STATEMENT);
}

/**
 * Writes each head that is unchanged since it was read, and skips locked ones: a call that records a change in
 * several workspaces holds one head while it waits for the next, and must not deadlock with this.
 * @returns how many it wrote
 */
async function writeHeads({ query }: Database, audit: Audit, heads: readonly AuditHead[]): Promise<number> {
  const rewritten = heads.map((head) => {
    const { sealMac, keyVersion } = audit.headWithMac(head);
    return { id: head.workspaceId, old: head.sealMac, seal: sealMac, version: keyVersion };
  });
  const written = await query(sql`
    with locked as (
      select workspace_id, rewritten.seal, rewritten.version
      from audit_heads join jsonb_to_recordset(${JSON.stringify(rewritten)}::jsonb)
        as rewritten(id text, old text, seal text, version int) on workspace_id = rewritten.id and seal_mac = rewritten.old
      for update of audit_heads skip locked
    )
    update audit_heads set seal_mac = locked.seal, key_version = locked.version
    from locked where audit_heads.workspace_id = locked.workspace_id returning 1 as one`);
  return written.length;
}
