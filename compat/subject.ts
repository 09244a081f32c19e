import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../server/app/log.ts';
import { type RunningService, startService } from '../server/app/service.ts';
import { insertAccount } from '../server/auth/accounts.ts';
import { insertKey } from '../server/keys/create.ts';
import { readConfig } from '../server/lib/config.ts';
import { PERMISSIONS, wildcardOf } from '../shared/permissions.ts';
import type { Credentials } from '../test/harness/wire.ts';

/** The service that is called through every proxy, in this process, with a key. */
export interface Subject {
  readonly port: number;
  readonly key: Credentials & { readonly apiKey: string };
  /** Stops the service, and starts it again on its port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param origins at which it is called */
export async function startSubject(port: number, origins: readonly string[]): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'keyseal-compat-'));
  const config = readConfig({
    NODE_ENV: 'development',
    PORT: String(port),
    KEYSEAL_DATA_DIR: folder,
    KEYSEAL_DEMO: 'off',
    KEYSEAL_PUBLIC_ORIGINS: origins.join(','),
    KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
    // Most requests of the fuzzing are refused, and all come from one IP address.
    KEYSEAL_ADDRESS_FAILURES: '1000000',
  });
  const log = createLogger({ logLevel: 'error', logFormat: 'json' });
  const start = () => startService(config, { show: () => {}, log });
  let running = await start();
  const key = await makeKey(running);
  const restart = async () => {
    await running.stop();
    running = await start();
  };
  const stop = async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, key, restart, stop };
}

async function makeKey({ service }: RunningService): Promise<Subject['key']> {
  const { database, vault, clock } = service.stores;
  const createdAt = new Date(clock());
  const { user, workspaceId } = await insertAccount(database.db, {
    email: 'compat@example.com',
    name: 'Compatibility',
    passwordHash: 'no password opens this account',
    createdAt,
  });
  const { row, secret, signingSecret } = await insertKey(database.db, vault, service.config.brand, {
    workspaceId,
    ownerId: user.id,
    name: 'Compatibility',
    environment: 'live',
    permissions: PERMISSIONS.map(wildcardOf),
    expiresAt: null,
    createdAt,
  });
  return { id: row.id, apiKey: secret, signingSecret };
}
