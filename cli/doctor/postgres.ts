import { sql } from 'drizzle-orm';
import type { Config } from '../../server/lib/config.ts';
import { Upstream } from '../../server/stores/database/connection/connect.ts';
import { COMMITS_ADVICE, commitsStatements } from '../../server/stores/database/connection/pooler.ts';
import type { Database } from '../../server/stores/database/database.ts';
import {
  endOfHolder,
  migrationLockHolders,
  nameOfHolder,
} from '../../server/stores/database/lock-holders.ts';
import {
  missingPrivileges,
  rowSecuritySentence,
  securedTables,
} from '../../server/stores/database/privileges.ts';
import { type DoctorCheck, failedCheck } from './check.ts';
import { STANDBY_ADVICE } from './claim.ts';

/** Checks that calls can write: each claims its nonce. Checks nothing on PGlite. */
export async function checkWritable({ kind, query }: Database): Promise<DoctorCheck[]> {
  if (kind === 'pglite') return [];
  const [state] = await query<{ readOnly: boolean; standby: boolean }>(
    sql`select current_setting('transaction_read_only') = 'on' as "readOnly", pg_is_in_recovery() as standby`,
  );
  if (!state?.readOnly) return [];
  return [
    state.standby
      ? failedCheck(
          'database',
          'is read-only: it is a standby',
          'Point DATABASE_URL to the primary, or name all servers in it: postgres://user:password@a:5432,b:5432/name.',
        )
      : failedCheck(
          'database',
          'is read-only: default_transaction_read_only is on',
          'Turn off default_transaction_read_only for this role, this database and in Postgres.',
        ),
  ];
}

/** Checks the role's privileges on the tables, which must exist, and whether it sees all their rows. */
export async function checkRole({ query }: Database): Promise<DoctorCheck[]> {
  const missing = (await query<{ missing: string }>(missingPrivileges('service'))).map((row) => row.missing);
  const grants = missing.map((right) => `GRANT ${right} TO ...`).join('; ');
  const lacking = failedCheck(
    'rights',
    `the role lacks ${missing.join(', ')}`,
    `Run ${grants}; or let the role own the tables.`,
  );
  const secured = (await query<{ name: string }>(securedTables('service'))).map(({ name }) => name);
  const changes = secured.map((name) => `ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`).join('; ');
  const hidden = failedCheck(
    'rights',
    rowSecuritySentence(secured),
    `Run ${changes}; or ALTER ROLE ... BYPASSRLS. Keyseal has to see every row.`,
  );
  return [...(missing.length > 0 ? [lacking] : []), ...(secured.length > 0 ? [hidden] : [])];
}

/** Checks that a pooler commits what it confirmed. Needs the tables, privileges on them, and a server that accepts writes. */
export async function checkCommits({ databaseUrl }: Config): Promise<DoctorCheck[]> {
  if (databaseUrl === null || (await commitsStatements(databaseUrl, new Upstream(true)))) return [];
  return [failedCheck('pooler', 'leaves transactions open, so that nothing is committed', COMMITS_ADVICE)];
}

/**
 * Checks what a failover would lose. A standby that follows asynchronously lacks the last commits: their nonces could be
 * claimed again, and what was revoked in them would be valid again. This check cannot know whether it will ever be promoted.
 */
export async function checkReplication({ kind, query }: Database): Promise<DoctorCheck[]> {
  if (kind === 'pglite') return [];
  const standbys = await query<Standby>(
    sql`select application_name as name, sync_state as state from pg_stat_replication`,
  );
  const [row] = await query<{ names: string }>(
    sql`select case when pg_is_in_recovery() then '' else current_setting('synchronous_standby_names') end as names`,
  );
  const names = row?.names ?? '';
  const found = `${standbys.length} standby${standbys.length === 1 ? '' : 's'}`;
  if (names !== '') return [checkSynchronous(found, standbys, names)];
  if (standbys.length === 0) return [];
  return [
    {
      name: 'replication',
      state: 'unknown',
      found: `${found}, none of them synchronous: one that is promoted lacks the last commits, so that calls could be replayed and revoked keys would be valid again`,
      fix: 'Set synchronous_standby_names in Postgres, if a standby may be promoted (docs/operators/postgres.md).',
    },
  ];
}

interface Standby {
  readonly name: string;
  /** Null for a role without pg_read_all_stats. */
  readonly state: string | null;
}

/** Checks that as many synchronous standbys are connected as each commit waits for. */
function checkSynchronous(found: string, standbys: readonly Standby[], names: string): DoctorCheck {
  const [, needed = '1', list = names] = /^\s*(?:(?:FIRST|ANY)\s+)?(\d+)\s*\((.*)\)\s*$/is.exec(names) ?? [];
  const listed = list.split(',').map((name) => name.trim().replace(/^"|"$/g, '').toLowerCase());
  const connected = standbys.filter(({ name, state }) =>
    state === null
      ? listed.includes('*') || listed.includes(name.toLowerCase())
      : state === 'sync' || state === 'quorum',
  ).length;
  const setting = `synchronous_standby_names = ${names}`;
  if (connected >= Number(needed))
    return { name: 'replication', state: 'right', found: `${found}, ${setting}` };
  return failedCheck(
    'replication',
    `${found}, ${connected} of them synchronous where ${needed} must be, so that every commit waits and every call fails with 503: ${setting}`,
    STANDBY_ADVICE,
  );
}

/** Reports sessions that hold the lock for which startup waits. */
export async function checkStartLock({ sql: client }: Database): Promise<DoctorCheck[]> {
  if (!client) return [];
  const holders = await migrationLockHolders(client);
  const [first] = holders;
  if (!first) return [];
  const found = holders.map((holder) => `${nameOfHolder(holder)} since ${holder.since ?? 'an unknown time'}`);
  return [
    {
      name: 'start lock',
      state: 'unknown',
      found: `held by ${found.join(', ')}: an instance migrates, or a session was left`,
      fix: `Let it finish, or run ${endOfHolder(first)}.`,
      details: holders,
    },
  ];
}
