import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { type Events, subscribe } from '../harness/events.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, queryTarget, send, sign } from '../harness/wire.ts';

/** A stream ends so soon after the right to it did, in milliseconds. */
const SOON = 5_000;

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const tail = (who: Credentials, id: string, more: object = {}) =>
  subscribe(service, who, 'keys.tail', { id, ...more });

/** `procedure outcome` of each call in a stream. */
const outcomes = ({ seen }: Events) => seen.map(({ procedure, outcome }) => `${procedure} ${outcome}`);

async function endsSoon(stream: Events, takeAway: () => Promise<unknown>): Promise<void> {
  await takeAway();
  const begun = Date.now();
  await stream.over;
  expect(Date.now() - begun).toBeLessThan(SOON);
}

describe('keys.tail shows', () => {
  it('each call with outcome, address, duration and request id', async () => {
    const key = await createKey(service, ada);
    const stream = await tail(ada, key.id);
    const before = Date.now();
    const { headers } = await query(service, key, 'exemple');
    await stream.count(1);
    expect(stream.seen).toEqual([
      {
        type: 'call',
        at: expect.stringMatching(/Z$/),
        procedure: 'exemple',
        outcome: 'OK',
        durationMs: expect.any(Number),
        address: '127.0.0.1',
        requestId: headers['x-request-id'],
        pair: 'current',
      },
    ]);
    expect(Math.abs(Date.parse(stream.seen[0].at) - before)).toBeLessThan(30_000);
    expect(stream.seen[0].durationMs).toBeGreaterThan(0);
  });

  it('which pair of secrets made a call, during the grace after a rotation', async () => {
    const old = await createKey(service, ada);
    const rotated = await mutate(service, ada, 'keys.rotate', { id: old.id, graceSeconds: 3_600 });
    const { secret, signingSecret } = (rotated.json as { result: { data: Record<string, string> } }).result
      .data;
    const stream = await tail(ada, old.id);
    const draft = sign(old, queryTarget('exemple'), { authority: service.authority });
    await send(service.port, draft);
    await query(service, { id: old.id, apiKey: secret ?? '', signingSecret: signingSecret ?? '' }, 'exemple');
    await send(service.port, draft);
    await stream.count(3);
    expect(stream.seen.map(({ outcome, pair }) => `${outcome} ${pair}`)).toEqual([
      'OK previous',
      'OK current',
      'SIGNATURE_REPLAYED null',
    ]);
  });

  it('refused calls, at the gate, in a batch and by verify, but no anonymous call', async () => {
    const [key, asking] = [await createKey(service, ada), await verifyingKey(service, ada)];
    const stream = await tail(ada, key.id);
    const draft = sign(key, queryTarget('exemple'), { authority: service.authority });
    await send(service.port, draft);
    await send(service.port, draft);
    await query(service, { ...key, apiKey: `${key.apiKey.slice(0, -1)}~` }, 'exemple');
    await send(service.port, sign(key, '/api/whoami,profile?batch=1', { authority: service.authority }));
    await verdictOn(service, asking, sign(key, '/orders', { authority: ORDERS }), { address: '192.0.2.7' });
    await stream.count(5);
    const [first, second, third = '', fourth = '', ...more] = outcomes(stream);
    expect([first, second, more]).toEqual([
      'exemple OK',
      'exemple SIGNATURE_REPLAYED',
      [`verify ${ORDERS} OK`],
    ]);
    // The calls of a batch end in any order.
    expect([third, fourth].sort()).toEqual(['profile TOKEN_MISSING', 'whoami OK']);
    expect(stream.seen[4].address).toBe('192.0.2.7');
    expect(new Set(stream.ids).size).toBe(5);
  });

  it('nothing of another key, and everything to all who watch', async () => {
    const [key, other] = [await createKey(service, ada), await createKey(service, ada)];
    const watcher = await createKey(service, ada, { permissions: ['usage:read'] });
    const streams = [await tail(ada, key.id), await tail(watcher, key.id)];
    await query(service, other, 'exemple');
    await query(service, key, 'exemple');
    await query(service, key, 'whoami');
    for (const stream of streams) {
      await stream.count(2);
      expect(outcomes(stream)).toEqual(['exemple OK', 'whoami OK']);
    }
  });

  it('that an unknown number was missed if a stream resumes after an id of an older version', async () => {
    const key = await createKey(service, ada);
    const stream = await tail(ada, key.id, { lastEventId: '41' });
    await query(service, key, 'exemple');
    await stream.count(2);
    expect(stream.seen[0]).toEqual({ type: 'missed', count: null });
    expect(new Set(stream.ids).size).toBe(2);
  });
});

describe('keys.tail ends', () => {
  it('when the key that watches is revoked', async () => {
    const key = await createKey(service, ada);
    const watcher = await createKey(service, ada, { permissions: ['usage:read'] });
    const stream = await tail(watcher, key.id);
    await endsSoon(stream, () => mutate(service, ada, 'keys.revoke', { id: watcher.id }));
  });

  it('when the key that watches may not read usage any more', async () => {
    const key = await createKey(service, ada);
    const watcher = await createKey(service, ada, { permissions: ['usage:read', 'exemple:read'] });
    const stream = await tail(watcher, key.id);
    const less = { id: watcher.id, permissions: ['exemple:read'] };
    await endsSoon(stream, () => mutate(service, ada, 'keys.update', less));
  });

  it('when the person who watches signs out', async () => {
    const eve = await signUp(service);
    const stream = await tail(eve, (await createKey(service, eve)).id);
    await endsSoon(stream, () => mutate(service, eve, 'auth.signOut'));
  });

  it('when the person who watches is no longer a member', async () => {
    const eve = await signUp(service);
    const stream = await tail(eve, (await createKey(service, eve)).id);
    await endsSoon(stream, async () => {
      const { database, credentials } = service.running.service.stores;
      await database.db
        .update(memberships)
        .set({ removedAt: new Date(), rev: sql`${memberships.rev} + 1` })
        .where(and(eq(memberships.userId, eve.userId)));
      credentials.changed({ user: eve.userId });
    });
  });

  it('when the key that is watched is deleted', async () => {
    const key = await createKey(service, ada);
    const stream = await tail(ada, key.id);
    await mutate(service, ada, 'keys.revoke', { id: key.id });
    await endsSoon(stream, () => mutate(service, ada, 'keys.delete', { id: key.id }));
    expect(await stream.over).toBe('KEY_NOT_FOUND');
  });

  it('not while the watched key is only revoked: its calls are still shown', async () => {
    const key = await createKey(service, ada);
    const stream = await tail(ada, key.id);
    await mutate(service, ada, 'keys.revoke', { id: key.id });
    await query(service, key, 'exemple');
    await stream.count(1);
    expect(outcomes(stream)).toEqual(['exemple KEY_REVOKED']);
  });
});

describe('keys.tail is refused', () => {
  it('without usage:read', async () => {
    const key = await createKey(service, ada);
    expect(await (await tail(key, key.id)).over).toBe('PERMISSION_DENIED');
  });

  it('to a key on behalf of a user', async () => {
    const watcher = await createKey(service, ada, { permissions: ['usage:read'] });
    const stream = await tail({ ...watcher, token: ada.token } as Credentials, watcher.id);
    expect(await stream.over).toBe('ACCESS_DENIED');
  });

  it('beyond twenty in one workspace, and not once one of them has left', async () => {
    const eve = await signUp(service);
    const key = await createKey(service, eve);
    const streams = await Promise.all(Array.from({ length: 20 }, () => tail(eve, key.id)));
    expect(await (await tail(eve, key.id)).over).toBe('RATE_LIMITED');
    const others = await tail(ada, (await createKey(service, ada)).id);
    streams[7]?.leave();
    const { liveTail: tails } = service.running.service.stores;
    // The service sees that the connection is closed a moment after it was.
    await expect
      .poll(async () => (await (await retried(eve, key.id)).over) ?? 'ended', { timeout: 10_000 })
      .not.toBe('RATE_LIMITED');
    others.leave();
    for (const stream of streams) stream.leave();
    await expect.poll(() => tails.watched(), { timeout: 10_000 }).toEqual([]);
  });

  /** A stream that is left at its first event. */
  async function retried(who: Credentials, id: string): Promise<Events> {
    const stream = await tail(who, id, { lastEventId: '1' });
    void stream.count(1).then(() => stream.leave());
    return stream;
  }
});
