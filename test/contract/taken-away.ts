import { and, eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { keys, memberships, users } from '../../drizzle/schema.ts';
import { ask, createKey, type Person, signUp, tell } from '../harness/people.ts';
import type { TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

/** Where a change is made and where it must be felt: two instances on one database, or one twice. */
export interface Places {
  readonly here: TestService;
  readonly there: TestService;
}

interface Case {
  readonly person: Person;
  readonly key: Credentials;
  readonly workspaceId: string;
}

type Who = 'key' | 'key for user' | 'user';

/**
 * What takes a right away, by whom it is felt, and how that one is refused afterwards. Changes that no
 * procedure makes yet are made as one would: in the database with a raised `rev`, then told to the cache.
 */
const CHANGES: readonly [
  string,
  (at: TestService, given: Case) => Promise<void>,
  Partial<Record<Who, string>>,
][] = [
  [
    'a key is revoked',
    async (at, { person, key }) => void (await tell(at, person, 'keys.revoke', { id: key.id })),
    { key: 'KEY_REVOKED', 'key for user': 'KEY_REVOKED' },
  ],
  [
    'a key is disabled',
    async (at, { person, key }) =>
      void (await tell(at, person, 'keys.update', { id: key.id, enabled: false })),
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED' },
  ],
  [
    'a key loses a permission',
    async (at, { person, key }) =>
      void (await tell(at, person, 'keys.update', { id: key.id, permissions: ['exemple:read'] })),
    { key: 'PERMISSION_DENIED', 'key for user': 'PERMISSION_DENIED' },
  ],
  [
    'a key is allowed from elsewhere alone',
    async (at, { person, key }) =>
      void (await tell(at, person, 'keys.update', { id: key.id, allowedAddresses: ['192.0.2.0/24'] })),
    { key: 'IP_DENIED', 'key for user': 'IP_DENIED' },
  ],
  [
    'a key is given nothing to spend',
    async (at, { person, key }) =>
      void (await tell(at, person, 'keys.update', { id: key.id, credits: { remaining: 0 } })),
    { key: 'CREDITS_EXHAUSTED', 'key for user': 'CREDITS_EXHAUSTED' },
  ],
  [
    'the external owner of a key is given nothing to spend',
    async (at, { person }) =>
      void (await tell(at, person, 'owners.update', { externalId: 'acme', credits: { remaining: 0 } })),
    { key: 'CREDITS_EXHAUSTED', 'key for user': 'CREDITS_EXHAUSTED' },
  ],
  [
    'the external owner of a key is limited',
    async (at, { person }) => {
      const limits = [{ name: 'calls', limit: 1, windowSeconds: 3_600 }];
      await tell(at, person, 'owners.update', { externalId: 'acme', limits });
      // The one call that is left.
      await ask(at, await createKey(at, person, { externalId: 'acme' }), 'exemple');
    },
    { key: 'RATE_LIMITED', 'key for user': 'RATE_LIMITED' },
  ],
  [
    'a key is rotated without grace',
    async (at, { person, key }) =>
      void (await tell(at, person, 'keys.rotate', { id: key.id, graceSeconds: 0 })),
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
    'a user is disabled',
    async (at, { person }) => {
      const gone = { disabledAt: new Date(), rev: raised(users.rev) };
      await dbOf(at).update(users).set(gone).where(eq(users.id, person.userId));
      at.running.service.stores.credentials.changed({ user: person.userId });
    },
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'SESSION_ENDED' },
  ],
  [
    'a member is removed from the workspace',
    async (at, given) => {
      await changeMembership(at, given, { removedAt: new Date() });
    },
    { key: 'KEY_DISABLED', 'key for user': 'KEY_DISABLED', user: 'WORKSPACE_DENIED' },
  ],
  [
    'a member may only read from now on',
    async (at, given) => {
      await changeMembership(at, given, { role: 'viewer' });
    },
    { key: 'PERMISSION_DENIED', 'key for user': 'PERMISSION_DENIED', user: 'PERMISSION_DENIED' },
  ],
];

const dbOf = (at: TestService) => at.running.service.stores.database.db;
const raised = (rev: typeof users.rev | typeof memberships.rev) => sql`${rev} + 1`;

async function changeMembership(
  at: TestService,
  { person, workspaceId }: Case,
  change: { removedAt: Date } | { role: 'viewer' },
): Promise<void> {
  await dbOf(at)
    .update(memberships)
    .set({ ...change, rev: raised(memberships.rev) })
    .where(and(eq(memberships.userId, person.userId), eq(memberships.workspaceId, workspaceId)));
  at.running.service.stores.credentials.changed({ user: person.userId });
}

/** A call that whoever asks may make at first. */
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

/** Guarantee 3: what a change took away is admitted by no instance once the change was answered. */
export function takesAway(places: () => Places): void {
  describe.each(CHANGES)('when %s', (_, change, felt) => {
    let given: Case;

    beforeAll(async () => {
      const { here } = places();
      const person = await signUp(here);
      const key = await createKey(here, person, {
        permissions: ['echo:write', 'exemple:read'],
        externalId: 'acme',
      });
      const [row] = await dbOf(here).select().from(keys).where(eq(keys.id, key.id));
      given = { person, key, workspaceId: row?.workspaceId ?? '' };
    });

    it('is felt by every request that begins after the answer, in the midst of others', async () => {
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
