import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Bearer from '../../server/gate/bearer/bearer.ts';
import type * as Rate from '../../server/gate/limits/session-rate-limit.ts';
import type * as Session from '../../server/gate/session.ts';
import type * as Signature from '../../server/gate/signature/signature.ts';
import type * as Token from '../../server/gate/user-token/user-token.ts';
import type * as Shared from '../../shared/bearer.ts';
import { formatKey } from '../../shared/key-format.ts';
import { b64, partsOf } from '../harness/forge.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { expectStepNeeded } from '../harness/removable-steps.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ageProof } from '../harness/step-up.ts';
import { type Credentials, headerOf, type SignOptions, send, sign, withHeader } from '../harness/wire.ts';

// Every step of the gate can be removed while the service runs: the test replaces it.
const steps = vi.hoisted(() => {
  const out = new Map<string, (...args: never[]) => unknown>();
  type Step = (...args: never[]) => unknown;
  const removable = (module: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(module).map(([name, value]) => {
        if (typeof value !== 'function' || /^class /.test(String(value))) return [name, value];
        return [name, (...args: never[]) => (out.get(name) ?? (value as Step))(...args)];
      }),
    );
  return { out, removable };
});
vi.mock('../../server/gate/rights/access.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/rights/address.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/bearer/bearer.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/limits/credits.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/rights/environment.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/rights/fresh-proof.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/limits/limits.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/signature/nonce.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/rights/permission.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/session.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/signature/signature.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/revalidate.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/request/throttle.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/limits/session-rate-limit.ts', async (real) => {
  const { SessionRateLimit } = await real<typeof Rate>();
  class Removable extends SessionRateLimit {
    override take(...args: Parameters<Rate.SessionRateLimit['take']>): void {
      if (!steps.out.has('SessionRateLimit')) super.take(...args);
    }
  }
  return { SessionRateLimit: Removable };
});
vi.mock('../../server/gate/user-token/user-token.ts', async (real) => {
  const { TokenVerifier } = await real<typeof Token>();
  class Removable extends TokenVerifier {
    override verify(
      ...args: Parameters<Token.TokenVerifier['verify']>
    ): ReturnType<Token.TokenVerifier['verify']> {
      const instead = steps.out.get('TokenVerifier') as Token.TokenVerifier['verify'] | undefined;
      return instead ? instead(...args) : super.verify(...args);
    }
  }
  return { TokenVerifier: Removable };
});

/** Calls of one session in a minute: more than any other test of this file makes. */
const SESSION_CALLS = 60;

let service: TestService;
let ada: Person;
let key: Credentials & { apiKey: string };

beforeAll(async () => {
  service = await startTestService({
    env: { KEYSEAL_ADDRESS_FAILURES: '200', KEYSEAL_SESSION_CALLS: String(SESSION_CALLS) },
  });
  ada = await signUp(service);
  key = await createKey(service, ada, {
    permissions: ['exemple:read', 'echo:write', 'profile:read', 'clock:read'],
  });
});
afterAll(() => service.stop());

const signed = (who: Credentials, target: string, more: Partial<SignOptions> = {}) =>
  sign(who, target, { authority: service.authority, ...more });
const isAdmitted = async (...draft: Parameters<typeof signed>) =>
  (await send(service.port, signed(...draft))).status === 200;

/** A step, its replacement, and the attack that only this step stops. */
type Case = readonly [
  step: string,
  instead: (...args: never[]) => unknown,
  attack: string,
  () => Promise<boolean>,
];

const CASES: readonly Case[] = [
  [
    'readBearer',
    ({ authorization }: Parameters<typeof Bearer.readBearer>[0]): Shared.Bearer => {
      const text = String(authorization).slice('Bearer '.length);
      return { kind: 'key', text, parsed: { environment: 'live', id: String(text.split('_')[2]) } };
    },
    'a key with a bad checksum makes the database work',
    async () => {
      const { credentials } = service.running.service.stores;
      const looked = vi.spyOn(credentials, 'readKeyIfChanged');
      await isAdmitted({ ...key, apiKey: `${key.apiKey.slice(0, -1)}~` }, '/api/exemple');
      const calls = looked.mock.calls.length;
      looked.mockRestore();
      return calls > 0;
    },
  ],
  [
    'findKey',
    async (...[bearer, stores]: Parameters<typeof Bearer.findKey>) => {
      const found = await stores.credentials.key(bearer.parsed.id);
      return (
        found && { key: found, signingSecret: found.signingSecret, pair: { secretHash: '', previous: false } }
      );
    },
    'another secret opens a key',
    () => isAdmitted({ ...key, apiKey: formatKey('ks', 'live', key.id, 'x'.repeat(32)) }, '/api/exemple'),
  ],
  [
    'readSignature',
    ({
      signature,
    }: Parameters<typeof Signature.readSignature>[0]): ReturnType<typeof Signature.readSignature> => {
      const [, k = '', t, nonce = '', mac = ''] = /k=(.*),t=(.*),n=(.*),s=(.*)/.exec(String(signature)) ?? [];
      return { k, t: Number(t), nonce, mac };
    },
    'a nonce of three characters is taken',
    () => isAdmitted(key, '/api/exemple', { nonce: `n${Date.now() % 100}` }),
  ],
  [
    'checkSignature',
    () => undefined,
    'a body is swapped',
    async () => {
      const draft = signed(key, '/api/echo', { body: '{"text":"mine"}' });
      return (await send(service.port, { ...draft, body: Buffer.from('{"text":"evil"}') })).status === 200;
    },
  ],
  [
    'ageOf',
    () => 'fresh',
    'a request that was delayed for six minutes is sent',
    () => isAdmitted(key, '/api/exemple', { t: Math.floor(Date.now() / 1000) - 330 }),
  ],
  [
    'claimNonce',
    () => 'won',
    'a request is sent again as captured',
    async () => {
      const draft = signed(key, '/api/exemple');
      await send(service.port, draft);
      return (await send(service.port, draft)).status === 200;
    },
  ],
  [
    'TokenVerifier',
    (token: string | null) => ({ claims: token && partsOf(token).claims, refusal: null }),
    'a token is made up',
    () => isAdmitted(key, '/api/profile', { token: forged(ada) }),
  ],
  [
    'SessionRateLimit',
    () => undefined,
    'a session calls more often than it may',
    async () => {
      const eve = await signUp(service);
      // One call a second is allowed again in the meantime.
      const calls = Array.from({ length: 2 * SESSION_CALLS }, () => query(service, eve, 'whoami', {}));
      return (await Promise.all(calls)).every(({ status }) => status === 200);
    },
  ],
  [
    'callerOf',
    (
      ...[found, { session }, , now]: Parameters<typeof Session.callerOf>
    ): ReturnType<typeof Session.callerOf> => {
      if (!found || !session || !now) throw new Error('the attack is by a key for a user');
      const user = { id: session.userId, userId: session.userId, session, role: 'owner' } as const;
      return { kind: 'key', ...found, workspaceId: found.key.workspaceId, user };
    },
    'the token of a person outside of the workspace is shown',
    async () => {
      const eve = await signUp(service);
      return isAdmitted(key, '/api/profile', { token: eve.token });
    },
  ],
  [
    'checkAddress',
    () => undefined,
    'a key is used from where it is not allowed',
    async () =>
      isAdmitted(await createKey(service, ada, { allowedAddresses: ['192.0.2.1'] }), '/api/exemple'),
  ],
  [
    'checkAccess',
    () => undefined,
    'a key calls without the user that the procedure asks for',
    async () => {
      const strong = await createKey(service, ada, { permissions: ['keys:read'] });
      return isAdmitted(strong, '/api/keys.list', { token: ada.token });
    },
  ],
  [
    'requirePermission',
    () => undefined,
    'a key does what it was not permitted',
    () => isAdmitted(key, '/api/keys.list'),
  ],
  [
    'checkEnvironment',
    () => undefined,
    'a test key bounds what live keys may spend',
    async () => {
      const test = await createKey(service, ada, { permissions: ['keys:write'], environment: 'test' });
      const input = { externalId: 'customer', credits: { remaining: 0 } };
      return (await mutate(service, test, 'owners.update', input)).status === 200;
    },
  ],
  [
    'requireFreshProof',
    () => undefined,
    'a stolen session invites an accomplice',
    async () => {
      const eve = await signUp(service);
      await ageProof(service, eve);
      const email = `accomplice-${Date.now()}@example.com`;
      return (await mutate(service, eve, 'invitations.create', { email, role: 'owner' })).status === 200;
    },
  ],
  [
    'takeLimits',
    async () => undefined,
    'a key calls beyond its limit',
    async () => {
      const limits = [{ name: 'calls', limit: 1, windowSeconds: 60 }];
      const limited = await createKey(service, ada, { limits });
      await isAdmitted(limited, '/api/exemple');
      return isAdmitted(limited, '/api/exemple');
    },
  ],
  [
    'chargeFor',
    () => ({ pay: async () => null, refund: async () => {} }),
    'a key calls without a credit left',
    async () => isAdmitted(await createKey(service, ada, { credits: { remaining: 0 } }), '/api/exemple'),
  ],
  [
    'revalidateCaller',
    (caller: unknown) => caller,
    'a stream continues after its key was revoked',
    async () => {
      const listener = await createKey(service, ada, { permissions: ['clock:read'] });
      const headers = Object.fromEntries(signed(listener, '/api/clock').headers);
      const response = await fetch(`${service.url}/api/clock`, { headers });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      await mutate(service, ada, 'keys.revoke', { id: listener.id });
      const late = Date.now() + 5_000;
      let ended = false;
      while (!ended && Date.now() < late) ended = (await reader.read()).done;
      await reader.cancel();
      return !ended;
    },
  ],
  [
    'afterFailedAttemptOfClient',
    (error: unknown) => error,
    'guesses go on forever',
    async () => {
      const draft = () => withHeader(signed(key, '/api/exemple'), 'x-signature', wrong());
      const wrong = () =>
        headerOf(signed(key, '/api/exemple'), 'x-signature').replace(/s=.*/, `s=${'0'.repeat(64)}`);
      const reasons: (string | undefined)[] = [];
      for (let n = 0; n < 12; n++) {
        const some = Array.from({ length: 40 }, async () => (await send(service.port, draft())).reason);
        reasons.push(...(await Promise.all(some)));
      }
      return reasons.every((reason) => reason === 'SIGNATURE_INVALID');
    },
  ],
];

/** The right claims under a made-up signature. */
function forged(person: Person): string {
  const { header, claims } = partsOf(person.token);
  return `${b64(JSON.stringify(header))}.${b64(JSON.stringify(claims))}.${b64('no signature')}`;
}

/** Functions that the gate calls for a value, a count or a note, and that refuse nothing by themselves. */
const GIVES_ONLY = [
  ...['GateCounters', 'CredentialLookups', 'baseDigest', 'expiryRefusal', 'findLinkedAccount', 'findSession'],
  ...[
    'findSigningSession',
    'confirmSigningSession',
    'keySigner',
    'sessionSigner',
    'recordRefusal',
    'afterAdmission',
  ],
];

describe('each step of the gate', () => {
  it('has a test that removes it', () => {
    const source = readFileSync(new URL('../../server/gate/gate.ts', import.meta.url), 'utf8');
    const imported = [...source.matchAll(/^import \{([^}]*)\} from '\.\/[\w/-]+\.ts';$/gm)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    expect(imported.sort()).toEqual([...CASES.map(([step]) => step), ...GIVES_ONLY].sort());
  });

  it.each(CASES.map(([step, instead, name, attack]) => ({ step, instead, name, attack })))(
    'without $step $name',
    ({ step, instead, attack }) => expectStepNeeded(steps.out, step, instead, attack),
  );
});
