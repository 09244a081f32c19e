import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashesOf, isIssuedToken, newLink, newSetupToken } from '../../server/stores/secrets/link-tokens.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';

const [first, second] = [1, 2].map((version) => ({ version, bytes: randomBytes(32) }));
const vaultOf = (...keys: (typeof first)[]) => new Vault(keys.flatMap((key) => (key ? [key] : [])));
const vault = vaultOf(second, first);

describe.each([
  ['reset', /^ksx_[A-Za-z0-9_-]{43}$/, () => newLink(vault, 'reset').token],
  ['invitation', /^ksi_[A-Za-z0-9_-]{43}$/, () => newLink(vault, 'invitation').token],
  ['setup', /^[A-Za-z0-9_-]{32}$/, () => newSetupToken(vault)],
] as const)('S3: the token of a link: %s', (kind, form, make) => {
  const token = make();

  it('has the established form, and differs each time', () => {
    const all = Array.from({ length: 100 }, make);
    for (const text of all) expect(text).toMatch(form);
    expect(new Set(all).size).toBe(100);
    expect(all.every((text) => isIssuedToken(vault, kind, text))).toBe(true);
  });

  it('is recognized under every master key at hand, and not without the one that made it', () => {
    expect(isIssuedToken(vaultOf(first, second), kind, token)).toBe(true);
    expect(isIssuedToken(vaultOf(first), kind, token)).toBe(false);
  });

  const another = (character: string | undefined) => (character === 'x' ? 'y' : 'x');
  it.each([
    ['of random bytes', token.replace(/[\w-]{32}$/, randomBytes(24).toString('base64url'))],
    ['with another character', token.slice(0, -20) + another(token.at(-20)) + token.slice(-19)],
    ['with another MAC', token.slice(0, -5) + another(token.at(-5)) + token.slice(-4)],
    ['with something in it that decodes to nothing', `${token.slice(0, -5)}*${token.slice(-5)}`],
    ['with padding', `${token}=`],
    ['cut short', token.slice(0, -1)],
    ['that is empty', ''],
  ])('is not recognized %s', (_, text) => {
    expect(isIssuedToken(vault, kind, text)).toBe(false);
  });

  it('is not one of another kind', () => {
    for (const other of ['reset', 'invitation', 'setup'] as const) {
      const moved = { reset: 'ksx_', invitation: 'ksi_', setup: '' }[other] + token.replace(/^ks[ix]_/, '');
      expect(isIssuedToken(vault, other, moved)).toBe(other === kind);
    }
  });
});

it('the stored MAC of a token is found by its text alone', () => {
  const { token, tokenHash, tokenVersion } = newLink(vault, 'reset');
  expect(hashesOf(vault, 'reset', token)).toContain(tokenHash);
  expect(tokenVersion).toBe(2);
});
