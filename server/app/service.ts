import type { Logger } from 'pino';
import { Gate } from '../gate/gate.ts';
import { publicAuthorities } from '../http/authorities.ts';
import { BodyBudgets } from '../http/body-budgets.ts';
import { HttpServer } from '../http/http-server.ts';
import { MetricsServer } from '../http/metrics-server.ts';
import { OpenStreams } from '../http/open-streams.ts';
import { Readiness } from '../http/readiness.ts';
import { RefusalLog } from '../http/refusal-log.ts';
import { sharedAnswersOf } from '../http/server-context.ts';
import type { Clock } from '../lib/clock.ts';
import { FairQueue } from '../lib/concurrency/fair-queue.ts';
import { Pacer } from '../lib/concurrency/pacer.ts';
import type { Config } from '../lib/config.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { Api } from '../rpc/procedure-registry.ts';
import type { Service } from '../rpc/trpc.ts';
import { Audit } from '../stores/audit/audit.ts';
import { logChainHeads, logMovedHeads } from '../stores/audit/chain-heads.ts';
import { RejectedAttemptLog } from '../stores/audit/rejected-attempts.ts';
import { CredentialStore } from '../stores/credentials/credentials.ts';
import { LastUsed } from '../stores/credentials/last-used.ts';
import { CostlyReads } from '../stores/database/costly-reads.ts';
import { developmentMasterKey } from '../stores/database/data-dir.ts';
import type { Database } from '../stores/database/database.ts';
import { DatabaseTurns } from '../stores/database/database-turns.ts';
import { openDatabase } from '../stores/database/open-database.ts';
import type { Warn } from '../stores/database/private-files.ts';
import { CreditStore } from '../stores/limits/credits.ts';
import { FailedAttempts } from '../stores/limits/failed-attempts.ts';
import { LoginFailures } from '../stores/limits/login-failures.ts';
import { MemoryRateStore } from '../stores/limits/rates-memory.ts';
import { PostgresRateStore } from '../stores/limits/rates-postgres.ts';
import { openLiveTailHub } from '../stores/live-tail/hub.ts';
import { REPLAY_LIMITS } from '../stores/replay/replay.ts';
import { createMemoryReplayStore } from '../stores/replay/replay-memory.ts';
import { createPostgresReplayStore } from '../stores/replay/replay-postgres.ts';
import { RewrapOnUse } from '../stores/secrets/rewrap-on-use.ts';
import { TokenKeys } from '../stores/secrets/token-keys.ts';
import type { Stores } from '../stores/stores.ts';
import { UnauthenticatedCalls } from '../stores/usage/unauthenticated-calls.ts';
import { Usage } from '../stores/usage/usage.ts';
import { prepareFirstStart, type SecretSink } from './bootstrap.ts';
import { flush, startJobs } from './jobs.ts';
import { createLogger } from './log.ts';
import { openVault } from './master-keys.ts';
import { builtInApi } from './router.ts';

/**
 * Sign-ups for each network and each address. A class of a hundred behind one address signs up at once, while an
 * attacker who creates workspaces to get many shares of everything gets 720 in an hour.
 */
const SIGN_UPS = [
  { perSecond: 1, burst: 400 },
  { perSecond: 0.2, burst: 100 },
];

/** Audit logs that are verified at a time, in all and for one workspace; each for two seconds at most. */
const VERIFICATIONS = { concurrency: 2, ofOneGroup: 1, capacity: 100 };

export interface RunningService {
  /** The first public origin. */
  readonly url: string;
  readonly port: number;
  /** The port of `/metrics`; null if it is on `port`. */
  readonly metricsPort: number | null;
  readonly service: Service;
  /** From now on it says that it is not ready, so that load balancers send calls elsewhere. It still serves. */
  drain(): void;
  /** Lets accepted calls finish, then closes the stores. */
  stop(): Promise<void>;
}

/**
 * Starts a whole service: listens, opens and migrates the database, prepares a first start, serves.
 * @throws ConfigError if the configuration is invalid; releases the port and the database first
 */
export async function startService(
  config: Config,
  {
    show,
    clock = Date.now,
    log = createLogger(config),
    api = builtInApi,
  }: { show: SecretSink; clock?: Clock; log?: Logger; api?: Api },
): Promise<RunningService> {
  const originsAt = (port: number) => config.publicOrigins ?? localOrigins(config.host, port);
  const front = new HttpServer((port) => originsAt(port)[0] as string, config.trustedProxies, config);
  const metricsFront = new MetricsServer();
  const port = await front.listen(config.port, config.host);
  let database: Database | undefined;
  try {
    const metricsPort =
      config.metricsPort === null ? null : await metricsFront.listen(config.metricsPort, config.host);
    const warn: Warn = (details, sentence) => log.warn(details, sentence);
    database = await openDatabase(config, 'migrate', undefined, warn);
    const stores = await openStores(config, database, clock, warn);
    const origins = originsAt(port);
    const service = serviceOf(config, stores, origins, log, api);
    if (config.production && config.signUp === 'open')
      log.warn('KEYSEAL_SIGN_UP=open: anyone can make an account, and e-mail addresses are not verified');
    await prepareFirstStart(service, show);
    await logChainHeads(stores, log);
    const bodies = new BodyBudgets(config.bodies);
    const metrics = new Metrics({ stores, gate: service.gate, bodies });
    const limits = {
      authorities: publicAuthorities(origins),
      basePath: config.basePath,
      trustedProxies: config.trustedProxies,
      bodies,
    };
    const readiness = new Readiness(service);
    front.serve({
      service,
      limits,
      metrics,
      tellsMetrics: metricsPort === null,
      streams: new OpenStreams(config.heartbeatSeconds),
      refusalLog: new RefusalLog(log),
      shared: sharedAnswersOf(service, metrics),
      readiness,
    });
    metricsFront.serve(metrics);
    const endChores = startJobs(stores, log);
    const stop = async () => {
      await front.stop();
      await metricsFront.stop();
      await endChores();
      await flush(stores).catch((err) => log.error({ err }, 'the last counts were not written'));
      await flushAuditOnShutdown(stores, log).catch((err) =>
        log.error({ err }, 'the audit log was not closed'),
      );
      await Promise.all([
        stores.replay.close(),
        stores.rates.close(),
        stores.credits.close(),
        stores.liveTail.close(),
      ]);
      await stores.database.close();
    };
    const drain = () => {
      readiness.drain();
      front.drain();
    };
    return { url: origins[0] as string, port, metricsPort, service, drain, stop };
  } catch (error) {
    await front.stop();
    await metricsFront.stop();
    await database?.close();
    throw error;
  }
}

async function openStores(config: Config, database: Database, clock: Clock, warn: Warn): Promise<Stores> {
  const { db, sql } = database;
  const vault = await openVault(db, config.masterKeys ?? developmentMasterKey(config.dataDir, warn));
  const credentials = new CredentialStore(database, vault, config.permissions);
  const audit = new Audit(vault, clock);
  const limits = REPLAY_LIMITS;
  const replay = sql
    ? await createPostgresReplayStore({ sql, clock, limits })
    : await createMemoryReplayStore({
        db,
        clock,
        limits,
        isCurrent: (standing) => credentials.isCurrent(standing),
      });
  return {
    database,
    databaseTurns: new DatabaseTurns(database),
    costlyReads: new CostlyReads(),
    vault,
    credentials,
    rewrapOnUse: new RewrapOnUse(db, vault, credentials),
    replay,
    rates: sql ? new PostgresRateStore(sql, clock) : new MemoryRateStore(clock),
    credits: new CreditStore(database, clock),
    tokenKeys: await TokenKeys.open(db, vault, clock),
    failedAttempts: new FailedAttempts(clock),
    loginFailures: new LoginFailures(database, clock),
    signUps: new Pacer(SIGN_UPS),
    verifications: new FairQueue(VERIFICATIONS),
    lastUsed: new LastUsed(db),
    usage: new Usage(database, clock),
    unauthenticatedCalls: new UnauthenticatedCalls(database, clock),
    liveTail: openLiveTailHub(database, config.databaseUrl),
    audit,
    rejectedAttempts: new RejectedAttemptLog(db, audit, clock),
    clock,
  };
}

/** Records the last audit entries, and logs the chains' heads for the operator. */
async function flushAuditOnShutdown(stores: Stores, log: Logger): Promise<void> {
  await stores.rejectedAttempts.flush(true);
  await logMovedHeads(stores, log);
}

function serviceOf(
  config: Config,
  stores: Stores,
  origins: readonly string[],
  log: Logger,
  api: Api,
): Service {
  const issuer = config.issuer ?? (origins[0] as string);
  const gate = new Gate(stores, {
    brand: config.brand,
    issuer,
    showsBase: !config.production,
    addressFailures: config.failures.address,
    sessionCalls: config.sessionCalls,
  });
  return { api, stores, gate, config, log, origins, issuer };
}

/** Outside production: localhost and the listening address. */
function localOrigins(host: string, port: number): string[] {
  const address = host.includes(':') ? `[${host}]` : host;
  return [...new Set(['localhost', '127.0.0.1', address])].map(
    (name) => new URL(`http://${name}:${port}`).origin,
  );
}
