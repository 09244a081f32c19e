import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createKeysealClient,
  type FetchInit,
  type KeysealClient,
  type KeysealRefusal,
} from '../../client/index.ts';
import { clockBase, parseSignature } from '../../shared/signature.ts';
import { withKey } from '../harness/clients.ts';
import { KEY, type Recorded, recorder, refuseWith } from '../harness/recorder.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const create = (client: KeysealClient, name: string, more = {}) =>
  client.keys.create.mutate({ name, environment: 'test', permissions: ['exemple:read'], ...more });
const reasonOf = ({ reason }: KeysealRefusal) => reason;

describe('a proxy that sends a request twice, and loses the first answer', () => {
  let service: TestService;
  /** Milliseconds by which the service's clock is ahead of the machine's. */
  let ahead = 0;
  /** Requests that arrived. */
  let arrived = 0;

  beforeAll(async () => {
    service = await startTestService({ clock: () => Date.now() + ahead });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    vi.useRealTimers();
    ahead = 0;
  });

  /** A client whose first request a proxy sends a second time, after `between`. */
  const behind = (between: () => void, more: object = {}): KeysealClient => {
    arrived = 0;
    const send = (url: string, init: FetchInit) => {
      arrived++;
      return fetch(url, init as RequestInit);
    };
    const proxy = async (url: string, init: FetchInit) => {
      const response = await send(url, init);
      if (arrived > 1) return response;
      await response.text();
      between();
      return send(url, init);
    };
    return createKeysealClient({ ...withKey(service), fetch: proxy, ...more });
  };
  const made = async (search: string) =>
    (await createKeysealClient(withKey(service)).keys.list.query({ search })).items.length;

  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

  it.each(['v1', 'rfc9421'])(
    'repeats no mutation that was carried out before its copy expired: %s',
    async (signatures) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const client = behind(() => pass(400), { signatures });
      expect(await create(client, `late ${signatures}`).catch(reasonOf)).toBe('SIGNATURE_EXPIRED');
      expect([arrived, await made(`late ${signatures}`)]).toEqual([2, 1]);
    },
  );

  it('nor if the clock of the client was set back in the meantime', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const client = behind(() => {
      vi.advanceTimersByTime(400_000);
      ahead = 400_000;
    });
    expect(await create(client, 'set back').catch(reasonOf)).toBe('SIGNATURE_EXPIRED');
    expect(await made('set back')).toBe(1);
  });

  it('nor a batch, unless each of its calls has an idempotency key', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const client = behind(() => pass(400));
    const calls = [create(client, 'batched', { idempotencyKey: 'one' }), create(client, 'batched')];
    expect(await Promise.all(calls.map((call) => call.catch(reasonOf)))).toEqual(
      Array(2).fill('SIGNATURE_EXPIRED'),
    );
    expect([arrived, await made('batched')]).toEqual([2, 2]);
  });

  it('repeats one with an idempotency key, which is carried out once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await create(
      behind(() => pass(400)),
      'once',
      { idempotencyKey: 'once' },
    );
    expect([arrived, await made('once')]).toEqual([3, 1]);
  });
});

describe('an expired signature, and when it expired', () => {
  /** The service's clock when it refuses, in seconds after the time of the signature. */
  let age = 0;
  /** Called while the request is on its way. */
  let between = () => {};
  let server: Awaited<ReturnType<typeof recorder>>;

  /** Refuses as Keyseal does, with a right proof. */
  const refuse = (request: Recorded, ...rest: [never, number]) => {
    const { k = '', t = 0, nonce = '' } = parseSignature(String(request.headers['x-signature'])) ?? {};
    const now = t + age;
    const mac = createHmac('sha256', KEY.signingSecret)
      .update(clockBase(k, nonce, now))
      .digest('hex');
    between();
    refuseWith(401, 'SIGNATURE_EXPIRED', { clock: { now, mac } })(request, ...rest);
  };

  beforeAll(async () => {
    server = await recorder(refuse as never);
  });
  afterAll(() => server.stop());
  afterEach(() => {
    vi.useRealTimers();
    between = () => {};
  });

  /** How often a mutation is sent that is refused each time. */
  async function sendings(
    seconds: number,
    call = (client: KeysealClient): Promise<unknown> => client.echo.mutate({ text: 'x' }),
  ) {
    age = seconds;
    server.received.length = 0;
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const client = createKeysealClient({ url: server.url, ...KEY });
    expect(await call(client).catch(reasonOf)).toBe('SIGNATURE_EXPIRED');
    return server.received.length;
  }

  it.each<[string, number, elapsed: number, sent: number]>([
    ['the last second at which it was valid', 300, 0, 1],
    ['the first second at which it was not', 301, 0, 2],
    ['an hour', 3_600, 0, 2],
    ['what a restarted service refuses, though it is in the window', 2, 0, 1],
    ['30 s of 330', 330, 30, 1],
    ['30 s of 331', 331, 30, 2],
    ['30.2 s of 331, which may have been the 300th when it arrived', 331, 30.2, 1],
    ['a pause of a day, all of the difference', 86_400, 86_400, 1],
    ['the last second ahead at which it was valid', -60, 0, 1],
    ['the first second ahead at which it was not', -61, 0, 2],
    ['nine minutes ahead, whatever time passed', -540, 600, 2],
  ])('a mutation: %s', async (_, seconds, elapsed, sent) => {
    between = () => vi.advanceTimersByTime(elapsed * 1_000);
    expect(await sendings(seconds)).toBe(sent);
  });

  it('does not depend on it for a query', async () => {
    expect(await sendings(2, (client) => client.whoami.query() as never)).toBe(2);
  });

  it('takes the time over in any case', async () => {
    between = () => vi.advanceTimersByTime(30_000);
    const times: (number | undefined)[] = [];
    await sendings(330, async (client) => {
      await client.echo.mutate({ text: 'x' }).catch(() => {});
      return client.echo.mutate({ text: 'x' });
    });
    for (const { headers } of server.received) times.push(parseSignature(String(headers['x-signature']))?.t);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(330);
  });
});
