import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, headerOf, send, sign, withHeader } from '../harness/wire.ts';

/** Together a hundred thousand requests; a fifth of them on Postgres, since nearly all are refused before any store. */
const RUNS = inject('database') === 'postgres' ? 25 : 125;
const AT_ONCE = 270;

let service: TestService;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '1000000' } });
});
afterAll(async () => {
  agent.destroy();
  await service.stop();
});

/** The status of an answer. A connection that breaks or an answer that never comes fails the test. */
function statusOf({ method, target, headers }: Draft): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: service.port, method, path: target, setHost: false, agent };
    const outgoing = request({ ...options, headers: headers.flat(), timeout: 20_000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

const signed = (more: { token?: string } = {}) =>
  sign(service.demo, '/api/exemple', { authority: service.authority, ...more });

/** Characters that Node's client lets into a header. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .map((code) => String.fromCharCode(code))
    .filter((c) => c !== '\x7f'),
  maxLength: 300,
});
/** A string that is nearly right: cut, doubled or changed somewhere. */
const nearly = (right: () => string) =>
  fc.tuple(fc.nat(400), fc.nat(20), headerText).map(([at, length, put]) => {
    const text = right();
    const from = at % (text.length + 1);
    return text.slice(0, from) + put.slice(0, length) + text.slice(from + (length % 7));
  });
const signatureText = fc.oneof(
  headerText,
  nearly(() => headerOf(signed(), 'x-signature')),
  fc
    .record({
      k: headerText,
      t: fc.oneof(fc.integer(), fc.double(), headerText),
      n: headerText,
      s: headerText,
    })
    .map(({ k, t, n, s }) => `v1,k=${k},t=${t},n=${n},s=${s}`),
);
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});
const target = fc.oneof(
  visible.map((text) => `/${text}`),
  visible.map((text) => `/api/${text}`),
  visible.map((text) => `/api/exemple?${text}`),
  visible.map((text) => `/api/exemple,whoami?batch=1&input=${text}`),
  fc.json().map((json) => `/api/exemple?input=${encodeURIComponent(json)}`),
);
const base64url = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const token = fc.oneof(
  headerText.map((text) => text.trim() || 'x'),
  fc.tuple(base64url, base64url, base64url).map((parts) => parts.join('.')),
  fc.tuple(fc.object(), fc.object(), base64url).map(([header, claims, signature]) =>
    [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat(signature)
      .join('.'),
  ),
);

const KINDS: [string, fc.Arbitrary<Draft>][] = [
  ['x-signature headers', signatureText.map((text) => withHeader(signed(), 'x-signature', text))],
  ['targets', target.map((text) => ({ ...signed(), target: text }))],
  ['tokens', token.map((text) => signed({ token: text }))],
];

/** Megabytes in use after a collection, without what the test's own log holds. */
async function collected(): Promise<number> {
  service.log.length = 0;
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

describe('storms of malformed', () => {
  it.each(KINDS)(
    '%s make no 5xx, no hang and no growth',
    async (_, kind) => {
      // Drawn one by one: what one array would keep for shrinking, which nothing does here, is most of the memory.
      const storm = fc.asyncProperty(fc.integer(), async (seed) => {
        service.log.length = 0;
        const drafts = fc.sample(kind, { numRuns: AT_ONCE, seed });
        const statuses = new Set(await Promise.all(drafts.map(statusOf)));
        expect([...statuses].filter((status) => status < 200 || status >= 500)).toEqual([]);
      });
      await fc.assert(storm, { numRuns: 10, endOnFailure: true });
      const before = await collected();
      await fc.assert(storm, { numRuns: RUNS - 10, endOnFailure: true });
      // Bounded caches fill in the meantime; what is kept of each request would show as ten times as much.
      expect((await collected()) - before).toBeLessThan(30);
      expect((await send(service.port, signed())).status).toBe(200);
    },
    480_000,
  );
});
