import type postgres from 'postgres';

/**
 * The last migrations, taken back from the newest that changes a table: tables that the calls below do not read, and indices. Columns
 * stay, and the table that each call reads, because the instance that serves reads them; adding a column that exists takes the same lock. A start makes all of it again.
 */
const UNDO = `
  drop table latencies, latency_hours, latency_days, request_log, recovery_codes, second_factors, passkeys, receipt_chains,
    exchange_rules, exchanged_tokens;
  drop index keys_exchange_rule, keys_exchanged_over, sessions_issuer_session, provider_logouts_kept,
    invitations_address, invitations_open, keys_owner_enabled, keys_exchange_rule_live, memberships_current,
    password_resets_open_user, password_resets_open_maker, password_resets_open_workspace, workspaces_to_empty,
    memberships_with_former_keys;
  delete from drizzle.__drizzle_migrations where created_at >= 1795916386882`;

/** How many migrations a start makes again after `undoMigrations`. */
export const UNDONE_MIGRATIONS = 15;

/** Gives a database the schema of an earlier version, which the next start upgrades. */
export async function undoMigrations(admin: postgres.Sql): Promise<void> {
  await admin.unsafe(UNDO);
}
