import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Events, subscribe } from '../harness/events.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const tail = (who: Credentials, id: string, lastEventId?: string) =>
  subscribe(service, who, 'keys.tail', { id, ...(lastEventId === undefined ? {} : { lastEventId }) });

/** Makes so many calls, and returns their request ids. */
async function calls(key: Credentials, count: number): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (let n = 0; n < count; n++) ids.push((await query(service, key, 'exemple')).headers['x-request-id']);
  return ids;
}

const requestIds = ({ seen }: Events) =>
  seen.map(({ type, requestId }) => (type === 'call' ? requestId : type));

/** Leaves a stream after so many events, makes calls, and continues. */
async function broken(who: Credentials, key: Credentials, before: number, between: number) {
  const stream = await tail(who, key.id);
  const received = await calls(key, before);
  await stream.count(before);
  await expect.poll(() => stream.lastId()).toBeDefined();
  stream.leave();
  await stream.over;
  return { stream, received, pending: await calls(key, between), lastId: stream.lastId() as string };
}

describe('B2: keys.tail continues', () => {
  it('with the calls of the meantime, each once, and then with new ones', async () => {
    const key = await createKey(service, ada);
    const { stream, received, pending, lastId } = await broken(ada, key, 3, 4);
    expect(requestIds(stream)).toEqual(received);
    const again = await tail(ada, key.id, lastId);
    const later = await calls(key, 2);
    await again.count(6);
    expect(requestIds(again)).toEqual([...pending, ...later]);
    expect(new Set([...stream.ids, ...again.ids]).size).toBe(9);
  });

  it('after a stream that had received nothing yet', async () => {
    const key = await createKey(service, ada);
    const { pending, lastId } = await broken(ada, key, 0, 2);
    const again = await tail(ada, key.id, lastId);
    await again.count(2);
    expect(requestIds(again)).toEqual(pending);
  });

  it('repeatedly, from every event that it received', async () => {
    const key = await createKey(service, ada);
    const { received, pending, stream } = await broken(ada, key, 3, 3);
    const all = [...received, ...pending];
    for (const [nth, id] of stream.ids.entries()) {
      const again = await tail(ada, key.id, id);
      await again.count(5 - nth);
      expect(requestIds(again)).toEqual(all.slice(nth + 1));
      again.leave();
    }
  });

  it('with a notice of missed calls, if there were more than are kept, and loses none after that', async () => {
    const key = await createKey(service, ada);
    const { lastId } = await broken(ada, key, 1, 0);
    const { liveTail } = service.running.service.stores;
    const probe = await tail(ada, key.id);
    const call = {
      keyId: key.id,
      at: 1,
      procedure: 'p',
      outcome: 'OK',
      durationMs: 1,
      address: null,
      pair: null,
    };
    for (let n = 0; n <= 600; n++)
      liveTail.publish({ ...call, requestId: `${n}` }, ['sponsor', 'workspace', 'key']);
    await expect.poll(() => probe.seen.at(-1)?.requestId, { timeout: 10_000 }).toBe('600');
    const again = await tail(ada, key.id, lastId);
    const later = await calls(key, 1);
    await again.count(2);
    expect(again.seen[0]).toEqual({ type: 'missed', count: null });
    expect(requestIds(again)).toEqual(['missed', ...later]);
    const third = await tail(ada, key.id, again.ids[0] as string);
    await third.count(1);
    expect(requestIds(third)).toEqual(later);
  });
});

describe('B2: the id of an event is no right', () => {
  /** The first event of a stream that resumes after an id. */
  async function first(who: Credentials, key: Credentials, id: string) {
    const stream = await tail(who, key.id, id);
    void stream.over;
    await stream.count(1);
    const [event] = stream.seen;
    stream.leave();
    return event;
  }
  const MISSED = { type: 'missed', count: null };

  it('to events of another key', async () => {
    const [key, other] = [await createKey(service, ada), await createKey(service, ada)];
    const { lastId } = await broken(ada, key, 1, 2);
    await broken(ada, other, 1, 2);
    expect(await first(ada, other, lastId)).toEqual(MISSED);
  });

  it('for another caller', async () => {
    const key = await createKey(service, ada);
    const watcher = await createKey(service, ada, { permissions: ['usage:read'] });
    const { lastId } = await broken(ada, key, 1, 2);
    expect(await first(watcher, key, lastId)).toEqual(MISSED);
    const eve = await signUp(service);
    expect(await (await tail(eve, key.id, lastId)).over).toBe('KEY_NOT_FOUND');
  });

  it('once the right has ended; and not to the time in between once it is back', async () => {
    const key = await createKey(service, ada);
    const watcher = await createKey(service, ada, { permissions: ['usage:read'] });
    const { lastId } = await broken(watcher, key, 1, 0);
    await mutate(service, ada, 'keys.update', { id: watcher.id, permissions: ['exemple:read'] });
    await calls(key, 2);
    expect(await (await tail(watcher, key.id, lastId)).over).toBe('PERMISSION_DENIED');
    await mutate(service, ada, 'keys.update', { id: watcher.id, permissions: ['usage:read'] });
    expect(await first(watcher, key, lastId)).toEqual(MISSED);
  });

  it.each(['', '0', '41', 'A'.repeat(20), '-'.repeat(20), '____________________', 'é'])(
    'and %j is none',
    async (id) => {
      const key = await createKey(service, ada);
      await broken(ada, key, 1, 1);
      expect(await first(ada, key, id)).toEqual(MISSED);
    },
  );

  it('with one character changed', async () => {
    const key = await createKey(service, ada);
    const { lastId } = await broken(ada, key, 1, 1);
    for (const at of [0, 5, 11, 12, 19]) {
      const other = lastId[at] === 'A' ? 'B' : 'A';
      expect(await first(ada, key, lastId.slice(0, at) + other + lastId.slice(at + 1))).toEqual(MISSED);
    }
  });
});
