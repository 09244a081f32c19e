import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const get = (target: string, host = 'anything.example', method = 'GET') =>
  send(service.port, { method, target, headers: [['host', host]], body: null });

describe('beside /api', () => {
  it.each([
    ['/', 200],
    ['/healthz', 200],
    ['/readyz', 200],
    ['/.well-known/jwks.json', 200],
    ['/nothing', 404],
    ['/healthz/', 404],
    ['/api', 404],
  ])('%s is answered %d on any authority', async (path, status) => {
    expect((await get(path)).status).toBe(status);
    expect((await get(path, '')).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    expect((await get('/healthz', 'a', method)).status).toBe(405);
  });

  it('HEAD of a page has no body', async () => {
    const { status, text } = await get('/healthz', 'a', 'HEAD');
    expect([status, text]).toEqual([200, '']);
  });
});

describe('/.well-known/jwks.json', () => {
  it('verifies user tokens, and has no private half', async () => {
    const jwks = (await get('/.well-known/jwks.json')).json;
    const { payload, protectedHeader } = await jwtVerify(ada.token, createLocalJWKSet(jwks), {
      issuer: service.url,
      audience: `${service.url}/api`,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
    });
    expect(payload).toMatchObject({ sub: ada.userId, sid: ada.id, client_id: 'keyseal' });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
    expect(protectedHeader.kid).toBe(jwks.keys[0].kid);
    expect(Object.keys(jwks.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
