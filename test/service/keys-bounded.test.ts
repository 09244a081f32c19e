import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const permissions = ['keys:*', 'exemple:read'];
const maker = (bounds: object) => createKey(service, ada, { permissions, ...bounds });
const make = (who: Credentials | Person, bounds: object) =>
  mutate(service, who, 'keys.create', {
    name: 'made',
    environment: 'live',
    permissions: ['exemple:read'],
    ...bounds,
  });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** The restriction of a key, restrictions that a key it makes may have, and ones that would allow more than its own. */
const CASES: [bound: string, maker: object, within: object[], freer: object[]][] = [
  ['expiresAt', { expiresAt: inHours(2) }, [{ expiresAt: inHours(1) }], [{}, { expiresAt: inHours(3) }]],
  [
    'allowedAddresses',
    { allowedAddresses: ['127.0.0.0/8', '10.0.0.0/8', '2001:db8::/32'] },
    [
      { allowedAddresses: ['127.0.0.1'] },
      { allowedAddresses: ['10.0.0.0/8'] },
      { allowedAddresses: ['10.1.0.0/16', '2001:db8:1::/48', '2001:db8::1'] },
    ],
    [
      {},
      { allowedAddresses: [] },
      { allowedAddresses: ['11.0.0.1'] },
      { allowedAddresses: ['10.0.0.0/7'] },
      { allowedAddresses: ['10.1.0.0/16', '2001:db9::1'] },
      { allowedAddresses: ['::/0'] },
    ],
  ],
  ['externalId', { externalId: 'acme' }, [{ externalId: 'acme' }], [{}, { externalId: 'other' }]],
  [
    'authorities',
    { authorities: ['a.example'] },
    [{}, { authorities: ['a.example'] }],
    [{ authorities: ['a.example', 'b.example'] }],
  ],
  [
    'credits',
    { credits: { remaining: 1_000 } },
    [],
    [{}, { credits: { remaining: 1 } }, { credits: { remaining: 1_001 } }],
  ],
];

describe.each(CASES)('a key that is restricted by %s', (bound, bounds, within, freer) => {
  let bounded: Credentials;
  beforeAll(async () => {
    bounded = await maker(bounds);
  });

  it('creates keys with the same restrictions', async () => {
    for (const one of within) expect((await make(bounded, one)).status, JSON.stringify(one)).toBe(200);
  });

  it('cannot create a key that may do more', async () => {
    for (const one of freer) {
      const { reason, json } = await make(bounded, one);
      expect([reason, json.error.data.missing], JSON.stringify(one)).toEqual(['ESCALATION_DENIED', bound]);
    }
  });

  it('cannot widen another key or itself', async () => {
    for (const one of freer.filter((change) => Object.keys(change).length > 0)) {
      const { reason } = await mutate(service, bounded, 'keys.update', { id: bounded.id, ...one });
      expect(reason, JSON.stringify(one)).toBe('ESCALATION_DENIED');
    }
  });

  it('cannot get the secrets of a key that may do more', async () => {
    const free = await createKey(service, ada, { permissions, authorities: ['a.example', 'c.example'] });
    const { reason } = await mutate(service, bounded, 'keys.rotate', { id: free.id, graceSeconds: 60 });
    expect(reason).toBe('ESCALATION_DENIED');
    expect((await query(service, free, 'exemple')).status).toBe(200);
  });

  it('can rotate itself', async () => {
    const { status } = await mutate(service, bounded, 'keys.rotate', { id: bounded.id, graceSeconds: 60 });
    expect(status).toBe(200);
  });
});

describe('a person', () => {
  it('can create keys without restrictions', async () => {
    expect((await make(ada, {})).status).toBe(200);
  });
});

describe('a test key', () => {
  it('cannot spend the credits of live customers', async () => {
    const test = await createKey(service, ada, { permissions, environment: 'test' });
    const tied = { environment: 'test', externalId: 'a live customer' };
    expect((await make(test, tied)).reason).toBe('ENVIRONMENT_DENIED');
    const other = (await make(test, { environment: 'test' })).json.result.data.key;
    const tie = await mutate(service, test, 'keys.update', { id: other.id, externalId: 'a live customer' });
    expect(tie.reason).toBe('ENVIRONMENT_DENIED');
    const own = await createKey(service, ada, {
      permissions,
      environment: 'test',
      externalId: 'a live customer',
    });
    expect((await make(own, tied)).status).toBe(200);
  });
});
