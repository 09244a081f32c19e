import { eq, sql } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { nonces, replayWatermarks } from '../../../drizzle/schema/replay.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { Db } from '../database/database.ts';
import { bytesOf, nonceDigest, wordsOf } from './nonce-set.ts';

/** The prefix of a digest that a clean shutdown saves; no nonce begins with it. */
const DIGESTED = '~';

/** A digest as the string in a row. */
export const digestText = (digest: Uint32Array): string => DIGESTED + bytesOf(digest).toString('base64url');

/** The digest of a row: computed from its nonce, or saved as a digest. */
export function readDigest(k: string, nonce: string): Uint32Array {
  if (!nonce.startsWith(DIGESTED)) return nonceDigest(k, nonce);
  return wordsOf(Buffer.from(nonce.slice(DIGESTED.length), 'base64url'));
}

/** A row, with the groups to which its nonce is charged. */
export interface StoredNonce {
  readonly k: string;
  readonly t: number;
  readonly nonce: string;
  /** Null if the key or session no longer exists. */
  readonly workspace: string | null;
  readonly sponsor: string | null;
}

/** Reads the saved nonces, each with the workspace and the sponsor of its key or session. */
export function storedNonces(db: Db): Promise<StoredNonce[]> {
  const workspaceId = sql`coalesce(${keys.workspaceId}, ${sessions.workspaceId})`;
  return db
    .select({
      k: nonces.k,
      t: nonces.t,
      nonce: nonces.nonce,
      workspace: workspaces.id,
      sponsor: workspaces.sponsorId,
    })
    .from(nonces)
    .leftJoin(keys, eq(keys.id, nonces.k))
    .leftJoin(sessions, eq(sessions.id, nonces.k))
    .leftJoin(workspaces, eq(workspaces.id, workspaceId));
}

export async function insertNonces(
  db: Db,
  rows: readonly { k: string; t: number; nonce: string }[],
): Promise<void> {
  await db.execute(sql`
    insert into nonces (k, t, nonce)
    select k, t, nonce from json_to_recordset(${JSON.stringify(rows)}::json) as a (k text, t bigint, nonce text)
    on conflict do nothing`);
}

/** Writes the high watermark of a process that has its nonces in memory. @param clean whether the process stops and has saved its nonces */
export async function writeHighWatermark(db: Db, t: number, clean: boolean): Promise<void> {
  const raisedAt = new Date();
  await db
    .insert(replayWatermarks)
    .values({ name: 'memory', t, clean, raisedAt })
    .onConflictDoUpdate({ target: replayWatermarks.name, set: { t, clean, raisedAt } });
}

/** Writes the low watermark: nonces at or below it are forgotten. Never lowers it. */
export async function writeLowWatermark(db: Db, t: number): Promise<void> {
  await db
    .insert(replayWatermarks)
    .values({ name: 'purged', t })
    .onConflictDoUpdate({
      target: replayWatermarks.name,
      set: { t: sql`greatest(${replayWatermarks.t}, excluded.t)`, raisedAt: new Date() },
    });
}
