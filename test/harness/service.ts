import { inject } from 'vitest';
import { createLogger } from '../../server/app/log.ts';
import { type RunningService, startService } from '../../server/app/service.ts';
import { insertAccount } from '../../server/auth/accounts.ts';
import { insertKey } from '../../server/keys/create.ts';
import type { Clock } from '../../server/lib/clock.ts';
import { readConfig } from '../../server/lib/config.ts';
import type { Api } from '../../server/rpc/procedure-registry.ts';
import { PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';
import { freshFolder, freshPglite, freshPostgres } from './fresh.ts';
import type { Credentials } from './wire.ts';

/** A real service on a real port and a fresh database of the run's kind, with an account and a key to begin with. */
export interface TestService {
  readonly url: string;
  /** The authority that is signed. */
  readonly authority: string;
  readonly port: number;
  readonly running: RunningService;
  /** The environment that it was started with: start another on the same database with it. */
  readonly env: Record<string, string>;
  /** The lines of the log, each JSON. */
  readonly log: string[];
  /** A live key of a workspace of its own that holds every permission. */
  readonly demo: Credentials & { readonly workspaceId: string; readonly userId: string };
  stop(): Promise<void>;
}

export interface TestOptions {
  /** Variables in addition to those of a development start. */
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  /** What it answers under `/api`; Keyseal's own without it. */
  readonly api?: Api;
}

/** Starts a service for a test file. Stop it in `afterAll`. */
export async function startTestService({ env = {}, clock, api }: TestOptions = {}): Promise<TestService> {
  const all = { ...(await freshDatabase()), PORT: '0', NODE_ENV: 'development', KEYSEAL_DEMO: 'off', ...env };
  const started = await start(all, clock, api);
  const demo = await makeAccountWithKey(started.running);
  return testService(started, all, demo);
}

/** Starts a service without any account. */
export async function startEmptyService(env: Record<string, string>): Promise<RunningService> {
  const all = { ...(await freshDatabase()), PORT: '0', NODE_ENV: 'development', KEYSEAL_DEMO: 'off', ...env };
  return (await start(all)).running;
}

/** Stops a service and starts another on its database, under the same origins. */
export async function restart(before: TestService, more: Record<string, string> = {}): Promise<TestService> {
  await before.stop();
  return sibling(before, more);
}

/** Starts another instance on the same database, under the same origins; on Postgres alongside the first. */
export async function sibling(
  { env, running, demo }: TestService,
  more: Record<string, string> = {},
  clock?: Clock,
): Promise<TestService> {
  const all = { ...env, KEYSEAL_PUBLIC_ORIGINS: running.service.origins.join(','), ...more };
  return testService(await start(all, clock), all, demo);
}

interface Started {
  readonly running: RunningService;
  readonly log: string[];
}

async function start(env: Record<string, string>, clock?: Clock, api?: Api): Promise<Started> {
  const log: string[] = [];
  const format = { logLevel: 'debug', logFormat: 'json' } as const;
  const logger = createLogger(format, { write: (line) => void log.push(line) });
  const options = { show: () => {}, log: logger, ...(clock ? { clock } : {}), ...(api ? { api } : {}) };
  return { running: await startService(readConfig(env), options), log };
}

function testService(
  { running, log }: Started,
  env: Record<string, string>,
  demo: TestService['demo'],
): TestService {
  const { url, port } = running;
  const stop = () => running.stop();
  return { url, authority: new URL(url).host, port, running, env, log, demo, stop };
}

/** Variables that name a fresh database of the run's kind. */
export async function freshDatabase(): Promise<Record<string, string>> {
  if (inject('database') !== 'postgres') return { KEYSEAL_DATA_DIR: await freshPglite() };
  return { KEYSEAL_DATA_DIR: await freshFolder(), DATABASE_URL: await freshPostgres('migrated') };
}

let accounts = 0;

/** Inserts an account, its workspace, and a live key with every permission. */
export async function makeAccountWithKey({ service }: RunningService) {
  const { database, vault, clock } = service.stores;
  const createdAt = new Date(clock());
  const email = `someone-${++accounts}@example.com`;
  const { user, workspaceId } = await insertAccount(database.db, {
    email,
    name: 'Someone',
    passwordHash: 'no password opens this account',
    createdAt,
  });
  const { row, secret, signingSecret } = await insertKey(database.db, vault, service.config.brand, {
    workspaceId,
    ownerId: user.id,
    name: 'Test key',
    environment: 'live',
    permissions: PERMISSIONS.map(wildcardOf),
    expiresAt: null,
    createdAt,
  });
  return { id: row.id, apiKey: secret, signingSecret, workspaceId, userId: user.id };
}
