import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  isIssuedKey,
  isIssuedSession,
  newKeyText,
  newSessionId,
} from '../../server/stores/credentials/issued-credentials.ts';
import { base62 } from '../../server/stores/secrets/random-ids.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
import { formatKey, parseKey } from '../../shared/key-format.ts';
import { isSessionId } from '../../shared/signature.ts';

const [first, second] = [1, 2].map((version) => ({ version, bytes: randomBytes(32) }));
const vaultOf = (...keys: (typeof first)[]) => new Vault(keys.flatMap((key) => (key ? [key] : [])));
const vault = vaultOf(second, first);
const ID = 'abcdefghijkl';
const issued = newKeyText(vault, { brand: 'ks', environment: 'live', id: ID });

/** The same key with another secret between the id and the checksum. */
const withSecret = (secret: string, id = ID, environment: 'live' | 'test' = 'live') =>
  formatKey('ks', environment, id, secret);
const secretOf = (text: string) => text.slice(-38, -6);

describe('S3: the text of an issued key', () => {
  it('has the established form', () => {
    expect(issued).toMatch(/^ks_live_abcdefghijkl_[0-9A-Za-z]{38}$/);
    expect(parseKey('ks', issued)).toEqual({ environment: 'live', id: ID });
  });

  it('is recognized under every master key at hand, and not without the one that made it', () => {
    expect(isIssuedKey(vault, issued)).toBe(true);
    expect(isIssuedKey(vaultOf(first, second), issued)).toBe(true);
    expect(isIssuedKey(vaultOf(first), issued)).toBe(false);
    expect(isIssuedKey(vaultOf({ version: 2, bytes: randomBytes(32) }), issued)).toBe(false);
  });

  it.each([
    ['of another id', withSecret(secretOf(issued), 'abcdefghijkm')],
    ['of another environment', withSecret(secretOf(issued), ID, 'test')],
    ['with another secret', withSecret(`${issued.at(-38) === 'x' ? 'y' : 'x'}${secretOf(issued).slice(1)}`)],
    ['with another MAC', withSecret(`${secretOf(issued).slice(0, 31)}${issued.at(-7) === 'x' ? 'y' : 'x'}`)],
    ['of random characters', withSecret(base62(32))],
  ])('is not recognized %s', (_, text) => {
    expect(parseKey('ks', text)).not.toBeNull();
    expect(isIssuedKey(vault, text)).toBe(false);
  });

  it('differs each time in its 22 random characters', () => {
    const texts = Array.from({ length: 200 }, () =>
      newKeyText(vault, { brand: 'ks', environment: 'live', id: ID }),
    );
    expect(new Set(texts.map((text) => secretOf(text).slice(0, 22))).size).toBe(200);
    expect(texts.every((text) => isIssuedKey(vault, text))).toBe(true);
  });
});

describe('S3: the id of a session', () => {
  it('is recognized if it was issued, and has the established form', () => {
    const ids = Array.from({ length: 200 }, () => newSessionId(vault));
    expect(ids.every(isSessionId)).toBe(true);
    expect(ids.every((id) => isIssuedSession(vault, id))).toBe(true);
    expect(ids.some((id) => isIssuedSession(vaultOf(first), id))).toBe(false);
  });

  it('is not recognized if it is made up', () => {
    const madeUp = Array.from({ length: 2_000 }, () => `ses_${base62(12)}`);
    expect(madeUp.filter((id) => isIssuedSession(vault, id)).length).toBeLessThan(3);
  });
});
