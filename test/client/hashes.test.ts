import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hmacHex } from '../../client/signing/hmac.ts';
import { findNodeHashes } from '../../client/signing/node-hashes.ts';
import { hmacMatches, importKey, webHashes } from '../../client/signing/web-hashes.ts';
import { signatureBase } from '../../shared/signature.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const { vectors } = read('signature-v1');
const nodeHashes = findNodeHashes();
if (!nodeHashes) throw new Error('node:crypto was not found');

/** Strings whose UTF-8 is easily got wrong; lone surrogates are sent as U+FFFD (Encoding Standard §4.4). */
const TEXTS = ['', 'é', '💙', '\ud83d lone', 'lone \udc99', '\u0000\n', '\ufeffmark', 'x'.repeat(300_000)];
const utf8 = new TextEncoder();

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['node:crypto', nodeHashes],
  ['WebCrypto', webHashes],
])('hashes by %s', (_, hashes) => {
  it.each(vectors as Record<string, string>[])('sign as in: $name', async (vector) => {
    const { keyId: k = '', nonce = '', method = '', authority = '', target = '', contentType = '' } = vector;
    const body = new Uint8Array(Buffer.from(String(vector['bodyBase64']), 'base64'));
    const base = signatureBase({
      ...{ k, t: Number(vector['timestamp']), nonce, method, authority, target, contentType },
      tokenDigest: await hashes.sha256Hex(String(vector['userToken'])),
      bodyDigest: await hashes.sha256Hex(body),
    });
    expect(base).toBe(vector['base']);
    const secret = String(vector['signingSecret']);
    const mac = await hashes.hmacHex(secret, base);
    expect(vector['signature']).toMatch(new RegExp(`,s=${mac}$`));
    expect(await hmacMatches(secret, base, mac)).toBe(true);
  });

  it.each(TEXTS)('hash the bytes that are sent of %j', async (text) => {
    const bytes = utf8.encode(text);
    const right = createHash('sha256').update(bytes).digest('hex');
    expect(await hashes.sha256Hex(text)).toBe(right);
    expect(await hashes.sha256Hex(bytes)).toBe(right);
    expect(await hashes.hmacHex('a secret', text)).toBe(await webHashes.hmacHex('a secret', text));
  });

  it('hash what a view covers, not the memory behind it', async () => {
    const view = new Uint8Array(utf8.encode('before, inside, after').buffer).subarray(8, 14);
    expect(await hashes.sha256Hex(view)).toBe(createHash('sha256').update('inside').digest('hex'));
  });
});

describe('a MAC', () => {
  it('matches no other MAC, and no value that is not a MAC', async () => {
    const mac = await hmacHex('a secret', 'a text');
    const others = [
      `${mac.slice(0, -1)}${mac.endsWith('0') ? 1 : 0}`,
      mac.toUpperCase(),
      mac.slice(2),
      '',
      'é',
    ];
    for (const other of others) expect(await hmacMatches('a secret', 'a text', other)).toBe(false);
    expect(await hmacMatches('another secret', 'a text', mac)).toBe(false);
  });
});

describe('the choice of hashes', () => {
  it('is WebCrypto without a process, and in a runtime whose node:crypto lacks a function', () => {
    const { process } = globalThis;
    const crypto = process.getBuiltinModule('node:crypto');
    const { hash: _, ...lacking } = crypto;
    for (const other of [
      undefined,
      {},
      { getBuiltinModule: () => lacking },
      { getBuiltinModule: () => undefined },
    ]) {
      vi.stubGlobal('process', other);
      const found = findNodeHashes();
      vi.stubGlobal('process', process);
      expect(found).toBeNull();
    }
  });

  it('returns values and no promises if node:crypto is available', () => {
    expect(hmacHex('a secret', 'a text')).toBeTypeOf('string');
    expect(nodeHashes.sha256Hex('a text')).toBeTypeOf('string');
  });

  it('hashes long inputs in another thread', async () => {
    expect(nodeHashes.sha256Hex(new Uint8Array(1024 * 1024))).toBeInstanceOf(Promise);
  });

  it('signs by WebCrypto with a key that cannot be exported', async () => {
    const key = await importKey('a secret');
    expect(key.extractable).toBe(false);
    const mac = await hmacHex(key, 'a text');
    expect(mac).toBe(hmacHex('a secret', 'a text'));
    expect(await hmacMatches(key, 'a text', mac)).toBe(true);
    expect(await hmacMatches(key, 'another text', mac)).toBe(false);
  });
});
