import { isNotNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { passwordResets, sessions } from '../../drizzle/schema/accounts.ts';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { DAY_MS } from '../../shared/durations.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/**
 * How long ended rows are kept: the audit log refers to their ids, and their former holders still get the precise
 * reason of a refusal.
 */
const KEPT_MS = 30 * DAY_MS;

/**
 * Rows that end by themselves, and when. A used link is deleted with the others of its time. A deleted session cannot
 * be claimed for: the nonce claim finds no row.
 */
const ENDING: readonly Ending[] = [
  { table: sessions, at: sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})` },
  { table: invitations, at: invitations.expiresAt },
  { table: passwordResets, at: passwordResets.expiresAt },
  { table: exchangeRules, at: exchangeRules.deletedAt },
  // A build server gets thousands of them a day. The audit log keeps what each was.
  { table: keys, at: keys.expiresAt, where: isNotNull(keys.exchangeRuleId), keptMs: DAY_MS },
];

interface Ending {
  readonly table: PgTable;
  /** When a row ended. */
  readonly at: SQL | PgColumn;
  /** Which of its rows; all if absent. */
  readonly where?: SQL;
  readonly keptMs?: number;
}

/**
 * Deletes sessions, invitations, password links and exchange rules that ended thirty days ago, and keys of exchanges that expired a
 * day ago.
 */
export async function deleteEnded({ database, clock }: Stores): Promise<void> {
  for (const { table, at, where, keptMs = KEPT_MS } of ENDING)
    await purgeBefore(database, table, clock() - keptMs, { at, where });
}
