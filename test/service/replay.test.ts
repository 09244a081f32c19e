import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClaimOutcome } from '../../server/stores/replay/replay.ts';
import { createKey, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, newNonce, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService();
  key = await createKey(service, await signUp(service), { permissions: ['exemple:read', 'echo:write'] });
});
afterAll(() => service.stop());

const signed = (who = key, nonce = newNonce()) =>
  sign(who, '/api/exemple', { authority: service.authority, nonce });
const reasonOf = async (draft: ReturnType<typeof signed>, port = service.port) =>
  (await send(port, draft)).reason;

describe('a signed request', () => {
  it('is admitted once, in whatever way it is sent again', async () => {
    const draft = signed();
    const reasons: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++) reasons.push(await reasonOf(draft));
    const replayed = Array(3).fill('SIGNATURE_REPLAYED');
    expect(reasons).toEqual([undefined, ...replayed]);
  });

  it('is admitted once of 100 copies at the same moment', async () => {
    const draft = sign(key, '/api/echo', { authority: service.authority, body: '{"text":"once"}' });
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(service.port, draft)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ reason }) => reason === 'SIGNATURE_REPLAYED')).toHaveLength(99);
  });

  it('is not hindered by the nonce of another key', async () => {
    const nonce = newNonce();
    expect(await reasonOf(signed(key, nonce))).toBeUndefined();
    expect(await reasonOf(signed(service.demo, nonce))).toBeUndefined();
  });

  it('does not lose its nonce to a caller without the secret', async () => {
    const draft = signed();
    const forged = withHeader(
      draft,
      'x-signature',
      draft.headers[2]?.[1].replace(/s=.*/, `s=${'0'.repeat(64)}`) ?? '',
    );
    expect(await reasonOf(forged)).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(draft)).toBeUndefined();
  });

  it('spends its nonce if it is refused later, for its token or its permission', async () => {
    const wrongToken = sign(key, '/api/exemple', { authority: service.authority, token: 'no.such.token' });
    expect(await reasonOf(wrongToken)).toBe('TOKEN_INVALID');
    expect(await reasonOf(wrongToken)).toBe('SIGNATURE_REPLAYED');
    const denied = sign(key, '/api/keys.list', { authority: service.authority });
    expect(await reasonOf(denied)).toBe('PERMISSION_DENIED');
    expect(await reasonOf(denied)).toBe('SIGNATURE_REPLAYED');
  });

  it('is not admitted with the answer as its body', async () => {
    const answer = await send(service.port, signed());
    const replayed = sign(key, '/api/echo', { authority: service.authority, body: answer.text });
    expect(await reasonOf({ ...replayed, headers: signed().headers })).toBe('SIGNATURE_INVALID');
  });
});

describe('a nonce store', () => {
  /** The answer to a caller if the store returns an outcome so many times. */
  async function answerTo(outcome: ClaimOutcome, times: number) {
    const { replay } = service.running.service.stores;
    const claim = vi.spyOn(replay, 'claim');
    for (let n = 0; n < times; n++) claim.mockResolvedValueOnce(outcome);
    const answer = await send(service.port, signed());
    claim.mockRestore();
    return [answer.status, answer.reason, answer.headers['retry-after'], answer.json.error?.data.clock?.mac];
  }

  it('that is full answers 503 with retry-after', async () => {
    expect(await answerTo('full', 1)).toEqual([503, 'UNAVAILABLE', '1', undefined]);
  });

  it('that has forgotten the time of a signature states the server’s time', async () => {
    const mac = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await answerTo('behind', 1)).toEqual([401, 'SIGNATURE_EXPIRED', undefined, mac]);
  });

  it('whose caller keeps changing is retried a bounded number of times', async () => {
    expect(await answerTo('stale', 3)).toEqual([200, undefined, undefined, undefined]);
    expect(await answerTo('stale', 4)).toEqual([503, 'UNAVAILABLE', '1', undefined]);
  });
});

describe('a service after a restart', () => {
  it('refuses what was admitted before', async () => {
    const first = await startTestService();
    const draft = sign(first.demo, '/api/exemple', { authority: first.authority });
    expect(await reasonOf(draft, first.port)).toBeUndefined();
    const second = await restart(first);
    expect(await reasonOf(draft, second.port)).toBe('SIGNATURE_REPLAYED');
    const fresh = sign(first.demo, '/api/exemple', { authority: first.authority });
    expect(await reasonOf(fresh, second.port)).toBeUndefined();
    await second.stop();
  });
});
