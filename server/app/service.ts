import type { Logger } from 'pino';
import { Gate } from '../gate/gate.ts';
import { HttpServer } from '../http/http-server.ts';
import { MetricsServer } from '../http/metrics-server.ts';
import { Readiness } from '../http/readiness.ts';
import { RefusalLog } from '../http/refusal-log.ts';
import { publicAuthorities, publicSchemes } from '../http/request/authorities.ts';
import { BodyBudgets } from '../http/request/body-budgets.ts';
import { type ServerContext, sharedQueriesOf } from '../http/server-context.ts';
import { OpenStreams } from '../http/streams/open-streams.ts';
import type { Clock } from '../lib/clock.ts';
import type { Config } from '../lib/config.ts';
import { requireOpenFiles } from '../lib/open-files-limit.ts';
import { disablePretenuring } from '../lib/pretenuring.ts';
import { localOrigins } from '../lib/public-origin.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { Api } from '../rpc/procedure-registry.ts';
import type { Service } from '../rpc/trpc.ts';
import { logChainHeads, logExtendedHeads } from '../stores/audit/chain-heads.ts';
import { fillInSponsors } from '../stores/credentials/sponsor-upkeep.ts';
import type { Database } from '../stores/database/database.ts';
import { openDatabase } from '../stores/database/open-database.ts';
import type { Warn } from '../stores/database/private-files.ts';
import type { Stores } from '../stores/stores.ts';
import { prepareFirstStart, type SecretSink } from './bootstrap.ts';
import { flush, startJobs } from './jobs.ts';
import { createLogger } from './log.ts';
import { openStores } from './open-stores.ts';
import { builtInApi } from './router.ts';

export interface RunningService {
  /** The first public origin. */
  readonly url: string;
  readonly port: number;
  /** The port of `/metrics`; null if it is on `port`. */
  readonly metricsPort: number | null;
  readonly service: Service;
  /** Reports that it is not ready, so that load balancers send calls elsewhere. It still serves. */
  drain(): void;
  /** Lets accepted calls finish, then closes the stores. */
  stop(): Promise<void>;
}

/** The parts of a service that its caller may choose. */
interface StartOptions {
  readonly show: SecretSink;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly api?: Api;
}

/**
 * Starts a whole service: listens, opens and migrates the database, prepares a first startup, serves.
 * @throws ConfigError if the configuration is invalid; releases the port and the database first
 */
export async function startService(
  config: Config,
  { show, clock = Date.now, log = createLogger(config), api = builtInApi }: StartOptions,
): Promise<RunningService> {
  requireOpenFiles();
  disablePretenuring();
  const originsAt = (port: number) => config.publicOrigins ?? localOrigins(config.host, port);
  const httpServer = new HttpServer((port) => originsAt(port)[0] as string, config.trustedProxies, config);
  const metricsServer = new MetricsServer();
  const port = await httpServer.listen(config.port, config.host);
  let database: Database | undefined;
  try {
    const metricsPort =
      config.metricsPort === null ? null : await metricsServer.listen(config.metricsPort, config.host);
    const warn: Warn = (details, sentence) => log.warn(details, sentence);
    database = await openDatabase(config, 'migrate', undefined, warn);
    // Before any key is cached with its sponsor. On PGlite nothing later notices a changed row.
    await fillInSponsors(database, database.kind === 'pglite' ? Number.POSITIVE_INFINITY : 1);
    const stores = await openStores(config, database, clock, warn);
    const origins = originsAt(port);
    const service = serviceOf({ config, stores, origins, log, api });
    if (config.production && config.signUp === 'open')
      log.warn('KEYSEAL_SIGN_UP=open: anyone can make an account, and e-mail addresses are not verified');
    await prepareFirstStart(service, show);
    await logChainHeads(stores, log);
    const context = serverContext(service, metricsPort === null);
    httpServer.startServing(context);
    metricsServer.startServing(context.metrics);
    const stopJobs = startJobs(stores, log);
    const stop = async () => {
      await httpServer.stop();
      await metricsServer.stop();
      await stopJobs();
      await closeStores(stores, log);
    };
    const drain = () => {
      context.readiness.drain();
      httpServer.drain();
    };
    return { url: origins[0] as string, port, metricsPort, service, drain, stop };
  } catch (error) {
    await httpServer.stop();
    await metricsServer.stop();
    await database?.close();
    throw error;
  }
}

/** @param exposesMetrics whether the HTTP server itself serves `/metrics` */
function serverContext(service: Service, exposesMetrics: boolean): ServerContext {
  const { config, stores, gate, log, origins } = service;
  const bodies = new BodyBudgets(config.bodies);
  const metrics = new Metrics({ stores, gate, bodies });
  const { basePath, trustedProxies } = config;
  return {
    service,
    requestSettings: {
      authorities: publicAuthorities(origins),
      schemes: publicSchemes(origins),
      basePath,
      trustedProxies,
      bodies,
    },
    metrics,
    exposesMetrics,
    streams: new OpenStreams(config.heartbeatSeconds),
    refusalLog: new RefusalLog(log),
    shared: sharedQueriesOf(service),
    readiness: new Readiness(service),
  };
}

/** Writes what the stores still hold in memory, and closes them. */
async function closeStores(stores: Stores, log: Logger): Promise<void> {
  await flush(stores).catch((err) => log.error({ err }, 'the last counts were not written'));
  await flushAuditOnShutdown(stores, log).catch((err) => log.error({ err }, 'the audit log was not closed'));
  await Promise.all([
    stores.replay.close(),
    stores.rates.close(),
    stores.credits.close(),
    stores.receiptChains.close(),
    stores.liveTail.close(),
  ]);
  await stores.database.close();
}

/** Records the last audit entries, and logs the chains' heads for the operator. */
async function flushAuditOnShutdown(stores: Stores, log: Logger): Promise<void> {
  await stores.rejectedAttempts.flush(true);
  await logExtendedHeads(stores, log);
}

function serviceOf(parts: Omit<Service, 'gate' | 'issuer'>): Service {
  const { config, stores, origins } = parts;
  const issuer = config.issuer ?? (origins[0] as string);
  const gate = new Gate(stores, {
    brand: config.brand,
    issuer,
    showsBase: !config.production,
    addressFailures: config.failures.address,
    sessionCalls: config.sessionCalls,
  });
  return { ...parts, gate, issuer };
}
