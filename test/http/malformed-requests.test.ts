import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTo } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, type SignOptions, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Rightly signed over what is sent, so that nothing but the form can be what is refused. */
const signed = (target: string, options: Partial<SignOptions> = {}) =>
  sign(service.demo, target, { authority: service.authority, ...options });
const outcome = async (draft: Draft) => {
  const { status, reason } = await send(service.port, draft);
  return reason ? `${status} ${reason}` : String(status);
};
const add = (draft: Draft, ...headers: [string, string][]): Draft => ({
  ...draft,
  headers: [...draft.headers, ...headers],
});
const copyOf = (name: string) => (draft: Draft) =>
  add(draft, draft.headers.find(([known]) => known === name) as [string, string]);

const MALFORMED = '400 REQUEST_MALFORMED';

describe('a target', () => {
  it.each([
    ['in absolute form', () => `${service.url}/api/exemple`],
    ['in absolute form of another host', () => 'http://evil.example/api/exemple'],
    ['with two slashes in front', () => '//localhost/api/exemple'],
    ['with a backslash', () => '/api\\exemple'],
    ['with a dot segment', () => '/api/./exemple'],
    ['with two dots', () => '/api/x/../exemple'],
    ['with encoded dots', () => '/api/x/%2e%2E/exemple'],
    ['with half encoded dots', () => '/x/.%2e/api/exemple'],
    ['with dots at the end', () => '/api/..'],
    ['with a fragment', () => '/api/exemple#x'],
    ['with an encoded procedure', () => '/api/exempl%65'],
    ['with an encoded NUL', () => '/api/exemple%00'],
    ['with input twice', () => '/api/exemple?input=1&input=2'],
    ['with input twice, once encoded', () => '/api/exemple?input=1&%69nput=2'],
    ['with batch twice', () => '/api/exemple?batch=1&batch=1'],
    ['with another batch', () => '/api/exemple?batch=true'],
    ['with connectionParams', () => '/api/exemple?connectionParams=%7B%7D'],
  ])('%s is refused', async (_, target) => {
    expect(await outcome(signed(target()))).toBe(MALFORMED);
  });

  it.each([
    ['of nothing', '/api/'],
    ['that is not there', '/api/nothing'],
    ['of the prototype', '/api/__proto__'],
    ['of a constructor', '/api/constructor'],
    ['of a record', '/api/keys'],
    ['with a slash behind', '/api/exemple/'],
    ['with a slash for its dot', '/api/keys/list'],
    ['in other letters', '/api/Exemple'],
    ['outside of /api', '/apiexemple'],
  ])('%s is not found', async (_, target) => {
    expect(await outcome(signed(target))).toBe('404 PROCEDURE_NOT_FOUND');
  });

  it('without a slash in front is refused by the parser', async () => {
    expect(await outcome(signed('api/exemple'))).toBe('400 REQUEST_MALFORMED');
  });

  it('of 10⁵ characters is refused by the parser', async () => {
    const target = `/api/exemple?x=${'a'.repeat(100_000)}`;
    expect(await answerTo(service.port, `GET ${target} HTTP/1.1\r\nhost: ${service.authority}\r\n\r\n`)).toBe(
      '431 HEADERS_TOO_LARGE',
    );
  });
});

describe('a header', () => {
  it.each(['authorization', 'x-signature', 'host', 'content-type', 'x-user-token'])(
    '%s that is sent twice is refused',
    async (name) => {
      const draft = signed('/api/exemple', { token: 'a.b.c', contentType: 'application/json' });
      expect(await outcome(copyOf(name)(draft))).toBe(MALFORMED);
    },
  );

  it.each(['authorization', 'x-signature', 'content-type', 'x-user-token', 'host'])(
    '%s with two values joined is refused',
    async (name) => {
      const draft = signed('/api/exemple', { token: 'a.b.c', contentType: 'application/json' });
      const value = draft.headers.find(([known]) => known === name)?.[1] ?? '';
      expect(await outcome(withHeader(draft, name, `${value},${value}`))).toBe(MALFORMED);
    },
  );

  it.each([
    ['x-http-method-override', 'POST'],
    ['x-http-method', 'DELETE'],
    ['x-method-override', 'POST'],
    ['last-event-id', '7'],
  ])('%s is refused', async (name, value) => {
    expect(await outcome(add(signed('/api/exemple'), [name, value]))).toBe(MALFORMED);
  });

  it.each(['gzip', 'identity, gzip', 'br, gzip', ''])('content-encoding: %s is refused', async (value) => {
    const draft = signed('/api/echo', { body: '{"text":"x"}' });
    expect(await outcome(add(draft, ['content-encoding', value]))).toBe('415 MEDIA_TYPE_NOT_SUPPORTED');
  });

  it.each(['identity', 'Identity'])('B9: content-encoding: %s means none, and is accepted', async (value) => {
    const draft = signed('/api/echo', { body: '{"text":"x"}' });
    expect(await outcome(add(draft, ['content-encoding', value]))).toBe('200');
  });

  it.each(['boundary="a,b"', 'boundary="a\\"b,c"', 'boundary=x; y="a,b"'])(
    'B9: content-type with %s has one value',
    async (parameter) => {
      const contentType = `multipart/form-data; ${parameter}`;
      const draft = signed('/api/echo', { method: 'POST', body: 'x', contentType });
      expect(await outcome(draft)).not.toBe(MALFORMED);
    },
  );

  it('trailer, which announces more headers, is refused', async () => {
    const lines = signed('/api/exemple').headers.map(([name, value]) => `${name}: ${value}\r\n`);
    const raw = `GET /api/exemple HTTP/1.1\r\n${lines.join('')}trailer: x-signature\r\n\r\n`;
    expect(await answerTo(service.port, raw)).toBe(MALFORMED);
  });

  it('of more than eight kilobytes is refused', async () => {
    expect(await outcome(add(signed('/api/exemple'), ['x-more', 'x'.repeat(8193)]))).toBe(
      '431 HEADERS_TOO_LARGE',
    );
    expect(await outcome(add(signed('/api/exemple'), ['x-more', 'x'.repeat(8192)]))).toBe('200');
  });

  it('among more than a hundred is refused', async () => {
    const many = Array.from({ length: 101 }, (_, n): [string, string] => [`x-${n}`, '1']);
    expect(await outcome(add(signed('/api/exemple'), ...many))).toBe('431 HEADERS_TOO_LARGE');
  });
});

describe('an authority', () => {
  const at = async (host: string) => outcome(withHeader(signed('/api/exemple'), 'host', host));

  it.each(['evil.example', '', 'localhost', 'localhost:1', 'localhost.:80', 'user@localhost', '127.1'])(
    '"%s" that is not ours is refused before anything is looked at',
    async (host) => {
      expect(await at(host)).toBe('421 AUTHORITY_UNKNOWN');
    },
  );

  it.each([
    ['/api/exemple', '1.1', '400 REQUEST_MALFORMED'],
    ['/healthz', '1.1', '400 REQUEST_MALFORMED'],
    ['/api/exemple', '1.0', '421 AUTHORITY_UNKNOWN'],
    ['/healthz', '1.0', '200'],
  ])(
    'is missing from a call of %s over HTTP/%s, which is answered with %s',
    async (path, version, expected) => {
      expect(await answerTo(service.port, `GET ${path} HTTP/${version}\r\n\r\n`)).toBe(expected);
    },
  );

  it('is accepted in any case of letters, and signed in lower case', async () => {
    expect(await at(service.authority.toUpperCase())).toBe('200');
  });

  it('of an untrusted peer is not taken from x-forwarded-host', async () => {
    const draft = signed('/api/exemple');
    expect(await outcome(add(draft, ['x-forwarded-host', 'evil.example']))).toBe('200');
    const forged = withHeader(signed('/api/exemple'), 'host', 'evil.example');
    expect(await outcome(add(forged, ['x-forwarded-host', service.authority]))).toBe('421 AUTHORITY_UNKNOWN');
  });
});

describe('a method', () => {
  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s is refused', async (method) => {
    const { status } = await send(service.port, { ...signed('/api/exemple', { method }), method });
    expect(status).toBe(405);
  });

  it.each([
    ['POST', '/api/exemple'],
    ['GET', '/api/echo'],
    ['POST', '/api/clock'],
  ])('%s for %s is refused', async (method, target) => {
    expect(await outcome(signed(target, { method }))).toBe('405 METHOD_NOT_SUPPORTED');
  });
});

describe('a body', () => {
  it('on a GET is refused, declared or chunked', async () => {
    const draft = signed('/api/exemple');
    expect(await outcome({ ...draft, body: Buffer.from('x') })).toBe(MALFORMED);
    expect(await outcome(add(draft, ['content-length', '00']))).toBe(MALFORMED);
    expect(await outcome(add(draft, ['content-length', '0']))).toBe('200');
    const lines = [...draft.headers, ['transfer-encoding', 'chunked']].map(([n, v]) => `${n}: ${v}\r\n`);
    const raw = `GET /api/exemple HTTP/1.1\r\n${lines.join('')}\r\n0\r\n\r\n`;
    expect(await answerTo(service.port, raw)).toBe(MALFORMED);
  });

  it('with trailers is refused', async () => {
    const draft = signed('/api/echo', { body: '{"text":"x"}' });
    const lines = [...draft.headers, ['transfer-encoding', 'chunked']].map(([n, v]) => `${n}: ${v}\r\n`);
    const head = `POST /api/echo HTTP/1.1\r\n${lines.join('')}\r\nc\r\n{"text":"x"}\r\n0\r\n`;
    expect(await answerTo(service.port, `${head}x-more: 1\r\n\r\n`)).toBe(MALFORMED);
    const again = signed('/api/echo', { body: '{"text":"x"}' });
    const clean = [...again.headers, ['transfer-encoding', 'chunked']].map(([n, v]) => `${n}: ${v}\r\n`);
    const whole = `POST /api/echo HTTP/1.1\r\n${clean.join('')}\r\nc\r\n{"text":"x"}\r\n0\r\n\r\n`;
    expect(await answerTo(service.port, whole)).toBe('200');
  });

  it.each([
    ['both a length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n'],
    ['two lengths', 'content-length: 3\r\ncontent-length: 4\r\n'],
    ['a length that is no number', 'content-length: x\r\n'],
    ['a length below zero', 'content-length: -1\r\n'],
    ['an unknown coding', 'transfer-encoding: gzip\r\n'],
    ['a folded header', 'x-a: b\r\n c\r\n'],
    ['a header without a colon', 'x-a\r\n'],
    ['a space before the colon', 'x-a : b\r\n'],
  ])('with %s is refused by the parser', async (_, headers) => {
    const raw = `POST /api/echo HTTP/1.1\r\nhost: ${service.authority}\r\n${headers}\r\nabc`;
    expect(await answerTo(service.port, raw)).toMatch(/^(400 REQUEST_MALFORMED|401 KEY_MISSING)$/);
  });
});

describe('a batch', () => {
  const batch = (names: string) => outcome(signed(`/api/${names}?batch=1`));

  it('of twenty calls is answered, of more is refused', async () => {
    expect(await batch(Array(20).fill('exemple').join(','))).toBe('200');
    expect(await batch(Array(21).fill('exemple').join(','))).toBe(MALFORMED);
    expect(await batch(Array(1000).fill('exemple').join(','))).toMatch(/^4(00|31)/);
  });

  it.each(['health', 'exemple,health', 'auth.signIn', 'clock', 'exemple,clock'])(
    'with %s in it is refused',
    async (names) => {
      expect(await batch(names)).toMatch(/^(400 REQUEST_MALFORMED|405 METHOD_NOT_SUPPORTED)$/);
    },
  );

  it('with an unknown procedure in it is not found', async () => {
    expect(await batch('exemple,nothing')).toBe('404 PROCEDURE_NOT_FOUND');
    expect(await batch('exemple,')).toBe('404 PROCEDURE_NOT_FOUND');
  });

  it('without the word batch is one name, and not found', async () => {
    expect(await outcome(signed('/api/exemple,whoami'))).toBe('404 PROCEDURE_NOT_FOUND');
  });
});
