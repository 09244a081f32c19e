import { beforeAll, describe, expect, it } from 'vitest';
import { insertReset } from '../../server/auth/password-reset.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from './people.ts';
import type { TestService } from './service.ts';
import { joined, signInAgain } from './teams.ts';
import { type Credentials, send, sign } from './wire.ts';

/** The instance that makes a change and the one that must apply it: two on one database, or one twice. */
export interface Places {
  readonly here: TestService;
  readonly there: TestService;
}

interface Case {
  readonly person: Person;
  readonly key: Credentials;
}

type Who = 'key' | 'key for user' | 'user';

/** Changes that remove a right, the callers that they affect, and how each is refused afterwards. */
const CHANGES: readonly [
  string,
  (at: TestService, given: Case) => Promise<void>,
  Partial<Record<Who, string>>,
][] = [
  [
    'a key is revoked',
    async (at, { person, key }) => void (await mutate(at, person, 'keys.revoke', { id: key.id })),
    { key: 'KEY_REVOKED', 'key for user': 'KEY_REVOKED' },
  ],
  [
    'a key is disabled',
    async (at, { person, key }) =>
      void (await mutate(at, person, 'keys.update', { id: key.id, enabled: false })),
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED' },
  ],
  [
    'a key loses a permission',
    async (at, { person, key }) =>
      void (await mutate(at, person, 'keys.update', { id: key.id, permissions: ['exemple:read'] })),
    { key: 'PERMISSION_DENIED', 'key for user': 'PERMISSION_DENIED' },
  ],
  [
    'a key is allowed from elsewhere alone',
    async (at, { person, key }) =>
      void (await mutate(at, person, 'keys.update', { id: key.id, allowedAddresses: ['192.0.2.0/24'] })),
    { key: 'IP_DENIED', 'key for user': 'IP_DENIED' },
  ],
  [
    'a key is given nothing to spend',
    async (at, { person, key }) =>
      void (await mutate(at, person, 'keys.update', { id: key.id, credits: { remaining: 0 } })),
    { key: 'CREDITS_EXHAUSTED', 'key for user': 'CREDITS_EXHAUSTED' },
  ],
  [
    'the external owner of a key is given nothing to spend',
    async (at, { person }) =>
      void (await mutate(at, person, 'owners.update', { externalId: 'acme', credits: { remaining: 0 } })),
    { key: 'CREDITS_EXHAUSTED', 'key for user': 'CREDITS_EXHAUSTED' },
  ],
  [
    'the external owner of a key is limited',
    async (at, { person }) => {
      const limits = [{ name: 'calls', limit: 1, windowSeconds: 3_600 }];
      await mutate(at, person, 'owners.update', { externalId: 'acme', limits });
      // The one call that is left.
      await query(at, await createKey(at, person, { externalId: 'acme' }), 'exemple');
    },
    { key: 'RATE_LIMITED', 'key for user': 'RATE_LIMITED' },
  ],
  [
    'a key is rotated without grace',
    async (at, { person, key }) =>
      void (await mutate(at, person, 'keys.rotate', { id: key.id, graceSeconds: 0 })),
    { key: 'KEY_INVALID', 'key for user': 'KEY_INVALID' },
  ],
  [
    'a person signs out',
    async (at, { person }) => {
      const options = { authority: at.authority, method: 'POST', body: '{}', token: person.token };
      await send(at.port, sign(person, '/api/auth.signOut', options));
    },
    { 'key for user': 'SESSION_ENDED', user: 'SESSION_ENDED' },
  ],
  [
    'a session is ended from another',
    async (at, { person }) =>
      void (await mutate(at, await signInAgain(at, person), 'sessions.revoke', { id: person.id })),
    { 'key for user': 'SESSION_ENDED', user: 'SESSION_ENDED' },
  ],
  [
    'a person changes their password elsewhere',
    async (at, { person }) => {
      const input = { currentPassword: person.password, newPassword: 'another long password' };
      await mutate(at, await signInAgain(at, person), 'auth.changePassword', input);
    },
    { 'key for user': 'SESSION_ENDED', user: 'SESSION_ENDED' },
  ],
  [
    'a password is set by a link',
    async (at, { person }) => {
      const { token } = await insertReset(storesOf(at), dbOf(at), person.userId, null);
      await callPublic(at, 'auth.reset', { token, newPassword: 'another long password' });
    },
    { 'key for user': 'SESSION_ENDED', user: 'SESSION_ENDED' },
  ],
  [
    'a user is disabled',
    async (at, { person }) => void (await setUserDisabled(storesOf(at), person.userId, true)),
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'SESSION_ENDED' },
  ],
  [
    'a person deletes their account',
    async (at, { person }) => {
      await joined(at, person, await signUp(at), 'owner');
      await mutate(at, person, 'auth.deleteAccount', { password: person.password });
    },
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'SESSION_ENDED' },
  ],
  [
    'a member is removed from the workspace',
    async (at, { person }) => {
      const { userId } = person;
      await mutate(at, await otherOwner(at, person), 'members.remove', { userId });
    },
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'WORKSPACE_DENIED' },
  ],
  [
    'a member leaves the workspace',
    async (at, { person }) => {
      await otherOwner(at, person);
      await mutate(at, person, 'members.leave');
    },
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'WORKSPACE_DENIED' },
  ],
  [
    'a member may only read from now on',
    async (at, { person }) => {
      const { userId } = person;
      await mutate(at, await otherOwner(at, person), 'members.setRole', { userId, role: 'viewer' });
    },
    { key: 'PERMISSION_DENIED', 'key for user': 'PERMISSION_DENIED', user: 'PERMISSION_DENIED' },
  ],
  [
    'a workspace is deleted',
    async (at, { person }) => {
      const { name } = (await query(at, person, 'workspaces.get')).json.result.data;
      await mutate(at, person, 'workspaces.delete', { name });
    },
    { key: 'KEY_REVOKED', 'key for user': 'KEY_REVOKED', user: 'WORKSPACE_DENIED' },
  ],
  [
    'a session acts where its person may only read',
    async (at, { person }) => joined(at, await signUp(at), person, 'viewer'),
    { user: 'PERMISSION_DENIED' },
  ],
];

const storesOf = (at: TestService) => at.running.service.stores;
const dbOf = (at: TestService) => storesOf(at).database.db;

/** Another owner of the person's workspace. */
async function otherOwner(at: TestService, person: Person): Promise<Person> {
  const other = await signUp(at);
  await joined(at, person, other, 'owner');
  return other;
}

/** A call that the caller may make before the change. */
function call(at: TestService, { person, key }: Case, who: Who) {
  const body = who === 'user' ? '{"id":"none"}' : '{"text":"x"}';
  const target = who === 'user' ? '/api/keys.revoke' : '/api/echo';
  const token = who === 'key' ? {} : { token: person.token };
  return send(
    at.port,
    sign(who === 'user' ? person : key, target, { authority: at.authority, body, ...token }),
  );
}

const admitted = (who: Who) => (who === 'user' ? 'KEY_NOT_FOUND' : undefined);

/** Guarantee 3: no instance admits a removed right once the change was answered. */
export function testRevocations(places: () => Places): void {
  describe.each(CHANGES)('when %s', (_, change, felt) => {
    let given: Case;

    beforeAll(async () => {
      const { here } = places();
      const person = await signUp(here);
      const key = await createKey(here, person, {
        permissions: ['echo:write', 'exemple:read'],
        externalId: 'acme',
      });
      given = { person, key };
    });

    it('applies to every request that begins after the answer, under concurrent calls', async () => {
      const { here, there } = places();
      const whos = ['key', 'key for user', 'user'] as const;
      for (const who of whos) expect((await call(there, given, who)).reason).toBe(admitted(who));
      let storming = true;
      const storm = Promise.all(
        whos.map(async (who) => {
          while (storming) await call(there, given, who);
        }),
      );
      await change(here, given);
      const afterwards = await Promise.all(
        whos.flatMap((who) =>
          Array.from({ length: 5 }, async () => [who, (await call(there, given, who)).reason]),
        ),
      );
      storming = false;
      await storm;
      const expected = whos.flatMap((who) => Array(5).fill([who, felt[who] ?? admitted(who)]));
      expect(afterwards).toEqual(expected);
    });
  });
}
