import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { invitations, passwordResets, sessions } from '../../drizzle/schema.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/** What is over is kept for so long: its ids stand in the audit log, and whoever held it is told why it is refused. */
const KEPT_MS = 30 * 24 * 3_600_000;

/**
 * What comes to an end by itself, and when. A link that was used goes with the others of its time. A session that is
 * gone is claimed for by nobody: the claim of a nonce finds no row.
 */
const ENDING: readonly { table: PgTable; over: SQL | PgColumn }[] = [
  { table: sessions, over: sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})` },
  { table: invitations, over: invitations.expiresAt },
  { table: passwordResets, over: passwordResets.expiresAt },
];

/** Deletes sessions, invitations and password links that have been over for thirty days. */
export async function deleteEnded({ database, clock }: Stores): Promise<void> {
  for (const { table, over } of ENDING) await purgeBefore(database, table, clock() - KEPT_MS, over);
}
