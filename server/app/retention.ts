import { getTableName, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { passwordResets, sessions } from '../../drizzle/schema/accounts.ts';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { DAY_MS } from '../../shared/durations.ts';
import type { BackOff } from '../lib/concurrency/back-off.ts';
import { attemptEach } from '../stores/database/attempt-each.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/**
 * How long ended rows are kept: the audit log refers to their ids, and their former holders still get the precise
 * reason of a refusal.
 */
const RETENTION_MS = 30 * DAY_MS;

/**
 * Rows that end by themselves, and when. A used link is deleted together with other links of its time. A deleted session can
 * claim no nonce: the claim finds no row.
 */
const RULES: readonly RetentionRule[] = [
  { table: sessions, endedAt: sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})` },
  { table: invitations, endedAt: invitations.expiresAt },
  { table: passwordResets, endedAt: passwordResets.expiresAt },
  { table: exchangeRules, endedAt: exchangeRules.deletedAt },
  // A build server gets thousands of them a day. The audit log records each of them.
  { table: keys, endedAt: keys.expiresAt, where: isNotNull(keys.exchangeRuleId), retentionMs: DAY_MS },
];

interface RetentionRule {
  readonly table: PgTable;
  /** When a row ended. */
  readonly endedAt: SQL | PgColumn;
  /** A condition on the table's rows; all if absent. */
  readonly where?: SQL;
  readonly retentionMs?: number;
}

/**
 * Deletes sessions, invitations, password links and exchange rules that ended thirty days ago, and keys of exchanges that expired a
 * day ago.
 * @param backOff the tables that could not be purged before
 */
export async function deleteEnded({ database, clock }: Stores, backOff?: BackOff): Promise<void> {
  const purge = ({ table, endedAt, where, retentionMs = RETENTION_MS }: RetentionRule) =>
    purgeBefore(database, table, clock() - retentionMs, { at: endedAt, where });
  await attemptEach(RULES, ({ table }) => getTableName(table), purge, backOff);
}
