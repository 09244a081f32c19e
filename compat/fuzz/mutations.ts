import type { Random } from './random.ts';
import type { RawRequest } from './raw-request.ts';

/** Changes a request after it was signed; `random` chooses where. */
export type Mutation = (raw: RawRequest, random: Random) => RawRequest;

const index = (random: Random, length: number): number => Math.floor(random() * length);
const pick = <T>(random: Random, of: readonly T[]): T => of[index(random, of.length)] as T;

/** Inserts a string somewhere. */
function inserted(text: string, more: string, random: Random): string {
  const at = 1 + index(random, text.length);
  return text.slice(0, at) + more + text.slice(at);
}

const target =
  (change: (target: string, random: Random) => string): Mutation =>
  (raw, random) => ({
    ...raw,
    target: change(raw.target, random),
  });
const add =
  (...lines: readonly string[]): Mutation =>
  (raw, random) => {
    const at = index(random, raw.lines.length + 1);
    return { ...raw, lines: [...raw.lines.slice(0, at), ...lines, ...raw.lines.slice(at)] };
  };
/** Changes the line of one header, wherever it is. */
const line =
  (name: string, change: (line: string) => string | readonly string[]): Mutation =>
  (raw) => ({
    ...raw,
    lines: raw.lines.flatMap((one) => (one.startsWith(`${name}:`) ? change(one) : one)),
  });
const withBody = (body: Buffer, lines: readonly string[], raw: RawRequest): RawRequest => ({
  ...raw,
  body,
  lines: [...raw.lines.filter((one) => !one.startsWith('content-length:')), ...lines],
});
const chunk = (data: Buffer, size: string, end = '\r\n'): Buffer =>
  Buffer.concat([Buffer.from(`${size}${end}`), data, Buffer.from(`${end}0${end}${end}`)]);
/** A request that would be a second one, if a parser read the body as shorter than it is. */
export const SMUGGLED = 'GET /api/whoami HTTP/1.1\r\nhost: 127.0.0.1\r\nx-smuggled: 1\r\n\r\n';

const TARGETS: Readonly<Record<string, Mutation>> = {
  'target: a letter is encoded': target((text) => text.replace(/api/, 'ap%69')),
  'target: an encoded character is decoded': target((text) =>
    text.replace(/%(2F|3A|2C|40|7E|27)/i, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
  ),
  'target: encoded twice': target((text) => text.replace('%', '%25')),
  'target: another case of an encoding': target((text) =>
    text.replace(/%[0-9A-Fa-f]{2}/, (code) =>
      code === code.toLowerCase() ? code.toUpperCase() : code.toLowerCase(),
    ),
  ),
  'target: two slashes': target((text) => text.replace('/api', '//api')),
  'target: an empty segment inside': target((text) => text.replace('/api/', '/api//')),
  'target: a dot segment': target((text) => text.replace('/api/', '/api/./')),
  'target: a parent segment': target((text) => text.replace('/api/', '/x/../api/')),
  'target: an encoded parent segment': target((text) => text.replace('/api/', '/x/%2e%2e/api/')),
  'target: a backslash': target((text) => text.replace('/api/', '/api\\')),
  'target: an encoded slash': target((text) => text.replace('/api/', '/api%2F')),
  'target: a parameter of a segment': target((text) => text.replace(/\?|$/, (mark) => `;v=1${mark}`)),
  'target: a fragment': target((text) => `${text}#fragment`),
  'target: a parameter more': target((text) => `${text}${text.includes('?') ? '&' : '?'}x=1`),
  'target: a parameter twice': target((text) => text.replace(/\?(.*)/, '?$1&$1')),
  'target: a semicolon in the query': target((text) => `${text}${text.includes('?') ? '' : '?'};x`),
  'target: an empty query': target((text) => `${text}?`),
  'target: a space for plus, plus for a space': target((text) =>
    text.includes('+') ? text.replace('+', '%20') : text.replace('%20', '+'),
  ),
  'target: absolute': target((text) => `http://127.0.0.1${text}`),
  'target: absolute, of another host': target((text) => `http://evil.example${text}`),
  'target: another procedure': target((text) => text.replace(/exempl?e?|echo|upload/, 'whoami')),
  'target: a byte that is no ASCII': target((text, random) => inserted(text, '\xe9', random)),
  'target: a control character': target((text, random) => inserted(text, '\x01', random)),
  'target: a tab': target((text, random) => inserted(text, '\t', random)),
  'target: a zero byte, encoded': target((text, random) => inserted(text, '%00', random)),
  'target: a broken encoding': target((text) => `${text}%`),
  'target: an upper-case path': target((text) => text.replace('/api', '/API')),
};

const HEADERS: Readonly<Record<string, Mutation>> = {
  'header: host twice': add('host: evil.example'),
  'header: another host': line('host', () => 'host: evil.example'),
  'header: no host': line('host', () => []),
  'header: host with a path': line('host', (text) => `${text}/x`),
  'header: forwarded host': add('x-forwarded-host: evil.example'),
  'header: forwarded address': add('x-forwarded-for: 10.0.0.1, 203.0.113.9'),
  'header: forwarded address twice': add('x-forwarded-for: 10.0.0.1', 'x-forwarded-for: nonsense'),
  'header: forwarded (RFC 7239)': add('forwarded: for=10.0.0.1;host=evil.example'),
  'header: signature twice': line('x-signature', (text) => [text, text]),
  'header: another signature before': line('x-signature', (text) => [
    text.replace(/s=.*/, `s=${'0'.repeat(64)}`),
    text,
  ]),
  'header: signature with an underscore': line('x-signature', (text) => text.replace('x-', 'x_')),
  'header: signature dropped as hop-by-hop': add('connection: x-signature'),
  'header: bearer dropped as hop-by-hop': add('connection: authorization'),
  'header: a user token dropped as hop-by-hop': add('x-user-token: abc', 'connection: x-user-token'),
  'header: length dropped as hop-by-hop': add('connection: content-length'),
  'header: a user token': add('x-user-token: abc'),
  'header: a user token with an underscore': add('x_user_token: abc'),
  'header: authorization twice': line('authorization', (text) => [text, 'authorization: Bearer other']),
  'header: names in capitals': (raw) => ({
    ...raw,
    lines: raw.lines.map((one) => one.replace(/^[^:]+/, (name) => name.toUpperCase())),
  }),
  'header: a space before the colon': line('x-signature', (text) => text.replace(':', ' :')),
  'header: a space before the name': line('authorization', (text) => ` ${text}`),
  'header: folded': line('authorization', (text) => text.replace('Bearer ', 'Bearer\r\n ')),
  'header: spaces around a value': line('authorization', (text) => `${text.replace(': ', ':\t ')}  `),
  'header: a zero byte': add('x-other: a\0b'),
  'header: a bare return': add('x-other: a\rx-user-token: abc'),
  'header: a bare newline': add('x-other: a\nx-user-token: abc'),
  'header: an empty name': add(': value'),
  'header: another content type': add('content-type: text/plain'),
  'header: a charset of the content type': line('content-type', (text) => `${text}; charset=latin1`),
  'header: a content encoding': add('content-encoding: gzip'),
  'header: a method override': add('x-http-method-override: DELETE'),
  'header: an original URL': add('x-original-url: /api/whoami', 'x-rewrite-url: /api/whoami'),
  'header: an upgrade': add(
    'connection: upgrade, http2-settings',
    'upgrade: h2c',
    'http2-settings: AAMAAABk',
  ),
  'header: expect': add('expect: 100-continue'),
  'header: a range': add('range: bytes=0-1'),
  'header: a condition': add('if-none-match: *'),
  'header: max-forwards': add('max-forwards: 0'),
  'line: HTTP/1.0': (raw) => ({ ...raw, version: 'HTTP/1.0' }),
  'line: HTTP/1.2': (raw) => ({ ...raw, version: 'HTTP/1.2' }),
  'line: method in small letters': (raw) => ({ ...raw, method: raw.method.toLowerCase() }),
  'line: another method': (raw, random) => ({
    ...raw,
    method: pick(random, ['HEAD', 'PUT', 'OPTIONS', 'TRACE', 'PURGE', 'QUERY']),
  }),
  'line: two spaces': (raw) => ({ ...raw, method: `${raw.method} ` }),
  'line: newlines without returns': (raw) => ({ ...raw, newline: '\n' }),
};

const BODIES: Readonly<Record<string, Mutation>> = {
  'body: another byte': (raw, random) => {
    const body = Buffer.from(raw.body);
    if (body.length > 0) body.writeUInt8(index(random, 256), index(random, body.length));
    return { ...raw, body };
  },
  'body: cut short': (raw) => ({ ...raw, body: raw.body.subarray(0, -1), cutShort: true }),
  'body: more than announced': (raw) => ({ ...raw, body: Buffer.concat([raw.body, Buffer.from('more')]) }),
  'body: a request behind it': (raw) => ({ ...raw, body: Buffer.concat([raw.body, Buffer.from(SMUGGLED)]) }),
  'body: of a query': (raw) => withBody(Buffer.from('{}'), ['content-length: 2'], raw),
  'body: a request as the body of a query': (raw) =>
    withBody(Buffer.from(SMUGGLED), [`content-length: ${SMUGGLED.length}`], raw),
  'length: twice': (raw) =>
    withBody(raw.body, [`content-length: ${raw.body.length}`, 'content-length: 0'], raw),
  'length: a list': (raw) =>
    withBody(raw.body, [`content-length: ${raw.body.length}, ${raw.body.length}`], raw),
  'length: a sign': (raw) => withBody(raw.body, [`content-length: +${raw.body.length}`], raw),
  'length: hexadecimal': (raw) =>
    withBody(raw.body, [`content-length: 0x${raw.body.length.toString(16)}`], raw),
  'length: none': (raw) => withBody(raw.body, [], raw),
  'chunks: well formed': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16)), ['transfer-encoding: chunked'], raw),
  'chunks: with an extension': (raw) =>
    withBody(chunk(raw.body, `${raw.body.length.toString(16)};a="b"`), ['transfer-encoding: chunked'], raw),
  'chunks: leading zeros': (raw) =>
    withBody(chunk(raw.body, `000${raw.body.length.toString(16)}`), ['transfer-encoding: chunked'], raw),
  'chunks: newlines without returns': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16), '\n'), ['transfer-encoding: chunked'], raw),
  'chunks: a broken size': (raw) => withBody(chunk(raw.body, '0x5'), ['transfer-encoding: chunked'], raw),
  'chunks: with a length too': (raw) => {
    const body = chunk(raw.body, raw.body.length.toString(16));
    return withBody(body, ['transfer-encoding: chunked', `content-length: ${body.length}`], raw);
  },
  'chunks: empty, with a request behind and a length': (raw) => {
    const body = Buffer.from(`0\r\n\r\n${SMUGGLED}`);
    return withBody(body, [`content-length: ${body.length}`, 'transfer-encoding: chunked'], raw);
  },
  'chunks: an unknown coding': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16)), ['transfer-encoding: xchunked'], raw),
  'chunks: a tab before the coding': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16)), ['transfer-encoding:\tchunked'], raw),
  'chunks: a space before the colon': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16)), ['transfer-encoding : chunked'], raw),
  'chunks: two codings': (raw) =>
    withBody(chunk(raw.body, raw.body.length.toString(16)), ['transfer-encoding: chunked, identity'], raw),
  'chunks: trailers': (raw) => {
    const size = raw.body.length.toString(16);
    const end = Buffer.from('\r\n0\r\nx-user-token: abc\r\n\r\n');
    const body = Buffer.concat([Buffer.from(`${size}\r\n`), raw.body, end]);
    return withBody(body, ['transfer-encoding: chunked', 'trailer: x-user-token'], raw);
  },
};

/** Every mutation by its name; `none` leaves a request as it was signed. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  none: (raw) => raw,
  ...TARGETS,
  ...HEADERS,
  ...BODIES,
};
