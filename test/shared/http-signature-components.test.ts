import { describe, expect, it } from 'vitest';
import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { readComponents } from '../../shared/http-signature/components.ts';
import { readContentDigest } from '../../shared/http-signature/content-digest.ts';
import { findUncovered } from '../../shared/http-signature/coverage.ts';
import type { RequestMessage, ResponseMessage } from '../../shared/http-signature/message.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { isInnerList } from '../../shared/structured-fields/values.ts';

const request = (target: string, fields: readonly string[] = []): RequestMessage => ({
  method: 'POST',
  scheme: 'https',
  authority: 'www.example.com',
  target,
  fields: headerValues(fields),
});

function readList(list: string) {
  const member = parseDictionary(`a=${list}`)?.value.get('a');
  if (!member || !isInnerList(member)) throw new Error(`no list: ${list}`);
  return readComponents(member.items);
}

/** The lines of the base without its last; null if there is no base. */
function linesOf(message: RequestMessage | ResponseMessage, list: string): string[] | null {
  const components = readList(list);
  if (typeof components === 'string') throw new Error(components);
  return httpSignatureBase(message, components, list)?.split('\n').slice(0, -1) ?? null;
}

describe('derived components (RFC 9421 §2.2)', () => {
  it.each([
    ['"@method"', '/path?param=value', 'POST'],
    ['"@target-uri"', '/path?param=value', 'https://www.example.com/path?param=value'],
    ['"@authority"', '/', 'www.example.com'],
    ['"@scheme"', '/', 'https'],
    ['"@request-target"', '/path?param=value', '/path?param=value'],
    ['"@path"', '/path?param=value', '/path'],
    ['"@query"', '/path?param=value&foo=bar&baz=bat%2Dman', '?param=value&foo=bar&baz=bat%2Dman'],
    ['"@query"', '/path?queryString', '?queryString'],
    ['"@query"', '/path', '?'],
    ['"@query"', '/path?', '?'],
    ['"@query-param";name="baz"', '/path?param=value&foo=bar&baz=batman&qux=', 'batman'],
    ['"@query-param";name="qux"', '/path?param=value&foo=bar&baz=batman&qux=', ''],
    [
      '"@query-param";name="var"',
      '/p?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace',
      'this%20is%20a%20big%0Amultiline%20value',
    ],
    ['"@query-param";name="bar"', '/p?bar=with+plus+whitespace', 'with%20plus%20whitespace'],
    ['"@query-param";name="fa%C3%A7ade%22%3A%20"', '/p?fa%C3%A7ade%22%3A%20=something', 'something'],
    ['"@query-param";name="%3Fa"', '/p??a=1', '1'],
  ])('%s of %s', (component, target, value) => {
    expect(linesOf(request(target), `(${component})`)).toEqual([`${component}: ${value}`]);
  });

  it('a query parameter that occurs twice, or not at all, has no value', () => {
    expect(linesOf(request('/p?a=1&a=2'), '("@query-param";name="a")')).toBeNull();
    expect(linesOf(request('/p?a=1&%61=1'), '("@query-param";name="a")')).toBeNull();
    expect(linesOf(request('/p?b=1'), '("@query-param";name="a")')).toBeNull();
    expect(linesOf(request('/p??a=1'), '("@query-param";name="a")')).toBeNull();
  });
});

describe('repeated fields', () => {
  it.each([
    ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['user-agent', 'agent (KHTML, like Gecko)'],
    ['referer', 'https://example.com/?a=1, 2'],
    ['if-none-match', '"a", "b"'],
  ])('%s is none if it has one value, and its lines would make the same base', (name, value) => {
    const [first = '', second = ''] = value.split(/, (.*)/s);
    expect(linesOf(request('/', [name, value]), `("${name}")`)).toEqual([`"${name}": ${value}`]);
    expect(linesOf(request('/', [name, first, name, second]), `("${name}")`)).toBeNull();
    const bytes = (text: string) => `:${Buffer.from(text).toString('base64')}:`;
    expect(linesOf(request('/', [name, first, name, second]), `("${name}";bs)`)).toEqual([
      `"${name}";bs: ${bytes(first)}, ${bytes(second)}`,
    ]);
  });

  it('cookie is the one that a handler reads, in parts or not (RFC 9113 §8.2.3)', () => {
    expect(linesOf(request('/', ['cookie', 'a=1', 'cookie', 'b=2']), '("cookie")')).toEqual([
      '"cookie": a=1; b=2',
    ]);
    expect(linesOf(request('/', ['cookie', 'a=1; b=2']), '("cookie")')).toEqual(['"cookie": a=1; b=2']);
    expect(linesOf(request('/', ['cookie', 'a=1, b=2']), '("cookie")')).toEqual(['"cookie": a=1, b=2']);
  });
});

describe('fields (RFC 9421 §2.1)', () => {
  const fields = [
    ...['Cache-Control', 'max-age=60', 'Cache-Control', '    must-revalidate', 'Empty', ''],
    ...['Example-Dict', '  a=1,    b=2;x=1;y=2,   c=(a   b   c), d', 'Priority', 'u=1,   i'],
    ...['Example-Header', 'value, with, lots', 'Example-Header', 'of, commas', 'Latin', 'caf\xe9'],
  ];

  it.each([
    ['"cache-control"', 'max-age=60, must-revalidate'],
    ['"empty"', ''],
    ['"example-dict"', 'a=1,    b=2;x=1;y=2,   c=(a   b   c), d'],
    ['"example-dict";key="a"', '1'],
    ['"example-dict";key="d"', '?1'],
    ['"example-dict";key="b"', '2;x=1;y=2'],
    ['"example-dict";key="c"', '(a b c)'],
    ['"priority";sf', 'u=1, i'],
    ['"example-header"', 'value, with, lots, of, commas'],
    ['"example-header";bs', ':dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:'],
    ['"latin";bs', ':Y2Fm6Q==:'],
  ])('%s', (component, value) => {
    expect(linesOf(request('/', fields), `(${component})`)).toEqual([`${component}: ${value}`]);
  });

  it.each([
    ['a field that is not there', '"absent"'],
    ['a key that is not there', '"example-dict";key="z"'],
    ['a key of a field that is no dictionary', '"example-header";key="a"'],
    ['sf of a field that is not known as structured', '"example-header";sf'],
    ['characters that are not ASCII', '"latin"'],
    ['a trailer', '"example-header";tr'],
    ['the request of a request', '"example-header";req'],
    ['the status of a request', '"@status"'],
  ])('%s has no value', (_, component) => {
    expect(linesOf(request('/', fields), `(${component})`)).toBeNull();
  });

  it('a line feed in a field starts no new line', () => {
    expect(linesOf(request('/', ['a', '1\n"@method": GET']), '("a")')).toBeNull();
  });
});

it('a response covers its request by req (RFC 9421 §2.4)', () => {
  const response: ResponseMessage = {
    status: 503,
    fields: headerValues(['Content-Length', '62']),
    request: request('/foo', ['Signature', 'sig1=:aGk=:']),
  };
  const list = '("@status" "content-length" "signature";req;key="sig1" "@method";req)';
  expect(linesOf(response, list)).toEqual([
    '"@status": 503',
    '"content-length": 62',
    '"signature";req;key="sig1": :aGk=:',
    '"@method";req: POST',
  ]);
  expect(linesOf(response, '("@method")')).toBeNull();
});

describe('components that are refused, such as', () => {
  it.each([
    ['an unknown derived component', '("@foo")'],
    ['the parameters themselves', '("@signature-params")'],
    ['upper case', '("Content-Type")'],
    ['a name that is none', '("content type")'],
    ['an empty name', '("")'],
    ['a token', '(date)'],
    ['a component twice', '("date" "date")'],
    [
      'a component twice with its parameters in another order',
      '("signature";key="a";req "signature";req;key="a")',
    ],
    ['a query parameter without a name', '("@query-param")'],
    ['a name that is no string', '("@query-param";name=a)'],
    ['a parameter of another component', '("@method";name="a")'],
    ['an unknown parameter', '("date";x)'],
    ['sf that is false', '("priority";sf=?0)'],
    ['bs alongside sf', '("priority";bs;sf)'],
    ['bs alongside key', '("priority";bs;key="a")'],
  ])('%s', (_, list) => {
    expect(readList(list)).toBeTypeOf('string');
  });
});

describe('what a signature must cover', () => {
  const bare = { hasBody: false, hasContentType: false, hasUserToken: false, isTokenBearer: false };
  const missing = (list: string, contents = bare) => {
    const components = readList(list);
    if (typeof components === 'string') throw new Error(components);
    return findUncovered(components, contents);
  };

  it.each([
    ['("@method" "@target-uri")', []],
    ['("@request-target" "@method" "@authority")', []],
    ['("@method" "@authority" "@path" "@query")', []],
    ['()', ['@method', '@target-uri']],
    ['("@target-uri")', ['@method']],
    ['("@method" "@authority")', ['@request-target']],
    ['("@method" "@authority" "@path")', ['@query']],
    ['("@method" "@path" "@query")', ['@authority']],
  ])('%s lacks %j', (list, lacks) => {
    expect(missing(list)).toEqual(lacks);
  });

  it('includes everything that the request has', () => {
    const contents = { hasBody: true, hasContentType: true, hasUserToken: true, isTokenBearer: true };
    const all = ['content-type', 'content-digest', 'x-user-token', 'authorization'];
    expect(missing('("@method" "@target-uri")', contents)).toEqual(all);
    expect(
      missing(`("@method" "@target-uri" ${all.map((name) => `"${name}"`).join(' ')})`, contents),
    ).toEqual([]);
  });

  it('does not include a field of which only a part is covered', () => {
    const contents = { ...bare, hasBody: true };
    expect(missing('("@method" "@target-uri" "content-digest";key="sha-256")', contents)).toEqual([
      'content-digest',
    ]);
  });
});

describe('content-digest (RFC 9530)', () => {
  const A = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';

  it('uses strong digests, and ignores all others', () => {
    const read = readContentDigest([`md5=:aGk=:, ${A}`, 'unixsum=1']);
    expect(read?.sha256).toHaveLength(32);
    expect(read?.sha512).toBeNull();
  });

  it.each([
    ['is no dictionary', 'sha-256=:X48E'],
    ['repeats an algorithm', `${A}, ${A}`],
    ['is short', 'sha-256=:X48E9qOokqqrvdts8nOJRA==:'],
    ['is a string', 'sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="'],
    ['is a list', 'sha-256=(:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:)'],
  ])('is refused if it %s', (_, line) => {
    expect(readContentDigest([line])).toBeNull();
  });
});
