import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Caller } from '../../server/gate/caller/caller.ts';
import { payerOfCaller } from '../../server/gate/caller/caller-payer.ts';
import { BodyBudgets } from '../../server/http/request/body-budgets.ts';
import { OpenStreams } from '../../server/http/streams/open-streams.ts';
import { insertKey } from '../../server/keys/create.ts';
import { insertWorkspace } from '../../server/membership/workspaces.ts';
import { Batcher } from '../../server/stores/database/batcher.ts';
import { DatabaseTurns } from '../../server/stores/database/database-turns.ts';
import { MemoryRateStore } from '../../server/stores/limits/rates-memory.ts';
import { NonceQuota } from '../../server/stores/replay/nonce-quota.ts';
import type { Claim } from '../../server/stores/replay/replay.ts';
import { Usage } from '../../server/stores/usage/usage.ts';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, newMember } from '../harness/teams.ts';
import type { Credentials } from '../harness/wire.ts';

const WORKSPACES = 20;
const MIB = 1024 * 1024;

let service: TestService;
/** A person with many workspaces, and a key in each. */
let many: Caller[];
/** The key of a person with one. */
let one: Caller;

/** Inserts a workspace of a person, and a service key of it. */
async function keyInNewWorkspace(on: TestService, userId: string): Promise<string> {
  const { service: inner } = on.running;
  const { db } = inner.stores.database;
  const createdAt = new Date();
  const workspaceId = await insertWorkspace(db, 'One of many', userId, createdAt);
  const key = { workspaceId, ownerId: null, name: 'A key', environment: 'live' as const, expiresAt: null };
  const options = { ...key, permissions: ['exemple:read'], createdAt };
  return (await insertKey(db, inner.stores.vault, inner.config.brand, options)).row.id;
}

async function callerOf(on: TestService, keyId: string): Promise<Caller> {
  const key = await on.running.service.stores.credentials.key(keyId);
  if (!key) throw new Error(`no key ${keyId}`);
  const pair = { secretHash: key.secretHash, previous: false };
  return { kind: 'key', key, pair, workspaceId: key.workspaceId, user: null };
}

/** The account at the top of the fairness path of a key. */
const sponsorOf = async (on: TestService, { id }: Pick<Credentials, 'id'>) =>
  payerOfCaller(await callerOf(on, id))[0];

/** How often something can be taken until it is refused, at most 1,000 times. */
function countTaken(take: () => boolean): number {
  let taken = 0;
  while (taken < 1_000 && take()) taken++;
  return taken;
}

const succeeds = (act: () => unknown) => () => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

beforeAll(async () => {
  service = await startTestService();
  const person = await signUp(service);
  many = [];
  for (let n = 0; n < WORKSPACES; n++)
    many.push(await callerOf(service, await keyInNewWorkspace(service, person.userId)));
  one = await callerOf(service, service.demo.id);
});
afterAll(() => service.stop());

describe('12: one person with twenty workspaces', () => {
  it('can take half of the streams, and a person with one workspace opens as many as without them', () => {
    const alone = new OpenStreams(15);
    const streams = new OpenStreams(15);
    const open = (on: OpenStreams, who: Caller) => countTaken(succeeds(() => on.take(who, null)));
    const taken = many.map((who) => open(streams, who)).reduce((sum, each) => sum + each, 0);
    expect(taken).toBeLessThanOrEqual(2_000);
    expect(open(streams, one)).toBe(open(alone, one));
  });

  it.each([true, false])('leaves memory for bodies; from known addresses: %s', (known) => {
    const budgets = new BodyBudgets({ maxBody: MIB, minRate: 1, windowMs: 1 });
    const take = (who: Caller, address: string) => {
      const credential = payerOfCaller(who);
      if (known) budgets.recordAdmitted(credential, address);
      const { budget, payer } = budgets.termsFor({ credential, hasValidBearer: true }, address, false);
      return countTaken(() => budget.take(payer, 64 * 1024));
    };
    for (const who of many) for (let n = 0; n < 10; n++) take(who, `192.0.${n}.1`);
    expect(take(one, '203.0.113.1')).toBeGreaterThanOrEqual(MIB / (64 * 1024));
  });

  it('leaves a share for nonces', () => {
    const quota = new NonceQuota({ perKey: 1_000, total: 1_000, ahead: { perKey: 10, total: 100 } });
    const fill = (who: Caller, ahead: boolean) => {
      if (who.kind !== 'key') return 0;
      const { id: k } = who.key;
      const claim: Claim = { k, t: 1, nonce: '', revisions: { key: who.key, session: null } };
      return countTaken(() => {
        if (!quota.hasRoom(claim, ahead)) return false;
        quota.add(k, payerOfCaller(who), 1, ahead);
        return true;
      });
    };
    for (const who of many) fill(who, true);
    expect(fill(one, true)).toBe(10);
    for (const who of many) fill(who, false);
    expect(fill(one, false)).toBeGreaterThanOrEqual(150);
  });

  it('leaves a share for rate windows and for usage counts', async () => {
    const { stores } = service.running.service;
    const rates = new MemoryRateStore(stores.clock, 400);
    const usage = new Usage(stores.database, stores.clock);
    const limit = { name: 'calls', limit: 1, windowSeconds: 60 };
    const hit = async (who: Caller, n: number) => {
      const payer = payerOfCaller(who);
      await rates.hit([{ id: `${payer.join(' ')} ${n}`, limit, payer }]);
    };
    const refused = async (who: Caller) => {
      let count = 0;
      for (let n = 0; n < 20; n++) await hit(who, n).catch(() => count++);
      return count;
    };
    for (const who of many) await refused(who);
    expect(await refused(one)).toBe(0);
    const note = (who: Caller, most: number) => {
      const before = usage.occupancy.used;
      for (let n = 0; n < most; n++) if (who.kind === 'key') usage.record(who.key, `procedure ${n}`, 'OK');
      return usage.occupancy.used - before;
    };
    for (const who of many) note(who, 30_000);
    expect(note(one, 5_000)).toBe(5_000);
  });

  it('gets every second turn at a busy database, in shared statements, costly reads and verifications', async () => {
    const { costlyReads, verifications } = service.running.service.stores;
    let answer = () => {};
    const busy = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const pool = { connections: 1, inFlight: 1_000, nextResult: () => busy };
    const turns = new DatabaseTurns({ kind: 'postgres', pool });
    const batcher = new Batcher<{ payer: FairnessPath; job: () => Promise<void> }, true>({
      ...{ size: 1, maxConcurrent: 1, maxQueued: 100 },
      payerOf: ({ payer }) => payer,
      run: async ([question]) => {
        await question?.job();
        return [true];
      },
    });
    const queues: ((who: Caller, job: () => Promise<void>) => Promise<unknown>)[] = [
      (who, job) => costlyReads.run(payerOfCaller(who), job),
      (who, job) => verifications.run(payerOfCaller(who), job),
      (who, job) => batcher.submit({ payer: payerOfCaller(who), job }),
      async (who, job) => {
        await turns.wait(() => payerOfCaller(who));
        await job();
      },
    ];
    for (const queue of queues) {
      const order: Caller[] = [];
      const run = (who: Caller) => queue(who, async () => void order.push(who));
      const all = [...many, ...many].map(run);
      const others = Array.from({ length: 10 }, () => run(one));
      pool.inFlight = 0;
      answer();
      await Promise.all([...all, ...others]);
      // All ten are among the first: some jobs of the crowd began before them, then each had every second turn.
      expect(order.lastIndexOf(one)).toBeLessThan(30);
      pool.inFlight = 1_000;
    }
  });

  it("has a share that its workspaces divide without taking each other's turns", async () => {
    const { costlyReads } = service.running.service.stores;
    const [guest, own] = many as [Caller, Caller];
    const order: Caller[] = [];
    const run = (who: Caller) => costlyReads.run(payerOfCaller(who), async () => void order.push(who));
    const fails = () => costlyReads.run(payerOfCaller(guest), () => Promise.reject(new Error('fails')));
    await fails().catch(() => {});
    const all = Array.from({ length: 40 }, () => run(guest));
    await Promise.all([...all, run(own)]);
    expect(order.indexOf(own)).toBeLessThan(5);
    const streams = new OpenStreams(15);
    countTaken(succeeds(() => streams.take(guest, null)));
    expect(countTaken(succeeds(() => streams.take(own, null)))).toBe(100);
  });
});

describe('12: the sponsor of a workspace', () => {
  let founder: Person;
  let key: Credentials;

  beforeAll(async () => {
    founder = await signUp(service);
    key = await createKey(service, founder, { service: true });
  });

  it('is its creator, for the keys and sessions of all members', async () => {
    const member = await newMember(service, founder, 'developer');
    const personal = await createKey(service, member);
    expect([await sponsorOf(service, key), await sponsorOf(service, personal)]).toEqual([
      founder.userId,
      founder.userId,
    ]);
    const session = await service.running.service.stores.credentials.session(member.id);
    expect(session?.payer[0]).toBe(founder.userId);
  });

  it('is no longer charged for a removed person', async () => {
    const member = await newMember(service, founder, 'developer');
    expect((await mutate(service, founder, 'members.remove', { userId: member.userId })).status).toBe(200);
    await query(service, member, 'workspaces.list');
    const session = await service.running.service.stores.credentials.session(member.id);
    expect(session?.payer[0]).toBe(member.userId);
  });

  it('is filled in at startup for workspaces of an older version, and is the workspace itself until then', async () => {
    let aged = await startTestService();
    try {
      const { db } = aged.running.service.stores.database;
      const { workspaceId, userId, id } = aged.demo;
      await db.update(workspaces).set({ sponsorId: null }).where(eq(workspaces.id, workspaceId));
      expect(await sponsorOf(aged, { id })).toBe(workspaceId);
      aged = await restart(aged);
      expect(await sponsorOf(aged, { id })).toBe(userId);
    } finally {
      await aged.stop();
    }
  });

  it('is the creator after workspaces.create', async () => {
    const person = await signUp(service);
    const first = await activeOf(service, person);
    const { id } = (await mutate(service, person, 'workspaces.create', { name: 'Second' })).json.result.data;
    const { db } = service.running.service.stores.database;
    const rows = await db.select().from(workspaces);
    const sponsors = rows.filter((row) => [first, id].includes(row.id)).map(({ sponsorId }) => sponsorId);
    expect(sponsors).toEqual([person.userId, person.userId]);
  });
});
