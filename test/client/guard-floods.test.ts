import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ORDER, order } from '../harness/guard-attacks.ts';
import { floods, type GuardProcess, passingHead, sendFlood, startGuards } from '../harness/guard-floods.ts';
import { FRAMEWORKS } from '../harness/guarded.ts';
import { createKey, signUp } from '../harness/people.ts';
import { outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send } from '../harness/wire.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LIMIT = 10_000;
/** One address may hold a quarter: 20 bodies of the limit. */
const BUFFERED = LIMIT * 80;
let service: TestService;
let key: Credentials;
let guards: GuardProcess;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  const ada = await signUp(service);
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  const more = { authority: ORDERS, maxBody: LIMIT, maxBuffered: BUFFERED };
  guards = await startGuards({ url: service.url, apiKey: apiKey ?? '', signingSecret, ...more });
});
afterAll(async () => {
  await guards?.stop();
  await service.stop();
});

const served = async (port: number) => {
  const { status, json } = await send(port, order(key));
  expect([status, json]).toEqual([200, { by: key.id, body: ORDER }]);
};

describe.each(Object.keys(FRAMEWORKS))('S1: the process behind the guard of %s', (framework) => {
  const port = () => guards.ports[framework] as number;

  it('survives every refused body', async () => {
    for (const flood of floods(ORDERS, key.apiKey as string, LIMIT)) {
      const text = await sendFlood(port(), flood);
      expect([flood.name, guards.isAlive(), guards.stderr()]).toEqual([flood.name, true, '']);
      // Who leaves does not wait for the answer.
      const expected = flood.ending === 'wait' ? /: (400|401|413)/ : /: (400|401|413|no answer)/;
      expect(`${flood.name}: ${outcomeOf(text)}`).toMatch(expected);
    }
    await served(port());
  });

  it('answers 413 to one byte too many while its sender continues, and reads no more', async () => {
    const connection = await rawConnection(port());
    connection.socket.write(passingHead(ORDERS, key.apiKey as string, 'transfer-encoding: chunked'));
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`;
    connection.socket.write(chunk);
    connection.socket.write(chunk);
    expect(outcomeOf(await connection.until((text) => text.includes('BODY_TOO_LARGE')))).toMatch(/^413/);
    for (let more = 0; more < 20 && !connection.socket.destroyed; more++) connection.socket.write(chunk);
    connection.socket.resetAndDestroy();
    expect([guards.isAlive(), guards.stderr()]).toEqual([true, '']);
    await served(port());
  });

  it('survives random bytes', async () => {
    for (let round = 0; round < 20; round++) {
      const head = passingHead(ORDERS, key.apiKey as string, 'transfer-encoding: chunked');
      const bytes = Buffer.concat([Buffer.from(round % 2 ? head : ''), randomBytes(2_000)]);
      await sendFlood(port(), { name: 'random', bytes, ending: round % 3 ? 'end' : 'reset' });
    }
    expect([guards.isAlive(), guards.stderr()]).toEqual([true, '']);
    await served(port());
  });

  it('survives an exhausted budget, and has it back when the callers leave', async () => {
    const head = passingHead(ORDERS, key.apiKey as string, `content-length: ${LIMIT}`);
    const senders: RawConnection[] = [];
    for (let sender = 0; sender < 60; sender++) {
      const connection = await rawConnection(port());
      connection.socket.write(head + 'x'.repeat(LIMIT - 1));
      senders.push(connection);
    }
    const starved = senders.map(({ until }) => until((text) => text.includes('UNAVAILABLE')));
    expect(outcomeOf(await Promise.any(starved))).toBe('503 UNAVAILABLE');
    for (const { socket } of senders) socket.resetAndDestroy();
    await Promise.all(senders.map(({ closed }) => closed));
    await vi.waitFor(() => served(port()), { timeout: 20_000 });
    expect([guards.isAlive(), guards.stderr()]).toEqual([true, '']);
  });
});

it('S11: frees memory, descriptors and listeners after floods', async () => {
  const round = async () => {
    for (const port of Object.values(guards.ports)) {
      for (const flood of floods(ORDERS, key.apiKey as string, LIMIT)) await sendFlood(port, flood);
    }
  };
  await round();
  const before = await guards.vitals();
  for (let rounds = 0; rounds < 5; rounds++) await round();
  await vi.waitFor(
    async () => {
      const after = await guards.vitals();
      expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 5);
      expect(after.heap).toBeLessThan(before.heap + 20);
    },
    { timeout: 20_000, interval: 500 },
  );
  expect([guards.isAlive(), guards.stderr()]).toEqual([true, '']);
});
