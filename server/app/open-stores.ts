import type { Clock } from '../lib/clock.ts';
import { FairQueue } from '../lib/concurrency/fair-queue.ts';
import { Pacer } from '../lib/concurrency/pacer.ts';
import type { Config } from '../lib/config.ts';
import { Audit } from '../stores/audit/audit.ts';
import { ReceiptChains } from '../stores/audit/receipt-chains.ts';
import { RejectedAttemptLog } from '../stores/audit/rejected-attempts.ts';
import { CredentialStore } from '../stores/credentials/credentials.ts';
import { LastUsed } from '../stores/credentials/last-used.ts';
import { BatchResults } from '../stores/database/batch-results.ts';
import { CostlyReads } from '../stores/database/costly-reads.ts';
import type { Database } from '../stores/database/database.ts';
import { DatabaseTurns } from '../stores/database/database-turns.ts';
import { developmentMasterKey } from '../stores/database/pglite/data-dir.ts';
import type { Warn } from '../stores/database/private-files.ts';
import { Writes } from '../stores/database/writes.ts';
import { ProviderLogouts } from '../stores/issuers/provider-logouts.ts';
import { TrustedIssuers } from '../stores/issuers/trusted-issuers.ts';
import { CreditStore } from '../stores/limits/credits.ts';
import { FailedAttempts } from '../stores/limits/failed-attempts.ts';
import { LoginFailures } from '../stores/limits/login-failures.ts';
import { MemoryRateStore } from '../stores/limits/rates-memory.ts';
import { PostgresRateStore } from '../stores/limits/rates-postgres.ts';
import { openLiveTailHub } from '../stores/live-tail/hub.ts';
import { type CallerRevisions, REPLAY_LIMITS, type ReplayStore } from '../stores/replay/replay.ts';
import { createMemoryReplayStore } from '../stores/replay/replay-memory.ts';
import { createPostgresReplayStore } from '../stores/replay/replay-postgres.ts';
import { ResponseKeys } from '../stores/secrets/response-keys.ts';
import { RewrapOnUse } from '../stores/secrets/rewrap-on-use.ts';
import { TokenKeys } from '../stores/secrets/token-keys.ts';
import type { Stores } from '../stores/stores.ts';
import { Latencies } from '../stores/usage/latencies.ts';
import { RequestLog } from '../stores/usage/request-log.ts';
import { UnauthenticatedCalls } from '../stores/usage/unauthenticated-calls.ts';
import { Usage } from '../stores/usage/usage.ts';
import { openVault } from './master-keys.ts';

/**
 * Sign-ups for each network and each IP address. A class of a hundred behind one IP address can sign up at the same time, while
 * an attacker who creates accounts to get many shares of everything gets 720 in an hour.
 */
const SIGN_UPS = [
  { perSecond: 1, burst: 400 },
  { perSecond: 0.2, burst: 100 },
];

/** How many audit logs are verified at the same time, in total and for one sponsor; each for two seconds at most. */
const VERIFICATIONS = { concurrency: 2, ofOneGroup: 1, failedLevels: 2, capacity: 100 };

/** Opens the stores on the service's database. @throws ConfigError if no master key fits the database */
export async function openStores(
  config: Config,
  database: Database,
  clock: Clock,
  warn: Warn,
): Promise<Stores> {
  const { db, sql } = database;
  const vault = await openVault(db, config.masterKeys ?? developmentMasterKey(config.dataDir, warn));
  const credentials = new CredentialStore(database, vault, config.permissions);
  const audit = new Audit(vault, clock);
  const logouts = await ProviderLogouts.open(database, clock);
  const replay = await openReplay(
    database,
    clock,
    (revisions) =>
      credentials.isCurrent(revisions) && !(revisions.person && logouts.isKnown(revisions.person)),
  );
  return {
    database,
    databaseTurns: new DatabaseTurns(database),
    costlyReads: new CostlyReads(),
    batchResults: new BatchResults(),
    writes: new Writes(database),
    vault,
    credentials,
    rewrapOnUse: new RewrapOnUse(db, vault, credentials),
    replay,
    rates: sql ? new PostgresRateStore(sql, clock) : new MemoryRateStore(clock),
    credits: new CreditStore(database, clock),
    tokenKeys: await TokenKeys.open(db, vault, clock),
    responseKeys: new ResponseKeys(vault),
    issuers: new TrustedIssuers(config.issuers, clock, warn),
    providerLogouts: logouts,
    failedAttempts: new FailedAttempts(clock),
    loginFailures: new LoginFailures(database, clock),
    signUps: new Pacer(SIGN_UPS),
    verifications: new FairQueue(VERIFICATIONS),
    lastUsed: new LastUsed(db),
    usage: new Usage(database, clock),
    latencies: new Latencies(database, clock),
    requestLog: new RequestLog(database, clock),
    unauthenticatedCalls: new UnauthenticatedCalls(database, clock),
    liveTail: openLiveTailHub(database, config.databaseUrl),
    audit,
    receiptChains: new ReceiptChains(database, clock),
    rejectedAttempts: new RejectedAttemptLog(db, audit, clock),
    clock,
  };
}

/** @param isCurrent whether nothing has changed on which a caller depends: what Postgres checks in the statement of a claim */
function openReplay(
  { db, sql }: Database,
  clock: Clock,
  isCurrent: (revisions: CallerRevisions) => boolean,
): Promise<ReplayStore> {
  const limits = REPLAY_LIMITS;
  return sql
    ? createPostgresReplayStore({ sql, clock, limits })
    : createMemoryReplayStore({ db, clock, limits, isCurrent });
}
