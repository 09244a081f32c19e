import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { users } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { type Events, subscribe } from '../harness/events.ts';
import { insertKeys } from '../harness/many-keys.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { queriesOf, statementsOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

/** Streams that one workspace holds open, each with a key of its own. */
const STREAMS = 100;
/** Milliseconds for opening them all, on a machine that is busy with others. */
const PATIENCE = 90_000;

let service: TestService;
let tenant: Person;
let honest: Person;
let crowd: Credentials[];

beforeAll(async () => {
  service = await startTestService();
  [tenant, honest] = [await signUp(service), await signUp(service)];
  const toBe = Array.from({ length: STREAMS }, (_, n) => ({ name: `key ${n}`, permissions: ['clock:read'] }));
  crowd = await insertKeys(service, tenant.email, toBe);
});
afterAll(() => service.stop());

const listen = async (who: Credentials) => {
  const stream = await subscribe(service, who, 'clock', { everyMs: 60_000 });
  await stream.count(1);
  return stream;
};

async function openAll(): Promise<Events[]> {
  const streams: Events[] = [];
  for (let n = 0; n < STREAMS; n += 25)
    streams.push(...(await Promise.all(crowd.slice(n, n + 25).map(listen))));
  return streams;
}

/** Revokes a key of another workspace, which ends its stream: by then every stream was looked at. */
async function looksAtAll(): Promise<void> {
  const key = await createKey(service, honest, { permissions: ['clock:read'] });
  const stream = await listen(key);
  await mutate(service, honest, 'keys.revoke', { id: key.id });
  await stream.over;
}

/** A workspace may have 20. */
const TAILS_EACH = 17;

/** Idle tails of three workspaces, each of the one key of its workspace. */
async function openTails(): Promise<Events[]> {
  const people = await Promise.all([signUp(service), signUp(service), signUp(service)]);
  const opened = people.map(async (person) => {
    const { id } = await createKey(service, person);
    return Promise.all(
      Array.from({ length: TAILS_EACH }, () => subscribe(service, person, 'keys.tail', { id })),
    );
  });
  return (await Promise.all(opened)).flat();
}

const isOpen = (stream: Events) =>
  Promise.race([stream.over.then(() => false), new Promise((resolve) => setImmediate(resolve, true))]);

describe('S12: idle streams of one workspace, each of a key of its own', () => {
  it(
    'share the statements that check whether they may continue',
    async () => {
      const streams = await openAll();
      const sent = await statementsOf(service, async () => {
        await looksAtAll();
      });
      expect(sent).toBeLessThan(STREAMS / 2);
      expect(await Promise.all(streams.map(isOpen))).not.toContain(false);
    },
    PATIENCE,
  );

  it(
    'share them too if all of their keys have changed, and read a change once',
    async () => {
      const streams = await openAll();
      const { db } = service.running.service.stores.database;
      const raise = { rev: sql`${users.rev} + 1` };
      await db.update(users).set(raise).where(eq(users.email, tenant.email));
      const sent = await statementsOf(service, async () => {
        await looksAtAll();
        await looksAtAll();
      });
      expect(sent).toBeLessThan(STREAMS / 2);
      expect(await Promise.all(streams.map(isOpen))).not.toContain(false);
    },
    PATIENCE,
  );

  it(
    'still end, each with its own reason, if many keys end at once',
    async () => {
      const streams = await openAll();
      const { db } = service.running.service.stores.database;
      const [kept, ...others] = streams;
      await db
        .update(keys)
        .set({ revokedAt: new Date(), rev: sql`${keys.rev} + 1` })
        .where(sql`${keys.permissions} = '["clock:read"]' and ${keys.id} <> ${crowd[0]?.id}`);
      await Promise.all(others.map(({ over }) => over));
      expect(kept && (await isOpen(kept))).toBe(true);
    },
    PATIENCE,
  );
});

describe('S12: idle tails of several workspaces', () => {
  it(
    'share the statements that check whether their keys exist',
    async () => {
      const tails = await openTails();
      const sent = await queriesOf(service, async () => {
        // Each takes two seconds at least.
        await looksAtAll();
        await looksAtAll();
      });
      expect(sent).toBeLessThan(tails.length / 2);
      expect(await Promise.all(tails.map(isOpen))).not.toContain(false);
    },
    PATIENCE,
  );
});
