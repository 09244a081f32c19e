import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { BASE62, formatKey } from '../../shared/key-format.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let eve: Person;
let key: Credentials & { apiKey: string };
let evil: Credentials & { apiKey: string };

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '1000000' } });
  [ada, eve] = [await signUp(service), await signUp(service)];
  key = await createKey(service, ada, { permissions: ['keys:*', 'exemple:*'] });
  evil = await createKey(service, eve, { permissions: ['keys:*', 'usage:read', 'exemple:*'] });
});
afterAll(() => service.stop());

const random = (length: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => BASE62[byte % 62]).join('');
const bearer = async (text: string) => {
  const draft = sign({ ...key, apiKey: text }, '/api/exemple', { authority: service.authority });
  return (await send(service.port, draft)).reason;
};

describe('an API key', () => {
  it('is KEY_INVALID in the same words for every defect', async () => {
    const guesses = [
      formatKey('ks', 'live', random(12), random(32)),
      formatKey('ks', 'live', key.id, random(32)),
      formatKey('ks', 'test', key.id, key.apiKey.split('_')[3]?.slice(0, 32) ?? ''),
      key.apiKey.slice(0, -1) + (key.apiKey.endsWith('x') ? 'y' : 'x'),
      key.apiKey.toUpperCase().replace('KS_LIVE', 'ks_live'),
      key.apiKey.replace('ks_live', 'ks_test'),
      key.apiKey.slice(0, -1),
      `${key.apiKey}0`,
      'ks_',
      'ks_live__',
    ];
    const answers = await Promise.all(
      guesses.map(async (apiKey) => {
        const draft = sign({ ...key, apiKey }, '/api/exemple', { authority: service.authority });
        const { status, json } = await send(service.port, draft);
        const { requestId, ...data } = json.error.data;
        return { status, message: json.error.message, data, named: typeof requestId };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, data: { reason: 'KEY_INVALID' } });
  });

  it.each<[string, (text: string) => string, string]>([
    ['without a scheme', (text) => text, 'KEY_INVALID'],
    ['as Basic', (text) => `Basic ${text}`, 'KEY_INVALID'],
    ['with two spaces inside', (text) => `Bearer ${text} ${text}`, 'KEY_INVALID'],
    ['in quotes', (text) => `Bearer "${text}"`, 'KEY_INVALID'],
    ['empty', () => 'Bearer ', 'KEY_INVALID'],
  ])('%s is refused', async (_, write, reason) => {
    const draft = sign(key, '/api/exemple', { authority: service.authority });
    const answer = await send(service.port, withHeader(draft, 'authorization', write(key.apiKey)));
    expect(answer.reason).toBe(reason);
  });

  it.each(['bearer', 'BEARER', 'Bearer '])('is accepted after the scheme in any case: %j', async (scheme) => {
    const draft = sign(key, '/api/exemple', { authority: service.authority });
    const answer = await send(service.port, withHeader(draft, 'authorization', `${scheme} ${key.apiKey}`));
    expect(answer.status).toBe(200);
  });

  it('in the query or the body is ignored', async () => {
    const target = `/api/exemple?api_key=${key.apiKey}`;
    const draft = withHeader(sign(key, target, { authority: service.authority }), 'authorization', null);
    expect((await send(service.port, draft)).reason).toBe('KEY_MISSING');
    const inBody = sign(key, '/api/echo', {
      authority: service.authority,
      body: JSON.stringify({ text: 'x', key: key.apiKey }),
    });
    expect((await send(service.port, withHeader(inBody, 'authorization', null))).reason).toBe('KEY_MISSING');
  });

  it('with the signature of another key is refused', async () => {
    const mixed = { ...key, apiKey: evil.apiKey };
    const draft = sign(mixed, '/api/exemple', { authority: service.authority });
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_INVALID');
    const claimed = sign({ ...evil, id: key.id }, '/api/exemple', { authority: service.authority });
    expect((await send(service.port, claimed)).reason).toBe('SIGNATURE_INVALID');
  });

  it('causes the same comparison for an unknown id as for a wrong secret', async () => {
    const matches = vi.spyOn(service.running.service.stores.vault, 'matches');
    const guesses = [
      formatKey('ks', 'live', random(12), random(32)),
      formatKey('ks', 'live', key.id, random(32)),
    ];
    const compared = [];
    for (const guess of guesses) {
      matches.mockClear();
      await bearer(guess);
      compared.push(matches.mock.calls.map(([purpose, , hash]) => [purpose, hash.length]));
    }
    matches.mockRestore();
    expect(compared[0]).toEqual(compared[1]);
    expect(compared[0]?.length).toBeGreaterThan(0);
  });

  it('does not reveal its state without its secret', async () => {
    const gone = await createKey(service, ada);
    await mutate(service, ada, 'keys.revoke', { id: gone.id });
    expect(await bearer(formatKey('ks', 'live', gone.id, random(32)))).toBe('KEY_INVALID');
    const draft = sign(gone, '/api/exemple', { authority: service.authority });
    expect((await send(service.port, draft)).reason).toBe('KEY_REVOKED');
  });
});

describe('a guess of a key', () => {
  it('with a wrong checksum causes no database query, however often', async () => {
    const guess = async (text: string) => expect(await bearer(text)).toBe('KEY_INVALID');
    const storm = Array.from({ length: 300 }, () => `ks_live_${random(12)}_${random(38)}`);
    expect(await queriesOf(service, async () => void (await Promise.all(storm.map(guess))))).toBe(0);
    const checked = formatKey('ks', 'live', random(12), random(32));
    expect(await queriesOf(service, () => guess(checked))).toBe(1);
  });

  it('is throttled per address, and a valid key from there is still admitted', async () => {
    const strict = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '20' }, clock: () => START });
    const call = async (apiKey: string | null) => {
      const draft = sign({ ...strict.demo, apiKey }, '/api/exemple', {
        authority: strict.authority,
        t: START / 1000,
      });
      const answer = await send(strict.port, draft);
      return answer.reason ?? answer.status;
    };
    const outcomes = [];
    for (let n = 0; n < 25; n++) outcomes.push(await call(formatKey('ks', 'live', random(12), random(32))));
    expect(outcomes).toEqual([...Array(20).fill('KEY_INVALID'), ...Array(5).fill('TOO_MANY_FAILURES')]);
    expect(await call(strict.demo.apiKey)).toBe(200);
    await strict.stop();
  });
});

const START = Math.floor(Date.now() / 1000) * 1000;

describe('another workspace’s key id', () => {
  /** Every procedure that takes an id, as the router has them: a new one is in here by itself. */
  const others = ['keys.create', 'keys.exchange', 'keys.list'];
  const takingIds = [...builtInApi.procedures]
    .filter(([name]) => name.startsWith('keys.') && !others.includes(name))
    .map(([name, { type }]) => [name, type] as const);

  /** What else they need, so that the id is what is checked. */
  const needed: Record<string, object> = { 'keys.update': { name: 'x' }, 'keys.rotate': { graceSeconds: 0 } };

  it('is accepted as input by some procedures', () => {
    expect(takingIds.map(([name]) => name)).toEqual(
      expect.arrayContaining(['keys.get', 'keys.revoke', 'keys.update', 'keys.rotate', 'keys.delete']),
    );
  });

  it.each(takingIds)('is KEY_NOT_FOUND in %s, like one that does not exist', async (name, type) => {
    for (const who of [evil, eve]) {
      for (const id of [key.id, random(12), `${key.id}'`, `${evil.id}%`, '', '..']) {
        const answer = await (type === 'mutation' ? mutate : query)(service, who, name, {
          id,
          ...needed[name],
        });
        expect(answer.reason).toBe(id === '' ? 'INPUT_INVALID' : 'KEY_NOT_FOUND');
      }
    }
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('appears in no list, for any search', async () => {
    for (const search of [key.id, 'A key', '']) {
      const { items } = (await query(service, evil, 'keys.list', { search })).json.result.data;
      expect(items.map(({ id }: { id: string }) => id)).not.toContain(key.id);
    }
  });
});
