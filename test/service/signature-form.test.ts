import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import { clockBase } from '../../shared/signature.ts';
import { createKey } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, headerOf, type SignOptions, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
/** The server's time, in milliseconds: it is frozen, so that a window's edge is an instant. */
let time = 1_800_000_000_000;
const now = () => time / 1000;

beforeAll(async () => {
  service = await startTestService({ clock: () => time });
});
afterAll(() => service.stop());

const signed = (options: Partial<SignOptions> = {}) =>
  sign(service.demo, '/api/exemple', { authority: service.authority, t: now(), ...options });

describe('x-signature', () => {
  it.each<[string, (header: string) => string]>([
    ['in upper-case hex', (text) => text.replace(/s=.*/, (s) => s.toUpperCase().replace('S=', 's='))],
    ['with a parameter more', (text) => `${text},a=1`],
    ['without its nonce', (text) => text.replace(/,n=[^,]*/, '')],
    ['without its time', (text) => text.replace(/,t=[^,]*/, '')],
    ['without its key', (text) => text.replace(/,k=[^,]*/, '')],
    ['without its MAC', (text) => text.replace(/,s=.*/, '')],
    ['in another order', (text) => text.replace(/(k=\w+),(t=\d+)/, '$2,$1')],
    ['with a parameter twice', (text) => text.replace(/(t=\d+)/, '$1,$1')],
    ['with an empty MAC', (text) => text.replace(/s=.*/, 's=')],
    ['with a short MAC', (text) => text.slice(0, -1)],
    ['with a long MAC', (text) => `${text}0`],
    ['with half a MAC', (text) => text.slice(0, -32)],
    ['with spaces inside', (text) => text.replaceAll(',', ', ')],
    ['with something behind', (text) => `${text};x`],
    ['with another version', (text) => text.replace('v1', 'v2')],
    ['without a version', (text) => text.slice(3)],
    ['with a time that is a float', (text) => text.replace(/t=(\d+)/, 't=$1.0')],
    ['with a time in scientific form', (text) => text.replace(/t=\d+/, 't=1e9')],
    ['with a negative time', (text) => text.replace(/t=\d/, 't=-')],
    ['with a time with a leading zero', (text) => text.replace(/t=(\d+)/, 't=0$1')],
    ['with a time in milliseconds', (text) => text.replace(/t=(\d+)/, 't=$1000')],
    ['with no time', (text) => text.replace(/t=\d+/, 't=')],
    ['with a time in other digits', (text) => text.replace(/t=\d+/, 't=١٨٠٠٠٠٠٠٠٠')],
    ['with a short nonce', (text) => text.replace(/n=[^,]*/, 'n=abcdefghijklmnopqrstu')],
    ['with a long nonce', (text) => text.replace(/n=[^,]*/, `n=${'a'.repeat(65)}`)],
    ['with padding in the nonce', (text) => text.replace(/n=([^,]*)/, 'n=$1==')],
    ['with a key id of another form', (text) => text.replace(/k=\w+/, 'k=../../etc')],
  ])('is SIGNATURE_MALFORMED %s', async (_, change) => {
    const draft = signed();
    const header = Buffer.from(change(headerOf(draft, 'x-signature'))).toString('latin1');
    expect((await send(service.port, withHeader(draft, 'x-signature', header))).reason).toBe(
      'SIGNATURE_MALFORMED',
    );
  });

  it.each([
    ['absent', null],
    ['empty', ''],
  ])('is SIGNATURE_MISSING if it is %s', async (_, value) => {
    const answer = await send(service.port, withHeader(signed(), 'x-signature', value));
    expect([answer.status, answer.reason]).toEqual([401, 'SIGNATURE_MISSING']);
  });

  it('may have white space around it (RFC 9110 §5.5)', async () => {
    const draft = signed();
    const header = `  ${headerOf(draft, 'x-signature')}  `;
    expect((await send(service.port, withHeader(draft, 'x-signature', header))).status).toBe(200);
  });

  it.each([22, 64])('accepts a nonce of %d characters', async (length) => {
    const nonce = `${crypto.randomUUID()}${crypto.randomUUID()}`.slice(0, length);
    expect((await send(service.port, signed({ nonce }))).status).toBe(200);
  });
});

describe('the time of a signature', () => {
  it.each([
    [-301, 'SIGNATURE_EXPIRED'],
    [-300, undefined],
    [0, undefined],
    [60, undefined],
    [61, 'SIGNATURE_EXPIRED'],
    [600, 'SIGNATURE_EXPIRED'],
    [601, 'SIGNATURE_MALFORMED'],
    [86_400, 'SIGNATURE_MALFORMED'],
  ])('%d seconds from now is answered %s', async (offset, reason) => {
    expect((await send(service.port, signed({ t: now() + offset }))).reason).toBe(reason);
  });

  it.each([-1000, 500])(
    'is put right by a clock that only the secret’s holder can check: %d',
    async (off) => {
      const nonce = crypto.randomUUID();
      const answer = await send(service.port, signed({ t: now() + off, nonce }));
      const mac = hmacSha256(service.demo.signingSecret, clockBase(service.demo.id, nonce, now()));
      expect(answer.json.error.data.clock).toEqual({ now: now(), mac });
    },
  );

  it('is not revealed without the secret', async () => {
    const wrongSecret = { ...service.demo, signingSecret: 'kss_guess' };
    const answer = await send(
      service.port,
      sign(wrongSecret, '/api/exemple', { authority: service.authority, t: now() - 1000 }),
    );
    expect([answer.reason, answer.json.error.data.clock]).toEqual(['SIGNATURE_INVALID', undefined]);
  });

  it('too far ahead spends the nonce: the captured original never becomes valid', async () => {
    const draft = signed({ t: now() + 100 });
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_EXPIRED');
    time += 90_000;
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
  });

  it('is checked before the nonce, and after the MAC', async () => {
    const draft = signed();
    await send(service.port, draft);
    time += 301_000;
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_EXPIRED');
  });
});

describe('outside production', () => {
  it('SIGNATURE_INVALID contains the base that was built, and never the MAC', async () => {
    const wrong: Answer = await send(service.port, withHeader(signed(), 'content-type', 'text/plain'));
    const lines = wrong.json.error.data.debug.base.split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.slice(4, 8)).toEqual(['GET', service.authority, '/api/exemple', 'text/plain']);
    expect(wrong.text).not.toContain(hmacSha256(service.demo.signingSecret, lines.join('\n')));
  });
});

describe('in production', () => {
  it('SIGNATURE_INVALID contains no base', async () => {
    const origin = 'https://api.example.com';
    const production = await startTestService({
      env: {
        NODE_ENV: 'production',
        KEYSEAL_PUBLIC_ORIGINS: origin,
        KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      },
    });
    const key = await createKey(production, production.demo);
    const draft = sign(key, '/api/exemple', { authority: 'api.example.com' });
    const answer = await send(production.port, withHeader(draft, 'content-type', 'text/plain'));
    await production.stop();
    expect([answer.reason, answer.json.error.data.debug]).toEqual(['SIGNATURE_INVALID', undefined]);
  });
});
