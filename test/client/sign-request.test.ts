import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '../../client/index.ts';
import { bufferRequest, signBuffered } from '../../client/signing/signature-headers.ts';
import { parseSignature, type Signature, signatureBase } from '../../shared/signature.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const key = () => {
  const { apiKey, signingSecret } = withKey(service);
  return { apiKey, signingSecret: signingSecret as string };
};
const fetched = async (request: Request) => (await fetch(request)).status;

describe('signRequest', () => {
  it.each([
    ['a query', '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'],
    ['an empty query', '/api/exemple?'],
    ['a fragment', '/api/exemple#here'],
    ['an apostrophe', "/api/exemple?input=%7B%22name%22%3A%22O'Neill%22%7D"],
    ['dot segments', '/api/./x/../exemple'],
  ])('signs a GET with %s as fetch sends it', async (_, path) => {
    const request = await signRequest(new Request(service.url + path), key());
    expect(await fetched(request)).toBe(200);
  });

  it('signs any body: text, bytes or a form', async () => {
    const form = new FormData();
    form.set('file', new File(['content'], 'a.txt'));
    const bodies: [string, RequestInit][] = [
      ['echo', { body: '{"text":"é"}', headers: { 'content-type': 'application/json' } }],
      ['upload', { body: new Uint8Array([0, 255]), headers: { 'content-type': 'application/octet-stream' } }],
      ['upload', { body: form }],
    ];
    for (const [name, init] of bodies) {
      const request = new Request(`${service.url}/api/${name}`, { method: 'POST', ...init });
      expect(await fetched(await signRequest(request, key()))).toBe(200);
    }
  });

  it('signs for a session, with and without a token', async () => {
    const { id, signingSecret, accessToken, refreshToken } = await newSession(service);
    const credentials = { sessionId: id, signingSecret };
    const whoami = new Request(`${service.url}/api/whoami`);
    expect(await fetched(await signRequest(whoami, { ...credentials, userToken: accessToken }))).toBe(200);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const refresh = new Request(`${service.url}/api/auth.refresh`, {
      ...init,
      body: JSON.stringify({ refreshToken }),
    });
    expect(await fetched(await signRequest(refresh, credentials))).toBe(200);
  });

  it('follows no redirect, so that credentials reach no other host', async () => {
    expect((await signRequest(new Request(service.url), key())).redirect).toBe('manual');
  });

  it('keeps the request’s own headers and signal', async () => {
    const left = new AbortController();
    const request = new Request(service.url, { headers: { 'x-trace': '1' }, signal: left.signal });
    const signed = await signRequest(request, key());
    left.abort();
    expect([signed.headers.get('x-trace'), signed.signal.aborted]).toEqual(['1', true]);
  });
});

describe('signBuffered', () => {
  it.each([
    ['https://API.Example.com:443/api/a?b=c', 'api.example.com', '/api/a?b=c'],
    ['http://localhost:80/api/a', 'localhost', '/api/a'],
    ['http://localhost:3000/api/a?', 'localhost:3000', '/api/a'],
    ['http://[::1]:3000/api/%2F?x=%7e', '[::1]:3000', '/api/%2F?x=%7e'],
    ['https://münchen.example/a', 'xn--mnchen-3ya.example', '/a'],
  ])('signs %s as %s and %s', async (url, authority, target) => {
    const apiKey = `ks_test_${'a'.repeat(12)}_${'b'.repeat(38)}`;
    const credentials = { apiKey, signingSecret: 'kss_x' };
    const { request, signature } = await signBuffered(
      await bufferRequest(new Request(url)),
      credentials,
      1_800_000_000,
    );
    expect(parseSignature(request.headers.get('x-signature') ?? '')).toEqual(signature);
    expect(signature.mac).toBe(macOf(signature, authority, target));
  });

  function macOf({ k, t, nonce }: Signature, authority: string, target: string): string {
    const none = sha256('');
    const base = signatureBase({
      ...{ k, t, nonce, method: 'GET', authority, target },
      ...{ contentType: '', tokenDigest: none, bodyDigest: none },
    });
    return createHmac('sha256', 'kss_x').update(base).digest('hex');
  }
});
