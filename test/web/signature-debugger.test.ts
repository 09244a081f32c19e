import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommonMistake } from '../../web/debugger/common-mistakes.ts';
import { diagnoseLine } from '../../web/debugger/diagnose-line.ts';
import { expectedBase } from '../../web/debugger/expected-base.ts';
import { linesOfNoForm, problemsOfBase, problemsOfRequest } from '../../web/debugger/form-problems.ts';
import { parsePasted } from '../../web/debugger/pasted-request.ts';
import type { PastedRequest } from '../../web/debugger/request-parts.ts';

interface Vector {
  readonly signingSecret: string;
  readonly keyId: string;
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly contentType: string;
  readonly userToken: string;
  readonly bodyBase64: string;
  readonly base: string;
  readonly signature: string;
}

const KEY = `ks_test_p5fMHdwaqMrC_${'a'.repeat(38)}`;
const SECRET = 'kss_F4Wmi9zN3mEOJ1-h5U3uypcGHrqvhdKyo-NRwQkvytw';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('hex');

/** A call of echo as a key makes it, with some headers replaced. */
function request(
  more: Record<string, string> = {},
  parts: Partial<Omit<PastedRequest, 'headers'>> = {},
): PastedRequest {
  const headers = {
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'x-signature': `v1,k=p5fMHdwaqMrC,t=1795600000,n=3afda543d8d94cbe607cd10a158ad37f,s=${'0'.repeat(64)}`,
    ...more,
  };
  return {
    method: 'POST',
    authority: 'API.example.com:443',
    target: '/api/echo?a=%20b',
    headers: Object.entries(headers),
    body: '{"text": "l’été"}',
    ...parts,
  };
}

const BASE = [
  'v1.request',
  'p5fMHdwaqMrC',
  '1795600000',
  '3afda543d8d94cbe607cd10a158ad37f',
  'POST',
  'api.example.com',
  '/api/echo?a=%20b',
  'application/json',
  sha256(''),
  sha256('{"text": "l’été"}'),
];

describe('the ten lines that Keyseal builds', () => {
  it('are those of a key’s request', async () => {
    expect((await expectedBase(request())).split('\n')).toEqual(BASE);
  });

  it('contain the token of a key on behalf of a user, and of a person', async () => {
    const forUser = await expectedBase(request({ 'x-user-token': 'a.b.c' }));
    expect(forUser.split('\n')[8]).toBe(sha256('a.b.c'));
    const person = { authorization: 'bearer d.e.f', 'x-signature': 'v1,k=ses_CLDUdvdr0Uwf,t=1,n=2,s=3' };
    const lines = (await expectedBase(request(person))).split('\n');
    expect([lines[1], lines[8]]).toEqual(['ses_CLDUdvdr0Uwf', sha256('d.e.f')]);
  });
});

describe('the mistake behind a wrong signature', () => {
  const base = BASE.join('\n');
  const having = (at: number, line: string) => BASE.with(at - 1, line).join('\n');
  const decoded = Buffer.from(SECRET.slice(4), 'base64url');
  const rewritten = sha256(JSON.stringify({ text: 'l’été' }));

  it.each([
    ['right', mac(SECRET, base)],
    ['trailingNewline', mac(SECRET, `${base}\n`)],
    ['carriageReturns', mac(SECRET, BASE.join('\r\n'))],
    ['methodCase', mac(SECRET, having(5, 'post'))],
    ['decoded', mac(SECRET, having(7, '/api/echo?a= b'))],
    ['noQuery', mac(SECRET, having(7, '/api/echo'))],
    ['contentTypeMissing', mac(SECRET, having(8, ''))],
    [
      'digestUpper',
      mac(
        SECRET,
        base.replace(/[0-9a-f]{64}/g, (hex) => hex.toUpperCase()),
      ),
    ],
    ['bodyRewritten', mac(SECRET, having(10, rewritten))],
    ['secretDecoded', mac(decoded, base)],
    ['secretWithoutPrefix', mac(SECRET.slice(4), base)],
    [null, mac('kss_another', base)],
  ])('%s', async (suspect, sent) => {
    expect(await findCommonMistake(base, SECRET, sent, request())).toBe(suspect);
  });
});

describe('why a line differs', () => {
  it.each([
    [2, KEY, 'kWholeKey'],
    [3, '1795600000000', 'milliseconds'],
    [5, 'post', 'methodCase'],
    [6, 'https://api.example.com', 'scheme'],
    [6, 'api.example.com:8080', 'port'],
    [7, '/api/echo?a= b', 'decoded'],
    [7, '/api/echo', 'noQuery'],
    [7, 'https://api.example.com/api/echo?a=%20b', 'wholeUrl'],
    [8, '', 'contentTypeMissing'],
    [8, 'application/json; charset=utf-8', 'contentTypeParameters'],
    [10, sha256(''), 'bodyMissing'],
    [10, sha256('{"text": "l’été"}').toUpperCase(), 'digestUpper'],
    [10, sha256('{"text": "l’été"}\n'), 'bodyNewline'],
    [10, sha256('{"text":"l’été"}'), 'bodyRewritten'],
    [10, sha256('something else'), 'other'],
  ])('line %i: %s', async (at, actual, difference) => {
    const expected = BASE[at - 1] as string;
    expect(await diagnoseLine(at, { actual, expected }, request())).toBe(difference);
  });
});

describe('a problem before the ten lines', () => {
  const signed = (header: string) => problemsOfRequest(request({ 'x-signature': header }));

  it('is none for a well-formed request', () => {
    expect(problemsOfRequest(request())).toEqual([]);
  });

  it.each([
    ['', ['noSignature']],
    [
      `v1,k=p5fMHdwaqMrC,t=1795600000000,n=3afda543d8d94cbe607cd10a,s=${'0'.repeat(64)}`,
      ['grammar', 'milliseconds'],
    ],
    [
      `v1,k=p5fMHdwaqMrC,t=1795600000,n=3afda543d8d94c+/607cd10a,s=${'0'.repeat(64)}`,
      ['grammar', 'nonceAlphabet'],
    ],
    [
      `v1,k=p5fMHdwaqMrC,t=1795600000,n=3afda543d8d94cbe607cd10a,s=${'A'.repeat(64)}`,
      ['grammar', 'macUpper'],
    ],
    [`v1,k=CLDUdvdr0Uwf,t=1795600000,n=3afda543d8d94cbe607cd10a,s=${'0'.repeat(64)}`, ['kNotBearers']],
  ])('%s', (header, problems) => {
    expect(signed(header)).toEqual(problems);
  });

  it('is a body on GET', () => {
    expect(problemsOfRequest(request({}, { method: 'GET' }))).toEqual(['bodyOnGet']);
  });

  it('is a base without ten lines, or with malformed lines', () => {
    const base = BASE.join('\n');
    expect(problemsOfBase(base)).toEqual([]);
    expect(problemsOfBase(`${base}\n`)).toEqual(['trailingNewline']);
    expect(problemsOfBase(BASE.join('\\n'))).toEqual(['literalNewline']);
    expect(problemsOfBase(BASE.slice(0, 9).join('\n'))).toEqual(['tooFew']);
    expect(linesOfNoForm(base)).toEqual([]);
    expect(linesOfNoForm(BASE.with(2, '1795600000000').with(4, 'post').join('\n'))).toEqual([3, 5]);
  });
});

describe('the published examples, pasted as raw requests', () => {
  const path = join(import.meta.dirname, '../vectors/signature-v1.json');
  const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { vectors: Vector[] };
  const textual = vectors.filter(({ bodyBase64 }) => isText(Buffer.from(bodyBase64, 'base64')));

  it.each(textual)('$name', async (vector) => {
    const pasted = parsePasted(rawOf(vector));
    if (pasted?.kind !== 'request') throw new Error('no request');
    expect(problemsOfRequest(pasted.request)).toEqual([]);
    const base = await expectedBase(pasted.request);
    expect(base).toBe(vector.base);
    const sent = vector.signature.slice(-64);
    expect(await findCommonMistake(base, vector.signingSecret, sent, pasted.request)).toBe('right');
  });
});

/** What a page's text field can hold: it turns CRLF into LF. */
const isText = (bytes: Buffer) => !bytes.includes('\r') && Buffer.from(bytes.toString('utf8')).equals(bytes);

/** The form of a key does not matter to a signature, only its id does. */
function rawOf({ keyId, ...vector }: Vector): string {
  const key = keyId.startsWith('ses_') ? null : `ks_live_${keyId}_${'a'.repeat(38)}`;
  const body = Buffer.from(vector.bodyBase64, 'base64').toString('utf8');
  const headers = [
    `host: ${vector.authority}`,
    `authorization: Bearer ${key ?? vector.userToken}`,
    ...(key && vector.userToken ? [`x-user-token: ${vector.userToken}`] : []),
    ...(vector.contentType ? [`content-type: ${vector.contentType}`] : []),
    `x-signature: ${vector.signature}`,
  ];
  return `${vector.method} ${vector.target} HTTP/1.1\n${headers.join('\n')}\n\n${body}`;
}
