import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import {
  type Credentials,
  type Draft,
  headerOf,
  queryTarget,
  send,
  sign,
  withHeader,
} from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let other: Person;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  other = await signUp(service);
  key = await createKey(service, ada, { permissions: ['echo:write', 'exemple:read', 'upload:write'] });
});
afterAll(() => service.stop());

const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const inTarget = (change: (target: string) => string) => (draft: Draft) => ({
  ...draft,
  target: change(draft.target),
});
const inHeader = (name: string, change: (value: string) => string) => (draft: Draft) =>
  withHeader(draft, name, change(headerOf(draft, name)));
const inBody = (change: (body: string) => string) => (draft: Draft) => ({
  ...draft,
  body: Buffer.from(change(String(draft.body ?? ''))),
});

const inOrder = (draft: Draft) => ({ ...draft, headers: draft.headers.map(String).sort() });

/** Sends what was signed, changed, and says how it ended. */
async function outcomeOf(draft: Draft, change: (draft: Draft) => Draft): Promise<string> {
  const changed = change(draft);
  expect(inOrder(changed), 'the attack changed nothing').not.toEqual(inOrder(draft));
  const { status, reason } = await send(service.port, changed);
  return `${status} ${reason ?? ''}`.trim();
}

describe('a signed mutation for a user', () => {
  const draft = () =>
    sign(key, '/api/echo', { authority: service.authority, body: '{"text":"hello"}', token: ada.token });

  it('is admitted as it was signed', async () => {
    expect((await send(service.port, draft())).status).toBe(200);
  });

  it.each<[string, (draft: Draft) => Draft]>([
    ['the body swapped', inBody(() => '{"text":"other"}')],
    ['one byte of the body changed', inBody(swap('hello', 'hellp'))],
    ['a space after the body', inBody((body) => `${body} `)],
    ['the body gone', inBody(() => '')],
    ['the token of another person', (draft) => withHeader(draft, 'x-user-token', other.token)],
    ['the token gone', (draft) => withHeader(draft, 'x-user-token', null)],
    ['the token cut short', inHeader('x-user-token', (token) => token.slice(0, -1))],
    ['the content type swapped', (draft) => withHeader(draft, 'content-type', 'text/plain')],
    ['a charset added', (draft) => withHeader(draft, 'content-type', 'application/json; charset=utf-8')],
    ['the content type in capitals', (draft) => withHeader(draft, 'content-type', 'Application/JSON')],
    ['the content type gone', (draft) => withHeader(draft, 'content-type', null)],
    ['a query added', inTarget((target) => `${target}?a=1`)],
    ['an empty query added', inTarget((target) => `${target}?`)],
    ['another procedure', inTarget(() => '/api/upload')],
    ['a call appended, as a batch', inTarget(() => '/api/echo,echo?batch=1')],
    ['another t', inHeader('x-signature', (text) => text.replace(/t=\d+/, `t=${at(1)}`))],
    [
      'another nonce',
      inHeader('x-signature', (text) => text.replace(/n=./, (n) => (n === 'n=_' ? 'n=-' : 'n=_'))),
    ],
    ['the last digit of s changed', inHeader('x-signature', flipLast)],
    ['s of zeros', inHeader('x-signature', swap(/s=.*/, `s=${'0'.repeat(64)}`))],
    ['another key as k', inHeader('x-signature', (text) => text.replace(/k=\w+/, `k=${service.demo.id}`))],
    ['a session as k', inHeader('x-signature', (text) => text.replace(/k=\w+/, `k=${ada.id}`))],
    ['the key of another', (draft) => withHeader(draft, 'authorization', `Bearer ${service.demo.apiKey}`)],
  ])('is refused with %s', async (_, change) => {
    expect(await outcomeOf(draft(), change)).toBe('401 SIGNATURE_INVALID');
  });

  it('has the same signature without a body as with an empty one', async () => {
    const empty = () => sign(key, '/api/echo', { authority: service.authority, method: 'POST', body: '' });
    const absent = () => ({ ...empty(), body: null });
    const chunked = () => withHeader(empty(), 'transfer-encoding', 'chunked');
    for (const draft of [empty(), absent(), chunked()]) {
      expect((await send(service.port, draft)).reason).toBe('INPUT_INVALID');
    }
  });

  it('is refused with an added token that is not signed', async () => {
    const bare = sign(key, '/api/echo', { authority: service.authority, body: '{"text":"hello"}' });
    const outcome = await outcomeOf(bare, (draft) => withHeader(draft, 'x-user-token', ada.token));
    expect(outcome).toBe('401 SIGNATURE_INVALID');
  });

  it('is refused with other bytes that decode to the same text', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const draft = sign(key, '/api/echo', { authority: service.authority, body });
    const outcome = await outcomeOf(draft, (d) => ({ ...d, body: Buffer.from([0x22, 0xfe, 0x22]) }));
    expect(outcome).toBe('401 SIGNATURE_INVALID');
  });

  it('is refused with another boundary of its form', async () => {
    const form = (boundary: string) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--${boundary}--\r\n`;
    const contentType = 'multipart/form-data; boundary=one';
    const draft = sign(key, '/api/upload', { authority: service.authority, contentType, body: form('one') });
    expect((await send(service.port, draft)).status).toBe(200);
    const again = sign(key, '/api/upload', { authority: service.authority, contentType, body: form('one') });
    const outcome = await outcomeOf(again, (d) =>
      withHeader(d, 'content-type', 'multipart/form-data; boundary=two'),
    );
    expect(outcome).toBe('401 SIGNATURE_INVALID');
  });
});

describe('a signed query', () => {
  const target = queryTarget('exemple', { name: "a/b c'd" });
  const draft = () => sign(key, target, { authority: service.authority });

  it('is admitted as it was signed', async () => {
    expect((await send(service.port, draft())).json.result.data.message).toBe("Hello, a/b c'd!");
  });

  it.each<[string, (target: string) => string]>([
    ['%2f for %2F', swap('%2F', '%2f')],
    ['+ for %20', swap('%20', '+')],
    ["%27 for '", swap("'", '%27')],
    ['an encoding undone', swap('%7B', '{')],
    ['a letter encoded', swap('name', '%6Eame')],
    ['a parameter added', (text) => `${text}&a=1`],
    ['a parameter put in front', swap('?', '?a=1&')],
    ['an ampersand at the end', (text) => `${text}&`],
  ])('is refused with %s', async (_, change) => {
    expect(await outcomeOf(draft(), inTarget(change))).toBe('401 SIGNATURE_INVALID');
  });

  it('is refused with its parameters in another order', async () => {
    const two = sign(key, `${target}&a=1`, { authority: service.authority });
    const reordered = `/api/exemple?a=1&${target.split('?')[1]}`;
    expect(
      await outcomeOf(
        two,
        inTarget(() => reordered),
      ),
    ).toBe('401 SIGNATURE_INVALID');
  });

  it('is refused with its path encoded in another way', async () => {
    expect(await outcomeOf(draft(), inTarget(swap('exemple', 'exempl%65')))).toBe('400 REQUEST_MALFORMED');
  });
});

const at = (offset: number) => Math.floor(Date.now() / 1000) + offset;
const flipLast = (text: string) => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');

describe('a signature by another secret', () => {
  it.each<[string, () => Credentials]>([
    ['of another key', () => ({ ...key, signingSecret: service.demo.signingSecret })],
    ['of a person’s session', () => ({ ...key, signingSecret: ada.signingSecret })],
    ['that is the API key itself', () => ({ ...key, signingSecret: key.apiKey as string })],
    ['that is empty', () => ({ ...key, signingSecret: '' })],
    ['without its prefix', () => ({ ...key, signingSecret: key.signingSecret.slice(4) })],
    [
      'decoded from base64url',
      () => ({
        ...key,
        signingSecret: Buffer.from(key.signingSecret.slice(4), 'base64url').toString('latin1'),
      }),
    ],
  ])('is refused with a secret %s', async (_, credentials) => {
    const draft = sign(credentials(), '/api/exemple', { authority: service.authority });
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_INVALID');
  });
});
