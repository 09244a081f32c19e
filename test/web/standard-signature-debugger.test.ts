import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { redactBase } from '../../shared/http-signature/redact-base.ts';
import { findingsOf } from '../../web/debugger/findings.ts';
import { digestField, type StandardOptions, signStandard } from '../harness/http-signature.ts';
import type { Credentials, Draft } from '../harness/wire.ts';

const KEY: Credentials = {
  id: 'p5fMHdwaqMrC',
  apiKey: `ks_test_p5fMHdwaqMrC_${'a'.repeat(38)}`,
  signingSecret: 'kss_F4Wmi9zN3mEOJ1-h5U3uypcGHrqvhdKyo-NRwQkvytw',
};

/** A request as a person pastes it, and the base that their code built. */
function pasted(options: Partial<StandardOptions> = {}) {
  let base = '';
  const sign = (text: string) => {
    base = text;
    return options.sign?.(text) ?? createHmac('sha256', KEY.signingSecret).update(text).digest();
  };
  const all = { body: '{"text":"x"}', authority: 'api.example.com', scheme: 'https', ...options, sign };
  const draft = signStandard(KEY, '/api/echo?a=%20b', all);
  return { draft, base, request: textOf(draft) };
}

const textOf = ({ method, target, headers, body }: Draft): string =>
  [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body].join(
    '\r\n',
  );

const found = async (request: string, base = '', secret = '') => {
  const findings = await findingsOf({ request, base, secret });
  if (!findings) throw new Error('nothing was read');
  return findings;
};

describe('the debugger, with a request in the form of RFC 9421', () => {
  it('builds the base that Keyseal builds, line by line', async () => {
    const { request, base } = pasted();
    const { differences, ...rest } = await found(request);
    expect(rest).toMatchObject({ kind: 'built', base, problems: [], missing: [] });
    expect(differences).toEqual({});
  });

  it('takes the scheme from the base, and assumes http for localhost', async () => {
    const plain = pasted({ scheme: 'http' });
    expect(await found(plain.request, plain.base)).toEqual(
      expect.objectContaining({ differences: {}, base: plain.base }),
    );
    const local = pasted({ scheme: 'http', authority: 'localhost:3000' });
    expect(await found(local.request)).toMatchObject({ base: local.base });
  });

  it('compares two bases, and marks each line that differs', async () => {
    const { request, base } = pasted();
    const own = base.replace('application/json', 'text/plain').replace('"@method": POST', '"@method": post');
    expect(await found(request, own)).toMatchObject({
      kind: 'compared',
      differences: { 1: 'other', 3: 'other' },
    });
    expect(await found(base, own)).toMatchObject({ kind: 'compared', expected: base });
    expect((await found(request, base)).differences).toEqual({});
    const fewer = base.split('\n').slice(1).join('\n');
    expect(Object.keys((await found(request, fewer)).differences)).toHaveLength(base.split('\n').length);
  });

  it('finds another secret of the same length, unless one of the bases hides it', async () => {
    const { request, base } = pasted({ components: ['"@method"', '"authorization"'] });
    const own = base.replace('a'.repeat(38), 'b'.repeat(38));
    expect((await found(request, own)).differences).toEqual({ 2: 'other' });
    const { expected, differences } = await found(request, redactBase(own));
    expect(expected).toBe(redactBase(base));
    expect(differences).toEqual({});
  });

  it('names what is not covered, and digests that are wrong', async () => {
    const few = pasted({ components: ['"@method"'] });
    expect((await found(few.request)).missing).toEqual(['content-type', 'content-digest', '@target-uri']);
    const wrong = pasted({ contentDigest: digestField('{"text":"y"}') });
    expect((await found(wrong.request)).problems).toEqual(['digestWrong']);
    const weak = pasted({ contentDigest: 'md5=:aGk=:' });
    expect((await found(weak.request)).problems).toEqual(['digestForm']);
    const long = pasted({ contentDigest: digestField('{"text":"x"}', 'sha-512') });
    expect((await found(long.request)).problems).toEqual([]);
  });

  it.each<[string, Partial<StandardOptions>, string]>([
    ['created is missing', { parameters: { created: null } }, 'standardForm'],
    ['the nonce is short', { parameters: { nonce: '"short"' } }, 'standardForm'],
    ['keyid is of another key', { parameters: { keyid: '"abcdefghijkl"' } }, 'standardForm'],
    ['a covered field is not sent', { components: ['"@method"', '"x-absent"'] }, 'standardAbsent'],
  ])('reports that %s', async (_, options, problem) => {
    expect((await found(pasted(options).request)).problems).toContain(problem);
  });

  it('marks the line of a covered field that is not sent', async () => {
    const { request, base } = pasted({ components: ['"@method"', '"x-absent"', '"@target-uri"'] });
    const own = base.replace('"x-absent": ', '"x-absent": a');
    const findings = await found(request, own, KEY.signingSecret);
    expect(findings).toMatchObject({ kind: 'compared', differences: { 2: 'other' }, mistake: undefined });
    expect(findings.expected).toContain('"x-absent": (no value in this request)\n');
  });

  it('tries the secret, and common mistakes with it', async () => {
    const by = (key: string | Buffer, change: (base: string) => string = (base) => base) =>
      pasted({ sign: (base) => createHmac('sha256', key).update(change(base)).digest() }).request;
    const suspectOf = async (request: string) => (await found(request, '', KEY.signingSecret)).mistake;
    const { signingSecret } = KEY;
    expect(await suspectOf(pasted().request)).toBe('right');
    expect(await suspectOf(by(signingSecret, (base) => `${base}\n`))).toBe('trailingNewline');
    expect(await suspectOf(by(signingSecret, (base) => base.replaceAll('\n', '\r\n')))).toBe(
      'carriageReturns',
    );
    expect(await suspectOf(by(signingSecret.slice(4)))).toBe('secretWithoutPrefix');
    expect(await suspectOf(by(Buffer.from(signingSecret.slice(4), 'base64url')))).toBe('secretDecoded');
    expect(await suspectOf(by('kss_other'))).toBeNull();
  });

  it('checks only x-signature if there is one, as the service does', async () => {
    const { request } = pasted();
    const both = request.replace('\r\n', '\r\nx-signature: v1,k=p5fMHdwaqMrC,t=1,n=2,s=3\r\n');
    expect((await found(both)).base).toMatch(/^v1\.request\n/);
  });

  it('reads a base by itself', async () => {
    const { base } = pasted();
    expect(await found('', base)).toMatchObject({ kind: 'alone', base, noForm: [], problems: [] });
  });
});
