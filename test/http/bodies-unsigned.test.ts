import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scrape } from '../harness/metrics.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, newNonce, send, sign, withHeader } from '../harness/wire.ts';

const KIB = 1024;
/** A body of the largest kind, but for its last byte. */
const UNFINISHED = KIB * KIB - 1;
/** Behind a proxy, so that each request can say where it comes from. */
const OWNER = '192.0.2.50';
const ELSEWHERE = '203.0.113.77';

let service: TestService;
let ada: Person;
let open: RawConnection[] = [];
beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
  ada = await signUp(service);
});
afterEach(async () => {
  for (const { socket } of open) socket.destroy();
  open = [];
  await expect.poll(bodyBytes, { timeout: 10_000 }).toBe(0);
});
afterAll(() => service.stop());

const bodyBytes = async () => (await scrape(service.port)).sum('keyseal_body_bytes');
const newKey = (more: object = {}) => createKey(service, ada, { permissions: ['upload:write'], ...more });
const upload = (by: Credentials, bytes: number, address = OWNER) =>
  send(
    service.port,
    withHeader(
      sign(by, '/api/upload', {
        ...{ authority: service.authority, method: 'POST', body: Buffer.alloc(bytes, 1) },
        contentType: 'application/octet-stream',
      }),
      'x-forwarded-for',
      address,
    ),
  );

/** What a caller can send who has only the API key: a well-formed signature that no secret made. */
const forged = (by: Credentials, bearer: string): Draft['headers'] => [
  ['authorization', `Bearer ${bearer}`],
  ['x-signature', `v1,k=${by.id},t=${Math.floor(Date.now() / 1000)},n=${newNonce()},s=${'0'.repeat(64)}`],
];

/** Begins bodies and never ends them, until those of every address are refused or arrived. @returns how many still wait */
async function attack(by: Credentials, bearer: string, addresses: readonly string[]): Promise<number> {
  for (const address of addresses) {
    // Each next one is smaller, so that what is left of a share is taken too.
    for (const bytes of [UNFINISHED, UNFINISHED, UNFINISHED, 400 * KIB, 200 * KIB, 100 * KIB]) {
      const connection = await rawConnection(service.port);
      const lines = [
        ['host', service.authority],
        ['x-forwarded-for', address],
        ['content-type', 'application/octet-stream'],
        ['content-length', String(UNFINISHED + 1)],
        ...forged(by, bearer),
      ].map(([name, value]) => `${name}: ${value}\r\n`);
      const before = await bodyBytes();
      connection.socket.write(`POST /api/upload HTTP/1.1\r\n${lines.join('')}\r\n`);
      connection.socket.write(Buffer.alloc(bytes, 'x'));
      await expect
        .poll(
          async () =>
            outcomeOf(connection.text()) === '503 UNAVAILABLE' || (await bodyBytes()) >= before + bytes,
        )
        .toBe(true);
      open.push(connection);
    }
  }
  return open.filter(({ text }) => text() === '').length;
}

const oneNetwork = Array.from({ length: 8 }, (_, n) => `198.51.100.${n + 1}`);
const manyNetworks = Array.from({ length: 8 }, (_, n) => `198.18.${n}.1`);
const statuses = async (count: number, call: () => ReturnType<typeof send>) => {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await call()).status);
  return all;
};
const OK = (count: number) => Array(count).fill(200);

describe('S5: an attacker who sends bodies with only the API key', () => {
  it('from one network does not hinder its owner, who has never called before', async () => {
    const key = await newKey();
    expect(await attack(key, key.apiKey, oneNetwork)).toBeGreaterThan(0);
    expect(await statuses(4, () => upload(key, 300_000))).toEqual(OK(4));
    expect(await statuses(2, () => upload(key, 300_000, ELSEWHERE))).toEqual(OK(2));
  });

  it('from many networks does not hinder an address from which its owner has called', async () => {
    const key = await newKey();
    expect((await upload(key, 10)).status).toBe(200);
    expect(await attack(key, key.apiKey, [...manyNetworks, ...oneNetwork])).toBeGreaterThan(0);
    expect(await statuses(2, () => upload(key, KIB * KIB))).toEqual(OK(2));
    const together = await Promise.all([1, 2, 3].map(() => upload(key, 900_000)));
    expect(together.map(({ status }) => status)).toEqual(OK(3));
  });

  it('does not hinder other keys and other workspaces', async () => {
    const [key, other] = [await newKey(), await newKey()];
    await attack(key, key.apiKey, [...oneNetwork, ...manyNetworks]);
    expect(await statuses(2, () => upload(other, 300_000))).toEqual(OK(2));
    expect(await statuses(2, () => upload(service.demo, KIB * KIB))).toEqual(OK(2));
  });

  it("from an address that the key does not allow uses none of the key's share", async () => {
    const key = await newKey({ allowedAddresses: [OWNER, ELSEWHERE] });
    await attack(key, key.apiKey, manyNetworks);
    expect(await statuses(2, () => upload(key, KIB * KIB))).toEqual(OK(2));
    expect(await statuses(2, () => upload(key, KIB * KIB, ELSEWHERE))).toEqual(OK(2));
    expect((await upload(key, 10, '192.0.2.51')).reason).toBe('IP_DENIED');
  });
});

it('S5: an attacker with only a user token does not hinder an address from which its person has called', async () => {
  const person = await signUp(service);
  const call = () =>
    send(
      service.port,
      withHeader(
        sign(person, '/api/keys.create', {
          ...{ authority: service.authority, method: 'POST', token: person.token },
          body: JSON.stringify({ name: 'x'.repeat(300_000), environment: 'live', permissions: [] }),
        }),
        'x-forwarded-for',
        OWNER,
      ),
    );
  expect((await call()).reason).toBe('INPUT_INVALID');
  await attack(person, person.token, [...oneNetwork, ...manyNetworks]);
  const reasons = [await call(), await call(), await call()].map(({ reason }) => reason);
  expect(reasons).toEqual(Array(3).fill('INPUT_INVALID'));
});

it('S5: unauthenticated callers who use all their memory do not keep a session from refreshing where it was admitted', async () => {
  const person = await signUp(service);
  const from = (draft: Draft, address = OWNER) =>
    send(service.port, withHeader(draft, 'x-forwarded-for', address));
  // This instance has admitted the session from its address before.
  const whoami = sign(person, '/api/whoami', { authority: service.authority, token: person.token });
  expect((await from(whoami)).status).toBe(200);
  // Smaller and smaller, so that what is left for the next network is taken too.
  for (const [networks, bytes] of [
    [64, 16],
    [12, 8],
    [12, 4],
    [12, 2],
    [12, 1],
  ] as const) {
    for (let n = 0; n < networks * 20; n++) {
      const connection = await rawConnection(service.port);
      const address = `198.${18 + (open.length % 2)}.${bytes * 8 + Math.floor(n / 20)}.${(n % 20) + 1}`;
      const head = `host: ${service.authority}\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json`;
      connection.socket.write(
        `POST /api/auth.signIn HTTP/1.1\r\n${head}\r\ncontent-length: ${bytes * KIB}\r\n\r\n`,
      );
      connection.socket.write(Buffer.alloc(bytes * KIB - 1, 'x'));
      open.push(connection);
    }
  }
  await expect.poll(bodyBytes, { timeout: 20_000 }).toBeGreaterThan(16 * KIB * KIB - 16 * KIB);
  const refresh = sign(person, '/api/auth.refresh', {
    ...{ authority: service.authority, method: 'POST' },
    body: JSON.stringify({ refreshToken: 'x'.repeat(15_000) }),
  });
  expect((await from(refresh, ELSEWHERE)).reason).toBe('UNAVAILABLE');
  expect((await from(refresh)).reason).toMatch(/^(TOKEN_INVALID|INPUT_INVALID)$/);
});
