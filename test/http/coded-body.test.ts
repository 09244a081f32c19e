import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CodedBody, prefersGzip } from '../../server/http/coded-body.ts';

describe('F12: the coding of a page (RFC 9110 §12.5.3)', () => {
  it.each([
    ['gzip', true],
    ['GZip', true],
    ['x-gzip', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['gzip ; q=0.001', true],
    ['*', true],
    ['identity;q=0.5, gzip', true],
    ['identity;q=0, *', true],
    [undefined, false],
    ['', false],
    ['br', false],
    ['identity', false],
    ['gzip;q=0', false],
    ['gzip;q=0.000, *', false],
    ['*;q=0', false],
    ['identity, gzip;q=0.5', false],
    ['gzipped', false],
    ['gzip;q=2', false],
    ['gzip;q=NaN', false],
    ['gzip;level=9', false],
  ])('accept-encoding: %s is gzip: %s', (header, expected) => {
    expect(prefersGzip(header)).toBe(expected);
  });

  it('is made once, however many clients ask for it', async () => {
    const body = new CodedBody('a page '.repeat(1_000));
    const asked = { 'accept-encoding': 'gzip' };
    const all = await Promise.all(Array.from({ length: 20 }, () => body.representationFor(asked)));
    expect(new Set(all.map((one) => one.body)).size).toBe(1);
    expect(gunzipSync(all[0]?.body ?? '').toString()).toBe('a page '.repeat(1_000));
  });
});
