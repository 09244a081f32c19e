import { describe, expect, it } from 'vitest';
import { parsePasted } from '../../web/debugger/pasted-request.ts';
import type { PastedRequest } from '../../web/debugger/request-parts.ts';

function requestOf(text: string): PastedRequest {
  const pasted = parsePasted(text);
  if (pasted?.kind !== 'request') throw new Error('no request');
  return pasted.request;
}

describe('a raw HTTP request', () => {
  it('is parsed as it was sent', () => {
    const text =
      'POST /api/echo?a=%20b HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/json\r\n\r\n{"text":"a"}\n\n{}';
    expect(requestOf(text)).toEqual({
      method: 'POST',
      authority: 'api.example.com',
      target: '/api/echo?a=%20b',
      headers: [
        ['host', 'api.example.com'],
        ['content-type', 'application/json'],
      ],
      body: '{"text":"a"}\n\n{}',
    });
  });

  it('may have its full URL in the first line, and no body', () => {
    const { method, authority, target, body } = requestOf(
      'GET https://api.example.com:8443/api/exemple#top\n\n',
    );
    expect([method, authority, target, body]).toEqual(['GET', 'api.example.com:8443', '/api/exemple', '']);
  });

  it('loses a trailing line feed if its content-length excludes it', () => {
    const text = (length: string) => `POST /api/echo\nhost: a\ncontent-length: ${length}\n\n{"é":1}\n`;
    expect(requestOf(text('8')).body).toBe('{"é":1}');
    expect(requestOf(text('9')).body).toBe('{"é":1}\n');
  });
});

describe('a curl command', () => {
  it('is parsed as a shell and curl do', () => {
    const { method, authority, target, headers, body } = requestOf(
      `curl -sS -i "http://localhost:3000/api/echo" \\
        -H 'authorization: Bearer ks_test_a' --header "x-signature: v1,k=a" \\
        -H 'content-type: application/json' -o /dev/null --data-raw '{"text":"it'\\''s"}'`,
    );
    expect([method, authority, target]).toEqual(['POST', 'localhost:3000', '/api/echo']);
    expect(headers).toEqual([
      ['authorization', 'Bearer ks_test_a'],
      ['x-signature', 'v1,k=a'],
      ['content-type', 'application/json'],
    ]);
    expect(body).toBe(`{"text":"it's"}`);
  });

  it.each([
    ['curl https://a.example/api/exemple', 'GET', '/api/exemple', '', undefined],
    ['curl -XPOST https://a.example/x', 'POST', '/x', '', undefined],
    ['curl https://a.example/x -d a=1 -d b=2', 'POST', '/x', 'a=1&b=2', 'application/x-www-form-urlencoded'],
    ['curl -G https://a.example/x -d a=1', 'GET', '/x?a=1', '', undefined],
    [`curl --json '{"a":1}' a.example/x`, 'POST', '/x', '{"a":1}', 'application/json'],
    [
      `curl a.example/x --data-binary $'{"a":\\n"\\'"}'`,
      'POST',
      '/x',
      `{"a":\n"'"}`,
      'application/x-www-form-urlencoded',
    ],
  ])('%s', (command, method, target, body, type) => {
    const request = requestOf(command);
    expect([request.method, request.authority, request.target, request.body]).toEqual([
      method,
      'a.example',
      target,
      body,
    ]);
    expect(new Map(request.headers).get('content-type')).toBe(type);
  });
});

it('ten lines are recognized as a base, and anything else is rejected', () => {
  expect(parsePasted('v1.request\na\n')).toEqual({ kind: 'base', base: 'v1.request\na' });
  expect(parsePasted('hello')).toBeNull();
  expect(parsePasted('curl -X POST')).toBeNull();
});
