import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeysealClient, ResponseUnverified } from '../../client/index.ts';
import { registerSessionKey } from '../../client/sessions/register-session-key.ts';
import type { AnySession, SharedSession } from '../../client/sessions/session.ts';
import { type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const held = (session: AnySession): SharedSession => ({
  managerFor: () => ({ session, fresh: async () => session, renew: async () => null, end: () => {} }),
});

it('a session with a private key verifies responses by the keys of the service', async () => {
  const { url } = service;
  const begun = {
    id: ada.id,
    signingSecret: ada.signingSecret,
    accessToken: ada.token,
    accessTokenExpiresAt: new Date(Date.now() + 600_000).toISOString(),
    refreshToken: ada.refreshToken,
  };
  const { sessions } = createKeysealClient({ url, session: begun });
  const session = await registerSessionKey(begun, (input) => sessions.setPublicKey.mutate(input));
  expect(Object.keys(session)).not.toContain('signingSecret');
  const sent: Headers[] = [];
  const options = { url, session: held(session), verifyResponses: true } as const;
  const client = createKeysealClient({
    ...options,
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers as HeadersInit));
      return fetch(input, init as RequestInit);
    },
  });
  expect((await client.whoami.query()).user?.email).toBe(ada.email);
  expect(sent[0]?.has('signature-input')).toBe(true);
  const changed = createKeysealClient({
    ...options,
    fetch: async (input, init) => {
      const answer = await fetch(input, init as RequestInit);
      if (String(input).includes('.well-known')) return answer;
      return new Response((await answer.text()).replace('person', 'eve'), answer);
    },
  });
  await expect(changed.whoami.query()).rejects.toThrow(ResponseUnverified);
});
