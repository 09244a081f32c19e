import type { Draft } from '../../test/harness/wire.ts';
import type { Field, Http2Request } from './http2-frames.ts';
import { SMUGGLED } from './mutations.ts';

/** Changes a request after it was signed. */
type Http2Mutation = (request: Http2Request) => Http2Request;

/** A signed request as it should be sent. */
export function http2Of({ method, target, headers, body }: Draft): Http2Request {
  const authority = headers.find(([name]) => name === 'host')?.[1] ?? '';
  const fields: Field[] = [
    [':method', method],
    [':scheme', 'https'],
    [':authority', authority],
    [':path', target],
    ...headers.filter(([name]) => name !== 'host'),
  ];
  if (body) fields.push(['content-length', String(body.length)]);
  return { fields, body: body ?? Buffer.alloc(0), trailers: [] };
}

/** Changes the value of a field, or puts others in its place. */
const change =
  (name: string, to: (value: string) => string | readonly Field[]): Http2Mutation =>
  (request) => ({
    ...request,
    fields: request.fields.flatMap((field): readonly Field[] => {
      if (field[0] !== name) return [field];
      const changed = to(field[1]);
      return typeof changed === 'string' ? [[name, changed]] : changed;
    }),
  });
const add =
  (...fields: readonly Field[]): Http2Mutation =>
  (request) => ({ ...request, fields: [...request.fields, ...fields] });
const without = (name: string): Http2Mutation => change(name, () => []);
const inOrder =
  (...mutations: readonly Http2Mutation[]): Http2Mutation =>
  (request) =>
    mutations.reduce((changed, mutate) => mutate(changed), request);
const withBody =
  (body: Buffer | string, ...more: readonly Field[]): Http2Mutation =>
  (request) => ({
    ...without('content-length')(request),
    fields: [...without('content-length')(request).fields, ...more],
    body: Buffer.from(body),
  });
const trailers =
  (...fields: readonly Field[]): Http2Mutation =>
  (request) => ({ ...request, trailers: fields });
const TOKEN: Field = ['x-user-token', 'abc'];
const EVIL = 'evil.example';

const PSEUDO: Readonly<Record<string, Http2Mutation>> = {
  'path: a space': change(':path', (path) => `${path} x`),
  'path: a whole request line': change(':path', (path) => `/api/whoami HTTP/1.1\r\n\r\nGET ${path}`),
  'path: a header': change(':path', (path) => `${path} HTTP/1.1\r\nx-user-token: abc\r\nx:`),
  'path: absolute': change(':path', (path) => `https://${EVIL}${path}`),
  'path: no slash': change(':path', (path) => path.slice(1)),
  'path: two slashes': change(':path', (path) => `/${path}`),
  'path: a dot segment': change(':path', (path) => `/.${path}`),
  'path: an encoded parent segment': change(':path', (path) => `/x/%2e%2e${path}`),
  'path: an encoded slash': change(':path', (path) => path.replace('/api/', '/api%2F')),
  'path: a fragment': change(':path', (path) => `${path}#x`),
  'path: an asterisk': change(':path', () => '*'),
  'path: empty': change(':path', () => ''),
  'path: none': without(':path'),
  'path: twice': change(':path', (path) => [
    [':path', path],
    [':path', '/api/whoami'],
  ]),
  'path: another before': change(':path', (path) => [
    [':path', '/api/whoami'],
    [':path', path],
  ]),
  'path: a zero byte': change(':path', (path) => `${path}\0`),
  'path: another procedure': change(':path', (path) => path.replace(/exemple|echo|upload/, 'whoami')),
  'authority: another': change(':authority', () => EVIL),
  'authority: none': without(':authority'),
  'authority: in host': change(':authority', (host) => [['host', host]]),
  'authority: another in host': change(':authority', (host) => [
    [':authority', host],
    ['host', EVIL],
  ]),
  'authority: the right one in host alone': change(':authority', (host) => [
    [':authority', EVIL],
    ['host', host],
  ]),
  'authority: twice': change(':authority', (host) => [
    [':authority', EVIL],
    [':authority', host],
  ]),
  'authority: a user': change(':authority', (host) => `${EVIL}@${host}`),
  'authority: a path': change(':authority', (host) => `${host}/x`),
  'authority: a header': change(':authority', (host) => `${host}\r\nx-user-token: abc`),
  'authority: in capitals': change(':authority', (host) => host.toUpperCase()),
  'method: in small letters': change(':method', (method) => method.toLowerCase()),
  'method: another': change(':method', () => 'PUT'),
  'method: HEAD': change(':method', () => 'HEAD'),
  'method: CONNECT': change(':method', () => 'CONNECT'),
  'method: a whole request line': change(':method', (method) => `GET /api/whoami HTTP/1.1\r\n\r\n${method}`),
  'method: a space': change(':method', (method) => `${method} /api/whoami`),
  'scheme: http': change(':scheme', () => 'http'),
  'scheme: a whole URL': change(':scheme', () => `https://${EVIL}/api/whoami?`),
  'scheme: none': without(':scheme'),
  'pseudo: after a header': inOrder(without(':authority'), add([':authority', EVIL])),
  'pseudo: a status': add([':status', '200']),
  'pseudo: a protocol': (request) => ({
    ...request,
    fields: [[':protocol', 'websocket'], ...request.fields],
  }),
};

const HEADERS: Readonly<Record<string, Http2Mutation>> = {
  'name: in capitals': change('x-signature', (value) => [['X-Signature', value]]),
  'name: the same in capitals': add(['AUTHORIZATION', 'Bearer other']),
  'name: a header in it': add(['x-other: a\r\nx-user-token', 'abc']),
  'name: a colon': add(['x-user-token:', 'abc']),
  'name: a space': add(['x-user-token ', 'abc']),
  'name: an underscore': add(['x_user_token', 'abc']),
  'name: empty': add(['', 'abc']),
  'name: a zero byte': add(['x-other\0', 'abc']),
  'value: a header in it': add(['x-other', 'a\r\nx-user-token: abc']),
  'value: a newline': add(['x-other', 'a\nx-user-token: abc']),
  'value: a return': add(['x-other', 'a\rx-user-token: abc']),
  'value: a zero byte': add(['x-other', 'a\0b']),
  'value: a whole request': add(['x-other', `a\r\n\r\n${SMUGGLED}`]),
  'value: spaces around': change('authorization', (value) => ` ${value} `),
  'header: authorization twice': add(['authorization', 'Bearer other']),
  'header: signature twice': change('x-signature', (value) => [
    ['x-signature', value],
    ['x-signature', value],
  ]),
  'header: content type twice': add(['content-type', 'text/plain']),
  'header: a user token': add(TOKEN),
  'header: cookies apart': add(['cookie', 'a=1'], ['cookie', 'b=2']),
  'header: forwarded': add(
    ['x-forwarded-host', EVIL],
    ['x-forwarded-for', '203.0.113.9'],
    ['forwarded', `host=${EVIL}`],
    ['x-forwarded-proto', 'http'],
  ),
  'header: an original URL': add(['x-original-url', '/api/whoami'], ['x-rewrite-url', '/api/whoami']),
  'header: connection': add(['connection', 'x-signature']),
  'header: a user token dropped by connection': add(TOKEN, ['connection', 'x-user-token']),
  'header: upgrade': add(['upgrade', 'h2c'], ['http2-settings', 'AAMAAABk']),
  'header: te': add(['te', 'chunked']),
  'header: expect': add(['expect', '100-continue']),
  'header: a content encoding': add(['content-encoding', 'gzip']),
  'header: a range': add(['range', 'bytes=0-1']),
  'header: a method override': add(['x-http-method-override', 'DELETE']),
};

const BODIES: Readonly<Record<string, Http2Mutation>> = {
  'length: none': without('content-length'),
  'length: zero, with a body': inOrder(without('content-length'), add(['content-length', '0'])),
  'length: zero, with a request as the body': withBody(SMUGGLED, ['content-length', '0']),
  'length: less': change('content-length', (length) => String(Number(length) - 1)),
  'length: more': change('content-length', (length) => String(Number(length) + 9)),
  'length: twice': change('content-length', (length) => [
    ['content-length', length],
    ['content-length', '0'],
  ]),
  'length: a sign': change('content-length', (length) => `+${length}`),
  'length: a list': change('content-length', (length) => `${length}, ${length}`),
  'length: a header': change('content-length', (length) => `${length}\r\ntransfer-encoding: chunked`),
  'body: of a query': withBody('{}'),
  'body: a request as the body of a query': withBody(SMUGGLED),
  'body: chunked': withBody(`0\r\n\r\n${SMUGGLED}`, ['transfer-encoding', 'chunked']),
  'body: chunked by a value': withBody(`0\r\n\r\n${SMUGGLED}`, [
    'x-other',
    'a\r\ntransfer-encoding: chunked',
  ]),
  'body: chunked, with a length': withBody(
    `0\r\n\r\n${SMUGGLED}`,
    ['content-length', String(5 + SMUGGLED.length)],
    ['transfer-encoding', 'chunked'],
  ),
  'trailers: a user token': trailers(TOKEN),
  'trailers: a signature': trailers(['x-signature', 'v1']),
  'trailers: a length': trailers(['content-length', '0']),
  'trailers: a transfer encoding': trailers(['transfer-encoding', 'chunked']),
  'trailers: a pseudo-header': trailers([':path', '/api/whoami']),
  'trailers: a header in a value': trailers(['x-other', `a\r\n\r\n${SMUGGLED}`]),
};

/** Every mutation by its name; `none` leaves a request as it was signed. */
export const HTTP2_MUTATIONS: Readonly<Record<string, Http2Mutation>> = {
  none: (request) => request,
  ...PSEUDO,
  ...HEADERS,
  ...BODIES,
};
