import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CompressedBody, preferredCoding } from '../../server/http/pages/compressed-body.ts';

describe('F12: the content coding of a page (RFC 9110 §12.5.3)', () => {
  it.each([
    ['gzip', 'gzip'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate, gzip;q=1.0, *;q=0.5', 'gzip'],
    ['gzip ; q=0.001', 'gzip'],
    ['*', 'br'],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['br', 'br'],
    ['BR', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0.000, *', 'br'],
    ['identity, br;q=0.5', null],
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip;q=0', null],
    ['br;q=0, gzip;q=0, *', null],
    ['*;q=0', null],
    ['identity, gzip;q=0.5', null],
    ['gzipped', null],
    ['brotli', null],
    ['gzip;q=2', null],
    ['gzip;q=NaN', null],
    ['gzip;level=9', null],
  ])('for accept-encoding: %s is %s', (header, expected) => {
    expect(preferredCoding(header)).toBe(expected);
  });

  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('%s is computed once for any number of clients', async (coding, decode) => {
    const body = new CompressedBody('a page '.repeat(1_000));
    const asked = { 'accept-encoding': coding };
    const all = await Promise.all(Array.from({ length: 20 }, () => body.representationFor(asked)));
    expect(new Set(all.map((one) => one.body)).size).toBe(1);
    expect(decode(all[0]?.body ?? '').toString()).toBe('a page '.repeat(1_000));
  });

  it('has an ETag for each coding, which does not match another', async () => {
    const body = new CompressedBody('a page '.repeat(1_000));
    const etagOf = async (coding: string) =>
      (await body.representationFor({ 'accept-encoding': coding })).headers['etag'] ?? '';
    const [gzip, br] = [await etagOf('gzip'), await etagOf('br')];
    expect(gzip).not.toBe(br);
    const statusFor = async (coding: string, etag: string) =>
      (await body.representationFor({ 'accept-encoding': coding, 'if-none-match': etag })).status;
    expect([await statusFor('br', br), await statusFor('br', gzip)]).toEqual([304, 200]);
  });
});
