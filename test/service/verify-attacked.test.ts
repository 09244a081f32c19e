import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { formatKey } from '../../shared/key-format.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import {
  type Credentials,
  type Draft,
  headerOf,
  type SignOptions,
  send,
  sign,
  withHeader,
} from '../harness/wire.ts';

const FAILURES = 20;

let service: TestService;
let ada: Person;
let eve: Person;
let asking: Credentials;
let key: Credentials & { apiKey: string };

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: String(FAILURES) } });
  [ada, eve] = [await signUp(service), await signUp(service)];
  asking = await verifyingKey(service, ada);
  key = await createKey(service, ada);
});
afterAll(() => service.stop());

const order = (who: Credentials, more: Partial<SignOptions> = {}, target = '/orders'): Draft =>
  sign(who, target, { authority: ORDERS, ...more });
/** Each attack from an address of its own, so that none is throttled by those before. */
let attackers = 0;
const verdictOf = async (draft: Draft, more: object = {}) =>
  (
    await verdictOn(service, asking, draft, {
      address: `10.1.${++attackers >> 8}.${attackers & 255}`,
      ...more,
    })
  ).verdict;
const reasonOf = async (draft: Draft, more: object = {}) => (await verdictOf(draft, more)).reason;

describe('the scope of a service that verifies', () => {
  it('a key of another workspace is KEY_INVALID, in the words for an unknown key', async () => {
    const hers = await createKey(service, eve);
    const unknownKey = { ...key, apiKey: formatKey('ks', 'live', 'a'.repeat(12), 'b'.repeat(32)) };
    const verdicts = [await verdictOf(order(hers)), await verdictOf(order(unknownKey))];
    const bodies = verdicts.map(({ requestId, ...rest }) => rest);
    expect(bodies[0]).toEqual(bodies[1]);
    expect(bodies[0]).toMatchObject({ valid: false, reason: 'KEY_INVALID' });
  });

  it('a key of another environment is KEY_INVALID, either way', async () => {
    const test = await createKey(service, ada, { environment: 'test' });
    expect(await reasonOf(order(test))).toBe('KEY_INVALID');
    const testing = await verifyingKey(service, ada, { environment: 'test' });
    const verdictFor = async (draft: Draft) => (await verdictOn(service, testing, draft)).verdict;
    expect(await verdictFor(order(key))).toMatchObject({ valid: false, reason: 'KEY_INVALID' });
    expect(await verdictFor(order(test))).toMatchObject({ valid: true });
  });

  it('the state of a key of another workspace is not revealed', async () => {
    const hers = await createKey(service, eve);
    await mutate(service, eve, 'keys.revoke', { id: hers.id });
    expect(await reasonOf(order(hers))).toBe('KEY_INVALID');
  });

  it('a request outside of it is not spent for its own service', async () => {
    const hers = await createKey(service, eve);
    const draft = order(hers);
    expect(await reasonOf(draft)).toBe('KEY_INVALID');
    const right = await verifyingKey(service, eve);
    expect((await verdictOn(service, right, draft)).verdict).toMatchObject({ valid: true });
  });

  it('a person of another workspace is unknown, and adds nothing to a key', async () => {
    const { token } = eve;
    expect(await reasonOf(order(eve, { token }))).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(order(key, { token }))).toBe('WORKSPACE_DENIED');
  });

  it('a session without its token is anonymous', async () => {
    const { token: _, ...session } = ada;
    expect(await reasonOf(order(session))).toBe('TOKEN_MISSING');
  });
});

describe('a service that relays what it received', () => {
  it('cannot report a host that its key does not name', async () => {
    const draft = sign(key, '/pay', { authority: 'payments.example.com' });
    for (const authority of [
      'payments.example.com',
      'ORDERS.example.com',
      `${ORDERS}:443`,
      `${ORDERS}.`,
      '',
    ]) {
      expect(await reasonOf(draft, { authority }), authority).toBe('AUTHORITY_UNKNOWN');
    }
    const bare = await createKey(service, ada, { permissions: ['requests:verify'] });
    expect((await verdictOn(service, bare, order(key))).verdict).toMatchObject({
      reason: 'AUTHORITY_UNKNOWN',
    });
  });

  it('cannot present a request that was signed for it as one for another', async () => {
    const both = await verifyingKey(service, ada, { authorities: [ORDERS, 'payments.example.com'] });
    const { verdict } = await verdictOn(service, both, order(key), { authority: 'payments.example.com' });
    expect(verdict).toMatchObject({ valid: false, reason: 'SIGNATURE_INVALID' });
  });

  it('cannot send it to Keyseal itself, nor report one for Keyseal', async () => {
    expect(
      (
        await send(service.port, {
          ...order(key, {}, '/api/exemple'),
          headers: hosted(order(key, {}, '/api/exemple')),
        })
      ).reason,
    ).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(sign(key, '/api/exemple', { authority: service.authority }))).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('cannot give itself more hosts, nor create a key with them', async () => {
    const strong = await verifyingKey(service, ada, { permissions: ['requests:verify', 'keys:write'] });
    const authorities = [ORDERS, 'payments.example.com'];
    const itself = await mutate(service, strong, 'keys.update', { id: strong.id, authorities });
    expect([itself.reason, itself.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'authorities']);
    const input = { name: 'k', environment: 'live', permissions: ['requests:verify'], authorities };
    const made = await mutate(service, strong, 'keys.create', input);
    expect([made.reason, made.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'authorities']);
  });
});

const hosted = ({ headers }: Draft) =>
  headers.map(([name, value]) => [name, name === 'host' ? service.authority : value] as const);

describe('a reported request that the HTTP server would refuse', () => {
  const more = (draft: Draft, ...headers: [string, string][]): Draft => ({
    ...draft,
    headers: [...draft.headers, ...headers],
  });
  const right = () => order(key);
  const twice = (name: string) => () => more(right(), [name, headerOf(right(), name) || 'x']);
  const at = (target: string) => () => order(key, {}, target);

  it.each<[string, () => Draft, string]>([
    ['a second authorization', twice('authorization'), 'REQUEST_MALFORMED'],
    ['a second x-signature', twice('x-signature'), 'REQUEST_MALFORMED'],
    ['a second host', twice('host'), 'REQUEST_MALFORMED'],
    [
      'a second authorization in capitals',
      () => more(right(), ['Authorization', 'Bearer x']),
      'REQUEST_MALFORMED',
    ],
    [
      'two x-user-token',
      () => more(right(), ['x-user-token', 'a'], ['x-user-token', 'b']),
      'REQUEST_MALFORMED',
    ],
    [
      'two content types',
      () => more(right(), ['content-type', 'a/b'], ['content-type', 'c/d']),
      'REQUEST_MALFORMED',
    ],
    ['joined content types', () => more(right(), ['content-type', 'a/b, c/d']), 'REQUEST_MALFORMED'],
    [
      'joined authorizations',
      () => withHeader(right(), 'authorization', `Bearer ${key.apiKey}, x`),
      'REQUEST_MALFORMED',
    ],
    [
      'joined signatures',
      () => withHeader(right(), 'x-signature', Array(2).fill(headerOf(right(), 'x-signature')).join(', ')),
      'REQUEST_MALFORMED',
    ],
    ['a method override', () => more(right(), ['x-http-method-override', 'DELETE']), 'REQUEST_MALFORMED'],
    ['a last-event-id', () => more(right(), ['last-event-id', '7']), 'REQUEST_MALFORMED'],
    ['a trailer', () => more(right(), ['trailer', 'x-signature']), 'REQUEST_MALFORMED'],
    ...[['gzip, chunked'], ['gzip', 'chunked'], ['identity'], ['chunked', 'chunked'], ['']].map(
      (codings): [string, () => Draft, string] => [
        `the transfer codings ${JSON.stringify(codings)}`,
        () => more(right(), ...codings.map((coding): [string, string] => ['transfer-encoding', coding])),
        'REQUEST_MALFORMED',
      ],
    ),
    [
      'a length alongside chunked',
      () => more(right(), ['transfer-encoding', 'chunked'], ['content-length', '2']),
      'REQUEST_MALFORMED',
    ],
    [
      'two lengths',
      () => more(right(), ['content-length', '2'], ['content-length', '2']),
      'REQUEST_MALFORMED',
    ],
    ['a length that is none', () => more(right(), ['content-length', '+2']), 'REQUEST_MALFORMED'],
    ['a content-encoding', () => more(right(), ['content-encoding', 'gzip']), 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['a GET with a length', () => more(right(), ['content-length', '5']), 'REQUEST_MALFORMED'],
    [
      'a GET with a transfer-encoding',
      () => more(right(), ['transfer-encoding', 'chunked']),
      'REQUEST_MALFORMED',
    ],
    ['a GET with a body', () => order(key, { method: 'GET', body: 'x' }), 'REQUEST_MALFORMED'],
    ['HEAD', () => order(key, { method: 'HEAD' }), 'METHOD_NOT_SUPPORTED'],
    ['CONNECT', () => order(key, { method: 'CONNECT' }), 'METHOD_NOT_SUPPORTED'],
    ['a method in small letters', () => order(key, { method: 'get' }), 'METHOD_NOT_SUPPORTED'],
    ['an absolute target', at(`http://${ORDERS}/orders`), 'REQUEST_MALFORMED'],
    ['a target of two slashes', at('//orders'), 'REQUEST_MALFORMED'],
    ['no slash', at('orders'), 'REQUEST_MALFORMED'],
    ['dot segments', at('/a/../orders'), 'REQUEST_MALFORMED'],
    ['encoded dot segments', at('/a/%2E%2e/orders'), 'REQUEST_MALFORMED'],
    ['a fragment', at('/orders#x'), 'REQUEST_MALFORMED'],
    ['a backslash', at('/a\\..\\orders'), 'REQUEST_MALFORMED'],
    ['a letter that is not ASCII', at('/é'), 'REQUEST_MALFORMED'],
    ['a space', at('/a b'), 'REQUEST_MALFORMED'],
    ['% in a procedure’s path', at('/api/exem%70le'), 'REQUEST_MALFORMED'],
    ['a repeated input', at('/api/x?input=1&input=2'), 'REQUEST_MALFORMED'],
    ['a repeated batch', at('/api/x?batch=1&batch=1'), 'REQUEST_MALFORMED'],
    ['connectionParams', at('/api/x?connectionParams=1'), 'REQUEST_MALFORMED'],
    ['a header of over 8 KiB', () => more(right(), ['x-long', 'x'.repeat(8193)]), 'HEADERS_TOO_LARGE'],
    ['a hundred and one headers', () => more(right(), ...Array(101).fill(['a', 'b'])), 'HEADERS_TOO_LARGE'],
    [
      'a header with a line feed',
      () => more(right(), ['x', 'a\r\nauthorization: Bearer y']),
      'REQUEST_MALFORMED',
    ],
    ['a header whose name has a colon', () => more(right(), ['x: y', 'a']), 'REQUEST_MALFORMED'],
    ['a header without a name', () => more(right(), ['', 'a']), 'REQUEST_MALFORMED'],
  ])('%s', async (_, draft, reason) => {
    expect(await verdictOf(draft())).toMatchObject({ valid: false, reason });
  });

  it.each<[string, () => Draft]>([
    ['% elsewhere than in a procedure’s path', at('/orders/a%20b?q=%2F')],
    ['headers of its own, repeated', () => more(right(), ['accept', 'a/b'], ['accept', 'c/d'])],
    ['a length of nothing', () => more(right(), ['content-length', '0'])],
  ])('but may have %s', async (_, draft) => {
    expect(await verdictOf(draft())).toMatchObject({ valid: true });
  });
});

it('B4: a reported request of a wrong form learns which rule it breaks', async () => {
  const verdict = await verdictOf(withHeader(order(key), 'x-http-method', 'PUT'));
  expect(verdict).toMatchObject({
    valid: false,
    issues: [{ rule: 'header-method-override', path: 'headers.x-http-method' }],
  });
});

describe('a reported request whose proofs are wrong', () => {
  const right = () => order(key);
  it.each<[string, () => Draft, string]>([
    ['no key', () => withHeader(right(), 'authorization', null), 'KEY_MISSING'],
    ['a key of Basic', () => withHeader(right(), 'authorization', 'Basic x'), 'KEY_INVALID'],
    ['no signature', () => withHeader(right(), 'x-signature', null), 'SIGNATURE_MISSING'],
    ['an empty signature', () => withHeader(right(), 'x-signature', ''), 'SIGNATURE_MISSING'],
    [
      'a signature of another grammar',
      () => withHeader(right(), 'x-signature', 'v2,k=1'),
      'SIGNATURE_MALFORMED',
    ],
    ['a guess', () => order({ ...key, signingSecret: 'kss_guess' }), 'SIGNATURE_INVALID'],
    ['another target', () => ({ ...right(), target: '/orders?all=1' }), 'SIGNATURE_INVALID'],
    ['another method', () => ({ ...right(), method: 'DELETE' }), 'SIGNATURE_INVALID'],
    ['a token that was added', () => withHeader(right(), 'x-user-token', ada.token), 'SIGNATURE_INVALID'],
    [
      'a token that was taken away',
      () => withHeader(order(key, { token: ada.token }), 'x-user-token', null),
      'SIGNATURE_INVALID',
    ],
    ['a token that is none', () => order(key, { token: 'a.b.c' }), 'TOKEN_INVALID'],
    ['a time long past', () => order(key, { t: Math.floor(Date.now() / 1000) - 301 }), 'SIGNATURE_EXPIRED'],
    ['a time ahead', () => order(key, { t: Math.floor(Date.now() / 1000) + 90 }), 'SIGNATURE_EXPIRED'],
    [
      'a time days ahead',
      () => order(key, { t: Math.floor(Date.now() / 1000) + 90_000 }),
      'SIGNATURE_MALFORMED',
    ],
  ])('%s', async (_, draft, reason) => {
    expect(await verdictOf(draft())).toMatchObject({ valid: false, reason });
  });

  it('consumes no nonce of another caller', async () => {
    const draft = right();
    const stolen = withHeader(
      draft,
      'x-signature',
      headerOf(draft, 'x-signature').replace(/s=.*/, `s=${'0'.repeat(64)}`),
    );
    expect(await reasonOf(stolen)).toBe('SIGNATURE_INVALID');
    expect(await verdictOf(draft)).toMatchObject({ valid: true });
  });
});

describe('guesses of a key', () => {
  const guess = () => order({ ...key, signingSecret: 'kss_guess' });
  const many = async (address: string, count: number) => {
    const reasons = [];
    for (let i = 0; i < count; i++) reasons.push(await reasonOf(guess(), { address }));
    return reasons;
  };

  it('are throttled per reported address, and block no valid caller', async () => {
    const address = '203.0.113.9';
    const reasons = await many(address, FAILURES + 5);
    expect(reasons.slice(0, FAILURES)).toEqual(Array(FAILURES).fill('SIGNATURE_INVALID'));
    expect(reasons.slice(FAILURES)).toEqual(Array(5).fill('TOO_MANY_FAILURES'));
    expect(await verdictOf(order(key), { address })).toMatchObject({ valid: true });
    expect(await reasonOf(guess(), { address: '203.0.113.10' })).toBe('SIGNATURE_INVALID');
  });

  it('of one IPv6 /64 count together', async () => {
    for (let i = 0; i < FAILURES; i++) await reasonOf(guess(), { address: `2001:db8:7::${i + 1}` });
    expect(await reasonOf(guess(), { address: '2001:db8:7::ffff' })).toBe('TOO_MANY_FAILURES');
    expect(await reasonOf(guess(), { address: '2001:db8:8::1' })).toBe('SIGNATURE_INVALID');
  });

  it('that one workspace reports do not count for another', async () => {
    const address = '203.0.113.77';
    await many(address, FAILURES + 1);
    const hers = await verifyingKey(service, eve);
    const wrong = order({ ...(await createKey(service, eve)), signingSecret: 'kss_guess' });
    expect((await verdictOn(service, hers, wrong, { address })).verdict.reason).toBe('SIGNATURE_INVALID');
  });
});

it('S6: a service that names a new limit with each call does not fill the database, and others are served', async () => {
  const limitsFor = async (caller: Credentials, name: string) => {
    const limit = { name, limit: 9, windowSeconds: 2_592_000 };
    const { reason, verdict } = await verdictOn(service, asking, order(caller), { limit });
    return reason ?? verdict.valid;
  };
  const flooding = await createKey(service, ada);
  const outcomes: unknown[] = [];
  for (let n = 0; n < 230; n++) outcomes.push(await limitsFor(flooding, `n${n}`));
  // In memory, the share of a key in all windows bounds them.
  const expected = inject('database') === 'postgres' ? 'UNAVAILABLE' : true;
  expect([outcomes[0], outcomes.at(-1)]).toEqual([true, expected]);
  expect(await limitsFor(flooding, 'n0')).toBe(true);
  expect(await limitsFor(key, 'reads')).toBe(true);
});
