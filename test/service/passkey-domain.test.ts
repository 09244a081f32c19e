import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginPasskey, registerWith } from '../harness/passkeys.ts';
import { publicDraft, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { SoftwareAuthenticator } from '../harness/software-authenticator.ts';
import { send } from '../harness/wire.ts';

const startFrom = async (service: TestService, origin: string | null) => {
  const draft = publicDraft(service, 'auth.startPasskeySignIn', {});
  const headers = origin === null ? [] : [['origin', origin] as const];
  return send(service.port, { ...draft, headers: [...draft.headers, ...headers] });
};
const rpIdFrom = async (service: TestService, origin: string | null) =>
  (await startFrom(service, origin)).json.result?.data.options.rpId;

const env = {
  KEYSEAL_PUBLIC_ORIGINS: 'https://keys.example.com,https://10.0.0.1',
  KEYSEAL_CORS_ORIGINS: 'https://app.example.com,https://app.example.org',
};

describe('passkeys', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ env });
  });
  afterAll(() => service.stop());

  it.each([
    ['https://keys.example.com', 'keys.example.com'],
    ['https://app.example.org', 'app.example.org'],
    [null, 'keys.example.com'],
  ])('of a page of %s belong to %s', async (origin, host) => {
    expect(await rpIdFrom(service, origin)).toBe(host);
  });

  it.each(['https://evil.example', 'https://10.0.0.1', 'null'])('do not work on %s', async (origin) => {
    expect((await startFrom(service, origin)).reason).toBe('ACCESS_DENIED');
  });

  it('of one host are not accepted from a page of another', async () => {
    const ada = await signUp(service);
    const elsewhere = new SoftwareAuthenticator({ origin: 'https://app.example.org' });
    expect((await registerWith(service, ada, elsewhere)).reason).toBe('CREDENTIALS_INVALID');
  });
});

describe('KEYSEAL_PASSKEY_DOMAIN', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ env: { ...env, KEYSEAL_PASSKEY_DOMAIN: 'Example.COM' } });
  });
  afterAll(() => service.stop());

  it('makes passkeys belong to it on all its pages, and on no other', async () => {
    for (const origin of ['https://keys.example.com', 'https://app.example.com', null])
      expect(await rpIdFrom(service, origin)).toBe('example.com');
    for (const origin of ['https://app.example.org', 'https://10.0.0.1', 'https://evil.example.com'])
      expect((await startFrom(service, origin)).reason).toBe('ACCESS_DENIED');
  });

  it('accepts answers of the listed origins below it, and of no other', async () => {
    const ada = await signUp(service);
    expect((await beginPasskey(service, ada)).options.rp.id).toBe('example.com');
    const answers = [];
    for (const origin of ['https://app.example.com', 'https://evil.example.com', 'https://app.example.org'])
      answers.push((await registerWith(service, ada, new SoftwareAuthenticator({ origin }))).reason);
    expect(answers).toEqual([undefined, 'CREDENTIALS_INVALID', 'CREDENTIALS_INVALID']);
  });
});
