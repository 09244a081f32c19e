import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import { type Exposition, growth, scrape, since } from '../harness/metrics.ts';
import { type Person, query, signUp } from '../harness/people.ts';
import { answerTo } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, newNonce, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());
const echo = (text: string) =>
  sign(service.demo, '/api/echo', { ...authority(), body: JSON.stringify({ text }) });
const get = (target: string, host = service.authority): Draft => ({
  method: 'GET',
  target,
  headers: [['host', host]],
  body: null,
});
/** How requests changed the calls that were counted, as `procedure outcome`. */
const countedOf = (asking: () => Promise<unknown>) => growth(service.port, 'keyseal_calls_total', asking);

describe('keyseal_calls_total', () => {
  it.each<[string, () => Promise<unknown>, Record<string, number>]>([
    ['a query', () => send(service.port, exemple()), { 'exemple OK': 1 }],
    ['a mutation', () => send(service.port, echo('x')), { 'echo OK': 1 }],
    ['a public call', () => send(service.port, get('/api/health')), { 'health OK': 1 }],
    ['a person', () => query(service, ada, 'sessions.list'), { 'sessions.list OK': 1 }],
    [
      'a wrong input',
      () => send(service.port, sign(service.demo, '/api/echo', { ...authority(), body: '{}' })),
      { 'echo INPUT_INVALID': 1 },
    ],
    [
      'a call without a key',
      () => send(service.port, withHeader(exemple(), 'authorization', null)),
      { 'exemple KEY_MISSING': 1 },
    ],
    [
      'a call that is not signed',
      () => send(service.port, withHeader(exemple(), 'x-signature', null)),
      { 'exemple SIGNATURE_MISSING': 1 },
    ],
    [
      'a wrong method',
      () => send(service.port, sign(service.demo, '/api/echo', authority())),
      { 'echo METHOD_NOT_SUPPORTED': 1 },
    ],
    [
      'another authority',
      () => send(service.port, withHeader(exemple(), 'host', 'elsewhere.example')),
      { 'exemple AUTHORITY_UNKNOWN': 1 },
    ],
    [
      'a procedure that is not there',
      () => send(service.port, sign(service.demo, '/api/nothing', authority())),
      { 'other PROCEDURE_NOT_FOUND': 1 },
    ],
    [
      'the name of a prototype',
      () => send(service.port, sign(service.demo, '/api/__proto__', authority())),
      { 'other PROCEDURE_NOT_FOUND': 1 },
    ],
    [
      'a target that can be read in two ways',
      () => send(service.port, sign(service.demo, '/api/../api/exemple', authority())),
      { 'other REQUEST_MALFORMED': 1 },
    ],
    ['what is no HTTP', () => answerTo(service.port, 'nonsense\r\n\r\n'), { 'other REQUEST_MALFORMED': 1 }],
  ])('counts %s once', async (_, asking, counted) => {
    expect(await countedOf(asking)).toEqual(counted);
  });

  it('counts each call of a batch, admitted or not', async () => {
    const batch = (names: string, input: string) =>
      sign(service.demo, `/api/${names}?batch=1&input=${encodeURIComponent(input)}`, authority());
    expect(await countedOf(() => send(service.port, batch('exemple,whoami,exemple', '{}')))).toEqual({
      'exemple OK': 2,
      'whoami OK': 1,
    });
    const mixed = '{"0":{"name":1},"1":{"name":"Ada"}}';
    expect(await countedOf(() => send(service.port, batch('exemple,exemple', mixed)))).toEqual({
      'exemple OK': 1,
      'exemple INPUT_INVALID': 1,
    });
    const refused = withHeader(batch('exemple,whoami', '{}'), 'authorization', null);
    expect(await countedOf(() => send(service.port, refused))).toEqual({
      'exemple KEY_MISSING': 1,
      'whoami KEY_MISSING': 1,
    });
    expect(await countedOf(() => send(service.port, batch('exemple,nothing', '{}')))).toEqual({
      'exemple PROCEDURE_NOT_FOUND': 1,
      'other PROCEDURE_NOT_FOUND': 1,
    });
    const long = batch(Array(30).fill('exemple').join(','), '{}');
    expect(await countedOf(() => send(service.port, long))).toEqual({ 'exemple REQUEST_MALFORMED': 20 });
  });

  it('does not count pages, scrapes or preflights', async () => {
    const pages = ['/', '/healthz', '/readyz', '/nothing', '/metrics'];
    expect(await countedOf(() => Promise.all(pages.map((page) => send(service.port, get(page)))))).toEqual(
      {},
    );
  });

  it('has no series for invented names', async () => {
    const before = await scrape(service.port);
    for (let n = 0; n < 10_000; n += 50) {
      const some = Array.from({ length: 50 }, () =>
        send(service.port, get(`/api/${newNonce()}.${newNonce()}`)),
      );
      await Promise.all(some);
    }
    const after = await scrape(service.port);
    const other = { procedure: 'other', outcome: 'PROCEDURE_NOT_FOUND' };
    expect(since(before, after, 'keyseal_calls_total', other)).toBe(10_000);
    const own = ({ samples }: Exposition) => samples.filter(({ name }) => name.startsWith('keyseal_')).length;
    expect(own(after)).toBeLessThanOrEqual(own(before) + 1);
    expect(after.text.length).toBeLessThan(200_000);
  }, 120_000);

  it('has only procedures of the router and reasons of the table', async () => {
    const { samples } = await scrape(service.port);
    for (const { labels } of samples.filter(({ name }) => name === 'keyseal_calls_total')) {
      expect([...builtInApi.procedures.keys(), 'other']).toContain(labels['procedure']);
      expect([...Object.keys(REFUSALS), 'OK']).toContain(labels['outcome']);
    }
  });
});
