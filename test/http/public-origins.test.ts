import { describe, expect, it } from 'vitest';
import { publicAuthorities } from '../../server/http/request/authorities.ts';
import { readConfig } from '../../server/lib/config.ts';

const read = (KEYSEAL_PUBLIC_ORIGINS: string) =>
  readConfig({ KEYSEAL_PUBLIC_ORIGINS, NODE_ENV: 'development' });
const WHICH = /^KEYSEAL_PUBLIC_ORIGINS accepts origins .*, which /;

describe('B9: KEYSEAL_PUBLIC_ORIGINS', () => {
  it.each([
    ['https://api.example.com:443', 'https://api.example.com', 'api.example.com'],
    ['http://api.example.com:80/', 'http://api.example.com', 'api.example.com'],
    ['https://api.example.com:8443', 'https://api.example.com:8443', 'api.example.com:8443'],
    ['HTTPS://API.Example.COM', 'https://api.example.com', 'api.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['https://BÜCHER.example:443/', 'https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['https://[2001:0DB8:0:0:0:0:0:1]', 'https://[2001:db8::1]', '[2001:db8::1]'],
    ['https://[2001:db8::1]:443', 'https://[2001:db8::1]', '[2001:db8::1]'],
    ['http://127.1:3000', 'http://127.0.0.1:3000', '127.0.0.1:3000'],
  ])('%s means %s', (given, origin, authority) => {
    const { publicOrigins, basePath } = read(given);
    expect([publicOrigins, basePath]).toEqual([[origin], '']);
    expect(publicAuthorities(publicOrigins ?? []).get(authority)).toBe(authority);
  });

  it.each([
    ['api.example.com', 'lacks its scheme'],
    ['api.example.com:443', 'lacks its scheme'],
    ['//api.example.com', 'lacks its scheme'],
    ['https:api.example.com', 'lacks its scheme'],
    ['ftp://api.example.com', 'has another scheme'],
    ['https://', 'is not a URL'],
    ['https://[2001:db8::1', 'is not a URL'],
    ['https://api.example.com:99999', 'is not a URL'],
    ['https://api.example.com?a', 'has a query or a fragment'],
    ['https://api.example.com/#a', 'has a query or a fragment'],
    ['https://*.example.com', 'has a wildcard'],
    ['https://api.example .com', 'has a space or a backslash'],
    ['https://api.example.com\\x', 'has a space or a backslash'],
    ['https://api.example.com/a/../b', 'has a path with other characters'],
    ['https://api.example.com/a//b', 'has a path with other characters'],
    ['https://api.example.com/%61', 'has a path with other characters'],
    ['https://api.example.com/é', 'has a path with other characters'],
    ['https://api.example.com/api', 'has a path that the service itself uses'],
    ['https://api.example.com/docs', 'has a path that the service itself uses'],
    ['https://api.example.com/keys/a', 'has a path that the service itself uses'],
  ])('%s is refused, since it %s', (given, why) => {
    expect(() => read(given)).toThrow(WHICH);
    expect(() => read(given)).toThrow(`but has "${given}", which ${why}`);
  });

  it('with a password is refused without showing it', () => {
    const call = () => read('https://user:hunter2@api.example.com');
    expect(call).toThrow('but has one, which has user information before its host');
    expect(call).not.toThrow('hunter2');
  });

  it('lists an origin once', () => {
    const { publicOrigins } = read('https://a.example, https://A.example:443/,http://a.example');
    expect(publicOrigins).toEqual(['https://a.example', 'http://a.example']);
  });

  it.each([
    ['https://example.com/keyseal', '/keyseal'],
    ['https://example.com:443/keyseal/', '/keyseal'],
    ['https://example.com/a/b.c,http://keyseal:3000/a/b.c', '/a/b.c'],
    ['https://example.com/api/keyseal', '/api/keyseal'],
  ])('%s has the base path %s', (given, path) => {
    expect(read(given).basePath).toBe(path);
  });

  it('allows one base path only', () => {
    expect(() => read('https://a.example/x,https://b.example/y')).toThrow(
      'KEYSEAL_PUBLIC_ORIGINS accepts origins that all have the same path, but has /x and /y',
    );
    expect(() => read('https://a.example/x,https://b.example')).toThrow('but has /x and /');
  });

  it('refuses a path in KEYSEAL_CORS_ORIGINS', () => {
    expect(() => readConfig({ KEYSEAL_CORS_ORIGINS: 'https://a.example/x' })).toThrow('which has a path');
  });
});
