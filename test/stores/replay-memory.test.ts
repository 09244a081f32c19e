import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import type { Claim, ReplayStore } from '../../server/stores/replay/replay.ts';
import { createMemoryReplayStore } from '../../server/stores/replay/replay-memory.ts';
import { freshPglite } from '../harness/fresh.ts';
import { replayContract } from './replay-contract.ts';
import {
  claimOf,
  KEY,
  NO_LIMITS,
  type ReplayFixture,
  raiseRev,
  SESSION,
  seed,
  WORKSPACE,
} from './replay-fixture.ts';

interface MemoryWorld extends ReplayFixture {
  readonly dataDir: string;
}

async function memoryWorld(dataDir?: string): Promise<MemoryWorld> {
  const folder = dataDir ?? (await freshPglite());
  const database = await openDatabase({ databaseUrl: null, dataDir: folder });
  if (dataDir === undefined) await seed(database);
  let time = 1_800_000_000;
  const revs = { key: 0, session: 0 };
  return {
    dataDir: folder,
    database,
    now: () => time,
    step: (seconds) => {
      time += seconds;
    },
    settle: async () => {},
    open: (limits = NO_LIMITS) =>
      createMemoryReplayStore({
        db: database.db,
        clock: () => time * 1000,
        limits,
        isCurrent: ({ key, session }) =>
          (!key || (key.id === KEY && key.rev === revs.key)) &&
          (!session ||
            (session.id === SESSION && session.workspaceId === WORKSPACE && session.rev === revs.session)),
      }),
    change: async (row) => {
      await raiseRev(database, row);
      if (row !== 'session') revs.key++;
      if (row !== 'key') revs.session++;
    },
    close: () => database.close(),
  };
}

replayContract('the memory store', () => memoryWorld());

describe('the memory store, after a clean stop', () => {
  test('knows what was accepted, and is ready at once', async () => {
    const world = await memoryWorld();
    const claim = claimOf(world.now(), 'kept');
    const ahead = claimOf(world.now() + 600, 'ahead');
    const before = await world.open();
    await before.claim(claim);
    await before.claim(ahead);
    await before.close();

    const after = await world.open();
    expect(after.readyAt).toBe(0);
    expect(after.outstanding.used).toBe(2);
    expect(await after.claim(claim)).toBe('seen');
    expect(await after.claim(ahead)).toBe('seen');
    expect(await after.claim(claimOf(world.now(), 'new'))).toBe('won');
    await after.close();
    await world.close();
  });

  test('keeps its watermark, even if the clock is put back in the meantime', async () => {
    const world = await memoryWorld();
    const claim = claimOf(world.now(), 'forgotten');
    const before = await world.open();
    await before.claim(claim);
    world.step(1_000);
    await before.purge();
    await before.close();

    world.step(-1_000);
    const after = await world.open();
    expect(await after.claim(claim)).toBe('behind');
    await after.close();
    await world.close();
  });
});

/** A process that makes the given claims on its own clock; SIGKILL is its crash. */
async function claimAndCrash(dataDir: string, time: number, claims: readonly Claim[]): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/stores/replay-memory-process.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DATA_DIR: dataDir, TIME: String(time) },
  });
  const exited = once(child, 'exit');
  child.stdin.write(`${JSON.stringify(claims)}\n`);
  const outcomes: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    outcomes.push(line);
    if (outcomes.length === claims.length) child.kill('SIGKILL');
  }
  await exited;
  return outcomes;
}

describe('the memory store, after SIGKILL', () => {
  test('accepts nothing that it may have accepted before, and reports when it will be ready', async () => {
    const first = await memoryWorld();
    const { dataDir } = first;
    const now = first.now();
    await first.close();
    const claims = [claimOf(now - 200, 'past'), claimOf(now, 'now'), claimOf(now + 30, 'ahead')];
    expect(await claimAndCrash(dataDir, now, claims)).toEqual(['won', 'won', 'won']);

    const world = await memoryWorld(dataDir);
    const store: ReplayStore = await world.open();
    const mark = store.readyAt - 1;
    expect(mark).toBeGreaterThanOrEqual(now);
    expect(mark).toBeLessThanOrEqual(now + 5);
    const replayed = await Promise.all(claims.map((claim) => store.claim(claim)));
    expect(replayed).toEqual(['behind', 'behind', 'seen']);
    expect(await store.claim(claimOf(mark, 'at the mark'))).toBe('behind');
    expect(await store.claim(claimOf(mark + 1, 'above it'))).toBe('won');
    await store.close();

    // The stop was clean, but the nonces from before the crash are still unknown.
    const again = await world.open();
    expect(again.readyAt).toBe(0);
    expect(await again.claim(claimOf(now, 'now'))).toBe('behind');
    expect(await again.claim(claimOf(mark + 1, 'above it'))).toBe('seen');
    await again.close();
    await world.close();
  });
});
