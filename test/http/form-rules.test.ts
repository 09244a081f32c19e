import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORM_RULES, type FormRule } from '../../shared/form-rules.ts';
import { signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let session: { id: string; apiKey: null; signingSecret: string; token: string };
beforeAll(async () => {
  const env = { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1', KEYSEAL_BODY_GRACE_SECONDS: '1' };
  service = await startTestService({ env });
  session = { ...(await signUp(service)), apiKey: null };
});
afterAll(() => service.stop());

/** Stands for what must not be repeated, wherever a request has it. */
const SECRET = 'kss_do-not-repeat-me';

const linesOf = (headers: Draft['headers']) =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
const signed = (target = '/api/exemple') => sign(service.demo, target, { authority: service.authority });
const echo = () => sign(service.demo, '/api/echo', { authority: service.authority, body: '{"text":"x"}' });
/** A signed GET of a target, with further header lines. */
const get = (target = '/api/exemple', more = '') =>
  `GET ${target} HTTP/1.1\r\n${linesOf(signed(target).headers)}${more}\r\n`;
/** A signed POST without its body. */
const post = (more: string, version = '1.1') =>
  `POST /api/echo HTTP/${version}\r\n${linesOf(echo().headers)}${more}\r\n`;
const twice = (name: string, value: string) =>
  get('/api/exemple', `${name}: ${value}\r\n${name}: ${value}\r\n`);
const without = (name: string) =>
  `GET /api/exemple HTTP/1.1\r\n${linesOf(withHeader(signed(), name, null).headers)}\r\n`;
const CHUNKED = 'transfer-encoding: chunked\r\n';

/** Rules that only other parts break: reported requests, and what Node's parser accepts. */
const ELSEWHERE: readonly FormRule[] = [
  'header-name',
  'header-value',
  'authority-not-of-key',
  // The parser accepts a bare LF as a line end outside of chunks, and closes a connection by itself.
  'line-ending',
  'after-close',
  'http-syntax',
  'headers-late',
  'chunk-extensions',
  'refresh-token-twice',
  // A request without x-signature; test/service/http-signature.test.ts breaks it.
  'http-signature',
];

/** Each rule, requests that break it, and the part that is named. */
const BROKEN: Partial<Record<FormRule, readonly (readonly [path: string, bytes: () => string])[]>> = {
  'target-origin-form': [
    ['target', () => get(`http://evil.example/api/exemple?${SECRET}`)],
    ['target', () => get('//api/exemple')],
  ],
  'target-characters': [
    ['target', () => get(`/api/exemple?${SECRET}é`)],
    ['target', () => get(`api/exemple`)],
  ],
  'target-fragment': [['target', () => get(`/api/exemple#${SECRET}`)]],
  'target-backslash': [['target', () => get('/api\\exemple')]],
  'target-dot-segments': [
    ['target', () => get('/api/../exemple')],
    ['target', () => get('/api/%2e/exemple')],
  ],
  'procedure-encoded': [['target', () => get('/api/exempl%65')]],
  'query-connection-params': [
    ['query.connectionParams', () => get(`/api/exemple?connectionParams=${SECRET}`)],
  ],
  'query-method': [['query._method', () => get('/api/exemple?_method=POST')]],
  'query-repeated': [
    ['query.input', () => get('/api/exemple?input=1&input=2')],
    ['query.batch', () => get('/api/exemple?batch=1&batch=1')],
  ],
  'query-batch': [['query.batch', () => get(`/api/exemple?batch=${SECRET}`)]],
  'http-version': [['version', () => `GET /api/exemple HTTP/9.9\r\nhost: a\r\n\r\n`]],
  'http2-preface': [['', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
  'tls-to-plain-port': [['', () => '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03']],
  'proxy-protocol': [
    ['', () => `PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n${get()}`],
    ['', () => '\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c'],
  ],
  'method-unknown': [['method', () => `FOO /api/exemple?${SECRET} HTTP/1.1\r\nhost: a\r\n\r\n`]],
  'method-not-taken': [['method', () => `PUT /api/echo HTTP/1.1\r\n${linesOf(echo().headers)}\r\n`]],
  'body-on-get': [
    ['body', () => get('/api/exemple', 'content-length: 1\r\n')],
    ['body', () => get('/api/exemple', CHUNKED)],
  ],
  'header-syntax': [
    ['headers', () => get('/api/exemple', `x-a : ${SECRET}\r\n`)],
    ['headers', () => get('/api/exemple', `${SECRET}\r\n`)],
  ],
  'header-size': [['headers.x-a', () => get('/api/exemple', `x-a: ${SECRET.repeat(500)}\r\n`)]],
  'headers-count': [['headers', () => get('/api/exemple', 'x-a: 1\r\n'.repeat(100))]],
  'headers-size': [['headers', () => get('/api/exemple', `x-a: ${SECRET.repeat(2_000)}\r\n`)]],
  'header-repeated': [
    ['headers.x-user-token', () => twice('x-user-token', SECRET)],
    ['headers.authorization', () => get('/api/exemple', `authorization: Bearer ${SECRET}\r\n`)],
    ['headers.host', () => get('/api/exemple', 'host: a\r\n')],
    ['headers.content-type', () => twice('content-type', 'application/json')],
    ['headers.x-signature', () => get('/api/exemple', `x-signature: ${SECRET}\r\n`)],
  ],
  'header-joined': [
    ['headers.x-user-token', () => get('/api/exemple', `x-user-token: ${SECRET},${SECRET}\r\n`)],
    ['headers.content-type', () => get('/api/exemple', 'content-type: a/b;c="d,e", f/g\r\n')],
    ['headers.content-type', () => get('/api/exemple', 'content-type: a/b;c="d, f/g\r\n')],
  ],
  'header-method-override': [['headers.x-http-method', () => get('/api/exemple', 'x-http-method: PUT\r\n')]],
  'header-last-event-id': [['headers.last-event-id', () => get('/api/exemple', 'last-event-id: 7\r\n')]],
  'header-trailer': [['headers.trailer', () => get('/api/exemple', 'trailer: x-a\r\n')]],
  'content-encoding': [
    ['headers.content-encoding', () => post('content-encoding: gzip\r\ncontent-length: 1\r\n')],
    ['headers.content-encoding', () => post('content-encoding: identity, br\r\ncontent-length: 1\r\n')],
  ],
  'host-missing': [['headers.host', () => without('host')]],
  'content-length-repeated': [
    ['headers.content-length', () => post('content-length: 12\r\ncontent-length: 13\r\n')],
  ],
  'content-length-form': [
    ['headers.content-length', () => post('content-length: x\r\n')],
    ['headers.content-length', () => post('content-length: 12, 12\r\n')],
  ],
  'transfer-encoding-form': [
    ['headers.transfer-encoding', () => post('transfer-encoding: gzip, chunked\r\n')],
    ['headers.transfer-encoding', () => post('transfer-encoding: chunked, gzip\r\n')],
  ],
  'transfer-encoding-and-length': [
    ['headers.transfer-encoding', () => post(`content-length: 12\r\n${CHUNKED}`)],
  ],
  'transfer-encoding-version': [['headers.transfer-encoding', () => post(CHUNKED, '1.0')]],
  expectation: [['headers.expect', () => post(`expect: ${SECRET}\r\ncontent-length: 12\r\n`)]],
  'chunk-form': [['body', () => `${post(CHUNKED)}zz\r\n`]],
  'body-trailers': [['body', () => `${post(CHUNKED)}c\r\n{"text":"x"}\r\n0\r\nx-a: ${SECRET}\r\n\r\n`]],
  'body-size': [
    ['body', () => post('content-length: 2000000\r\n')],
    ['body', () => `${post(CHUNKED)}1e8480\r\n${'x'.repeat(2_000_000)}\r\n`],
  ],
  'body-slow': [['body', () => `${post('content-length: 12\r\n')}{`]],
  'body-on-page': [['body', () => `GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n`]],
  'forwarded-for-form': [
    ['headers.x-forwarded-for', () => get('/api/exemple', `x-forwarded-for: ${SECRET}\r\n`)],
  ],
  'forwarded-host-repeated': [
    ['headers.x-forwarded-host', () => twice('x-forwarded-host', 'a')],
    ['headers.x-forwarded-host', () => get('/api/exemple', 'x-forwarded-host: a, b\r\n')],
  ],
  'forwarded-host-empty': [['headers.x-forwarded-host', () => get('/api/exemple', 'x-forwarded-host:\r\n')]],
  authority: [
    ['headers.host', () => `GET /api/exemple HTTP/1.1\r\nhost: proxy.internal\r\n\r\n`],
    ['headers.x-forwarded-host', () => get('/api/exemple', 'x-forwarded-host: proxy.internal\r\n')],
  ],
  'accept-signature': [
    ['headers.accept-signature', () => get('/api/exemple', `accept-signature: r=(${SECRET}\r\n`)],
  ],
  'accept-signature-stream': [
    [
      'headers.accept-signature',
      () => get('/api/keys.tail?input=%7B%7D', 'accept-signature: r=();tag="keyseal-response"\r\n'),
    ],
  ],
  'batch-size': [['target', () => get(`/api/${Array(21).fill('exemple').join(',')}?batch=1`)]],
  'batch-procedure': [['target', () => get('/api/health?batch=1')]],
  'token-beside-token': [
    [
      'headers.x-user-token',
      () => {
        const options = { authority: service.authority, token: session.token };
        const draft = sign(session, '/api/whoami', options);
        return `GET /api/whoami HTTP/1.1\r\n${linesOf(draft.headers)}x-user-token: ${SECRET}\r\n\r\n`;
      },
    ],
  ],
  'refresh-authorization': [
    [
      'headers.authorization',
      () => `POST /api/auth.refresh HTTP/1.1\r\n${linesOf(echo().headers)}content-length: 0\r\n\r\n`,
    ],
  ],
};

interface Issue {
  readonly rule?: string;
  readonly path: string;
  readonly message: string;
}

/** Sends bytes, and returns the refusal that comes back and the line of the log about it. */
async function refusalTo(bytes: string) {
  const connection = await rawConnection(service.port);
  connection.socket.write(Buffer.from(bytes, 'latin1'));
  const answer = await connection.until((so) => so.includes('"error"') && so.endsWith('}'));
  connection.socket.destroy();
  const text = Buffer.from(answer, 'latin1').toString();
  const { data } = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).error;
  const line = service.log.find((entry) => entry.includes(data.requestId)) ?? '{}';
  return { text, line, issues: data.issues as Issue[], logged: JSON.parse(line) };
}

describe('B4: a refused request names the rule that it breaks', () => {
  const rows = Object.entries(BROKEN).flatMap(([rule, requests]) =>
    requests.map(([path, bytes], nth) => ({ rule, path, bytes, nth })),
  );
  it.each(rows)('$rule ($path, $nth)', async ({ rule, path, bytes }) => {
    const { text, line, issues, logged } = await refusalTo(bytes());
    expect(issues).toEqual([{ rule, path, message: expect.stringMatching(/^(must|is) /) }]);
    expect(logged.issues).toEqual(issues);
    expect(text + line).not.toContain('do-not-repeat-me');
  });

  it('for every rule, in one of these tests', () => {
    const known = [...Object.keys(BROKEN), ...ELSEWHERE];
    expect(Object.keys(FORM_RULES).filter((rule) => !known.includes(rule))).toEqual(['body-incomplete']);
  });

  it('names body-incomplete for a sender that closes its side', async () => {
    const connection = await rawConnection(service.port);
    connection.socket.end(`${post('content-length: 12\r\n')}{"te`);
    await connection.closed;
    expect(connection.text()).toMatch(/"rule":"body-incomplete"|^$/);
  });

  it('is logged at the level info, at a bounded rate', async () => {
    for (let n = 0; n < 30; n++) await refusalTo(get('/api/exemple', 'last-event-id: 7\r\n'));
    const levels = service.log
      .filter((line) => line.includes('header-last-event-id'))
      .map((line) => JSON.parse(line).level);
    expect(levels.filter((level) => level === 30).length).toBeGreaterThan(0);
    expect(levels.filter((level) => level === 20).length).toBeGreaterThan(0);
  });
});

describe('B5: a request for an unknown host', () => {
  const at = (host: string, more = '') =>
    refusalTo(`GET /api/exemple HTTP/1.1\r\nhost: ${host}\r\n${more}\r\n`);

  it.each([
    ['backend:3000', 'backend:3000'],
    ['user:password@Backend', 'Backend'],
    ['<script>', '?script?'],
    ['', ''],
    [`${'a'.repeat(300)}`, 'a'.repeat(260)],
  ])('for "%s" the answer says that "%s" arrived', async (host, shown) => {
    const { issues, logged } = await at(host);
    expect(issues[0]?.message).toBe(`is "${shown}", which is not the host of a public origin`);
    expect(logged).toMatchObject({ reason: 'AUTHORITY_UNKNOWN', issues });
  });

  it.each([
    ['forwarded: for=192.0.2.1;Host="api.example.com"', 'forwarded'],
    ['x-original-host: api.example.com', 'x-original-host'],
    ['x-host: api.example.com', 'x-host'],
  ])('with "%s" the answer says which header is not read', async (line, name) => {
    const { issues } = await at('backend', `${line}\r\n`);
    expect(issues[0]?.message).toBe(
      `is "backend", which is not the host of a public origin; ${name} is not read: the proxy must pass on host, or set x-forwarded-host`,
    );
  });

  it('with forwarded that names no host the answer does not mention it', async () => {
    const { issues } = await at('backend', 'forwarded: for=192.0.2.1\r\n');
    expect(issues[0]?.message).toBe('is "backend", which is not the host of a public origin');
  });

  it('from a proxy that is not trusted: the answer says that x-forwarded-host was not read', async () => {
    const other = await startTestService();
    const connection = await rawConnection(other.port);
    connection.socket.write(
      `GET /api/exemple HTTP/1.1\r\nhost: backend\r\nx-forwarded-host: ${other.authority}\r\n\r\n`,
    );
    const text = await connection.until((so) => so.includes('"error"'));
    connection.socket.destroy();
    await other.stop();
    expect(text).toContain(
      'x-forwarded-host was not read, since its sender is not one of KEYSEAL_TRUSTED_PROXIES',
    );
  });
});
