import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { invitations, passwordResets, sessions } from '../../drizzle/schema.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/**
 * How long ended rows are kept: the audit log refers to their ids, and their former holders still get the precise
 * reason of a refusal.
 */
const KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Rows that end by themselves, and when. A used link is deleted with the others of its time. A deleted session cannot
 * be claimed for: the nonce claim finds no row.
 */
const ENDING: readonly { table: PgTable; over: SQL | PgColumn }[] = [
  { table: sessions, over: sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})` },
  { table: invitations, over: invitations.expiresAt },
  { table: passwordResets, over: passwordResets.expiresAt },
];

/** Deletes sessions, invitations and password links that ended thirty days ago. */
export async function deleteEnded({ database, clock }: Stores): Promise<void> {
  for (const { table, over } of ENDING) await purgeBefore(database, table, clock() - KEPT_MS, over);
}
