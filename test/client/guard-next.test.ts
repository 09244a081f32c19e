import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { guardAttacks, keyTwice, ORDER, order } from '../harness/guard-attacks.ts';
import { packClient, unpack } from '../harness/packed.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { freePort } from '../harness/process.ts';
import { NEXT, requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

type Pairs = readonly (readonly [name: string, value: string])[];
/** Queries as clients write them, and what they say. */
const SPELLED: readonly (readonly [target: string, query: Pairs])[] = [
  ['/items', []],
  ['/items?', []],
  ['/items?q=milk%20and%20bread', [['q', 'milk and bread']]],
  ['/items?q=milk+and+bread', [['q', 'milk and bread']]],
  ['/items?ids=1,2', [['ids', '1,2']]],
  ['/items?ids=1%2C2', [['ids', '1,2']]],
  ['/items?mail=a@b', [['mail', 'a@b']]],
  ['/items?mail=a%40b', [['mail', 'a@b']]],
  ['/items?flag', [['flag', '']]],
  ['/items?flag=', [['flag', '']]],
  ['/items?a=b=c', [['a', 'b=c']]],
  ['/items?f[x]=1', [['f[x]', '1']]],
  ['/items?f%5Bx%5D=1', [['f[x]', '1']]],
  [
    '/items?f[x]=1&f[y]=a%20b',
    [
      ['f[x]', '1'],
      ['f[y]', 'a b'],
    ],
  ],
  ['/items?sum=1%2B1', [['sum', '1+1']]],
  ['/items?name=%C3%A9t%C3%A9%20%F0%9F%8C%B4', [['name', 'été 🌴']]],
  ['/items?name=%c3%a9t%c3%a9', [['name', 'été']]],
  [
    '/items?a=1&a=2',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    '/items?b=1&a=2',
    [
      ['b', '1'],
      ['a', '2'],
    ],
  ],
  // encodeURIComponent, URLSearchParams, Python, PHP, axios, requests, .NET.
  ["/items?q=it's%20(a)*!~", [['q', "it's (a)*!~"]]],
  ['/items?q=it%27s+%28a%29*%21%7E', [['q', "it's (a)*!~"]]],
  ['/items?q=it%27s+%28a%29%2A%21~', [['q', "it's (a)*!~"]]],
  ['/items?q=it%27s%20%28a%29%2A%21~', [['q', "it's (a)*!~"]]],
  ['/items?q=it%27s+%28a%29%2A%21%7E', [['q', "it's (a)*!~"]]],
  ['/items?t=12:30,+$5', [['t', '12:30, $5']]],
  ["/items?q=it's,%20ok%7C", [['q', "it's, ok|"]]],
  ['/items?q=a%26b+(%c3%a9)', [['q', 'a&b (é)']]],
  // axios before 1.12, and qs with `encodeValuesOnly`.
  ['/items?filter[path]=a%2Fb', [['filter[path]', 'a/b']]],
  ['/items?mail[]=a%40b.c', [['mail[]', 'a@b.c']]],
  ['/items?filters[mail][$eq]=a%40b.c', [['filters[mail][$eq]', 'a@b.c']]],
  ['/items?filters[name][$eq]=a%2Fb+c', [['filters[name][$eq]', 'a/b c']]],
  ['/items?filters[name][$eq]=a%2Fb%20c', [['filters[name][$eq]', 'a/b c']]],
  [
    `/items?batch=1&input=${encodeURIComponent('{"0":{"text":"a b, \'c\'"}}')}`,
    [
      ['batch', '1'],
      ['input', '{"0":{"text":"a b, \'c\'"}}'],
    ],
  ],
];

const PATHS: readonly (readonly [target: string, name: readonly string[]])[] = [
  ['/items/a%20b', ['a b']],
  ['/items/%C3%A9', ['é']],
  ['/items/%c3%a9', ['é']],
  ['/items/a@b:c,d', ['a@b:c,d']],
  ['/items/a/b', ['a', 'b']],
  ["/items/it's(1)?q=a%20b", ["it's(1)"]],
];

/** Targets that mean something else than what was signed. */
const CHANGED: readonly (readonly [sent: string, signed: string])[] = [
  ['/items?q=a+b', '/items?q=a%2Bb'],
  ['/items?q=a%2Bb', '/items?q=a+b'],
  ['/items?q=a&b=1', '/items?q=a%26b=1'],
  ['/items?q=a%26b=1', '/items?q=a&b=1'],
  ['/items?a=1&b=2', '/items?b=2&a=1'],
  ['/items?a=1&a=2', '/items?a=2&a=1'],
  ['/items?a=1&a=2', '/items?a=1%2C2'],
  ['/items?a=1', '/items?a=1&a=1'],
  ['/items?flag', '/items'],
  ['/items', '/items?flag'],
  ['/items?a=1', '/items?a%3D1'],
  ['/items?Q=a', '/items?q=a'],
  ['/items?q=%C3%A9', '/items?q=e%CC%81'],
  ['/items/a%20b', '/items/a+b'],
  ['/items/%61', '/items/a'],
  ['/items?q=%25C3', '/items?q=%C3'],
];

/** Targets that Next makes unrecognizable; the page says so. */
const LOST = [
  '/items?flag&x=&y=1',
  '/items?a=&b',
  '/items?a=1&',
  '/items?a=x%20y&b=x+y',
  '/items?a=1&b=2&a=3',
];

/** The route handler of examples/next, in a Next that was built and started. */
requires('next').describe('the guard of a route handler of Next', () => {
  const { test } = requires('next');
  const run = promisify(execFile);
  const cli = join(NEXT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { PATH = '', HOME = '' } = process.env;
  const quiet = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1' };
  let service: TestService;
  let ada: Person;
  let key: Credentials;
  let port: number;
  let serving = false;
  let stop: () => Promise<unknown> = async () => {};

  beforeAll(async () => {
    rmSync(join(NEXT, 'node_modules', '@keyseal'), { recursive: true, force: true });
    await unpack(await packClient(), NEXT, '@keyseal/client');
    await run(process.execPath, [cli, 'build'], { cwd: NEXT, env: quiet });
    service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
    serving = true;
    ada = await signUp(service);
    key = await createKey(service, ada, { permissions: ['orders:write'] });
    const { apiKey, signingSecret } = await verifyingKey(service, ada);
    const asking = { KEYSEAL_API_KEY: apiKey ?? '', KEYSEAL_SIGNING_SECRET: signingSecret };
    port = await freePort();
    const child = spawn(process.execPath, [cli, 'start', '-p', String(port), '-H', '127.0.0.1'], {
      cwd: NEXT,
      env: { ...quiet, ...asking, KEYSEAL_URL: service.url, AUTHORITY: ORDERS },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = new Promise((resolve) => child.once('close', resolve));
    stop = () => {
      child.kill('SIGKILL');
      return exited;
    };
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('Ready') && resolve());
      void exited.then(() => reject(new Error('Next ended')));
    });
  }, 300_000);
  afterAll(async () => {
    await stop();
    await (serving && service.stop());
  });

  test('admits a signed call once, with its body', async () => {
    const draft = order(key);
    const answer = await send(port, draft);
    expect([answer.status, answer.json]).toEqual([200, { by: key.id, body: ORDER }]);
    expect((await send(port, draft)).reason).toBe('SIGNATURE_REPLAYED');
  });

  test('refuses every attack in Keyseal’s form', async () => {
    for (const [what, answered, draft] of guardAttacks(() => ({ service, ada, key }), 1024 * 1024)) {
      const { status, reason, headers } = await send(port, await draft());
      expect(`${what}: ${status} ${reason}`).toMatch(
        typeof answered === 'string'
          ? new RegExp(`: ${answered}$`)
          : new RegExp(answered.source.replaceAll('^', ': ')),
      );
      expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="keyseal"' : undefined);
    }
  });

  const get = (target: string, signed = target) => {
    const draft = sign(key, signed, { authority: ORDERS });
    return send(port, { ...draft, target, headers: [...draft.headers, ['cookie', 'theme=dark']] });
  };

  for (const [target, query] of SPELLED) {
    test(`C1: admits a query as clients encode it: ${target}`, async () => {
      const { status, json } = await get(target);
      expect([status, json]).toEqual([200, { by: key.id, name: [], query, theme: 'dark' }]);
    });
  }

  for (const [target, name] of PATHS) {
    test(`C1: admits an encoded path: ${target}`, async () => {
      const { status, json } = await get(target);
      expect([status, json.name]).toEqual([200, name]);
    });
  }

  for (const [sent, signed] of CHANGED) {
    test(`C1: refuses ${sent} that was signed as ${signed}`, async () => {
      const { status, reason } = await get(sent, signed);
      expect([status, reason]).toEqual([401, 'SIGNATURE_INVALID']);
    });
  }

  for (const target of LOST) {
    test(`C1: refuses what Next makes unrecognizable: ${target}`, async () => {
      const { status, reason } = await get(target);
      expect([status, reason]).toEqual([401, 'SIGNATURE_INVALID']);
    });
  }

  test('C1: a request is admitted once, in any spelling', async () => {
    const draft = sign(key, '/items?q=a%20b', { authority: ORDERS });
    expect((await send(port, draft)).status).toBe(200);
    const again = await send(port, { ...draft, target: '/items?q=a+b' });
    expect(again.reason).toBe('SIGNATURE_REPLAYED');
  });

  test('verifies the one key of two that the handler reads', async () => {
    const { json } = await send(port, keyTwice(key));
    expect(json.by ?? json.error.data.reason).toMatch(new RegExp(`^(${key.id}|REQUEST_MALFORMED)$`));
  });

  test('refuses every caller while Keyseal is unreachable', async () => {
    serving = false;
    await service.stop();
    const { status, reason } = await send(port, order(key));
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
  });
});
