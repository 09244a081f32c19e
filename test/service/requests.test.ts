import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

interface Item {
  readonly requestId: string;
  readonly procedure: string;
  readonly outcome: string;
  readonly at: string;
}

async function listed(who: Credentials | Person, input: object = {}) {
  const answer = await query(service, who, 'requests.list', input);
  return (answer.json.result?.data ?? answer.json.error.data) as {
    items: Item[];
    nextCursor: string | null;
    reason?: string;
  };
}
const shortOf = ({ items }: { items: Item[] }) =>
  items.map(({ procedure, outcome }) => `${procedure} ${outcome}`);

describe('requests.list', () => {
  it('has each call of a key, accepted or refused, and finds it by the id of its request', async () => {
    const key = await createKey(service, ada, { name: 'Shown', permissions: ['exemple:read'] });
    await query(service, key, 'exemple');
    const refused = await query(service, { ...key, signingSecret: 'kss_wrong' }, 'exemple');
    await mutate(service, key, 'echo', { text: 'top secret' });
    const all = await listed(ada, { keyId: key.id });
    expect(shortOf(all).sort()).toEqual([
      'echo PERMISSION_DENIED',
      'exemple OK',
      'exemple SIGNATURE_INVALID',
    ]);
    expect(JSON.stringify(all)).not.toContain('top secret');
    const requestId = refused.json.error.data.requestId;
    expect((await listed(ada, { requestId })).items).toEqual([
      {
        requestId,
        key: { id: key.id, name: 'Shown' },
        procedure: 'exemple',
        outcome: 'SIGNATURE_INVALID',
        status: 401,
        environment: 'live',
        address: '127.0.0.1',
        represents: 1,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('filters by procedure, outcome and time', async () => {
    const key = await createKey(service, ada, { permissions: ['exemple:read'] });
    await query(service, key, 'exemple');
    await query(service, key, 'profile');
    await query(service, key, 'keys.list');
    const of = async (more: object) => shortOf(await listed(ada, { keyId: key.id, ...more })).sort();
    expect(await of({ outcome: 'accepted' })).toEqual(['exemple OK']);
    expect(await of({ outcome: 'refused' })).toEqual([
      'keys.list PERMISSION_DENIED',
      'profile TOKEN_MISSING',
    ]);
    expect(await of({ outcome: 'TOKEN_MISSING' })).toEqual(['profile TOKEN_MISSING']);
    expect(await of({ procedure: 'exemple' })).toEqual(['exemple OK']);
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await of({ from: later })).toEqual([]);
    expect(await of({ to: later })).toHaveLength(3);
    expect(await of({ to: '0001-01-01T00:00:00Z' })).toEqual([]);
  });

  it('filters by the environment of the keys, alone and with other filters', async () => {
    const eve = await signUp(service);
    for (const environment of ['live', 'test']) {
      const key = await createKey(service, eve, { environment, permissions: ['exemple:read'] });
      await query(service, key, 'exemple');
      await query(service, key, 'keys.list');
    }
    const of = async (more: object) => shortOf(await listed(eve, more)).sort();
    const both = ['exemple OK', 'keys.list PERMISSION_DENIED'];
    expect(await of({ environment: 'test' })).toEqual(both);
    expect(await of({ environment: 'live' })).toEqual(both);
    expect(await of({ environment: 'test', procedure: 'exemple' })).toEqual(['exemple OK']);
    expect(await of({ environment: 'live', outcome: 'refused' })).toEqual(['keys.list PERMISSION_DENIED']);
    const page = await listed(eve, { environment: 'test', limit: 1 });
    expect(page.items).toHaveLength(1);
    const rest = await listed(eve, { environment: 'test', limit: 1, cursor: page.nextCursor });
    expect([...shortOf(page), ...shortOf(rest)].sort()).toEqual(both);
    for (const environment of ['', 'Live', 'staging', ['live'], null])
      expect((await listed(eve, { environment })).reason).toBe('INPUT_INVALID');
  });

  it('pages through the calls of a batch, each once, and refuses a cursor of another list', async () => {
    const key = await createKey(service, ada);
    const target = '/api/exemple,whoami,exemple,whoami,exemple?batch=1';
    await send(service.port, sign(key, target, { authority: service.authority }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listed(ada, { keyId: key.id, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...shortOf(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.sort()).toEqual(['exemple OK', 'exemple OK', 'exemple OK', 'whoami OK', 'whoami OK']);
    const { nextCursor } = (await query(service, ada, 'keys.list', { limit: 1 })).json.result.data;
    expect((await listed(ada, { cursor: nextCursor })).reason).toBe('INPUT_INVALID');
  });

  it('shows a reported request under the authority that it was made to, and no dry run', async () => {
    const [asking, key] = [await verifyingKey(service, ada), await createKey(service, ada)];
    await verdictOn(service, asking, sign(key, '/orders', { authority: ORDERS }));
    await verdictOn(service, asking, sign(key, '/orders', { authority: ORDERS }), { dryRun: true });
    expect(shortOf(await listed(ada, { keyId: key.id }))).toEqual([`verify ${ORDERS} OK`]);
  });

  it('shows nothing of another workspace, whatever is asked for', async () => {
    const [eve, key] = [await signUp(service), await createKey(service, ada)];
    const { json } = await query(service, { ...key, signingSecret: 'kss_wrong' }, 'exemple');
    const { requestId } = json.error.data;
    for (const input of [{}, { keyId: key.id }, { requestId }])
      expect((await listed(eve, input)).items).toEqual([]);
  });

  it('needs usage:read', async () => {
    const [reader, other] = [
      await createKey(service, ada, { permissions: ['usage:read'] }),
      await createKey(service, ada, { permissions: ['keys:read'] }),
    ];
    expect((await listed(reader)).items.length).toBeGreaterThan(0);
    expect((await listed(other)).reason).toBe('PERMISSION_DENIED');
  });
});
