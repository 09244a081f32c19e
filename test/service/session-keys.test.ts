import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewrapAll } from '../../server/stores/secrets/rewrap-all.ts';
import { type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { registrationOf } from '../harness/public-keys.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Answer, type Draft, send, sign } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '10000' } });
});
afterAll(() => service.stop());

const nowInSeconds = () => Math.floor(service.running.service.stores.clock() / 1000);
const newPair = () => generateKeyPairSync('ed25519');

const inputOf = (pair: ReturnType<typeof newPair>, more: object = {}) => registrationOf(service, pair, more);

/** A person whose session signs with its own private key. */
async function withKey(person?: Person) {
  person ??= await signUp(service);
  const { privateKey, publicKey } = newPair();
  const answer = await mutate(
    service,
    person,
    'sessions.setPublicKey',
    await inputOf({ privateKey, publicKey }),
  );
  const signed = (target: string, options: Partial<StandardOptions> = {}): Draft =>
    signStandard(person, target, {
      authority: service.authority,
      token: person.token,
      sign: signerOf(privateKey),
      ...options,
    });
  return { person, answer, privateKey, signed };
}

const reasonOf = async (draft: Draft) => {
  const { status, reason } = await send(service.port, draft);
  return reason ?? status;
};
const outcome = ({ status, reason }: Answer) => reason ?? status;
const LIST = '/api/sessions.list';

describe('a session with a public key', () => {
  it('signs only with the private key, once for each request', async () => {
    const { person, answer, signed } = await withKey();
    expect(answer.json.result.data).toEqual({
      signature: { algorithm: 'ed25519', thumbprint: expect.stringMatching(/^[\w-]{43}$/) },
      responseKeys: { keys: [expect.objectContaining({ kty: 'OKP', crv: 'Ed25519' })] },
    });
    const draft = signed(LIST);
    const { status, json } = await send(service.port, draft);
    const [listed] = json.result.data.items;
    expect([status, listed.signature]).toEqual([200, answer.json.result.data.signature]);
    expect(await reasonOf(draft)).toBe('SIGNATURE_REPLAYED');
    // The secret that the sign-in gave signs nothing any more, in either form.
    expect(outcome(await query(service, person, 'sessions.list'))).toBe('SIGNATURE_INVALID');
    const bySecret = signStandard(person, LIST, { authority: service.authority, token: person.token });
    expect(await reasonOf(bySecret)).toBe('SIGNATURE_INVALID');
  });

  it('is refreshed by the private key, without a token', async () => {
    const { person, privateKey } = await withKey();
    const body = JSON.stringify({ refreshToken: person.refreshToken });
    const { authority } = service;
    const bySecret = signStandard(person, '/api/auth.refresh', { authority, body });
    expect(await reasonOf(bySecret)).toBe('SIGNATURE_INVALID');
    const draft = signStandard(person, '/api/auth.refresh', { authority, body, sign: signerOf(privateKey) });
    const { json } = await send(service.port, draft);
    expect(json.result.data.session).toMatchObject({ id: person.id });
  });

  it('leaves nothing in the database that signs, also after the master key was rotated', async () => {
    const { person, signed } = await withKey();
    const { stores } = service.running.service;
    const read = sql`select signing_sealed, public_key from sessions where id = ${person.id}`;
    expect(await stores.database.query(read)).toMatchObject([
      { signing_sealed: '', public_key: { algorithm: 'ed25519' } },
    ]);
    await rewrapAll(stores.database, stores.vault, () => {});
    expect(await reasonOf(signed(LIST))).toBe(200);
  });

  it('gets the clock of the service proven by the key that came with the answer', async () => {
    const { answer, signed } = await withKey();
    const parameters = { created: String(nowInSeconds() - 330) };
    const { reason, json } = await send(service.port, signed(LIST, { parameters }));
    const { clock } = json.error.data;
    expect([reason, Object.keys(clock)]).toEqual(['SIGNATURE_EXPIRED', ['now', 'keyid', 'signature']]);
    expect(answer.json.result.data.responseKeys.keys.map(({ kid }: { kid: string }) => kid)).toContain(
      clock.keyid,
    );
  });

  it('is verified for another service, by its algorithm', async () => {
    const ada = await signUp(service);
    const asking = await verifyingKey(service, ada);
    const { signed } = await withKey(ada);
    const draft = signed('/orders', { authority: ORDERS, scheme: 'https' });
    expect((await verdictOn(service, asking, draft)).verdict).toMatchObject({
      valid: true,
      signature: { form: 'rfc9421', algorithm: 'ed25519' },
    });
  });

  it('is in the audit log', async () => {
    const { person, signed } = await withKey();
    const { json } = await send(service.port, signed('/api/audit.list'));
    expect(json.result.data.items[0]).toMatchObject({
      action: 'sessions.setPublicKey',
      subject: person.id,
      after: { publicKey: { algorithm: 'ed25519' } },
    });
  });
});

describe('a public key is refused to a session', () => {
  const attempt = async (person: Person, change: object = {}) =>
    outcome(
      await mutate(service, person, 'sessions.setPublicKey', { ...(await inputOf(newPair())), ...change }),
    );

  it('that has one: a script in the page cannot move the session to a key of its own', async () => {
    const { signed } = await withKey();
    const body = JSON.stringify(await inputOf(newPair()));
    expect(await reasonOf(signed('/api/sessions.setPublicKey', { body }))).toBe('CONFLICT');
    expect(await reasonOf(signed(LIST))).toBe(200);
  });

  it('that began more than a minute ago', async () => {
    const person = await signUp(service);
    await service.running.service.stores.database.query(
      sql`update sessions set created_at = created_at - interval '61 seconds' where id = ${person.id}`,
    );
    expect(await attempt(person)).toBe('CONFLICT');
    expect(outcome(await query(service, person, 'sessions.list'))).toBe(200);
  });

  it('that was refreshed', async () => {
    const person = await signUp(service);
    const body = JSON.stringify({ refreshToken: person.refreshToken });
    const refresh = sign(person, '/api/auth.refresh', { authority: service.authority, method: 'POST', body });
    expect(await reasonOf(refresh)).toBe(200);
    expect(await attempt(person)).toBe('CONFLICT');
  });

  it.each([
    ['without a proof', { proof: undefined }],
    ['with a proof by another key', 'other'],
    ['with a proof for another service', 'aud'],
    ['with a private key', 'private'],
  ])('%s', async (_, change) => {
    const person = await signUp(service);
    const pair = newPair();
    const changes: Readonly<Record<string, () => Promise<object>>> = {
      other: async () => ({ proof: (await inputOf(newPair())).proof }),
      aud: async () => inputOf(pair, { aud: 'https://other.example' }),
      private: async () => ({
        ...(await inputOf(pair)),
        publicKey: pair.privateKey.export({ format: 'jwk' }),
      }),
    };
    const wrong = typeof change === 'string' ? await changes[change]?.() : change;
    expect(await attempt(person, wrong)).toBe('INPUT_INVALID');
    expect(outcome(await query(service, person, 'sessions.list'))).toBe(200);
  });

  it('twice at once: one of two wins', async () => {
    const person = await signUp(service);
    const both = await Promise.all([attempt(person), attempt(person)]);
    expect(both.filter((each) => each === 200)).toHaveLength(1);
    expect(['CONFLICT', 'SIGNATURE_INVALID']).toContain(both.find((each) => each !== 200));
  });
});
