import { openVault, versionsInUse } from '../../server/app/master-keys.ts';
import { type Config, ConfigError, readConfig } from '../../server/lib/config.ts';
import { VERSION } from '../../server/lib/package-root.ts';
import { secondsAheadOf } from '../../server/stores/database/clock-difference.ts';
import { causeOf } from '../../server/stores/database/connection/failure-sentence.ts';
import { SessionRefused } from '../../server/stores/database/connection/session-check.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { newerSchemaSentence, schemaOf } from '../../server/stores/database/migrations.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import type { Vault } from '../../server/stores/secrets/vault.ts';
import { type DoctorCheck, failedCheck } from './check.ts';
import { checkClaim } from './claim.ts';
import { checkOfFailure, sentenceOf } from './database-failure.ts';
import { checkExchangeRules } from './exchange-rules.ts';
import { checkConfiguration, checkDataDir, keysOf } from './files.ts';
import { checkIssuers, checkJoinRules } from './issuers.ts';
import { checkCommits, checkReplication, checkRole, checkStartLock, checkWritable } from './postgres.ts';
import { checkSession } from './session.ts';

/** Seconds by which clocks may differ without affecting limits. */
const CLOCKS_APART_S = 5;

/** How `openDatabase` says that PGlite has no database in the data directory. */
const NO_DATABASE = /^The data directory ".*" contains no database/;
const FIRST_START =
  'If Keyseal has never started here, start it, or run keyseal migrate: both create the database. Otherwise set KEYSEAL_DATA_DIR or DATABASE_URL to the existing one.';

/** Runs all possible checks in order, and continues after a failed one. */
export async function runDoctorChecks(env: Record<string, string | undefined>): Promise<DoctorCheck[]> {
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    return [
      failedCheck(
        'configuration',
        messageOf(error),
        'Correct this variable. docs/operators/configuration.md describes every variable.',
      ),
    ];
  }
  const findings: DoctorCheck[] = [
    checkConfiguration(config),
    checkDataDir(config),
    ...(await checkIssuers(config)),
  ];
  let database: Database;
  const connections: DoctorCheck[] = [];
  try {
    database = await openDatabase(config, 'leave', undefined, (details) => {
      connections.push(...connectionChecks(details));
    });
  } catch (error) {
    return [...findings, checkOfOpenFailure(error, config)];
  }
  try {
    findings.push(...(await checkDatabase(config, database, connections)));
    return findings;
  } finally {
    await database.close();
  }
}

/** A check, and the name under which it says that it failed. */
type NamedCheck = readonly [DoctorCheck['name'], () => Promise<readonly DoctorCheck[]>];

async function checkDatabase(
  config: Config,
  database: Database,
  connections: readonly DoctorCheck[],
): Promise<DoctorCheck[]> {
  const findings: DoctorCheck[] = [];
  const lacksRights = () => findings.some(({ name, state }) => name === 'rights' && state === 'wrong');
  /** Runs checks in order. A failure with the same reason as an earlier one is not reported again. */
  const run = async (checks: readonly NamedCheck[]) => {
    for (const [name, check] of checks) {
      const found = await check().catch(async (error: unknown) =>
        causeOf(error).code === '42501' && lacksRights()
          ? []
          : [await checkOfFailure(name, error, config, database)],
      );
      const said = findings.map((one) => one.found);
      findings.push(...found.filter((one) => one.state !== 'wrong' || !said.includes(one.found)));
    }
    return findings.every(({ state }) => state !== 'wrong');
  };
  const isWritable = await run([['database', () => checkWritable(database)]]);
  if (isWritable) findings.push({ name: 'database', state: 'right', found: `${database.kind} answers` });
  findings.push(...connections);
  await run([
    ['schema', () => checkSchema(database)],
    ['clock', () => checkClock(database)],
    ['start lock', () => checkStartLock(database)],
    ['replication', () => checkReplication(database)],
    ['session', () => checkSession(config)],
  ]);
  // Another schema may lack the tables.
  const hasTables = findings.some(({ name, state }) => name === 'schema' && state === 'right');
  if (hasTables) await run(tableChecks(config, database, isWritable, findings));
  return findings;
}

/** The checks that read the tables. @param findings of the checks before each */
function tableChecks(
  config: Config,
  database: Database,
  isWritable: boolean,
  findings: readonly DoctorCheck[],
): NamedCheck[] {
  const isWrong = (wanted: DoctorCheck['name']) =>
    findings.some(({ name, state }) => name === wanted && state === 'wrong');
  const commits = async () => {
    if (!isWritable || isWrong('rights')) return [];
    const uncommitted = await checkCommits(config);
    // A claim would wait for a standby that is known to be missing.
    if (uncommitted.length > 0 || isWrong('replication')) return uncommitted;
    return checkClaim(config, database);
  };
  return [
    ['rights', () => checkRole(database)],
    ['database', commits],
    ['issuers', () => checkJoinRules(database, config)],
    ['issuers', () => checkExchangeRules(database, config)],
    // Its check writes.
    ['master keys', async () => (isWritable ? [await checkMasterKeys(config, database)] : [])],
  ];
}

interface FewConnections {
  readonly connections?: number;
  readonly needed?: number;
  /** The setting of Postgres that limits them; absent for a pooler. */
  readonly limitedBy?: string;
  readonly fix?: string;
}

/** What opening the database has shown about its connections. A running service uses some of them already. */
function connectionChecks({ connections, needed, limitedBy, fix }: FewConnections): DoctorCheck[] {
  if (needed === undefined) return [];
  const details = { connections, needed };
  const found = `at once, and an instance needs ${needed}, in addition to those of other instances`;
  if (limitedBy !== undefined) {
    const limited = `${limitedBy} allows ${connections} ${found}`;
    return [{ name: 'connections', state: 'unknown', found: limited, ...(fix ? { fix } : {}), details }];
  }
  return [
    {
      name: 'pooler',
      state: 'unknown',
      found: `gives ${connections} connections ${found}`,
      fix: 'Raise default_pool_size, max_db_connections and max_client_conn in the pooler.',
      details,
    },
  ];
}

function checkOfOpenFailure(error: unknown, { databaseUrl }: Config): DoctorCheck {
  const found = sentenceOf(error, databaseUrl, 'opening') ?? messageOf(error);
  if (found.includes('is in use by another process')) {
    const fix = 'Stop the service, then run doctor again to check its database.';
    return { name: 'database', state: 'unknown', found: 'PGlite is in use by another process', fix };
  }
  const [absent] = found.match(NO_DATABASE) ?? [];
  if (absent !== undefined) return failedCheck('database', absent, FIRST_START);
  if (error instanceof SessionRefused) {
    return failedCheck('database', found, 'Set what it names, then run doctor again.');
  }
  // The message ends with the remedy.
  return failedCheck('database', found, 'Do what this says, then run doctor again.');
}

async function checkSchema({ query }: Database): Promise<DoctorCheck[]> {
  const { applied, pending, unknown } = await schemaOf(query);
  const details = { applied, pending, unknown };
  if (unknown > 0) {
    return [
      { ...failedCheck('schema', newerSchemaSentence(unknown), `Update Keyseal ${VERSION}.`), details },
    ];
  }
  if (pending.length > 0) {
    return [{ ...failedCheck('schema', `lacks ${pending.join(', ')}`, 'Run keyseal migrate.'), details }];
  }
  return [{ name: 'schema', state: 'right', found: `up to date (${applied.at(-1)})`, details }];
}

/** Checks the clock of a database server. */
async function checkClock(database: Database): Promise<DoctorCheck[]> {
  if (database.kind === 'pglite') return [];
  const apart = -(await secondsAheadOf(database, Date.now));
  const found = `${Math.abs(apart).toFixed(1)} s ${apart < 0 ? 'behind' : 'ahead of'} this machine`;
  const details = { apartSeconds: apart };
  return Math.abs(apart) <= CLOCKS_APART_S
    ? [{ name: 'clock', state: 'right', found: `the database's is ${found}`, details }]
    : [
        {
          ...failedCheck(
            'clock',
            `the database's is ${found}`,
            'Synchronize the clocks of both machines (NTP).',
          ),
          details,
        },
      ];
}

async function checkMasterKeys(config: Config, { db }: Database): Promise<DoctorCheck> {
  const keys = keysOf(config);
  if (!keys) {
    const uses = await versionsInUse(db, []);
    const some = uses.some(({ needed }) => needed > 0);
    return some
      ? failedCheck(
          'master keys',
          'no master key is set, and stored rows need one',
          'Restore master.key, or set KEYSEAL_MASTER_KEYS.',
        )
      : { name: 'master keys', state: 'right', found: 'none yet: the first startup creates one' };
  }
  let vault: Vault;
  try {
    vault = await openVault(db, keys);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = await versionsInUse(db, []);
    return {
      ...failedCheck(
        'master keys',
        error.message,
        'Add the versions that the rows need to KEYSEAL_MASTER_KEYS.',
      ),
      details,
    };
  }
  const uses = await versionsInUse(db, vault.retiredAuditVersions);
  const old = uses.filter(({ version, needed }) => version !== vault.newest && needed > 0);
  const found = `newest version ${vault.newest}, available: ${vault.versions.join(', ')}`;
  if (old.length === 0) return { name: 'master keys', state: 'right', found, details: uses };
  const waiting = old
    .map((use) => `${use.needed} rows of ${use.table}.${use.column} under version ${use.version}`)
    .join(', ');
  const fix =
    'Run keyseal master-key rotate to rewrap encrypted values. A MAC, such as that of a key secret, moves when it is next used.';
  return {
    name: 'master keys',
    state: 'right',
    found: `${found}; not yet moved: ${waiting}`,
    fix,
    details: uses,
  };
}

/** The message of a configuration or database error; only the name of any other, since a statement may contain secrets. */
function messageOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, name, cause } = error as { code?: string; name?: string; cause?: { code?: string } };
  return String(cause?.code ?? code ?? name ?? 'unknown error');
}
